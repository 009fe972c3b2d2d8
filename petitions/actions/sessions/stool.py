"""小板凳议事会: saved from a phone with place, day, head-count and notes; notes may become matters (P-27)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from community.meetings import SessionKind
from community.models import Place, TalkPoint
from community.permissions import HeldPost
from community.workflow import Channel, Topic
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.language import gettext as _
from core.language import kept
from core.models import User
from core.workdays import ZONE
from grids.selectors import grid_of
from petitions.actions.base import text_of
from petitions.actions.filing import Person, Report, petition_file
from petitions.actions.sessions.base import Sitting, lock_session
from petitions.models import (
    AgendaItem,
    AgendaSource,
    AgendaState,
    DeliberationSchedule,
    DeliberationSession,
    Petition,
    SessionState,
)
from petitions.models.session import MINUTES_MAX
from petitions.selectors.corners import estate_of, own_buildings, post_at_corner
from petitions.timetable import NOTES_DAYS

OLDEST: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class StoolNotes:
    """What is written down of an informal session."""

    corner: TalkPoint
    held_on: date
    headcount: int
    notes: str


def stool_save(*, notes: StoolNotes, actor: User, key: UUID, at: datetime) -> DeliberationSession:
    """Save an informal session; each line of the notes can become a matter. The same form again is the same.

    Raises:
        NotAllowedError: no current post of `actor` lets them enter matters at this corner.
        InvalidInputError: a day in the future or long ago, nobody there, no notes.
    """
    code = f"stool-{key.hex[:24]}"
    again = DeliberationSession.objects.filter(code=code).first()
    if again is not None:
        return again
    try:
        with transaction.atomic():
            return _save(notes, actor, code, at)
    except IntegrityError:
        return DeliberationSession.objects.get(code=code)


def _save(notes: StoolNotes, actor: User, code: str, at: datetime) -> DeliberationSession:
    corner, community = notes.corner, notes.corner.community
    held = _post_at(corner, actor, at)
    today = timezone.localdate(at)
    if not today - OLDEST <= notes.held_on <= today:
        raise InvalidInputError(_("日期只能是最近一个月内的一天。"))
    if not 1 <= notes.headcount <= 2000:
        raise InvalidInputError(_("请核对到会人数。"))
    words = text_of(notes.notes, limit=MINUTES_MAX, name=_("记录"))
    schedules = DeliberationSchedule.objects.filter(community=community, kind=SessionKind.STOOL_COUNCIL)
    schedule = schedules.order_by("-is_active", "pk").first()
    starts_at = at if notes.held_on == today else datetime.combine(notes.held_on, time(16), ZONE)
    session = DeliberationSession.objects.create(
        community=community,
        schedule=schedule,
        kind=SessionKind.STOOL_COUNCIL,
        name=schedule.name if schedule else kept(SessionKind.STOOL_COUNCIL.label),
        estate=estate_of(corner.place),
        corner=corner,
        venue=corner.name,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        is_open=False,
        code=code,
        state=SessionState.HELD,
        announced_at=at,
        minutes=words,
        minutes_at=at,
        minutes_by=actor,
        headcount=notes.headcount,
        is_quorate=True,
        review_due_at=starts_at + timedelta(days=NOTES_DAYS),
        sweep_at=at,
        created_at=at,
        created_by=actor,
    )
    AgendaItem.objects.bulk_create(
        AgendaItem(
            session=session,
            source=AgendaSource.NOTE,
            state=AgendaState.PROPOSED,
            title=_("现场记录 %d") % number,
            text=line[:500],
            is_public=False,
            proposed_at=at,
        )
        for number, line in enumerate(lines_of(words), start=1)
    )
    return Sitting(session, actor, held, at).finish("stool_saved")


@transaction.atomic
def note_file(*, item_id: int, actor: User, text: str, topic: str, at: datetime) -> Petition:
    """A line of the notes becomes a matter, once: the link is unique, and two taps make one matter.

    Raises:
        NotFoundError: no such note.
        NotAllowedError: `actor` may not enter matters there.
    """
    item, sitting = _note(item_id, actor, at)
    if item.petition is not None:
        return item.petition
    corner = sitting.session.corner
    assert corner is not None and sitting.held is not None  # noqa: PT018
    filed = petition_file(
        community=sitting.session.community,
        report=Report(
            text=text or item.text,
            place=_place_of(corner, sitting.held),
            spot=corner.name,
            channel=Channel.SESSION,
            topic=topic if topic in Topic.values else Topic.OTHER,
            talk_point=corner,
        ),
        person=Person(),
        key=item.key,
        actor=actor,
        at=at,
    )
    item.petition, item.state = filed.petition, AgendaState.CHOSEN
    item.save(update_fields=["petition", "state"])
    sitting.finish("note_filed")
    return filed.petition


@transaction.atomic
def notes_review(*, session_id: int, actor: User, at: datetime) -> DeliberationSession:
    """The notes were looked through; the reminder falls silent. A second time changes nothing."""
    session = lock_session(session_id)
    if session.corner is None or session.review_due_at is None:
        raise NotFoundError(_("没有找到这次议事会。"))
    held = _post_at(session.corner, actor, at)
    if session.reviewed_at is not None:
        return session
    session.reviewed_at, session.sweep_at = at, None
    left = session.agenda.filter(source=AgendaSource.NOTE, petition=None)
    left.update(state=AgendaState.DECLINED)
    return Sitting(session, actor, held, at).finish("notes_reviewed", ("reviewed_at", "sweep_at"))


def lines_of(notes: str) -> Sequence[str]:
    """Each line is a thing that was said."""
    return [line.strip() for line in notes.splitlines() if line.strip()][:30]


def _note(item_id: int, actor: User, at: datetime) -> tuple[AgendaItem, Sitting]:
    session_id = AgendaItem.objects.filter(pk=item_id, source=AgendaSource.NOTE).values_list(
        "session_id", flat=True
    )
    found = session_id.first()
    if found is None:
        raise NotFoundError(_("没有找到这条记录。"))
    session = lock_session(found)
    assert session.corner is not None
    held = _post_at(session.corner, actor, at)
    item = AgendaItem.objects.select_related("petition").get(pk=item_id)
    if session.reviewed_at is not None and item.petition is None and item.state == AgendaState.DECLINED:
        raise ConflictError(_("这次的记录已经梳理完。"))
    return item, Sitting(session, actor, held, at)


def _post_at(corner: TalkPoint, actor: User, at: datetime) -> HeldPost:
    """The post that lets somebody enter matters at a corner.

    Raises:
        NotAllowedError: there is none.
    """
    post = post_at_corner(actor, corner, at=at)
    if post is None:
        raise NotAllowedError(_("您的任职不允许在这个议事角记录。"))
    return post


def _place_of(corner: TalkPoint, held: HeldPost) -> Place:
    """Where a matter of this corner lies: a grid worker enters it at a building of the own grid."""
    if corner.place.path.startswith(held.place_path) or grid_of(corner.place) is not None:
        return corner.place
    own = own_buildings(held, corner).select_related("place").order_by("place__order", "pk").first()
    return own.place if own else corner.place
