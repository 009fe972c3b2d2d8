"""三色图谱 for staff: how many open matters of each colour lie in each grid, or in each community (P-16).

A page of rows by key, then one grouped statement over the index of open matters for these rows alone: what
a county of twelve thousand grids costs is what fits on a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import Community
from community.permissions import HeldPost
from community.querysets import below
from community.workflow import Severity
from core.errors import NotFoundError
from core.models import User
from core.paging import Page, keyset
from grids.models import Grid
from petitions.models import Petition
from petitions.querysets import reading_posts

COMMUNITIES_SHOWN: Final = 30
GRIDS_SHOWN: Final = 60
UNGRADED: Final = ""
COLUMNS: Final[Mapping[str, str | Promise]] = {
    **{one.value: one.label for one in reversed(Severity)},
    UNGRADED: gettext_lazy("未定级"),
}
"""The gravest first; what was not graded yet waits for 理事."""

Counts = Mapping[Any, Mapping[str, int]]
"""By grid (None for no grid) or community: open matters by colour."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Open matters of one colour in one row, and the list that holds just these."""

    colour: str
    label: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One grid, or one community with the address of its grids."""

    name: str
    where: str
    url: str
    cells: Sequence[Cell]

    @property
    def total(self) -> int:
        return sum(cell.count for cell in self.cells)


@dataclass(frozen=True, slots=True)
class ColourMap:
    """A page of the map; `community` is the one whose grids are shown, `has_above` that one may go back."""

    lines: Sequence[Line]
    page: Page[Any]
    community: Community | None
    has_above: bool

    def pages(self) -> Iterator[tuple[str, str, str]]:
        """The pages before and after this one: relation, label, address."""
        kept = {"community": self.community.pk} if self.community and self.has_above else {}
        ways = (("prev", _("上一页"), self.page.previous), ("next", _("下一页"), self.page.next))
        for rel, label, cursor in ways:
            if cursor is not None:
                yield rel, label, f"?{urlencode({**kept, 'cursor': cursor})}"

    @property
    def heads(self) -> list[str]:
        return [str(label) for label in COLUMNS.values()]


def colour_map(user: User, *, community: str, cursor: str | None, at: datetime) -> ColourMap:
    """The communities in reach where there are several and none is chosen, else grids; three statements.

    Raises:
        NotFoundError: a community that none of this person's posts reaches.
    """
    posts = reading_posts(user, at)
    within = [post for post in posts if post.place_kind == "grid"]
    known = _communities(posts)
    if community:
        chosen = known.filter(pk=int(community)).first() if _is_key(community) else None
        if chosen is None:
            raise NotFoundError(_("没有找到这个社区。"))
        return _grids_of(chosen, cursor, has_above=True)
    if len(within) == len(posts):
        return _own_grids(within, cursor)
    first = list(known.order_by("pk")[:2])
    if len(first) == 1:
        return _grids_of(first[0], cursor, has_above=False)
    page = keyset(known, order=["pk"], cursor=cursor, size=COMMUNITIES_SHOWN)
    counts = _counted("community", Q(community__in=page.items))
    lines = [_line_of_community(one, counts) for one in page.items]
    return ColourMap(lines, page, None, has_above=False)


def _communities(posts: Iterable[HeldPost]) -> Any:
    """Communities that lie whole under one of these posts."""
    paths = [post.place_path for post in posts if post.place_kind != "grid"]
    return Community.objects.active().filter(below(paths, "place__path")).select_related("place__parent")


def _grids_of(community: Community, cursor: str | None, *, has_above: bool) -> ColourMap:
    """Every grid of a community, and on the last page what lies in none."""
    rows = Grid.objects.filter(community=community).select_related("place")
    page = keyset(rows, order=["pk"], cursor=cursor, size=GRIDS_SHOWN)
    asked = Q(grid__in=page.items) | (Q(grid=None) if page.next is None else Q())
    counts = _counted("grid", Q(community=community) & asked)
    lines = [_line_of_grid(grid, "", counts) for grid in page.items if grid.is_active or grid.pk in counts]
    if counts.get(None):
        cells = _cells(counts[None], {})
        lines.append(Line(_("不在任何网格"), "", "", cells))
    return ColourMap(lines, page, community, has_above)


def _own_grids(posts: Iterable[HeldPost], cursor: str | None) -> ColourMap:
    """The grids under posts at grids."""
    rows = Grid.objects.filter(below([post.place_path for post in posts], "place__path"))
    rows = rows.select_related("community__place", "place")
    page = keyset(rows, order=["community", "pk"], cursor=cursor, size=GRIDS_SHOWN)
    counts = _counted("grid", Q(grid__in=page.items))
    several = len({grid.community_id for grid in page.items}) > 1
    lines = [_line_of_grid(one, one.community.name if several else "", counts) for one in page.items]
    return ColourMap(lines, page, None, has_above=False)


def _counted(by: str, asked: Q) -> Counts:
    """Open matters by grid or community and colour: one statement, answered from the index alone."""
    rows = Petition.objects.genuine().open().filter(asked).order_by()
    found: dict[Any, dict[str, int]] = {}
    for key, colour, number in rows.values_list(by, "severity").annotate(number=Count("*")):
        found.setdefault(key, {})[colour] = number
    return found


def _line_of_community(community: Community, counts: Counts) -> Line:
    above = community.place.parent
    return Line(
        name=community.name,
        where=above.name if above else "",
        url=f"?{urlencode({'community': community.pk})}",
        cells=_cells(counts.get(community.pk, {}), {"community": community.pk}),
    )


def _line_of_grid(grid: Grid, where: str, counts: Counts) -> Line:
    narrowed = {"community": grid.community_id, "grid": grid.pk}
    return Line(grid.name, where, "", _cells(counts.get(grid.pk, {}), narrowed))


def _cells(counts: Mapping[str, int], narrowed: Mapping[str, int]) -> list[Cell]:
    """The counts of one row; without anything to narrow by, or without a matter, a cell leads nowhere."""
    return [
        Cell(colour, str(label), counts.get(colour, 0), _list(colour, narrowed) if counts.get(colour) else "")
        for colour, label in COLUMNS.items()
    ]


def _list(colour: str, narrowed: Mapping[str, int]) -> str:
    """The desk's list that holds these matters and no other; what is ungraded waits in the queue 待理事."""
    if not narrowed:
        return ""
    params = {"severity": colour} if colour else {"queue": "received"}
    return f"{reverse('admin:petitions_petition_changelist')}?{urlencode({**params, **narrowed})}"


def _is_key(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 19
