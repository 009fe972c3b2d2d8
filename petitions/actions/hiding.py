"""What keeps a matter from sight: made private, or marked as spam."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from community.duties import Power
from community.permissions import require_power
from community.workflow import Stage
from core.errors import ConflictError
from core.language import gettext as _
from core.models import User
from petitions.actions.base import Work, text_of, work_on
from petitions.actions.locking import lock
from petitions.actions.settling import invite
from petitions.actions.walls import walls_changed
from petitions.models import Petition
from petitions.workflow import Event


@transaction.atomic
def petition_hide(*, petition_id: int, actor: User, reason: str, at: datetime) -> Petition:
    """Make a matter private, for the sake of the people in it.

    Raises:
        ConflictError: its answer stands on the echo wall: take that down first.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_TRIAGE, at=at)
    if work.petition.wall_posts.filter(taken_down_at=None).exists():
        raise ConflictError(_("答复已公开，请先从回音壁撤下。"))
    work.petition.is_private = True
    walls_changed(work.petition.community_id)
    private = Work(work.petition, actor, work.held, at)
    private.note(Event.HIDDEN, text_of(reason, limit=200, name=_("说明")))
    _leave_wall(private)
    return private.finish(["is_private"])


@transaction.atomic
def spam_mark(*, petition_id: int, actor: User, reason: str, at: datetime) -> Petition:
    """Floods, insults, fakes: out of every public place and every queue; nothing is deleted."""
    work = work_on(petition_id, actor=actor, power=Power.PETITION_TRIAGE, at=at)
    if work.petition.spam_marked_at is not None:
        raise ConflictError(_("这件诉求已标记为无效。"))
    if work.petition.merged_from.exists():
        raise ConflictError(_("有诉求并入了这一件，请先拆出，再标记为无效。"))
    work.petition.spam_marked_at = at
    walls_changed(work.petition.community_id)
    work.note(Event.SPAM_MARKED, text_of(reason, limit=200, name=_("理由")))
    work.petition.sweep_at = None
    return work.finish(["spam_marked_at"])


@transaction.atomic
def spam_undo(*, petition_id: int, actor: User, reason: str, at: datetime) -> Petition:
    """Take the mark back; its clock starts anew."""
    petition = lock(petition_id)
    held = require_power(actor, Power.PETITION_TRIAGE, petition.scope, at=at)
    if petition.spam_marked_at is None:
        raise ConflictError(_("这件诉求没有标记为无效。"))
    work = Work(petition, actor, held, at)
    petition.spam_marked_at = None
    petition.clock = ""
    walls_changed(petition.community_id)
    work.note(Event.SPAM_UNDONE, text_of(reason, limit=200, name=_("理由")))
    work.run_clock()
    return work.finish(["spam_marked_at"])


def _leave_wall(work: Work) -> None:
    """An answered matter that turned private has no public stage left: it waits for its judgement alone."""
    petition = work.petition
    if petition.stage == Stage.PUBLISHED:
        petition.stage, petition.published_at = Stage.FED_BACK, None
    if petition.stage == Stage.FED_BACK and not petition.evaluations.filter(round=petition.round).exists():
        invite(work)
        work.run_clock()
