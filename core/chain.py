"""The hash chain over the audit trail: how an entry and a seal are hashed, and the proof that nothing broke.

Only reading and arithmetic; `core.actions.sealing` writes the seals. Source: decision 0014.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import takewhile
from typing import Any, Final

from django.db import connection, transaction

from core.models import AuditEntry, AuditSeal

DIGEST_BYTES: Final = 32
START: Final = "0" * 64
"""What the first seal follows."""
COLUMNS: Final = (
    "id",
    "(extract(epoch FROM at) * 1000000)::bigint",
    "event",
    "actor_id",
    "post",
    "subject_type",
    "subject_id",
    "scope_path",
    "audience",
    "fields",
)
"""Every column of an entry, times as whole microseconds: what is hashed."""
ENTRIES: Final = f"SELECT {', '.join(COLUMNS)} FROM {AuditEntry._meta.db_table} ORDER BY id"  # noqa: S608  names of our own
SEALS: Final = (
    f"SELECT ordinal, after_id, upto_id, entry_ids, digests, sealed_at, previous, hash "  # noqa: S608  names of our own
    f"FROM {AuditSeal._meta.db_table} ORDER BY ordinal"
)

Row = tuple[Any, ...]


class Flaw(StrEnum):
    """What is wrong with an entry, or with the chain at it."""

    CHANGED = "changed"
    MISSING = "missing"
    INSERTED = "inserted"
    LINK = "chain link"
    HEAD = "chain is not the one noted"


@dataclass(frozen=True, slots=True)
class Break:
    """The first place at which the trail differs from what was sealed."""

    flaw: Flaw
    entry_id: int
    ordinal: int


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found. `head` is the last seal as `ordinal:hash`, to be noted outside the database."""

    seals: int
    entries: int
    unsealed: int
    head: str
    broken: Break | None


@dataclass(frozen=True, slots=True)
class _Seal:
    ordinal: int
    after_id: int
    upto_id: int
    entry_ids: Sequence[int]
    digests: bytes
    sealed_at: datetime
    previous: str
    hash: str


def entry_digest(row: Row) -> bytes:
    """The digest of one entry, given as its `COLUMNS`."""
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def seal_hash(
    ordinal: int,
    after_id: int,
    upto_id: int,
    entry_ids: Sequence[int],
    digests: bytes,
    sealed_at: datetime,
    previous: str,
) -> str:
    """The hash of one seal: over the one before, its range, its moment, and every entry it lists."""
    moment = sealed_at.astimezone(UTC).isoformat(timespec="microseconds")
    head = json.dumps([previous, ordinal, after_id, upto_id, moment, list(entry_ids)], separators=(",", ":"))
    return hashlib.sha256(head.encode() + b"\n" + digests).hexdigest()


def entries_after(entry_id: int, *, upto: int, limit: int) -> list[Row]:
    """The next entries that are to be sealed, in the order of their numbers.

    The upper end is cut off here: given both ends, a planner without statistics reads the whole range.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(COLUMNS)} FROM {AuditEntry._meta.db_table} "  # noqa: S608  names of our own
            "WHERE id > %s ORDER BY id LIMIT %s",
            [entry_id, limit],
        )
        return [row for row in cursor.fetchall() if row[0] <= upto]


def verify(*, noted: str = "") -> Proof:
    """Compare the whole trail with its seals, in two streams side by side; memory does not grow with it.

    Stops at the first break. `noted` is an earlier head, `ordinal:hash`: the chain must still go through it.
    """
    with transaction.atomic():
        return _Verification(noted).run()


class _Verification:
    """One walk along the chain. Seals are read first, so the entries hold all that they list."""

    def __init__(self, noted: str) -> None:
        ordinal, _colon, self.noted_hash = noted.partition(":")
        self.noted_ordinal = int(ordinal or 0)
        self.seals = self.checked = self.upto = 0
        self.hash = START

    def run(self) -> Proof:
        seals = _stream(SEALS, 20)
        first = next(seals, None)
        entries = _Ahead(_stream(ENTRIES, 5000))
        broken = None
        while first is not None and broken is None:
            seal = _Seal(*first)
            broken = self._link(seal) or self._entries(seal, entries.upto(seal.upto_id))
            self.seals, self.upto, self.hash = seal.ordinal, seal.upto_id, seal.hash
            first = next(seals, None)
        if broken is None and self.noted_ordinal > self.seals:
            broken = Break(Flaw.HEAD, self.upto, self.noted_ordinal)
        unsealed = 0 if broken else entries.count()
        return Proof(self.seals, self.checked, unsealed, f"{self.seals}:{self.hash}", broken)

    def _link(self, seal: _Seal) -> Break | None:
        """Whether a seal follows the one before, and is as it was made."""
        first = seal.entry_ids[0] if seal.entry_ids else seal.after_id
        parts = (seal.entry_ids, bytes(seal.digests), seal.sealed_at, seal.previous)
        follows = (seal.ordinal, seal.after_id, seal.previous) == (self.seals + 1, self.upto, self.hash)
        if not follows or seal.hash != seal_hash(seal.ordinal, seal.after_id, seal.upto_id, *parts):
            return Break(Flaw.LINK, first, seal.ordinal)
        if seal.ordinal == self.noted_ordinal and seal.hash != self.noted_hash:
            return Break(Flaw.HEAD, first, seal.ordinal)
        return None

    def _entries(self, seal: _Seal, rows: Iterator[Row]) -> Break | None:
        """The first entry that is not as it was sealed."""
        digests = memoryview(bytes(seal.digests))
        for index, entry_id in enumerate(seal.entry_ids):
            row = next(rows, None)
            if row is None or row[0] > entry_id:
                return Break(Flaw.MISSING, entry_id, seal.ordinal)
            if row[0] < entry_id:
                return Break(Flaw.INSERTED, row[0], seal.ordinal)
            if entry_digest(row) != digests[index * DIGEST_BYTES : (index + 1) * DIGEST_BYTES]:
                return Break(Flaw.CHANGED, entry_id, seal.ordinal)
            self.checked += 1
        extra = next(rows, None)
        return None if extra is None else Break(Flaw.INSERTED, extra[0], seal.ordinal)


class _Ahead:
    """A stream of rows that can be taken up to a number; the row beyond it waits."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self.rows, self.waiting = rows, next(rows, None)

    def upto(self, entry_id: int) -> Iterator[Row]:
        yield from takewhile(lambda row: row[0] <= entry_id, self._rest())

    def count(self) -> int:
        return sum(1 for _row in self._rest())

    def _rest(self) -> Iterator[Row]:
        while self.waiting is not None:
            row = self.waiting
            yield row
            if self.waiting is row:
                self.waiting = next(self.rows, None)


def _stream(sql: str, size: int) -> Iterator[Row]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(size):
            yield from rows
