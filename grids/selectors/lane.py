"""Doors that a patrol calls upon when it passes, those longest not visited first (G-07)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.db.models import F, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone

from core.models import User
from core.querysets import Among
from grids.models import Grid, StandingVisit, Trigger, Visit
from grids.querysets import visited_households
from grids.selectors.buildings import grids_of
from grids.selectors.doors import doors_of
from grids.selectors.kept import kept_grids

SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """A door, when somebody was last there, and the address of the form of a visit, filled in."""

    name: str
    last_visited: datetime | None
    form: str


def on_the_way(user: User, grids: Sequence[Grid], *, at: datetime) -> Mapping[int, Sequence[OnTheWay]]:
    """By grid, the doors of the lane where nobody was yet today; whoever wishes no visits is left out. Three
    statements.

    The page is kept in the phone: it says of a door no more than that one goes there.
    """
    if not grids:
        return {}
    last = Visit.objects.filter(household=OuterRef("household")).order_by("-happened_at")
    rows = StandingVisit.objects.filter(
        Among(F("household"), doors_of([grid.pk for grid in grids])),
        trigger=Trigger.LANE,
        household__in=visited_households().values("pk"),
    ).annotate(
        last_visited=Subquery(last.values("happened_at")[:1]), purpose=Subquery(last.values("purpose")[:1])
    )
    longest = F("last_visited").asc(nulls_first=True)
    found = rows.select_related("household__place__parent__parent").order_by(longest, "pk")[:SHOWN]
    several = len(kept_grids(user, at=at)) > 1
    shown = [one for one in found if not _is_today(one.last_visited, at)]
    homes = grids_of(one.household.place for one in shown)
    doors: dict[int, list[OnTheWay]] = {}
    for one in shown:
        grid = homes[one.household.place_id].pk
        asked = {"household": one.pk, **({"purpose": one.purpose} if one.purpose else {})}
        asked = {**({"grid": grid} if several else {}), **asked}
        address = f"{reverse('grids:visit_new')}?{urlencode(asked)}"
        doors.setdefault(grid, []).append(OnTheWay(one.household.long_name, one.last_visited, address))
    return doors


def _is_today(moment: datetime | None, at: datetime) -> bool:
    return moment is not None and timezone.localdate(moment) == timezone.localdate(at)
