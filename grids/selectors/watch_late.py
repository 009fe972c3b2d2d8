"""What is late or has climbed, for those who only look after grids: kind, place, since when, with whom.

The words of it and the door are left out: they may name somebody, and belong to posts that go from door to
door (G-06, G-07).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from django.db.models import Case, Q, QuerySet, SmallIntegerField, When
from django.utils.translation import gettext as _

from community.duties import Power
from community.models import Household, Place
from community.models.place import PlaceKind
from community.permissions import paths_with
from core.models import User
from grids.models import Errand, Need, NeedTier
from grids.selectors.needs import tier_holders
from grids.selectors.rungs import rungs_over

Row = TypeVar("Row", Need, Errand)
SHOWN: Final = 60
UNTOLD: Final = timedelta(days=1)
DOOR: Final = "household__place__parent__parent"


@dataclass(frozen=True, slots=True)
class LateShown:
    """One need or errand without its words; `who` is in charge, an account where somebody has it."""

    title: str
    where: str
    state: str
    since: datetime
    due_at: datetime | None
    who: User | None
    tier: str
    is_late: bool
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class LatePage:
    """The longest waiting first, so many of each kind at most; the one that a notice spoke of on top."""

    needs: Sequence[LateShown]
    errands: Sequence[LateShown]


def needs_late(at: datetime) -> Q:
    """Over their time, or at the last tier; what is solved waits for a word alone."""
    return Q(closed_at=None) & (Q(due_at__lt=at) | Q(tier=NeedTier.SECRETARY))


def errands_late(at: datetime) -> Q:
    """Done for a day, and the household does not know."""
    return Q(told_at=None, done_at__lte=at - UNTOLD)


def late_of(user: User, *, at: datetime, grid: str = "", need: str = "", errand: str = "") -> LatePage:
    """What is late in the grids that somebody looks after, of one of them where it is named; four statements.

    A `need` or an `errand` that they were told of is there as well, while it is not over.
    """
    paths = paths_with(user, Power.GRID_WATCH, at=at)
    needs = Need.objects.under(paths).filter(needs_late(at) | _named(need, closed_at=None))
    errands = Errand.objects.under(paths).filter(errands_late(at) | _named(errand, told_at=None))
    if _key(grid) is not None:
        needs, errands = needs.filter(place=_key(grid)), errands.filter(place=_key(grid))
    found = _first(needs.select_related("handler", "place", DOOR), "due_at", _key(need))
    holders = _holders(found, at)
    return LatePage(
        [_need(one, at, holders.get(one.pk), is_chosen=one.pk == _key(need)) for one in found],
        [
            _errand(one, at, is_chosen=one.pk == _key(errand))
            for one in _first(errands.select_related("worker", "place", DOOR), "taken_at", _key(errand))
        ],
    )


def _first(rows: QuerySet[Row], by: str, chosen: int | None) -> list[Row]:
    on_top = Case(When(pk=chosen or 0, then=0), default=1, output_field=SmallIntegerField())
    return list(rows.order_by(on_top, by, "pk")[:SHOWN])


def _holders(needs: Sequence[Need], at: datetime) -> Mapping[int, User]:
    """Who has each need: to whom it was given, else who stands on its tier; two statements."""
    given = {one.pk: one.handler for one in needs if one.handler is not None}
    left = [one for one in needs if one.handler is None]
    rungs = rungs_over([one.place for one in left], at=at)
    by_need = {one.pk: next(iter(tier_holders(one, NeedTier(one.tier), rungs)), None) for one in left}
    users = User.objects.in_bulk([pk for pk in by_need.values() if pk is not None])
    return given | {need: users[pk] for need, pk in by_need.items() if pk is not None}


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _named(text: str, **still: None) -> Q:
    return Q(pk=_key(text), **still) if _key(text) is not None else Q(pk__in=())


def _where(place: Place, household: Household | None) -> str:
    """The grid, and no finer than the building."""
    if household is None:
        return place.name
    home = household.place
    building = home.parent if home.kind == PlaceKind.ENTRANCE and home.parent is not None else home
    return f"{place.name} {building.long_name}"


def _need(one: Need, at: datetime, who: User | None, *, is_chosen: bool) -> LateShown:
    urgent = _("民生急难，当天响应") if one.is_urgent else ""
    solved = _("已解决，还没有反馈") if one.solved_at else ""
    seen = _("有人响应，还没有解决") if one.responded_at else _("还没有人响应")
    return LateShown(
        title=_("：").join(filter(None, (one.get_kind_display(), urgent))),
        where=_where(one.place, one.household),
        state=solved or seen,
        since=one.reported_at,
        due_at=one.due_at,
        who=who,
        tier=one.get_tier_display(),
        is_late=one.due_at < at,
        is_chosen=is_chosen,
    )


def _errand(one: Errand, at: datetime, *, is_chosen: bool) -> LateShown:
    return LateShown(
        title=_("代办：%s") % one.get_kind_display(),
        where=_where(one.place, one.household),
        state=_("办好了，还没有告知住户") if one.done_at else _("还在办"),
        since=one.taken_at,
        due_at=None,
        who=one.worker,
        tier="",
        is_late=one.done_at is not None and one.done_at <= at - UNTOLD,
        is_chosen=is_chosen,
    )
