"""What makes matters look neglected, as the records say it: one statement for a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

from community.workflow import Stage
from petitions import workflow
from petitions.models import PhotoKind
from petitions.workflow import Neglect

REASONS: Final = """
    SELECT one.id,
        one.sweep_step >= %(in_vain)s AND one.clock_from IS NOT NULL,
        one.round >= %(reopened)s,
        one.stage <> 'received' AND one.service_minutes IS NULL AND one.topic <> ALL(%(no_repeat)s)
            AND (SELECT count(*) = %(earlier)s FROM (
                SELECT FROM petitions_petition other
                WHERE other.place_id = one.place_id AND other.topic = one.topic
                    AND (other.filed_at, other.id) < (one.filed_at, one.id)
                    AND other.filed_at > one.filed_at - %(within)s
                    AND other.spam_marked_at IS NULL AND other.stage <> ALL(%(side)s)
                    AND other.service_minutes IS NULL AND other.origin <> 'imported'
                LIMIT %(earlier)s + 1) AS before),
        one.resolved_at IS NOT NULL AND one.stage <> ALL(%(unsettled)s) AND one.service_minutes IS NULL
            AND one.topic <> ALL(%(no_picture)s) AND NOT EXISTS (
                SELECT FROM petitions_petitionphoto photo
                WHERE photo.petition_id = one.id AND photo.kind = %(after)s)
    FROM petitions_petition one
    WHERE one.id = ANY(%(ids)s) AND one.spam_marked_at IS NULL AND one.stage <> ALL(%(side)s)
"""
"""In the order of `Neglect`. What was merged away counts with the matter in which it runs.

The third at one place is a sign and no later one: whoever is told of it looks at the place, and a hundred
neighbours with one broken lift are no hundred signs. What came from an old register is none at all.
"""


def neglect_reasons(petition_ids: Sequence[int]) -> dict[int, list[Neglect]]:
    """Which of these matters look neglected, and why."""
    asked: dict[str, Any] = {
        "ids": list(petition_ids),
        "in_vain": workflow.IN_VAIN,
        "reopened": workflow.REOPENED_ROUND,
        "earlier": workflow.REPEATS - 1,
        "within": workflow.REPEATS_WITHIN,
        "no_repeat": sorted(workflow.NO_REPEAT),
        "no_picture": sorted(workflow.NO_PICTURE),
        "side": sorted(workflow.SIDE),
        "unsettled": sorted(workflow.HANDLING | {Stage.RECEIVED}),
        "after": PhotoKind.AFTER.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(REASONS, asked)
        rows = cursor.fetchall()
    return {
        pk: [reason for reason, holds in zip(Neglect, flags, strict=True) if holds]
        for pk, *flags in rows
        if any(flags)
    }
