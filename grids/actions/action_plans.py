"""行动方案: entered with its tasks, moved, reported as done (G-31)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from community import permissions
from community.duties import Power
from community.models import Community, Organisation
from community.permissions import Scope
from core.audit import record
from core.errors import InvalidInputError, NotAllowedError, NotFoundError, RepeatedError
from core.language import gettext as _
from core.models import User
from grids.action_days import reminder_after
from grids.models import ActionMeasure, ActionPlan, ActionTask


@dataclass(frozen=True, slots=True)
class PlanGiven:
    """A plan as it was issued."""

    name: str
    starts_on: date
    ends_on: date
    issued_by: str = ""


@dataclass(frozen=True, slots=True)
class TaskGiven:
    """What is to be done by when, which one body leads, and which join in."""

    text: str
    lead: Organisation
    due_on: date
    joining: Sequence[Organisation] = ()
    contact: User | None = None


@transaction.atomic
def action_plan_set(
    *,
    community: Community,
    given: PlanGiven,
    actor: User | None,
    at: datetime,
    plan_id: int | None = None,
) -> ActionPlan:
    """Enter a plan, or correct one.

    Raises:
        NotAllowedError: `actor` does not run this community's grids.
        InvalidInputError: it ends before it begins.
    """
    kept = (
        ActionPlan.objects.select_for_update(of=("self",)).select_related("community").get(pk=plan_id)
        if plan_id
        else ActionPlan(community=community)
    )
    path = kept.community.place.path
    trace = permissions.authorise(actor, Power.GRID_RUN, Scope(path), at=at)
    if given.ends_on < given.starts_on:
        raise InvalidInputError(_("结束日期不能早于开始日期。"))
    kept.name, kept.issued_by = given.name.strip(), given.issued_by.strip()
    kept.starts_on, kept.ends_on = given.starts_on, given.ends_on
    kept.save()
    record(event="action_plan.set", actor=actor, subject=kept, at=at, scope_path=path, post=trace)
    return kept


@transaction.atomic
def action_measure_set(
    *,
    plan: ActionPlan,
    number: int,
    title: str,
    project: str,
    actor: User | None,
    at: datetime,
    measure_id: int | None = None,
) -> ActionMeasure:
    """A heading over tasks; the same number of a plan is the same measure.

    Raises:
        NotAllowedError: `actor` does not run this community's grids.
    """
    path = plan.community.place.path
    trace = permissions.authorise(actor, Power.GRID_RUN, Scope(path), at=at)
    ActionPlan.objects.select_for_update(of=("self",), no_key=True).get(pk=plan.pk)  # one after the other
    known = {"pk": measure_id} if measure_id else {"plan": plan, "number": number}
    kept = ActionMeasure.objects.filter(**known).first() or ActionMeasure(plan=plan)
    said = {"number": number, "title": title.strip(), "project": project.strip()}
    if kept.pk and all(getattr(kept, name) == value for name, value in said.items()):
        return kept
    for name, value in said.items():
        setattr(kept, name, value)
    kept.save()
    record(event="action_measure.set", actor=actor, subject=kept, at=at, scope_path=path, post=trace)
    return kept


@transaction.atomic
def action_task_add(
    *, measure: ActionMeasure, number: int, given: TaskGiven, actor: User | None, at: datetime
) -> ActionTask:
    """A task of a measure; from now on its lead is reminded.

    Raises:
        NotAllowedError: `actor` does not run this community's grids.
        InvalidInputError: no text, a body of another community, the lead joining itself, a day outside.
        IntegrityError: this number of the measure is taken (`action_task_number_once`).
    """
    path = measure.plan.community.place.path
    trace = permissions.authorise(actor, Power.GRID_RUN, Scope(path), at=at)
    _check(measure.plan, given)
    task = ActionTask(measure=measure, number=number)
    _fill(task, given, at)
    task.joining.set(given.joining)
    record(event="action_task.added", actor=actor, subject=task, at=at, scope_path=path, post=trace)
    return task


@transaction.atomic
def action_task_change(*, task_id: int, given: TaskGiven, actor: User | None, at: datetime) -> ActionTask:
    """Another lead, contact, day or wording of what is not done.

    Raises:
        NotFoundError: there is none.
        NotAllowedError: `actor` does not run this community's grids.
        RepeatedError: it is done.
        InvalidInputError: as `action_task_add`.
    """
    task = _locked(task_id)
    path = task.measure.plan.community.place.path
    trace = permissions.authorise(actor, Power.GRID_RUN, Scope(path), at=at)
    if task.done_at is not None:
        raise RepeatedError(_("这项任务已经完成。"))
    _check(task.measure.plan, given)
    _fill(task, given, at)
    task.joining.set(given.joining)
    record(event="action_task.changed", actor=actor, subject=task, at=at, scope_path=path, post=trace)
    return task


@transaction.atomic
def action_task_done(*, task_id: int, result: str, actor: User, at: datetime) -> ActionTask:
    """What came of it, said by the lead's contact or by whoever runs the grids.

    Raises:
        NotFoundError: there is none, or it is nothing of this person's.
        RepeatedError: it is done.
        InvalidInputError: nothing said.
    """
    task = _locked(task_id)
    path = task.measure.plan.community.place.path
    trace = ""
    if task.contact_id != actor.pk:
        try:
            trace = permissions.require_power(actor, Power.GRID_RUN, Scope(path), at=at).trace
        except NotAllowedError as refusal:
            raise NotFoundError(_("没有找到这项任务。")) from refusal
    if task.done_at is not None:
        raise RepeatedError(_("这项任务已经完成。"))
    if not result.strip():
        raise InvalidInputError(_("请写明完成情况。"))
    task.done_at, task.done_by, task.result, task.next_on = at, actor, result.strip()[:300], None
    task.save(update_fields=["done_at", "done_by", "result", "next_on"])
    record(event="action_task.done", actor=actor, subject=task, at=at, scope_path=path, post=trace)
    return task


def _check(plan: ActionPlan, given: TaskGiven) -> None:
    if not given.text.strip():
        raise InvalidInputError(_("请写明任务。"))
    if any(one.community_id != plan.community_id for one in (given.lead, *given.joining)):
        raise InvalidInputError(_("牵头和参与单位要在本社区的组织机构里。"))
    if given.lead in given.joining:
        raise InvalidInputError(_("牵头单位不用再写在参与单位里。"))
    if not plan.starts_on <= given.due_on <= plan.ends_on:
        raise InvalidInputError(_("完成时限要在方案的起止日期之内。"))


def _fill(task: ActionTask, given: TaskGiven, at: datetime) -> None:
    task.text, task.lead, task.contact = given.text.strip(), given.lead, given.contact
    if task.due_on != given.due_on or task.next_on is None:
        task.due_on = given.due_on
        task.next_on = reminder_after(given.due_on, timezone.localdate(at))
    task.save()


def _locked(task_id: int) -> ActionTask:
    rows = ActionTask.objects.locked().select_related("measure__plan__community__place")
    found: ActionTask | None = rows.filter(pk=task_id).first()
    if found is None:
        raise NotFoundError(_("没有找到这项任务。"))
    return found
