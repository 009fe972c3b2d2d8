"""What is due in each grid of a leader's page; every source is one statement for all of them (G-11)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

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
    When,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import User
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
from grids.selectors.doors import count_by_grid

WORDS: Final = 40
LONG_HELD: Final = timedelta(days=1)
Row = TypeVar("Row", bound=Model)


def due_in(rows: QuerySet[Row], *, by: str, order: Sequence[str], line: Callable[[Row], DueLine]) -> Due:
    """The first of each grid, as lines; one statement. `by` leads from a row to its grid."""
    nth = Window(RowNumber(), partition_by=F(by), order_by=[*order])
    found: dict[int | None, list[DueLine]] = {}
    for one in rows.annotate(nth=nth, of=F(by)).filter(nth__lte=DUE_SHOWN).order_by(*order):
        found.setdefault(one.of, []).append(line(one))  # type: ignore[attr-defined]
    return found


def tonight(at: datetime) -> datetime:
    """The midnight by which what is due today is due."""
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def hazards_due(_user: User, grids: Sequence[Grid], at: datetime) -> Due:
    """Hazards whose deadline is today or over."""
    day = timezone.localdate(at)
    unsafe = Hazard.objects.unsafe().filter(scope__in=_ids(grids), rectify_by__lte=day)

    def line(one: Hazard) -> DueLine:
        url = reverse("grids:hazard", args=[one.pk])
        words = _("隐患：%(type)s，%(place)s") % {"type": one.type, "place": one.place}
        who = str(one.responsible or one.responsible_name)
        return DueLine(words, url, who, is_late=one.rectify_by != day, move_url=f"{url}move/")

    rows = unsafe.select_related("type", "place", "responsible")
    return due_in(rows, by="scope", order=("rectify_by", "pk"), line=line)


def needs_due(_user: User, grids: Sequence[Grid], at: datetime) -> Due:
    """Needs and incidents to be solved by today, or that wait for a word since longer."""

    def line(one: Need) -> DueLine:
        words, url = f"{one.get_kind_display()}：{one.text[:WORDS]}", reverse("grids:need", args=[one.pk])
        who = str(one.handler or one.get_tier_display())
        move = reverse("grids:need_step", args=[one.pk, "move"]) if one.solved_at is None else ""
        return DueLine(words, url, who, is_late=one.due_at < at, move_url=move)

    rows = Need.objects.open().filter(place__in=_ids(grids), due_at__lt=tonight(at))
    return due_in(rows.select_related("handler"), by="place", order=("due_at", "pk"), line=line)


def errands_due(_user: User, grids: Sequence[Grid], _at: datetime) -> Due:
    """Errands that are done and of which the household has not heard."""

    def line(one: Errand) -> DueLine:
        words, url = _("待告知居民：%s") % one.text[:WORDS], reverse("grids:errand", args=[one.pk])
        return DueLine(words, url, str(one.worker), move_url=reverse("grids:errand_move", args=[one.pk]))

    rows = Errand.objects.awaiting().filter(place__in=_ids(grids)).select_related("worker")
    return due_in(rows, by="place", order=("done_at", "pk"), line=line)


def steps_due(_user: User, grids: Sequence[Grid], at: datetime) -> Due:
    """Steps of applications whose day is today or over."""
    day = timezone.localdate(at)

    def line(one: ApplicationStep) -> DueLine:
        names = {"what": one.application, "step": one.name}
        url = reverse("grids:application", args=[one.application_id])
        words = _("帮办申请：%(what)s，%(step)s") % names
        return DueLine(words, url, str(one.application.worker), is_late=one.is_late(day))

    running = ApplicationStep.objects.waiting().filter(application__place__in=_ids(grids))
    rows = running.filter(due_on__lte=day).select_related("application__worker")
    return due_in(rows, by="application__place", order=("due_on", "pk"), line=line)


def visits_due(_user: User, grids: Sequence[Grid], at: datetime) -> Due:
    """How many doors are to be visited by today."""
    doors = due_households(timezone.localdate(at)).order_by().values("pk")
    return {
        pk: [DueLine(_("该走访 %d 户") % count, f"{reverse('grids:homes')}?grid={pk}")]
        for pk, count in count_by_grid(_ids(grids), doors).items()
    }


def care_due(_user: User, grids: Sequence[Grid], at: datetime) -> Due:
    """How many of those cared for are to be seen by today."""
    people = CareSubject.objects.due(timezone.localdate(at)).order_by().values("resident__household")
    url = f"{reverse('grids:register')}?mark=due&grid="
    return {
        pk: [DueLine(_("关爱走访 %d 位") % count, f"{url}{pk}")]
        for pk, count in count_by_grid(_ids(grids), people).items()
    }


def winter_due(_user: User, grids: Sequence[Grid], at: datetime) -> Due:
    """How many doors that heat with coal are to be visited by today, and whether one is late."""
    day = timezone.localdate(at)
    left = SafetyVisit.objects.left(day).filter(scope__in=_ids(grids), due_on__lte=day)
    rows = left.order_by().values("scope")
    counted = rows.annotate(count=Count("pk"), late=Count("pk", filter=Q(due_on__lt=day)))
    return {
        row["scope"]: [
            DueLine(
                _("冬季安全走访 %d 户") % row["count"], reverse("grids:winter"), is_late=bool(row["late"])
            )
        ]
        for row in counted
    }


def stops_due(_user: User, grids: Sequence[Grid], at: datetime) -> Due:
    """Sweeps that end today or should have, with the stops in each grid that nobody has been to."""
    day, ids = timezone.localdate(at), _ids(grids)
    held = GridBuilding.objects.active().filter(grid__in=ids)
    nearest = held.filter(Q(place=OuterRef("place")) | Q(place=OuterRef("place__parent")))
    own = Case(When(sweep__scope__in=ids, then=F("sweep__scope")), output_field=BigIntegerField())
    left = SweepStop.objects.filter(
        result="",
        sweep__finished_at=None,
        sweep__ends_on__lte=day,
        sweep__community__in={grid.community_id for grid in grids},
    )
    building = Subquery(nearest.order_by("pk").values("grid")[:1], output_field=BigIntegerField())
    of_grid = left.annotate(of=Coalesce(own, building))
    named = of_grid.exclude(of=None).order_by().values("of", "sweep", "sweep__name", "sweep__ends_on")
    found: dict[int | None, list[DueLine]] = {}
    for row in named.annotate(count=Count("pk")).order_by("sweep__ends_on", "sweep"):
        words = _("摸排“%(name)s”还有 %(count)d 处没去") % {"name": row["sweep__name"], "count": row["count"]}
        url = reverse("grids:sweep", args=[row["sweep"]])
        found.setdefault(row["of"], []).append(DueLine(words, url, is_late=row["sweep__ends_on"] < day))
    return {pk: lines[:DUE_SHOWN] for pk, lines in found.items()}


def entries_due(_user: User, grids: Sequence[Grid], at: datetime) -> Due:
    """How many entries of each grid wait for a decision, and whether one does so for a day."""
    held = FieldEntry.objects.filter(place__in=_ids(grids), state=EntryState.HELD)
    old = Count("pk", filter=Q(received_at__lt=at - LONG_HELD))
    rows: Any = held.order_by().values("place").annotate(count=Count("pk"), late=old)
    url = reverse("grids:held_list")
    return {
        row["place"]: [DueLine(_("外勤记录待接收 %d 条") % row["count"], url, is_late=bool(row["late"]))]
        for row in rows
    }


def _ids(grids: Sequence[Grid]) -> list[int]:
    return [grid.pk for grid in grids]
