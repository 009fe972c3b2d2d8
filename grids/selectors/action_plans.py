"""行动方案: how far each has come, and what somebody's own body leads (G-31)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.duties import Power
from community.permissions import Scope, has_power, paths_with, powers_anywhere
from community.querysets import below
from core.errors import NotFoundError
from core.models import User
from core.registries import Asking, AskingTile, Tile
from grids.models import ActionMeasure, ActionPlan, ActionTask

SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Progress:
    """A plan and its count: done of so many, and how many are late."""

    plan: ActionPlan
    measures: int
    tasks: int
    done: int
    late: int

    @property
    def percent(self) -> int:
        return 100 * self.done // self.tasks if self.tasks else 0


@dataclass(frozen=True, slots=True)
class MeasureShown:
    """A measure with its tasks, each with whether it is late."""

    measure: ActionMeasure
    tasks: Sequence[tuple[ActionTask, bool]]


def plans_shown(user: User, *, at: datetime) -> list[Progress]:
    """The plans of the communities that this person reads, with their counts: two statements."""
    return _counted(_plans_of(user, at), timezone.localdate(at))


def plan_shown(user: User, plan_id: int, *, at: datetime) -> tuple[Progress, list[MeasureShown]]:
    """One plan with all its tasks: four statements.

    Raises:
        NotFoundError: there is none, or no post of this person's covers it.
    """
    today = timezone.localdate(at)
    found = _counted(_plans_of(user, at).filter(pk=plan_id), today)
    if not found:
        raise NotFoundError(_("没有找到这个方案。"))
    shown: dict[int, list[tuple[ActionTask, bool]]] = {}
    tasks = ActionTask.objects.filter(measure__plan=plan_id).select_related("lead", "done_by", "contact")
    for task in tasks.prefetch_related("joining").order_by("measure__number", "number"):
        shown.setdefault(task.measure_id, []).append((task, task.is_late(today)))
    measures = ActionMeasure.objects.filter(plan=plan_id)
    return found[0], [MeasureShown(one, shown.get(one.pk, [])) for one in measures]


def tasks_of(user: User) -> list[ActionTask]:
    """What is to be done by the bodies that this person speaks for, what is due first on top."""
    rows = ActionTask.objects.open().filter(contact=user.pk).select_related("measure__plan", "lead")
    return list(rows.order_by("due_on", "pk"))


def task_to_report(user: User, task_id: int, *, at: datetime) -> tuple[ActionTask, bool]:
    """A task that this person may report on, and whether it is their own body's.

    Raises:
        NotFoundError: there is none, or it is nothing of this person's.
    """
    rows = ActionTask.objects.select_related("measure__plan__community__place", "lead")
    task = rows.filter(pk=task_id).first()
    if task is not None:
        scope = Scope(task.measure.plan.community.place.path)
        is_own = task.contact_id == user.pk
        if is_own or has_power(user, Power.GRID_RUN, scope, at=at):
            return task, is_own
    raise NotFoundError(_("没有找到这项任务。"))


def tile_tasks(request: HttpRequest) -> Tile | None:
    """On the page 我的 of a body's contact: how many tasks are open."""
    count = ActionTask.objects.open().filter(contact=cast("User", request.user).pk).count()
    if not count:
        return None
    url = reverse("grids:action_tasks")
    return Tile(_("牵头任务"), url, text=_("您的单位牵头"), count=count, icon="list-checks", code="action")


def _late(who: Asking) -> QuerySet[ActionTask, Any] | None:
    at = who.at
    if Power.GRID_RUN not in powers_anywhere(who.user, at):
        return None
    mine = below(paths_with(who.user, Power.GRID_RUN, at=at), "measure__plan__community__place__path")
    rows = ActionTask.objects.open().filter(mine, due_on__lt=timezone.localdate(at))
    return rows.order_by().values("pk")[:SHOWN]


def _late_tile(rows: Sequence[Mapping[str, Any]]) -> Tile | None:
    if not rows:
        return None
    url = reverse("grids:action_plans")
    return Tile(_("行动方案"), url, text=_("任务超期"), count=len(rows), icon="list-checks", code="action")


TILE_LATE: Final = AskingTile(_late, _late_tile)


def _plans_of(user: User, at: datetime) -> QuerySet[ActionPlan]:
    paths = paths_with(user, Power.PETITION_READ, at=at)
    return ActionPlan.objects.filter(below(paths, "community__place__path")).select_related("community")


def _counted(plans: QuerySet[ActionPlan], today: date) -> list[Progress]:
    rows = list(plans)
    late = Q(tasks__done_at=None, tasks__due_on__lt=today)
    counts = {
        row["plan"]: (row["measures"], row["all"], row["done"], row["late"])
        for row in ActionMeasure.objects.filter(plan__in=[one.pk for one in rows])
        .values("plan")
        .annotate(
            measures=Count("pk", distinct=True),
            all=Count("tasks"),
            done=Count("tasks", filter=Q(tasks__done_at__isnull=False)),
            late=Count("tasks", filter=late),
        )
        .order_by("plan")
    }
    return [Progress(one, *counts.get(one.pk, (0, 0, 0, 0))) for one in rows]
