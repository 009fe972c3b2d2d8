"""Rounds of meter readings as those see them who read, and the share of one's own household."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from community.models import Community, Household, Place, Resident
from community.permissions import paths_with, powers_anywhere
from community.querysets import below
from core.errors import NotFoundError
from core.models import User
from core.querysets import Among
from core.registries import Asking, AskingTile, DataSubject, Tile
from grids.models import Grid, MeterCycle, MeterReading
from grids.selectors.buildings import grids_of
from grids.selectors.doors import doors_of

SHOWN: Final = 60
KEPT: Final = 40
HEADS: Final = {
    "at": gettext_lazy("抄表时间"),
    "name": gettext_lazy("名称"),
    "value": gettext_lazy("读数"),
    "share": gettext_lazy("分摊（分）"),
}


def with_unread(rows: QuerySet[MeterCycle]) -> QuerySet[MeterCycle]:
    """Rounds with how many doors they have, and how many are read and unread."""
    return rows.select_related("scope").annotate(
        door_count=_count(Q()), unread_count=_count(Q(value=None)), read_count=_count(Q(value__isnull=False))
    )


def _count(which: Q) -> Coalesce:
    of = MeterReading.objects.filter(which, cycle=OuterRef("pk")).order_by().values("cycle")
    return Coalesce(Subquery(of.annotate(n=Count("pk")).values("n")), 0)


def cycles_of(user: User, *, at: datetime) -> QuerySet[MeterCycle]:
    """Every round with a door of the grids in which this person goes from door to door."""
    paths = paths_with(user, Power.HOME_VISIT, at=at)
    read = MeterReading.objects.under(paths).order_by().values("cycle")
    rows = MeterCycle.objects.filter(below(paths, "scope__path") | Q(pk__in=read))
    return with_unread(rows).select_related("scope", "place__parent__parent", "community")


def cycles_shown(user: User, *, at: datetime) -> Sequence[MeterCycle]:
    """What is not shared first, by day; one statement."""
    return list(cycles_of(user, at=at).order_by(F("shared_at").desc(nulls_first=True), "due_on")[:SHOWN])


def cycle_of(user: User, pk: int, *, at: datetime) -> MeterCycle:
    """One round.

    Raises:
        NotFoundError: none, or none of theirs.
    """
    found = cycles_of(user, at=at).filter(pk=pk).first()
    if found is None:
        raise NotFoundError(_("没有找到这次抄表。"))
    return found


def reading_of(user: User, pk: int, *, at: datetime) -> MeterReading:
    """One door of a round.

    Raises:
        NotFoundError: none, or none of theirs.
    """
    rows = MeterReading.objects.under(paths_with(user, Power.HOME_VISIT, at=at))
    found = rows.select_related("cycle__scope", "household__place__parent__parent", "photo").filter(pk=pk)
    reading = found.first()
    if reading is None:
        raise NotFoundError(_("没有找到这一户。"))
    return reading


def readings_in(cycle: MeterCycle, user: User, *, at: datetime) -> Sequence[MeterReading]:
    """The doors of a round that this person may know, by building, unread ones first; one statement."""
    mine = MeterReading.objects.under(paths_with(user, Power.HOME_VISIT, at=at)).filter(cycle=cycle)
    rows = mine.select_related("household__place__parent__parent", "read_by")
    return sorted(rows.order_by("pk"), key=lambda one: one.value is not None)


def doors_to_read(scope: Place, grid: Place | None, most: int) -> Mapping[int, Place | None]:
    """The doors in use under a place, of one grid or of all, each with its grid's place; two statements."""
    doors = Household.objects.filter(is_active=True, place__path__startswith=scope.path)
    if grid is not None:
        own = Grid.objects.active().filter(place__path__startswith=grid.path).values_list("pk", flat=True)
        doors = doors.filter(Among(F("pk"), doors_of(own)))
    found = list(doors.select_related("place").order_by("place__path", "room", "pk")[:most])
    grids = grids_of({door.place_id: door.place for door in found}.values())
    held = {pk: one.place for pk, one in grids.items()}
    return {door.pk: held.get(door.place_id) for door in found}


