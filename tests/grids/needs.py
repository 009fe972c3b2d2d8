"""Needs for tests, reported as a worker does."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from community.models import Household, Place
from core.models import User
from grids.actions.needs import Report, need_close, need_report, need_solve
from grids.models import Need, NeedKind, NeedResult
from tests.cast import NOW

HOUR = timedelta(hours=1)


def report(
    where: Household | Place, actor: User, text: str = "药费太高，想申请低保。", **given: object
) -> Need:
    """A need an instant ago; of a place it is an incident."""
    at, key = given.pop("at", NOW), given.pop("key", uuid4())
    is_door = isinstance(where, Household)
    if not is_door:
        given = {"kind": NeedKind.INCIDENT, "spot": "东门口", **given}
    return need_report(
        household_id=where.pk if is_door else None,
        grid_place=None if is_door else where,
        report=Report(text, **given),
        key=key,
        actor=actor,
        at=at,
    )


def solve(need: Need, actor: User, at: datetime = NOW + HOUR) -> Need:
    return need_solve(need_id=need.pk, solution="帮忙填好了申请表。", actor=actor, at=at)


def close(need: Need, actor: User, at: datetime = NOW + 2 * HOUR, **given: object) -> Need:
    said = {
        "result": NeedResult.DELIVERED,
        "feedback": "当面告诉了，他们放心了。",
        "solution": "办好了。",
        **given,
    }
    return need_close(need_id=need.pk, **said, actor=actor, at=at)
