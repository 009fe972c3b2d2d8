"""退回, 转出, 更正地点: what does not belong here goes back, or on to whoever it belongs to."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from community.duties import Duty, Power
from community.models import Community, Place
from community.workflow import Mode, Route, Severity, Stage
from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _
from core.models import User
from grids.selectors import grid_of
from petitions import notices
from petitions.actions.base import Work, text_of, work_on
from petitions.models import Petition
from petitions.selectors.holders import INTAKE
from petitions.workflow import Audience, Event


@transaction.atomic
def petition_return(*, petition_id: int, actor: User, reason: str, at: datetime) -> Petition:
    """Give a matter back with a reason that everybody who asked can see (P-25).

    Raises:
        IllegalMoveError: it is being handled already.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_TRIAGE, at=at)
    words = text_of(reason, limit=300, name=_("退回原因"))
    work.move(Stage.RETURNED, Event.RETURNED, words, audience=Audience.REPORTER)
    return _close(work, words)


@transaction.atomic
def petition_hand_on(*, petition_id: int, actor: User, to: str, reason: str, at: datetime) -> Petition:
    """Not ours: hand on to 12345 or another office, with a note that the reporters see."""
    work = work_on(petition_id, actor=actor, power=Power.PETITION_TRIAGE, at=at)
    office = text_of(to, limit=80, name=_("转往单位"))
    words = _("已转往%(office)s。%(reason)s") % {
        "office": office,
        "reason": text_of(reason, limit=200, name=_("说明"), required=False),
    }
    work.petition.handed_on_to = office
    work.move(Stage.RETURNED, Event.HANDED_ON, words, audience=Audience.REPORTER)
    return _close(work, words)


@transaction.atomic
def petition_reroute(
    *, petition_id: int, actor: User, community: Community, place: Place, reason: str, at: datetime
) -> Petition:
    """The right place, here or in another community: posts there see it from now on, earlier ones no more.

    Raises:
        InvalidInputError: the place is not in that community.
        ConflictError: it is being handled already.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_TRIAGE, at=at)
    petition = work.petition
    if petition.stage not in {Stage.RECEIVED, Stage.TRIAGED}:
        raise ConflictError(_("已开始办理的诉求不能更正地点。"))
    if not place.path.startswith(community.place.path):
        raise InvalidInputError(_("这个地点不属于所选社区。"))
    moved = community.pk != petition.community_id
    if moved and petition.merged_from.exists():
        raise ConflictError(_("有诉求并入了这一件，请先拆出，再转到别的社区。"))
    grid = grid_of(place)
    petition.community, petition.place, petition.place_path = community, place, place.path
    petition.grid, petition.grid_path = grid, grid.place.path if grid else ""
    if moved:
        petition.category, petition.stage, petition.severity, petition.route = None, Stage.RECEIVED, "", ""
        petition.triaged_at, petition.is_approved, petition.clock = None, False, ""
    fresh = Work(petition, actor, work.held, at)
    words = text_of(reason, limit=200, name=_("说明"))
    fresh.note(Event.REROUTED, words, audience=Audience.REPORTER)
    if moved and fresh.profile.mode(Stage.TRIAGED) == Mode.AUTO:
        _sort_by_itself(fresh)
    fresh.run_clock()
    if petition.stage == Stage.RECEIVED:
        holder = fresh.holders.first(petition.scope, INTAKE)
        petition.tier, petition.assignee_id = holder.duty, holder.user_id
        user_id = holder.user_id
    else:
        user_id = fresh.hold(Duty.GRID_WORKER)
    fresh.tell(notices.to_staff([user_id], petition, "rerouted", _("有诉求转来"), words, at=at))
    fresh.tell(notices.stage_changed(fresh.reporters, petition, at=at, words=words))
    return fresh.finish(["place", "community", "grid"])


def _sort_by_itself(work: Work) -> None:
    """Where the community passes 理事 by itself, what arrives is a small matter in blue."""
    petition = work.petition
    petition.severity, petition.route = Severity.BLUE, Route.SELF_HELP
    petition.stage, petition.triaged_at = Stage.TRIAGED, work.at
    work.note(Event.PASSED, audience=Audience.PUBLIC)


def _close(work: Work, words: str) -> Petition:
    work.petition.closed_at = work.at
    work.tell(notices.stage_changed(work.reporters, work.petition, at=work.at, words=words))
    return work.finish(["stage"])
