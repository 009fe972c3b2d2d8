"""The doors of a grid as its worker sees them: who is due, when each was last visited, who wishes none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final

from django.db.models import BooleanField, ExpressionWrapper, F, OuterRef, QuerySet, Subquery, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.duties import Duty, Power
from community.models import Community, Household, Post, Resident
from community.models.place import PlaceKind
from community.permissions import held_posts
from core.models import User
from core.prepared import DAY, PreparedModel
from core.querysets import NO_KEYS, Among, AnyOf, keys_text
from core.registries import Asking, AskingTile, Tile
from grids.models import FestivalVisit, Grid, ResidentTag, StandingVisit, Visit, VisitPurpose
from grids.querysets import due_households, is_left_out
from grids.selectors.doors import doors_of
from grids.selectors.gifts import packs_open
from grids.selectors.kept import by_grid, kept_grids

SHOWN: Final = 100
KEPT: Final = 20
"""Doors that are due whose forms a phone keeps for where there is no signal."""
VISITORS: Final = (
    *(Duty.GRID_WORKER, Duty.GRID_AUXILIARY, Duty.GRID_LEADER, Duty.AREA_OFFICER),
    *(Duty.CLERK, Duty.DISPATCHER, Duty.SECRETARY),
)
"""Who may come along as the second."""


@dataclass(frozen=True, slots=True)
class Due:
    """A door that is due, why, and since when; `pack` is what is brought there, where that is why."""

    household: Household
    reason: str
    due_on: date
    pack: int | None = None

    def is_late(self, today: date) -> bool:
        return self.due_on < today


@dataclass(frozen=True, slots=True)
class Building:
    """The doors of one entrance, or of a building without."""

    name: str
    doors: Sequence[Household]


_DUE: Final = PreparedModel(
    lambda grids, day: (
        due_households(day)
        .filter(Among(F("pk"), doors_of(grids)))
        .select_related("place__parent__parent")
        .order_by("pk")[:SHOWN]
    ),
    grids=NO_KEYS,
    day=DAY,
)
_STANDING: Final = PreparedModel(
    lambda doors, day: StandingVisit.objects.filter(AnyOf(F("household"), Value(doors)), next_on__lte=day),
    doors=NO_KEYS,
    day=DAY,
)
_FESTIVALS: Final = PreparedModel(
    lambda doors, day: FestivalVisit.objects.filter(
        AnyOf(F("household"), Value(doors)), visit=None, festival_on__gte=day
    ).select_related("rule"),
    doors=NO_KEYS,
    day=DAY,
)
_PACKS: Final = PreparedModel(
    lambda doors, day: packs_open(day).filter(AnyOf(F("household"), Value(doors))), doors=NO_KEYS, day=DAY
)
_MARKED: Final = PreparedModel(
    lambda doors, day: (
        ResidentTag.objects.to_visit(day)
        .filter(AnyOf(F("resident__household"), Value(doors)))
        .select_related("resident")
    ),
    doors=NO_KEYS,
    day=DAY,
)


def due_in(grid_ids: Sequence[int], day: date) -> list[Due]:
    """Who is to be visited by a day, for each reason, by day; whoever wishes none is left out.

    Of a mark only that it is time, of a pack only what is in it: this page is kept in the phone, where no
    reading is noted (decisions 0028, 0031).
    """
    known = {door.pk: door for door in _DUE.all(grids=keys_text(grid_ids), day=day)}
    if not known:
        return []
    of_these: dict[str, Any] = {"doors": keys_text(known), "day": day}
    found = [
        *((row.household_id, row.reason or _("定期走访"), row.next_on) for row in _STANDING.all(**of_these)),
        *(
            (row.household_id, _("%s走访") % row.rule.get_festival_display(), row.festival_on)
            for row in _FESTIVALS.all(**of_these)
        ),
        *(
            (row.resident.household_id, _("该走访"), row.next_on)
            for row in _MARKED.all(**of_these)
            if row.next_on is not None
        ),
    ]
    due = [Due(known[pk], reason, due_on) for pk, reason, due_on in found]
    for row in _PACKS.all(**of_these):
        reason = _("送礼包：%s") % row.campaign.items
        due.append(Due(known[row.household_id], reason, row.campaign.ends_on, row.pk))
    return sorted(due, key=lambda one: (one.due_on, one.household.pk))


def _with_last_visit(grids: str) -> QuerySet[Household]:
    """The doors of grids, each with when it was last visited and whether nobody is."""
    last = Visit.objects.filter(household=OuterRef("pk")).order_by("-happened_at").values("happened_at")[:1]
    is_left = ExpressionWrapper(is_left_out(), BooleanField())
    return _doors_in(grids).annotate(last_visited=Subquery(last), is_left_out=is_left)


_LAST_VISITED: Final = PreparedModel(_with_last_visit, grids=NO_KEYS)


def buildings_of(grid: Grid) -> list[Building]:
    """All doors of a grid by entrance, each with when it was last visited; one statement."""
    rows = _LAST_VISITED.all(grids=keys_text([grid.pk]))
    return [
        Building(doors[0].place.long_name, doors)
        for doors in (list(group) for _place, group in groupby(rows, key=lambda door: door.place_id))
    ]


def doors_in(grid: Grid) -> QuerySet[Household]:
    """The doors in use of a grid, by building."""
    return _doors_in(keys_text([grid.pk]))


def _doors_in(grids: str) -> QuerySet[Household]:
    rows = Household.objects.filter(Among(F("pk"), doors_of(grids)), is_active=True)
    return rows.select_related("place__parent__parent").order_by("place__parent", "place", "room", "pk")


def people_at(household: Household) -> Sequence[Resident]:
    """Who lives behind a door, with who wishes no visits; one statement."""
    rows = household.residents.all().present().select_related("visit_wish__noted_by")
    return list(rows.order_by("pk"))


def purposes_for(community: Community) -> QuerySet[VisitPurpose]:
    return VisitPurpose.objects.filter(community=community, is_active=True)


_PURPOSE: Final = PreparedModel(
    lambda pk, community: purposes_for(Community(pk=community)).filter(pk=pk), pk=-1, community=-2
)


def purpose_of(community: Community, pk: int) -> VisitPurpose | None:
    """One of `purposes_for`; one statement."""
    return _PURPOSE.first(pk=pk, community=community.pk)


def companions_for(user: User, community: Community, day: date) -> list[tuple[int, str]]:
    """Who of a community and its grids may come along: (account, name with duty); one statement."""
    posts = Post.objects.held_on(day).filter(
        place__path__startswith=community.place.path, duty__in=VISITORS, user__is_active=True
    )
    rows = posts.exclude(user=user).select_related("user", "place").order_by("user__display_name", "pk")
    named: dict[int, str] = {}
    for post in rows:
        named.setdefault(post.user_id, f"{post.user} · {post.place.name} {post.get_duty_display()}")
    return list(named.items())


def _due(who: Asking) -> QuerySet[Household, Any] | None:
    at = who.at
    posts = [post for post in held_posts(who.user, at=at) if Power.HOME_VISIT in post.powers]
    if not posts:
        return None
    own = [post.place_id for post in posts if post.place_kind == PlaceKind.GRID]
    due = due_households(timezone.localdate(at)).filter(Among(F("pk"), doors_of(own)))
    rows = due.order_by().values("pk")
    return rows[:SHOWN] if own else rows.none()


def _due_tile(rows: Sequence[Mapping[str, Any]]) -> Tile:
    text = _("该去的户、最近去过的户")
    url = reverse("grids:homes")
    return Tile(_("入户走访"), url, text=text, count=len(rows), icon="house", code="homes")


TILE_HOMES: Final = AskingTile(_due, _due_tile)
"""On the day of those who go from door to door: how many doors of their grids are due."""


def pages_kept(request: HttpRequest) -> Sequence[str]:
    """The doors of one's grids, the form for any of them, and the forms of those that are due."""
    at = timezone.now()
    grids = kept_grids(request.user, at=at)
    if not grids:
        return []
    due = [one for one in due_in(grids, timezone.localdate(at)) if one.pack is None][:KEPT]
    forms = dict.fromkeys(reverse("grids:visit", args=[one.household.pk]) for one in due)
    return [*by_grid(reverse("grids:homes"), grids), *by_grid(reverse("grids:visit_new"), grids), *forms]