def unread_at(cycles: Collection[MeterCycle]) -> Mapping[int, Sequence[Place]]:
    """The grids in which doors of these rounds are unread, by round; one statement."""
    rows = MeterReading.objects.filter(cycle__in=cycles, value=None).order_by("cycle_id", "place_id")
    found: dict[int, list[Place]] = {}
    for one in rows.distinct("cycle_id", "place_id").select_related("place"):
        found.setdefault(one.cycle_id, []).append(one.place)
    return found


def last_values(kind: str, household_ids: Sequence[int]) -> Mapping[int, tuple[str, Decimal]]:
    """Where the meters of these households stood last: (number, value); one statement."""
    rows = MeterReading.objects.filter(
        household_id__in=household_ids, cycle__kind=kind, value__isnull=False
    ).order_by("household_id", "-pk")
    found = rows.distinct("household_id").values_list("household_id", "meter", "value")
    return {pk: (meter, value) for pk, meter, value in found if value is not None}


def residents_told(cycle: MeterCycle) -> Mapping[int, Sequence[int]]:
    """The accounts of those who live behind the doors of a round; one statement."""
    doors = cycle.readings.values("household")
    rows = Resident.objects.present().filter(household__in=doors, user__isnull=False).order_by("pk")
    found: dict[int, list[int]] = {}
    for household_id, user_id in rows.values_list("household_id", "user_id"):
        if user_id is not None:
            found.setdefault(household_id, []).append(user_id)
    return found


def shares_for(household: Household) -> Sequence[MeterReading]:
    """The shares of one household and nobody else's; one statement."""
    rows = household.meter_readings.filter(share_fen__isnull=False).select_related("cycle")
    return list(rows.order_by("-pk")[:SHOWN])


def _open(who: Asking) -> QuerySet[Any, Any] | None:
    at = who.at
    if Power.HOME_VISIT not in powers_anywhere(who.user, at):
        return None
    paths = paths_with(who.user, Power.HOME_VISIT, at=at)
    rows = MeterReading.objects.under(paths).filter(value=None, cycle__shared_at=None)
    return rows.order_by().values("cycle").annotate(unread=Count("pk"))[:SHOWN]


def _tile(rows: Sequence[Mapping[str, Any]]) -> Tile | None:
    if not rows:
        return None
    unread = sum(row["unread"] for row in rows)
    return Tile(
        _("抄表"), reverse("grids:meters"), text=_("没抄的户"), count=unread, icon="gauge", code="meters"
    )


TILE_METERS: Final = AskingTile(_open, _tile)
"""On the day of those who go from door to door: how many doors are unread; nothing where no round goes on."""


def pages_kept(request: HttpRequest) -> Sequence[str]:
    """What a worker opens where there is no signal: rounds that go on, and the form of each unread door."""
    at = timezone.now()
    if Power.HOME_VISIT not in powers_anywhere(request.user, at):
        return []
    paths = paths_with(request.user, Power.HOME_VISIT, at=at)
    rows = MeterReading.objects.under(paths).filter(value=None, cycle__shared_at=None).order_by("pk")
    found = list(rows.values_list("cycle", "pk")[:KEPT])
    rounds = dict.fromkeys(reverse("grids:meter_cycle", args=[cycle]) for cycle, _pk in found)
    doors = [reverse("grids:meter_read", args=[cycle, pk]) for cycle, pk in found]
    return [reverse("grids:meters"), *rounds, *doors] if found else []


def meters_at(subject: DataSubject) -> Sequence[Mapping[str, Any]]:
    """Readings of the household of the person behind an account; one statement."""
    if subject.user_id is None:
        return []
    rows = MeterReading.objects.filter(Q(household__residents__user=subject.user_id), value__isnull=False)
    return [
        {"at": at, "name": name, "value": value, "share": share}
        for at, name, value, share in rows.order_by("-pk").values_list(
            "read_at", "cycle__name", "value", "share_fen"
        )
    ]


def meters_kept(_community: Community) -> str:
    """How long photos of meters are kept, in words."""
    return _("照片 1 年后删除，读数和分摊长期保存")


def tile_shares(_request: HttpRequest) -> Tile:
    """On the page 我的: what one's household pays."""
    url, text = reverse("grids:meter_shares"), _("抄表后您家用了多少、分摊多少")
    return Tile(title=_("我家的分摊"), text=text, url=url, icon="gauge")
