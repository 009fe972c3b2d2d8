"""理事: colour, route, holder and clock, and the approval that follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from community.duties import LADDER, Duty, Power
from community.models import CategorySetting
from community.permissions import Scope, require_power
from community.workflow import Duration, Limit, Route, Severity, Stage
from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _
from core.models import User
from petitions import deadlines, notices, workflow
from petitions.actions.base import Work, text_of, work_on
from petitions.models import Petition
from petitions.models.petition import TITLE_MAX
from petitions.workflow import Audience, Event


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided at 理事. Criteria are 1 to 3; `severity` overrides them and then needs `reason`."""

    route: str
    scale: int | None = None
    difficulty: int | None = None
    social_impact: int | None = None
    severity: str = ""
    reason: str = ""
    category: CategorySetting | None = None
    topic: str = ""
    public_title: str = ""
    assignee: User | None = None
    due_at: datetime | None = None
    needs_prevention: bool | None = None


@transaction.atomic
def petition_triage(*, petition_id: int, actor: User, decision: Decision, at: datetime) -> Petition:
    """Move a petition from 收事 to 理事: colour, route, category, holder, and the handling clock.

    Source: P-02, P-16, P-25.

    Raises:
        NotAllowedError: no post of `actor` allows it here.
        IllegalMoveError: the petition is not at 收事 (somebody else was first).
        InvalidInputError: a colour without criteria or reason, a deadline in the past.
        GateClosedError: the profile asks for more.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_TRIAGE, at=at)
    petition = work.petition
    _sort(petition, decision)
    _grade(petition, decision)
    duration = _own_limit(work, decision.due_at)
    _assign(work, decision.assignee)
    facts = {"has_deadline": decision.due_at is not None, "criteria_complete": _has_criteria(petition)}
    work.move(Stage.TRIAGED, Event.TRIAGED, facts=facts, duration=duration)
    petition.triaged_at = at
    petition.promise_at = _promise(work)
    _tell_triaged(work)
    return work.finish(["severity", "route", "category", "topic", "assignee", "due_at"])


@transaction.atomic
def petition_regrade(*, petition_id: int, actor: User, decision: Decision, at: datetime) -> Petition:
    """Change colour or route while the matter is being handled; a new colour starts its own clock.

    Raises:
        InvalidInputError: no reason given.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_TRIAGE, at=at)
    petition = work.petition
    if petition.stage not in workflow.HANDLING:
        raise ConflictError(_("只有办理中的诉求可以调整定级。"))
    before = petition.severity
    reason = text_of(decision.reason, limit=200, name=_("调整理由"))
    _sort(petition, decision)
    _grade(petition, decision)
    petition.severity_reason = reason
    work.note(Event.REGRADED, reason)
    duration = _own_limit(work, decision.due_at)
    work.run_clock(duration)
    petition.promise_at = _promise(work)
    if petition.severity != before:
        _tell_triaged(work)
    return work.finish(["severity", "route", "category", "topic", "due_at"])


@transaction.atomic
def petition_approve_title(*, petition_id: int, actor: User, title: str, at: datetime) -> Petition:
    """Approve the words under which strangers may know of the matter."""
    work = work_on(petition_id, actor=actor, power=Power.PETITION_TRIAGE, at=at)
    work.petition.public_title = text_of(title, limit=TITLE_MAX, name=_("公开标题"))
    work.note(Event.TITLE_APPROVED, work.petition.public_title)
    return work.finish(["public_title"])


