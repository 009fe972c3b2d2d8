"""The audit trail becomes a hash chain, in batches and without holding up whoever writes to it.

A writer locks the table (ROW EXCLUSIVE, shared among writers) before it draws a number, and keeps that lock
until its transaction ends. So once everybody has left who held the lock after the last number was read, every
number up to that one is an entry that can be seen, or never will be one. Source: decision 0014.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from core.chain import START, entries_after, entry_digest, seal_hash
from core.models import AuditEntry, AuditSeal

BATCH: Final = 1000
PATIENCE: Final = timedelta(seconds=40)
LOOK_AGAIN_SECONDS: Final = 0.05
SEAL_LOCK: Final = 0x7365616C
TABLE: Final = AuditEntry._meta.db_table
LAST_NUMBER: Final = "SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, 'id')::regclass)"
WRITERS: Final = """
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = %s::regclass AND mode = 'RowExclusiveLock'
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND pid IS DISTINCT FROM pg_backend_pid()
"""

log = logging.getLogger(__name__)


def audit_seal(*, at: datetime, patience: timedelta = PATIENCE) -> int:
    """Seal every entry that is final; how many were. Nothing while a writer stays longer than `patience`.

    May run twice at once, or be killed anywhere: each batch is one transaction, and they follow one another.
    """
    upto = final_number(patience=patience)
    sealed = 0
    while upto is not None and (seal := _seal_next(upto, at)) is not None:
        sealed += len(seal.entry_ids)
        log.info("audit sealed", extra={"head": f"{seal.ordinal}:{seal.hash}"})
    return sealed


def final_number(*, patience: timedelta) -> int | None:
    """A number up to which no entry can appear any more; None if some writer did not finish in time."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_NUMBER, [TABLE])
        last: int | None = cursor.fetchone()[0]
        if last is None:
            return 0
        until = time.monotonic() + patience.total_seconds()
        waiting = _writers(cursor)
        while waiting and time.monotonic() < until:
            time.sleep(LOOK_AGAIN_SECONDS)
            waiting &= _writers(cursor)
        return None if waiting else last


def _writers(cursor: CursorWrapper) -> set[str]:
    """Transactions that have written to the trail and are not over."""
    cursor.execute(WRITERS, [TABLE])
    return {row[0] for row in cursor.fetchall()}


@transaction.atomic
def _seal_next(upto: int, at: datetime) -> AuditSeal | None:
    """The next seal of the chain; None when everything up to `upto` is sealed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEAL_LOCK])
    last = AuditSeal.objects.defer("entry_ids", "digests").order_by("-ordinal").first()
    ordinal, after, previous = (last.ordinal + 1, last.upto_id, last.hash) if last else (1, 0, START)
    rows = entries_after(after, upto=upto, limit=BATCH)
    if not rows:
        return None
    ids = [row[0] for row in rows]
    digests = b"".join(entry_digest(row) for row in rows)
    reached = ids[-1] if len(ids) == BATCH else upto
    return AuditSeal.objects.create(
        ordinal=ordinal,
        after_id=after,
        upto_id=reached,
        entry_ids=ids,
        digests=digests,
        sealed_at=at,
        previous=previous,
        hash=seal_hash(ordinal, after, reached, ids, digests, at, previous),
    )
