"""What is due in each grid of a leader's page; every source is one statement for all of them (G-11).

Each is written into SQL at its first use: built anew, ten of them take longer than the database does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import User
from core.prepared import DAY, MOMENT, Prepared, PreparedModel
from core.querysets import NO_KEYS, Among, AnyOf, keys_text
from grids.models import (
    ApplicationStep,
    CareSubject,
    EntryState,
    Errand,
    FieldEntry,
    Grid,
    GridBuilding,
    Hazard,
    Need,
    SafetyVisit,
    SweepStop,
)
from grids.querysets import due_households
from grids.registries import DUE_SHOWN, Due, DueLine
from grids.selectors.doors import CountByGrid

WORDS: Final = 40
LONG_HELD: Final = timedelta(days=1)
Row = TypeVar("Row", bound=Model)


class FirstOfGrid(Generic[Row]):
    """The first rows of each grid in a queryset, as lines; one statement. `by` leads from a row to its grid.

    `build` gets the samples by name, besides those of `PreparedModel`.
    """

    def __init__(
        self,
        build: Callable[..., QuerySet[Row]],
        *,
        by: str,
        order: Sequence[str],
        related: Sequence[str] = (),
        **samples: Any,
    ) -> None:
        def first(grids: str, **given: Any) -> QuerySet[Row]:
            nth = Window(RowNumber(), partition_by=F(by), order_by=[*order])
            ranked = build(**given).filter(AnyOf(F(by), Value(grids))).order_by().annotate(nth=nth)
            rows: Any = ranked.model._default_manager.order_by(*order).select_related(*related)
            found: QuerySet[Row] = rows.filter(Among(F("pk"), ranked.filter(nth__lte=DUE_SHOWN).values("pk")))
            return found

        self._rows = PreparedModel(first, grids=NO_KEYS, **samples)
        self._grid = attrgetter(f"{by.replace('__', '.')}_id")

    def lines(self, grids: Sequence[Grid], line: Callable[[Row], DueLine], **values: Any) -> Due:
        """For each of these grids its lines, in order."""
        found: dict[int | None, list[DueLine]] = {}
        for one in self._rows.all(grids=keys_of(grids), **values):
            found.setdefault(self._grid(one), []).append(line(one))
        return found


def keys_of(grids: Sequence[Grid]) -> str:
    return keys_text(grid.pk for grid in grids)


def tonight(at: datetime) -> datetime:
    """The midnight by which what is due today is due."""
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


_HAZARDS: Final = FirstOfGrid(
    lambda day: Hazard.objects.unsafe().filter(rectify_by__lte=day),
    by="scope",
    order=("rectify_by", "pk"),
    related=("type", "place", "responsible"),
    day=DAY,
)
_NEEDS: Final = FirstOfGrid(
    lambda before: Need.objects.open().filter(due_at__lt=before),
    by="place",
    order=("due_at", "pk"),
    related=("handler",),
    before=MOMENT,
)
_ERRANDS: Final = FirstOfGrid(
    Errand.objects.awaiting, by="place", order=("done_at", "pk"), related=("worker",)
)
_STEPS: Final = FirstOfGrid(
    lambda day: ApplicationStep.objects.waiting().filter(due_on__lte=day),
    by="application__place",
    order=("due_on", "pk"),
    related=("application__worker",),
    day=DAY,
)


def hazards_due(_user: User, grids: Sequence[Grid], at: datetime) -> Due:
    """Hazards whose deadline is today or over."""
    day = timezone.localdate(at)

    def line(one: Hazard) -> DueLine:
        url = reverse("grids:hazard", args=[one.pk])
        words = _("隐患：%(type)s，%(place)s") % {"type": one.type, "place": one.place}
        who = str(one.responsible or one.responsible_name)
        return DueLine(words, url, who, is_late=one.rectify_by != day, move_url=f"{url}move/")

    return _HAZARDS.lines(grids, line, day=day)


def needs_due(_user: User, grids: Sequence[Grid], at: datetime) -> Due:
    """Needs and incidents to be solved by today, or that wait for a word since longer."""

    def line(one: Need) -> DueLine:
        words, url = f"{one.get_kind_display()}：{one.text[:WORDS]}", reverse("grids:need", args=[one.pk])
        who = str(one.handler or one.get_tier_display())
        move = reverse("grids:need_step", args=[one.pk, "move"]) if one.solved_at is None else ""
        return DueLine(words, url, who, is_late=one.due_at < at, move_url=move)

    return _NEEDS.lines(grids, line, before=tonight(at))


def errands_due(_user: User, grids: Sequence[Grid], _at: datetime) -> Due:
    """Errands that are done and of which the household has not heard."""

    def line(one: Errand) -> DueLine:
        words, url = _("待告知居民：%s") % one.text[:WORDS], reverse("grids:errand", args=[one.pk])
        return DueLine(words, url, str(one.worker), move_url=reverse("grids:errand_move", args=[one.pk]))

    return _ERRANDS.lines(grids, line)


def steps_due(_user: User, grids: Sequence[Grid], at: datetime) -> Due:
    """Steps of applications whose day is today or over."""
    day = timezone.localdate(at)

    def line(one: ApplicationStep) -> DueLine:
        names = {"what": one.application, "step": one.name}
        url = reverse("grids:application", args=[one.application_id])
        words = _("帮办申请：%(what)s，%(step)s") % names
        return DueLine(words, url, str(one.application.worker), is_late=one.is_late(day))

    return _STEPS.lines(grids, line, day=day)


DOORS_DUE: Final = CountByGrid(due_households, "pk", day=DAY)
CARED_DUE: Final = CountByGrid(CareSubject.objects.due, "resident__household", day=DAY)


def visits_due(_user: User, grids: Sequence[Grid], at: datetime) -> Due:
    """How many doors are to be visited by today."""
    counts = DOORS_DUE.of([grid.pk for grid in grids], day=timezone.localdate(at))
    url = reverse("grids:homes")
    return {pk: [DueLine(_("该走访 %d 户") % count, f"{url}?grid={pk}")] for pk, count in counts.items()}


def care_due(_user: User, grids: Sequence[Grid], at: datetime) -> Due:
    """How many of those cared for are to be seen by today."""
    counts = CARED_DUE.of([grid.pk for grid in grids], day=timezone.localdate(at))
    url = f"{reverse('grids:register')}?mark=due&grid="
    return {pk: [DueLine(_("关爱走访 %d 位") % count, f"{url}{pk}")] for pk, count in counts.items()}


def _winter(grids: str, day: date) -> QuerySet[SafetyVisit, Any]:
    """Grid, how many doors are due and how many of them are late."""
    left = SafetyVisit.objects.left(day).filter(AnyOf(F("scope"), Value(grids)), due_on__lte=day)
    rows = left.order_by().values("scope")
    late = Count("pk", filter=Q(due_on__lt=day))
    return rows.annotate(count=Count("pk"), late=late).values_list("scope", "count", "late")


_WINTER: Final = Prepared(_winter, grids=NO_KEYS, day=DAY)


def winter_due(_user: User, grids: Sequence[Grid], at: datetime) -> Due:
    """How many doors that heat with coal are to be visited by today, and whether one is late."""
    url = reverse("grids:winter")
    return {
        pk: [DueLine(_("冬季安全走访 %d 户") % count, url, is_late=bool(late))]
        for pk, count, late in _WINTER.rows(grids=keys_of(grids), day=timezone.localdate(at))
    }


def _stops(grids: str, communities: str, day: date) -> QuerySet[SweepStop, Any]:
    """Grid, sweep, its name and last day, and how many stops nobody has been to."""
    held = GridBuilding.objects.active().filter(AnyOf(F("grid"), Value(grids)))
    nearest = held.filter(Q(place=OuterRef("place")) | Q(place=OuterRef("place__parent")))
    is_own = AnyOf(F("sweep__scope"), Value(grids))
    own = Case(When(is_own, then=F("sweep__scope")), output_field=BigIntegerField())
    left = SweepStop.objects.filter(
        AnyOf(F("sweep__community"), Value(communities)),
        result="",
        sweep__finished_at=None,
        sweep__ends_on__lte=day,
    )
    building = Subquery(nearest.order_by("pk").values("grid")[:1], output_field=BigIntegerField())
    of_grid = left.annotate(of=Coalesce(own, building)).exclude(of=None).order_by()
    named = ("of", "sweep", "sweep__name", "sweep__ends_on")
    counted = of_grid.values(*named).annotate(count=Count("pk"))
    ordered: QuerySet[SweepStop, Any] = counted.order_by("sweep__ends_on", "sweep")
    return ordered.values_list(*named, "count")


_STOPS: Final = Prepared(_stops, grids=NO_KEYS, communities="{-2}", day=DAY)


def stops_due(_user: User, grids: Sequence[Grid], at: datetime) -> Due:
    """Sweeps that end today or should have, with the stops in each grid that nobody has been to."""
    day, communities = timezone.localdate(at), keys_text({grid.community_id for grid in grids})
    rows = _STOPS.rows(grids=keys_of(grids), communities=communities, day=day)
    found: dict[int | None, list[DueLine]] = {}
    for pk, sweep, name, ends_on, count in rows:
        words = _("摸排“%(name)s”还有 %(count)d 处没去") % {"name": name, "count": count}
        line = DueLine(words, reverse("grids:sweep", args=[sweep]), is_late=ends_on < day)
        found.setdefault(pk, []).append(line)
    return {pk: lines[:DUE_SHOWN] for pk, lines in found.items()}


def _held(grids: str, before: datetime) -> QuerySet[FieldEntry, Any]:
    """Grid, how many entries wait, and how many of them since before a moment."""
    held = FieldEntry.objects.filter(AnyOf(F("place"), Value(grids)), state=EntryState.HELD)
    old = Count("pk", filter=Q(received_at__lt=before))
    counted = held.order_by().values("place").annotate(count=Count("pk"), late=old)
    return counted.values_list("place", "count", "late")


_HELD: Final = Prepared(_held, grids=NO_KEYS, before=MOMENT)


def entries_due(_user: User, grids: Sequence[Grid], at: datetime) -> Due:
    """How many entries of each grid wait for a decision, and whether one does so for a day."""
    url = reverse("grids:held_list")
    return {
        pk: [DueLine(_("外勤记录待接收 %d 条") % count, url, is_late=bool(late))]
        for pk, count, late in _HELD.rows(grids=keys_of(grids), before=at - LONG_HELD)
    }
