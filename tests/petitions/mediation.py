"""Mediations for tests, made by the same actions as everything else."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone

from community.models import Organisation
from core.models import User
from core.workdays import ZONE
from petitions.actions.mediation import beginning, ending
from petitions.models import MediationOutcome, MediationTeam
from tests.cast import NOW, Town
from tests.petitions.loop import Loop

DAY = timedelta(days=1)


def team_of(town: Town, *members: User, name: str = "明辉调解队", kind: str = "general") -> MediationTeam:
    team = MediationTeam.objects.create(community=town.community, name=name, kind=kind)
    team.members.set(members)
    return team


def judicial_office(town: Town) -> Organisation:
    return Organisation.objects.create(community=town.community, kind="judicial_office", name="清涧司法所")


def begin(loop: Loop, team: MediationTeam, **fields: object) -> Loop:
    given = {"names": ["301 住户", "201 住户"], "organisations": [], **fields}
    beginning.mediation_begin(petition_id=loop.pk, actor=loop.desk, team=team, at=loop._next(), **given)
    return loop


def visit(loop: Loop, first: User, second: User, *, day: int = 1, hour: int = 19, minute: int = 0) -> Loop:
    """Two people go there so many days after the beginning of time."""
    starts = datetime.combine(timezone.localdate(NOW) + day * DAY, time(hour, minute), ZONE)
    beginning.mediation_visit(
        petition_id=loop.pk, actor=loop.worker, first=first, second=second, starts_at=starts, at=loop._next()
    )
    return loop


def end(loop: Loop, outcome: str = "agreed", terms: str = "各修各的，费用三家平摊。") -> Loop:
    ending.mediation_end(
        petition_id=loop.pk,
        actor=loop.worker,
        outcome=MediationOutcome(outcome),
        terms=terms,
        at=loop._next(),
    )
    return loop


def look(loop: Loop, at: datetime, *, holds: bool = True) -> Loop:
    ending.mediation_follow_up(petition_id=loop.pk, actor=loop.worker, holds=holds, words="看过了", at=at)
    return loop


__all__ = ["DAY", "NOW", "begin", "end", "judicial_office", "look", "team_of", "visit"]
