"""会议记录 and what becomes public of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _
from core.models import User
from petitions import session_notices
from petitions.actions.base import text_of
from petitions.actions.sessions.agenda import carry_over
from petitions.actions.sessions.base import lock_schedule_of, refuse_cancelled, sitting_of
from petitions.actions.sessions.resolving import finalise_complete
from petitions.models import DeliberationSession, Resolution, SessionState
from petitions.models.session import MINUTES_MAX, SUMMARY_MAX
from petitions.selectors.sessions import bodies_present

MOST: Final = 2000
WRITTEN: Final = (
    "minutes",
    "headcount",
    "is_quorate",
    "minutes_at",
    "minutes_by",
    "state",
    "sweep_at",
    "announced_at",
)


@transaction.atomic
def session_minutes(
    *, session_id: int, actor: User, minutes: str, headcount: int, at: datetime
) -> DeliberationSession:
    """Write the minutes: the session counts as held; what is decided becomes final where all are there.

    Without one of the bodies that it needs, the session is inquorate and its resolutions stay drafts
    (C-20). What is unfinished goes to the next agenda. Minutes may be corrected until they are public.

    Raises:
        ConflictError: not begun yet, cancelled, or public already.
        InvalidInputError: nobody there, or nothing written.
    """
    lock_schedule_of(session_id)
    sitting = sitting_of(session_id, actor=actor, at=at)
    session = sitting.session
    refuse_cancelled(session)
    if not session.has_begun(at):
        raise ConflictError(_("还没有开会，不能写会议记录。"))
    if session.published_at is not None:
        raise ConflictError(_("会议结果已公开，记录不能再改。"))
    if not 1 <= headcount <= MOST:
        raise InvalidInputError(_("请核对到会人数。"))
    session.minutes = text_of(minutes, limit=MINUTES_MAX, name=_("会议记录"))
    session.headcount, session.minutes_at, session.minutes_by = headcount, at, actor
    session.is_quorate = set(session.quorum_bodies) <= bodies_present(session)
    session.state, session.sweep_at = SessionState.HELD, None
    session.announced_at = session.announced_at or at
    sitting.finish("minutes_written", WRITTEN)
    if session.is_quorate:
        finalise_complete(sitting)
    carry_over(sitting)
    return session


@transaction.atomic
def session_publish(
    *,
    session_id: int,
    actor: User,
    summary: str,
    resolutions: Mapping[int, str],
    at: datetime,
) -> DeliberationSession:
    """Publish the edited text, and tell the same people who sat there or asked for it; they are told once.

    `resolutions` gives the public wording by key; an empty one keeps a resolution off the page.

    Raises:
        ConflictError: no minutes yet.
    """
    sitting = sitting_of(session_id, actor=actor, at=at)
    session = sitting.session
    if not session.is_held:
        raise ConflictError(_("请先写会议记录，再公开结果。"))
    session.summary = text_of(summary, limit=SUMMARY_MAX, name=_("公开内容"))
    rows = list(Resolution.objects.filter(session=session).select_for_update(of=("self",)))
    for resolution in rows:
        words = resolutions.get(resolution.pk, resolution.public_text)
        resolution.public_text = text_of(words, limit=500, name=_("公开的决议"), required=False)
    Resolution.objects.bulk_update(rows, ["public_text"])
    if session.published_at is None:
        there = list(session.participants.filter(signed_in_at__isnull=False))
        asked = list(session.agenda.filter(source="resident"))
        sitting.tell(session_notices.published(session, there, asked, at=at))
        session.published_at = at
    session.published_by = actor
    return sitting.finish("published", ("summary", "published_at", "published_by"))
