"""The right to send a reminder, taken once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

CLAIM = """
    INSERT INTO core_reminderclaim (kind, stage, subject_id, claimed_at)
    SELECT %s, %s, subject_id, %s FROM unnest(%s::bigint[]) AS due (subject_id) ORDER BY subject_id
    ON CONFLICT (kind, subject_id, stage) DO NOTHING
    RETURNING subject_id
"""


def claim(kind: str, stage: str, subject_ids: Sequence[int], at: datetime) -> set[int]:
    """The subjects whose reminder of this kind and stage now belongs to the caller.

    Call it in the transaction that queues the messages: both stand, or neither. A parallel sweep
    waits for this transaction and gets the rest.
    """
    if not subject_ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [kind, stage, at, list(subject_ids)])
        return {row[0] for row in cursor.fetchall()}
