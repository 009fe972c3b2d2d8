"""Sweeps as somebody who takes part, or runs these grids, sees them (G-20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.duties import Power
from community.models import Community, Place
from community.models.place import PlaceKind
from community.permissions import paths_with, powers_anywhere
from community.querysets import below
from core.display import percent
from core.errors import NotFoundError
from core.models import User
from core.registries import Asking, AskingTile, Tile
from grids.models import GridBuilding, Hazard, Sweep, SweepStop
from grids.selectors.hazards import communities_for

SHOWN: Final = 40
KEPT: Final = 5


@dataclass(frozen=True, slots=True)
class SweepShown:
    """A sweep with its stops: those not reached first."""

    sweep: Sweep
    stops: Sequence[SweepStop]
    hazards: int

    @property
    def left(self) -> list[SweepStop]:
        return [stop for stop in self.stops if not stop.result]

    @property
    def reached(self) -> list[SweepStop]:
        return [stop for stop in self.stops if stop.result]

    @property
    def coverage(self) -> str:
        """How many of a hundred stops were reached."""
        return percent(len(self.reached), len(self.stops))

    @property
    def per_hundred(self) -> str:
        """Hazards found for every hundred stops that were reached."""
        reached = len(self.reached)
        return f"{100 * self.hazards / reached:.0f}" if reached else ""


def buildings_in(scope: Place) -> list[Place]:
    """The buildings to go to: of a grid those that it holds, of an estate or community all."""
    rows = Place.objects.active().filter(kind=PlaceKind.BUILDING)
    if scope.kind == PlaceKind.GRID:
        held = GridBuilding.objects.filter(grid=scope.pk).values_list("place__path", flat=True)
        return list(rows.filter(below(held)).order_by("path"))
    return list(rows.filter(path__startswith=scope.path).order_by("path"))


def sweeps_of(user: User, *, at: datetime) -> QuerySet[Sweep]:
    """Those that this person takes part in, and those under their posts; the newest first."""
    paths = paths_with(user, Power.PETITION_HANDLE, at=at)
    return Sweep.objects.seen_by(paths, user).select_related("scope", "community")


def sweeps_shown(user: User, *, at: datetime) -> Sequence[Any]:
    """The latest, each with how much is left; one statement."""
    numbers = {"all": Count("stops"), "left": Count("stops", filter=Q(stops__result=""))}
    return list(sweeps_of(user, at=at).annotate(**numbers).order_by("-finished_at", "-pk")[:SHOWN])


def sweep_of(user: User, pk: int, *, at: datetime) -> SweepShown:
    """One of them with its stops; three statements.

    Raises:
        NotFoundError: none, or none of theirs.
    """
    sweep = sweeps_of(user, at=at).filter(pk=pk).first()
    if sweep is None:
        raise NotFoundError(_("没有找到这次摸排。"))
    return shown(sweep)


def shown(sweep: Sweep) -> SweepShown:
    """A sweep with its stops and what was found; two statements."""
    rows = SweepStop.objects.filter(sweep=sweep).select_related("place__parent__parent", "recorded_by")
    return SweepShown(
        sweep, list(rows.order_by("place__path", "pk")), Hazard.objects.filter(stop__sweep=sweep).count()
    )


def stop_chosen(user: User, chosen: str, *, at: datetime) -> SweepStop | None:
    """The stop that an address names, if it is of a sweep that this person sees."""
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 10):
        return None
    rows = SweepStop.objects.filter(pk=int(chosen), sweep__in=sweeps_of(user, at=at).order_by().values("pk"))
    return rows.first()


def hazard_form(user: User, community: Community, *, at: datetime) -> str:
    """The address of the form for a hazard found at a stop there, up to the number of the stop.

    It names the community only for whoever has several: for everybody else a phone keeps one form.
    """
    several = len(communities_for(user, at=at)) > 1
    return reverse("grids:hazard_new") + (f"?community={community.slug}&stop=" if several else "?stop=")


def pages_kept(request: HttpRequest) -> Sequence[str]:
    """What whoever goes opens without signal: the sweeps that run, and their forms."""
    at = timezone.now()
    if Power.PETITION_HANDLE not in powers_anywhere(request.user, at):
        return []
    assert isinstance(request.user, User)
    ids = sweeps_of(request.user, at=at).running(timezone.localdate(at)).values_list("pk", flat=True)[:KEPT]  # type: ignore[attr-defined]
    return [reverse(f"grids:{name}", args=[pk]) for pk in ids for name in ("sweep", "stop_record")]


def _running(who: Asking) -> QuerySet[SweepStop, Any] | None:
    at = who.at
    if Power.PETITION_HANDLE not in powers_anywhere(who.user, at):
        return None
    mine = Sweep.objects.running(timezone.localdate(at)).filter(participants=who.user.pk)
    rows = SweepStop.objects.filter(sweep__in=mine, result="")
    return rows.order_by().values("sweep_id")[: 10 * SHOWN]


def _running_tile(rows: Sequence[Mapping[str, Any]]) -> Tile | None:
    if not rows:
        return None
    known = {row["sweep_id"] for row in rows}
    url = reverse("grids:sweep", args=[*known]) if len(known) == 1 else reverse("grids:sweeps")
    return Tile(_("摸排"), url, text=_("还有几个点没去"), count=len(rows), icon="list-checks", code="sweep")


TILE_SWEEPS: Final = AskingTile(_running, _running_tile)
"""On the day of whoever takes part: how many stops are left."""