@transaction.atomic
def petition_approve(*, petition_id: int, actor: User, at: datetime) -> Petition:
    """组织建单: approve a sorted matter for dispatch (P-25).

    Raises:
        ConflictError: it is not waiting for approval.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_APPROVE, at=at)
    if work.petition.is_approved or work.petition.stage not in {Stage.TRIAGED, Stage.DELIBERATING}:
        raise ConflictError(_("这件诉求现在不需要审批。"))
    work.petition.is_approved = True
    work.note(Event.APPROVED, audience=Audience.REPORTER)
    return work.finish(["is_approved"])


def _sort(petition: Petition, decision: Decision) -> None:
    """Route, category, topic and public title."""
    petition.route = Route(decision.route) if decision.route else petition.route
    if decision.category is not None:
        if decision.category.profile_id != petition.community_id:
            raise InvalidInputError(_("这个类别不属于本社区。"))
        petition.category = decision.category
        petition.canonical_category = decision.category.canonical
    petition.topic = decision.topic or petition.topic
    if decision.needs_prevention is not None:
        petition.needs_prevention = decision.needs_prevention
    title = text_of(decision.public_title, limit=TITLE_MAX, name=_("公开标题"), required=False)
    petition.public_title = title or petition.public_title


def _grade(petition: Petition, decision: Decision) -> None:
    """The colour from the three criteria, or by hand with a reason (P-16)."""
    criteria = (decision.scale, decision.difficulty, decision.social_impact)
    if any(value is not None and value not in {1, 2, 3} for value in criteria):
        raise InvalidInputError(_("规模、难易、社会影响只能是 1、2 或 3。"))
    if None not in criteria:
        petition.scale, petition.difficulty, petition.social_impact = criteria
    if _has_criteria(petition):
        computed = workflow.colour_of(
            petition.scale or 1, petition.difficulty or 1, petition.social_impact or 1
        )
        chosen = Severity(decision.severity) if decision.severity else computed
        if chosen != computed and not decision.reason.strip():
            raise InvalidInputError(_("定级与三项标准不一致时，请写明理由。"))
    else:
        chosen = Severity(decision.severity or petition.severity or Severity.BLUE)
    petition.severity = chosen
    petition.severity_reason = text_of(decision.reason, limit=200, name=_("调整理由"), required=False)


def _has_criteria(petition: Petition) -> bool:
    return None not in {petition.scale, petition.difficulty, petition.social_impact}


def _own_limit(work: Work, due_at: datetime | None) -> Duration | None:
    if due_at is None:
        return None
    if due_at <= work.at:
        raise InvalidInputError(_("办理时限必须晚于现在。"))
    return deadlines.duration_until(work.at, due_at, work.clock)


def _assign(work: Work, assignee: User | None) -> None:
    """The named person, or building → grid → worker, falling back upwards."""
    if assignee is None:
        work.hold(Duty.GRID_WORKER)
        return
    post = require_power(assignee, Power.PETITION_HANDLE, work.petition.scope, at=work.at)
    work.petition.assignee = assignee
    work.petition.tier = post.duty if post.duty in LADDER else Duty.SECRETARY


def _promise(work: Work) -> datetime | None:
    """The answer is due one feedback limit after the handling."""
    if work.petition.due_at is None:
        return work.petition.promise_at
    duration = work.profile.limits[Limit.FEED_BACK]
    return deadlines.after(work.petition.due_at, duration.minutes, duration.clock, work.clock).at


def _tell_triaged(work: Work) -> None:
    """The reporters, the holder, and for a red matter the secretary at once (P-16)."""
    petition, at = work.petition, work.at
    work.tell(notices.stage_changed(work.reporters, petition, at=at))
    body = _("%(number)s 已分派给您，请认领办理。") % {"number": petition.number}
    work.tell(notices.to_staff([petition.assignee_id], petition, "assigned", _("有诉求待认领"), body, at=at))
    if petition.severity == Severity.RED:
        secretary = work.holders.from_tier(Scope(petition.place_path, petition.grid_path), Duty.SECRETARY)
        red = _("%s 定为红色，请立即关注。") % petition.number
        work.tell(
            notices.to_staff([secretary.user_id], petition, "red", _("红色诉求"), red, at=at, urgent=True)
        )
        work.tell(notices.to_group(petition, "red", _("红色诉求"), red, at=at))
