"""阶段: planned with days and a person, moved with a public reason, handed on, finished (P-34)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from core.errors import ConflictError, InvalidInputError, NotFoundError, RepeatedError
from core.language import gettext as _
from core.models import User
from petitions import project_notices, timetable
from petitions.actions.base import text_of
from petitions.actions.projects.base import Site, open_site, require_runner
from petitions.models import PhaseMove, ProjectPhase
from petitions.models.project import NAME_MAX, REASON_MAX
from petitions.selectors.blocks import open_blocks
from petitions.selectors.project_people import people_of_project


@dataclass(frozen=True, slots=True)
class Plan:
    """A phase as it is planned."""

    name: str
    begins_on: date
    due_on: date
    responsible: User
    is_works: bool = False


@transaction.atomic
def phase_add(*, project_id: int, actor: User, plan: Plan, at: datetime) -> ProjectPhase:
    """Plan a phase; whoever answers for it hears of it.

    Raises:
        InvalidInputError: ends before it begins, or a person who runs no projects here.
        RepeatedError: a phase of this name is planned.
    """
    site = open_site(project_id, actor=actor, at=at)
    project, name = site.project, text_of(plan.name, limit=NAME_MAX, name=_("阶段"))
    if project.phases.filter(name=name).exists():
        raise RepeatedError(_("“%s”这个阶段已经排好。") % name)
    _check_days(plan.begins_on, plan.due_on)
    require_runner(plan.responsible, project.scope, at)
    phase = ProjectPhase(
        project=project,
        name=name,
        begins_on=plan.begins_on,
        due_on=plan.due_on,
        is_works=plan.is_works,
        responsible=plan.responsible,
    )
    if not project.is_draft:
        phase.sweep_at = timetable.next_phase_sweep(phase, at)
    phase.save(force_insert=True)
    site.tell(project_notices.phase_given(project, phase, but=actor, at=at))
    site.finish("phase_added")
    return phase


@transaction.atomic
def phase_move(
    *, phase_id: int, actor: User, begins_on: date, due_on: date, reason: str, at: datetime
) -> ProjectPhase:
    """Give a phase other days. A later end needs a reason, which is published and told.

    Raises:
        InvalidInputError: the end before the beginning, or a delay without a reason.
        ConflictError: the phase is done.
    """
    site, phase = _open_phase(phase_id, actor, at)
    _check_days(begins_on, due_on)
    is_delay = due_on > phase.due_on
    said = text_of(reason, limit=REASON_MAX, name=_("延期原因"), required=is_delay)
    if (begins_on, due_on) == (phase.begins_on, phase.due_on):
        raise RepeatedError(_("日期没有变。"))
    if due_on != phase.due_on:
        PhaseMove.objects.create(
            phase=phase,
            due_before=phase.due_on,
            due_after=due_on,
            reason=said,
            moved_at=at,
            moved_by=actor,
        )
    phase.begins_on, phase.due_on = begins_on, due_on
    phase.sweep_at = None if site.project.is_draft else timetable.next_phase_sweep(phase, at)
    phase.save(update_fields=["begins_on", "due_on", "sweep_at"])
    if is_delay and not site.project.is_draft:
        site.tell(project_notices.delayed(site.project, phase, said, people_of_project(site.project), at=at))
    site.tell(project_notices.phase_moved(site.project, phase, but=actor, at=at))
    site.finish("phase_moved", ())
    return phase


@transaction.atomic
def phase_hand_over(*, phase_id: int, actor: User, responsible: User, at: datetime) -> ProjectPhase:
    """Somebody else answers for it from now on.

    Raises:
        InvalidInputError: a person who runs no projects here.
    """
    site, phase = _open_phase(phase_id, actor, at)
    require_runner(responsible, site.project.scope, at)
    if phase.responsible_id == responsible.pk:
        raise RepeatedError(_("已经是这个人负责。"))
    phase.responsible = responsible
    phase.save(update_fields=["responsible"])
    site.tell(project_notices.phase_given(site.project, phase, but=actor, at=at))
    site.finish("phase_handed_over")
    return phase


@transaction.atomic
def phase_finish(*, phase_id: int, actor: User, at: datetime) -> ProjectPhase:
    """It is done; the people of the linked matters read of it.

    Raises:
        RepeatedError: `actor` finished it already.
        ConflictError: somebody else did, and is named; works that have not begun; nothing is published.
    """
    site, phase = _locked_phase(phase_id, actor, at)
    project = site.project
    if phase.done_by == actor:
        raise RepeatedError(_("您已经把这个阶段记为完成。"))
    if phase.done_by is not None:
        raise ConflictError(_("这个阶段已由%s记为完成。") % phase.done_by)
    if project.is_draft:
        raise ConflictError(_("请先公布这个工程，再记阶段完成。"))
    if phase.is_works and project.started_at is None:
        raise ConflictError(_("还没有开工，施工阶段不能记完成。"))
    held_up = open_blocks(project, phase)
    if held_up:
        raise ConflictError(_("这个阶段还受阻：%s。") % "、".join(block.words for block in held_up))
    phase.done_at, phase.done_by, phase.sweep_at = at, actor, None
    phase.save(update_fields=["done_at", "done_by", "sweep_at"])
    site.tell(project_notices.phase_done(project, phase, people_of_project(project), at=at))
    site.finish("phase_finished")
    return phase


@transaction.atomic
def phase_drop(*, phase_id: int, actor: User, at: datetime) -> None:
    """Take a phase off a plan that nobody has seen yet.

    Raises:
        ConflictError: the plan is public.
    """
    site, phase = _open_phase(phase_id, actor, at)
    if not site.project.is_draft:
        raise ConflictError(_("已经公布的阶段不能删去，可以改期或记为完成。"))
    phase.delete()
    site.finish("phase_dropped")


def _locked_phase(phase_id: int, actor: User, at: datetime) -> tuple[Site, ProjectPhase]:
    """The phase as it stands once its project is locked."""
    project_id = ProjectPhase.objects.filter(pk=phase_id).values_list("project_id", flat=True).first()
    if project_id is None:
        raise NotFoundError(_("没有找到这个阶段，请刷新页面。"))
    site = open_site(project_id, actor=actor, at=at)
    phase = ProjectPhase.objects.select_related("responsible", "done_by").filter(pk=phase_id).first()
    if phase is None:
        raise NotFoundError(_("没有找到这个阶段，请刷新页面。"))
    return site, phase


def _open_phase(phase_id: int, actor: User, at: datetime) -> tuple[Site, ProjectPhase]:
    site, phase = _locked_phase(phase_id, actor, at)
    if phase.is_done:
        raise ConflictError(_("这个阶段已经完成，不能再改。"))
    return site, phase


def _check_days(begins_on: date, due_on: date) -> None:
    if due_on < begins_on:
        raise InvalidInputError(_("完成期限不能早于开始。"))
