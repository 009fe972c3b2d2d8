"""`manage.py verify_audit`: prove the audit trail unbroken, or name the first broken entry."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.chain import verify


class Command(BaseCommand):
    help = (
        "Compares the audit trail with its hash chain. Ends with 1 at the first entry that is not as sealed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head",
            default="",
            help="a head noted earlier, ordinal:hash; the chain must still lead through it",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        noted = options["head"]
        if noted and not noted.partition(":")[0].isdecimal():
            raise CommandError("A head looks like 17:5f3a…, as this command and the worker's log print it.")
        proof = verify(noted=noted)
        if proof.broken:
            at = proof.broken
            raise CommandError(
                f"BROKEN at entry {at.entry_id} (seal {at.ordinal}): {at.flaw}. "
                f"{proof.entries} entries before it are as they were sealed.",
                returncode=1,
            )
        self.stdout.write(
            f"Unbroken: {proof.entries} entries in {proof.seals} seals; {proof.unsealed} not sealed yet.\n"
            f"Head: {proof.head}"
        )
