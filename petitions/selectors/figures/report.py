"""What is kept of a place's months, read and added up for its page (C-31, F1, F2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

from django.db.models import F, Min, Q
from django.db.models import Sum as Total
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from community.meetings import SessionKind
from community.models import Place
from community.models.place import PlaceKind
from community.permissions import paths_with
from community.querysets import below, place_ids
from community.workflow import Category, Topic
from core.display import percent
from core.models import User
from petitions.models import CommunityFigures, MonthFigures
from petitions.selectors.figures.counting import COLUMNS, added_up

SAFETY: Final = (Topic.E_BIKE_CHARGING, Topic.CLUTTER, Topic.FALLING_TILES)
"""Topics that are hazards (安全隐患); named beside the count, since the source does not define them."""

COUNTED: Final[Mapping[str, str | Promise]] = {
    "received": gettext_lazy("收到的事"),
    "opinions": gettext_lazy("收集的意见"),
    "answered": gettext_lazy("已答复的事"),
    **{f"category.{one.value}": one.label for one in Category},
    "confirmed": gettext_lazy("居民确认办好的事"),
    "on_time": gettext_lazy("按时答复率"),
    "satisfaction": gettext_lazy("满意率"),
    "agreed": gettext_lazy("化解的矛盾（调解成功）"),
    "mediation": gettext_lazy("调解成功率"),
    "visit.evening": gettext_lazy("夜间上门调解"),
    "safety": gettext_lazy("处理的安全隐患"),
    "sessions": gettext_lazy("议事场次"),
    **{f"session.{one.value}": one.label for one in SessionKind},
}
"""What may stand beside a published figure: code → words."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Some months of a place added up."""

    numbers: Mapping[str, Any]

    def __getitem__(self, name: str) -> int:
        return int(self.numbers[name] or 0)

    def split(self, dimension: str) -> Mapping[str, Sequence[int]]:
        found: Mapping[str, Sequence[int]] = self.numbers["splits"].get(dimension, {})
        return found

    def of(self, dimension: str, key: str, at: int = 0) -> int:
        """One count of a split; received, answered, confirmed are 0, 1, 2."""
        return self.split(dimension).get(key, (0, 0, 0))[at]

    def counted(self, code: str) -> str:
        """What the records say under a code of `COUNTED`; rates with their n; "" where there is no n."""
        kind, _dot, key = code.partition(".")
        if kind == "category":
            return str(self.of("category", key, 1))
        if kind in {"session", "visit"}:
            return str(self.of(kind, key))
        if kind == "safety":
            return str(sum(self.of("topic", topic.value, 1) for topic in SAFETY))
        return self._rate(code) if code in RATES else str(self[code])

    def _rate(self, code: str) -> str:
        part, whole = (sum(self[name] for name in names) for names in RATES[code])
        return rate(part, whole)


RATES: Final = {
    "satisfaction": (("satisfied",), ("ratings",)),
    "on_time": (("on_time",), ("promised",)),
    "mediation": (("agreed",), ("agreed", "failed")),
}


def half_within(whole: Sum, step: str) -> tuple[str, int, int]:
    """In how many days half of the matters had this step behind them: in words, in tenths, of how many."""
    found = whole.numbers["days"].get(step, {})
    spans = sorted((int(tenths), number) for tenths, number in found.items())
    total, passed = sum(number for _tenths, number in spans), 0
    for tenths, number in spans:
        passed += number
        if 2 * passed >= total:
            return (_("%s 天") % f"{tenths / 10:g}" if tenths else _("当场")), tenths, total
    return "", 0, 0


def rate(part: int, whole: int) -> str:
    """99.5%（n=200）; empty where there is nothing to have a share of."""
    return _("%(percent)s%%（n=%(n)d）") % {"percent": percent(part, whole), "n": whole} if whole else ""


@dataclass(frozen=True)
class Report:
    """A place's months, the oldest first, and the moment at which the records said so."""

    months: Sequence[tuple[date, Sum]]
    computed_at: datetime | None
    overdue: int
    names: Mapping[str, str]
    """Places of the split by place: key → name."""

    @cached_property
    def whole(self) -> Sum:
        return self.between(date.min, date.max)

    @property
    def is_empty(self) -> bool:
        return not (self.whole["received"] or self.whole["sessions"])

    def between(self, first: date, last: date) -> Sum:
        """The months from `first` to before `last`."""
        return Sum(added_up(one.numbers for month, one in self.months if first <= month < last))


def report_of_community(community_id: int) -> Report:
    """The kept months of a community; two statements."""
    kept = MonthFigures.objects.filter(place_id=community_id).order_by("month")
    rows: list[dict[str, Any]] = list(
        kept.values(
            "month",
            *COLUMNS,
            as_of=F("place__community__figures__computed_at"),
            late=F("place__community__figures__overdue"),
        )
    )
    first: dict[str, Any] = rows[0] if rows else {"as_of": None, "late": 0}
    return _report(rows, first["as_of"], first["late"] or 0)


def report_of_place(place: Place) -> Report:
    """The kept months of any place that has them, with what its communities say of their own; three
    statements."""
    within = CommunityFigures.objects.filter(community__place__path__startswith=place.path)
    kept = within.aggregate(at=Min("computed_at"), late=Total("overdue"))
    rows = list(MonthFigures.objects.filter(place=place).order_by("month").values("month", *COLUMNS))
    return _report(rows, kept["at"], kept["late"] or 0)


def _report(rows: Iterable[dict[str, Any]], computed_at: datetime | None, overdue: int) -> Report:
    months = [(row["month"], Sum(row)) for row in rows]
    keys = {int(key) for _month, one in months for key in one.split("place")}
    names = {str(pk): name for pk, name in Place.objects.filter(pk__in=keys).values_list("pk", "name")}
    return Report(months, computed_at, overdue, names)


def places_with_figures(user: User, *, at: datetime) -> list[Place]:
    """Places whose figures somebody may see at the desk: those under their posts, and the community around a
    post within one; the highest first, one statement."""
    paths = paths_with(user, Power.PETITION_READ, at=at)
    kinds = (PlaceKind.COUNTY, PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY)
    within = Q(pk__in=place_ids(paths), kind=PlaceKind.COMMUNITY) | below(paths)
    return list(Place.objects.filter(within, kind__in=kinds).order_by("depth", "path"))
