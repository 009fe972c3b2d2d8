"""The right to send a reminder, taken once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection

CLAIM = """
    INSERT INTO core_reminderclaim (kind, stage, subject_id, claimed_at)
    SELECT %s, stage, subject_id, %s FROM unnest(%s::text[], %s::bigint[]) AS due (stage, subject_id)
    ORDER BY subject_id
    ON CONFLICT (kind, subject_id, stage) DO NOTHING
    RETURNING subject_id
"""


def claim(kind: str, stage: str, subject_ids: Sequence[int], at: datetime) -> set[int]:
    """The subjects whose reminder of this kind and stage now belongs to the caller.

    Call it in the transaction that queues the messages: both stand, or neither. A parallel sweep
    waits for this transaction and gets the rest.
    """
    return claim_each(kind, dict.fromkeys(subject_ids, stage), at)


def claim_each(kind: str, stages: Mapping[int, str], at: datetime) -> set[int]:
    """The same where each subject has a stage of its own, such as the day for which it was planned; one
    statement, however many stages."""
    if not stages:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [kind, at, list(stages.values()), list(stages)])
        return {row[0] for row in cursor.fetchall()}
