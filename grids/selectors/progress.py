"""How far the grids of each community have come through 四定, and which are stuck (G-01)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community.models import Community
from community.querysets import below
from core import paging
from grids.models import Grid
from grids.selectors.setup import WANTED, SetupStep, with_steps
from grids.selectors.totals import Standing, communities_under

PAGE: Final = 30
READY: Final = "ready"
HAS: Final[Mapping[SetupStep, str]] = {
    SetupStep.DELINEATED: "has_ground",
    SetupStep.STAFFED: "has_worker",
    SetupStep.TASKED: "has_duties",
}
STOPS: Final[Sequence[tuple[str, str | Promise]]] = (
    (SetupStep.DELINEATED, _("缺划网定格")),
    (SetupStep.STAFFED, _("缺派员定岗")),
    (SetupStep.TASKED, _("缺服务定责")),
    (READY, _("四定已齐，未启用")),
)
"""Where a grid that is not in force can be stuck: the first step that it lacks, or none."""
_NONE: Final = Standing(tiers=())


@dataclass(frozen=True, slots=True)
class Progress:
    """One community: how many of its grids are where."""

    community: Community
    totals: Standing
    labels: Sequence[tuple[str, str]]
    """Of `STOPS`, in the reader's language."""

    @property
    def stops(self) -> Iterator[tuple[str, str, int]]:
        """How many grids are stuck at each of `STOPS`."""
        totals = self.totals
        counts = (totals.bare, totals.unstaffed, totals.untasked, totals.ready)
        return ((code, label, count) for (code, label), count in zip(self.labels, counts, strict=True))


@dataclass(frozen=True, slots=True)
class Stuck:
    """A page of grids that are not in force: each with what it still lacks, in words."""

    rows: Sequence[tuple[Grid, Sequence[str]]]
    page: paging.Page[Grid]
    step: str
    label: str


def progress_of(communities: Sequence[Community], paths: Collection[str], day: date) -> list[Progress]:
    """These communities, those with most to do first, one without any grid before all; one statement."""
    found = communities_under(paths, day)
    labels = [(code, str(label)) for code, label in STOPS]
    rows = [Progress(one, found.get(one.pk, _NONE), labels) for one in communities]
    return sorted(rows, key=lambda row: (row.totals.grids > 0, -row.totals.stuck))


def stuck_under(
    paths: Collection[str],
    day: date,
    *,
    community: Community | None = None,
    step: str = "",
    cursor: str | None = None,
) -> Stuck:
    """Grids under these places that were begun and are not in force, page by page: all, or those stuck at one
    of `STOPS`; one statement."""
    labels = {str(code): str(label) for code, label in STOPS}
    rows = with_steps(Grid.objects.filter(below(paths, "place__path")), day)
    rows = rows.filter(is_active=False, place__is_active=True)
    if community is not None:
        rows = rows.filter(community=community)
    if step in labels:
        rows = rows.filter(_at(step))
    page = paging.keyset(rows.select_related("community", "place"), order=("pk",), cursor=cursor, size=PAGE)
    listed = [(grid, lacking(grid)) for grid in page.items]
    return Stuck(listed, page, step if step in labels else "", labels.get(step, ""))


def lacking(grid: Any) -> list[str]:
    """What a grid of `with_steps` still lacks, in words."""
    return [str(WANTED[step]) for step, name in HAS.items() if not getattr(grid, name)]


def _at(step: str) -> Q:
    """Grids whose first step that is not taken is this one."""
    taken = Q()
    for one, name in HAS.items():
        if one == step:
            return taken & Q(**{name: False})
        taken &= Q(**{name: True})
    return taken
