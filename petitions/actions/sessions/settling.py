"""Settled on the spot: 议事, 办事 and the answer in one sitting (P-08)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from community.duties import Power
from core.errors import ConflictError, NotFoundError
from core.language import gettext as _
from core.models import StoredImage, User
from petitions.actions.base import text_of, work_on
from petitions.actions.claims import refuse_lower
from petitions.actions.sessions.base import refuse_cancelled, sitting_of
from petitions.actions.sessions.resolving import minutes_for
from petitions.actions.settling import OUTCOME_MAX, feed_back_here, settle_here
from petitions.models import AgendaItem, Deliberation


@transaction.atomic
def agenda_settle(
    *,
    item_id: int,
    actor: User,
    outcome: str,
    supervisor: User | None,
    photos: Sequence[StoredImage],
    at: datetime,
) -> AgendaItem:
    """The clerk records what was settled at the table: every passed stage bears the session, in order.

    Raises:
        NotFoundError: no such topic.
        ConflictError: no matter behind it, settled already, or the session has not begun.
        GateClosedError: a gate of the profile is not passed.
    """
    item = AgendaItem.objects.select_related("petition").filter(pk=item_id).first()
    if item is None:
        raise NotFoundError(_("没有找到这个议题。"))
    sitting = sitting_of(item.session_id, actor=actor, at=at)
    session = sitting.session
    refuse_cancelled(session)
    item.refresh_from_db(fields=["settled_at"])
    if item.petition_id is None or item.settled_at is not None:
        raise ConflictError(_("这个议题没有对应的诉求，或已经当场办结。"))
    if not session.has_begun(at):
        raise ConflictError(_("还没有开会，不能当场办结。"))
    words = text_of(outcome, limit=OUTCOME_MAX, name=_("办理结果"))
    work = work_on(item.petition_id, actor=actor, power=Power.PETITION_HANDLE, at=at)
    refuse_lower(work, actor)
    work.session = session
    minutes = minutes_for(session, words, supervisor)
    Deliberation.objects.create(
        petition=work.petition,
        session=session,
        held_on=minutes.held_on,
        venue=minutes.venue,
        participants=minutes.participants,
        headcount=minutes.headcount,
        decision=minutes.decision,
        supervisor=supervisor,
        recorded_by=actor,
        recorded_at=at,
    )
    settle_here(work, words, photos)
    feed_back_here(work, words)
    work.finish(["stage", "outcome"])
    item.settled_at = at
    item.save(update_fields=["settled_at"])
    sitting.finish("settled_on_the_spot")
    return item
