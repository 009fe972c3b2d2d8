"""What the desk's page of a project shows, and what may be done with it now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.duties import Power
from community.permissions import has_power
from core.errors import NotFoundError
from core.models import User
from core.prepared import PreparedModel
from petitions.models import (
    BlockKind,
    DeliberationSession,
    PersuasionTask,
    Poll,
    Project,
    ProjectBlock,
    ProjectPhase,
)
from petitions.selectors import links
from petitions.selectors.blocks import in_confidence
from petitions.selectors.project_parts import DESK, ProjectParts
from petitions.selectors.project_start import missing_words
from petitions.selectors.projects import places_words
from petitions.selectors.session_desk import Button

OFFERED: Final = 40
_ONE: Final = PreparedModel(
    lambda pk: Project.objects.select_related("community__place", "before", "after", "created_by").filter(
        pk=pk
    ),
    pk=-1,
)


def project_at_desk(user: User, pk: str | int, *, at: datetime) -> Project:
    """A project of a community in which this person runs projects.

    Raises:
        NotFoundError: there is none.
    """
    number = int(pk) if str(pk).isdecimal() and len(str(pk)) < 19 else 0
    found = _ONE.first(pk=number)
    if found is None or not has_power(user, Power.PROJECT_RUN, found.scope, at=at):
        raise NotFoundError(_("没有找到这个工程。"))
    return found


def desk_context(project: Project, user: User, at: datetime) -> dict[str, Any]:
    """Everything of a project, each line with its own buttons; one statement."""
    parts, today, is_open = ProjectParts(project, DESK), timezone.localdate(at), not project.is_over
    phases, blocks, budget = parts.rows("phases"), parts.rows("blocks"), parts.rows("budget")
    talks, missing = parts.by("talks", "block_id"), []
    for block in blocks:
        block.project = project
    if is_open and project.started_at is None:
        over_all = [block for block in blocks if block.is_open and block.phase_id is None]
        missing = missing_words(project, parts["unanswered"], over_all)

    def linked(name: str, step: str) -> list[tuple[Any, list[Button]]]:
        return [(one, _own(project, True, (step, _("取消关联"), one.pk))) for one in parts.rows(name)]

    return {
        "project": project,
        "places": places_words(project, parts.rows("places")),
        "partners": parts["partners"],
        "phases": [(one, one.is_late(today), _phase_buttons(project, one)) for one in phases],
        "parts": [
            (one, _own(project, is_open, ("count", _("记进度"), one.pk))) for one in parts.rows("parts")
        ],
        "budget": budget,
        "budget_total": sum((line.yuan for line in budget), Decimal(0)),
        "prices": parts.rows("prices"),
        "sessions": linked("sessions", "unlink-session"),
        "polls": linked("polls", "unlink-poll"),
        "matters": linked("matters", "unlink-matter"),
        "drawings": parts.drawings(),
        "comments": [
            (one, _own(project, True, ("answer", _("审核和答复"), one.pk))) for one in parts.rows("comments")
        ],
        "blocks": [(one, _block_buttons(one, talks[one.pk], user, at)) for one in blocks],
        "topics": parts.rows("topics"),
        "missing": missing,
        "buttons": _buttons(project, can_start=not missing, all_done=all(phase.is_done for phase in phases)),
        "public_path": links.project_path(project) if project.published_at else "",
        "at": at,
    }


def sessions_offered(project: Project) -> list[DeliberationSession]:
    """The latest sessions of the community that are not linked."""
    rows = DeliberationSession.objects.filter(community=project.community_id).exclude(projects=project)
    return list(rows.exclude(state="cancelled").order_by("-starts_at", "-pk")[:OFFERED])


def sessions_held(project: Project) -> list[DeliberationSession]:
    """The latest sessions of the community that have minutes."""
    rows = DeliberationSession.objects.held().filter(community=project.community_id)
    return list(rows.order_by("-starts_at", "-pk")[:OFFERED])


def sessions_coming(project: Project, at: datetime) -> list[DeliberationSession]:
    """Where a topic can still go on the agenda, the nearest first."""
    rows = DeliberationSession.objects.filter(
        community=project.community_id, state="planned", minutes_at=None, starts_at__gt=at
    )
    return list(rows.order_by("starts_at", "pk")[:OFFERED])


def projects_before(project: Project) -> list[Project]:
    """Other projects of the community for which this one may have to wait."""
    rows = Project.objects.filter(community=project.community_id, state__in=["planned", "running"])
    return list(rows.exclude(pk=project.pk).order_by("-state_at", "-pk")[:OFFERED])


def polls_offered(project: Project) -> list[Poll]:
    """The latest polls of the community that are not linked."""
    rows = Poll.objects.filter(community=project.community_id).exclude(projects=project)
    return list(rows.order_by("-closes_at", "-pk")[:OFFERED])


def step_url(project: Project, step: str, row: int | None = None) -> str:
    """The page of one step."""
    if row is None:
        return reverse("admin:petitions_project_step", args=[project.pk, step])
    return reverse("admin:petitions_project_row_step", args=[project.pk, step, row])


def _buttons(project: Project, *, can_start: bool, all_done: bool) -> list[Button]:
    """What can be done with the project as a whole: the most likely first."""
    is_open = not project.is_over
    named = [
        ("publish", _("公布工程"), project.is_draft, True),
        ("start", _("开工"), project.is_planned, can_start),
        ("finish", _("完工"), project.is_running, all_done),
        ("phase", _("排一个阶段"), is_open, False),
        ("part", _("加一项进度"), is_open, False),
        ("budget", _("公布预算"), is_open and project.budget_published_at is None, False),
        ("adjust", _("调整预算"), is_open and project.budget_published_at is not None, False),
        ("price", _("公布收费标准"), True, False),
        ("drawing", _("放图纸征求意见"), project.is_planned, False),
        ("before", _("放施工前照片"), is_open, False),
        ("block", _("记一处受阻"), is_open and not project.is_draft, False),
        ("session", _("关联议事会"), True, False),
        ("poll", _("关联表决"), True, False),
        ("matter", _("关联诉求"), True, False),
        ("follow", _("后续议题"), True, False),
        ("edit", _("改名称和说明"), is_open, False),
    ]
    shown = [
        Button(label, step_url(project, step), is_main) for step, label, is_on, is_main in named if is_on
    ]
    if is_open:
        shown.append(Button(_("终止"), step_url(project, "stop"), is_danger=True))
    return shown


def _phase_buttons(project: Project, phase: ProjectPhase) -> list[Button]:
    """Nothing for a phase that is done."""
    named = [
        ("finish-phase", _("完成"), not project.is_draft),
        ("move-phase", _("改期"), True),
        ("hand-phase", _("换责任人"), True),
        ("drop-phase", _("删去"), project.is_draft),
    ]
    may = not phase.is_done and not project.is_over
    return _own(project, may, *((step, label, phase.pk) for step, label, is_on in named if is_on))


def _block_buttons(
    block: ProjectBlock, tasks: Sequence[PersuasionTask], user: User, at: datetime
) -> list[Button]:
    """Talks, for whoever is in confidence; clearing by hand where nobody talks. Reads `project`."""
    project, buttons = block.project, []
    for task in tasks:
        task.block = block
        if in_confidence(task, user, at=at) is not None:
            label = _("沟通任务") if task.is_open else _("沟通（已了结）")
            buttons.append(Button(label, links.persuasion_path(task)))
    if not block.is_open:
        return buttons
    steps = [("say", _("写最新进展"), block.pk)]
    if not any(task.is_open for task in tasks):
        if block.kind == BlockKind.HOUSEHOLD:
            steps.insert(0, ("persuade", _("安排沟通"), block.pk))
        steps.append(("clear", _("解除"), block.pk))
    return buttons + _own(project, not project.is_over, *steps)


def _own(project: Project, may: bool, *steps: tuple[str, str, int]) -> list[Button]:
    """The buttons of one line."""
    return [Button(label, step_url(project, step, row)) for step, label, row in steps] if may else []
