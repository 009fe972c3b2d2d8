"""One walk with everything that came of it: check-ins, notes, and what was entered on the way (G-05)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from community.duties import Power
from community.permissions import paths_with
from community.querysets import below
from core.errors import NotFoundError
from core.models import User
from grids.models import CheckIn, Hazard, NoteKind, OpinionDiaryEntry, Patrol, PatrolNote, Visit
from grids.registries import FOUND_SHOWN, Found, PatrolWay, patrol_ways

NOTES: Final = 100
LONGEST: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Walk:
    """A patrol as its page shows it."""

    patrol: Patrol
    check_ins: Sequence[CheckIn]
    notes: Sequence[PatrolNote]
    found: Sequence[tuple[PatrolWay, Sequence[Found]]]

    @property
    def kinds(self) -> Sequence[tuple[str, int]]:
        """How many notes of each kind."""
        return kinds_of(self.notes)


def kinds_of(notes: Sequence[PatrolNote]) -> list[tuple[str, int]]:
    """How many notes of each kind, in the order of the kinds; no statement."""
    counted = Counter(one.kind for one in notes)
    return [(str(kind.label), counted[kind.value]) for kind in NoteKind if counted[kind.value]]


def walk_of(user: User, pk: int, *, at: datetime) -> Walk:
    """A walk of one's own, or one in a grid that one runs; three statements, and one for each way on.

    Raises:
        NotFoundError: none, or none of theirs.
    """
    own = Q(below(paths_with(user, Power.GRID_PATROL, at=at), "grid__place__path"), worker=user)
    led = below(paths_with(user, Power.GRID_RUN, at=at), "grid__place__path")
    patrol = Patrol.objects.filter(own | led, pk=pk).select_related("grid__place", "worker").first()
    if patrol is None:
        raise NotFoundError(_("没有找到这次巡查。"))
    found = [(way, way.found(user, patrol, at)) for way in patrol_ways]
    return Walk(
        patrol,
        list(CheckIn.objects.filter(patrol=patrol).select_related("checkpoint")),
        list(PatrolNote.objects.filter(patrol=patrol)[:NOTES]),
        [(way, lines) for way, lines in found if lines],
    )


def during(patrol: Patrol) -> tuple[datetime, datetime]:
    """From its start to its end; one that nobody ended lasts no longer than a walk may."""
    return patrol.started_at, patrol.ended_at or patrol.started_at + LONGEST


def visits_found(_user: User, patrol: Patrol, _at: datetime) -> list[Found]:
    """The doors that were visited on the way."""
    rows = Visit.objects.filter(place=patrol.grid_id, worker=patrol.worker, happened_at__range=during(patrol))
    shown = rows.select_related("purpose", "household__place__parent__parent").order_by("happened_at", "pk")
    return [
        Found(
            f"{one.household.long_name} · {one.purpose}",
            reverse("grids:home", args=[one.household_id]),
            one.happened_at,
        )
        for one in shown[:FOUND_SHOWN]
    ]


def hazards_found(_user: User, patrol: Patrol, _at: datetime) -> list[Found]:
    """The hazards that were found on the way."""
    rows = Hazard.objects.filter(
        scope=patrol.grid_id, found_by=patrol.worker, found_at__range=during(patrol)
    ).select_related("type", "place__parent__parent")
    return [
        Found(f"{one.type} · {one.place.long_name}", reverse("grids:hazard", args=[one.pk]), one.found_at)
        for one in rows.order_by("found_at", "pk")[:FOUND_SHOWN]
    ]


def diary_found(_user: User, patrol: Patrol, _at: datetime) -> list[Found]:
    """The wishes that were heard on the way."""
    rows = OpinionDiaryEntry.objects.filter(
        scope=patrol.grid_id, author=patrol.worker, heard_at__range=during(patrol)
    ).select_related("place__parent__parent")
    return [
        Found(
            f"{one.place.long_name} · {one.text[:40]}",
            reverse("grids:diary_entry", args=[one.pk]),
            one.heard_at,
        )
        for one in rows.order_by("heard_at", "pk")[:FOUND_SHOWN]
    ]
