"""议题: open matters that staff choose, topics that residents propose, and what the last time left undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from core import ratelimits
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.language import gettext as _
from core.language import in_house
from core.models import User
from core.phones import phone_of
from petitions.actions.base import text_of
from petitions.actions.sessions.base import (
    Sitting,
    lock_session,
    refuse_cancelled,
    refuse_held,
    sitting_of,
)
from petitions.models import (
    AgendaItem,
    AgendaSource,
    AgendaState,
    DeliberationSession,
    Petition,
    Resolution,
    ResolutionState,
    SessionState,
)

TITLE_MAX: Final = 60
PER_ADDRESS: Final = 20


@dataclass(frozen=True, slots=True)
class Proposal:
    """A topic in a resident's words. `address` serves limits only."""

    title: str
    text: str = ""
    name: str = ""
    phone: str = ""
    user: User | None = None
    address: str = ""


def agenda_propose(*, session_id: int, proposal: Proposal, key: UUID, at: datetime) -> AgendaItem:
    """A resident puts a topic forward; staff choose, and nothing of it is public before. One form, one topic.

    Raises:
        NotFoundError: no such session is announced.
        ConflictError: it has begun.
        TooManyRequestsError: too many from one address.
    """
    again = AgendaItem.objects.filter(key=key).first()
    if again is not None:
        return again
    if proposal.address:
        ratelimits.hit("agenda.address", proposal.address, limit=PER_ADDRESS, seconds=3600)
    with transaction.atomic():
        return _propose(session_id, proposal, key, at)


def _propose(session_id: int, proposal: Proposal, key: UUID, at: datetime) -> AgendaItem:
    session = lock_session(session_id)
    if session.announced_at is None:
        raise NotFoundError(_("没有找到这次议事会。"))
    refuse_cancelled(session)
    if session.has_begun(at):
        raise ConflictError(_("这次议事会已经开始，请到下一次提出。"))
    item, is_new = AgendaItem.objects.get_or_create(
        key=key,
        defaults={
            "session": session,
            "source": AgendaSource.RESIDENT,
            "title": text_of(proposal.title, limit=TITLE_MAX, name=_("议题")),
            "text": text_of(proposal.text, limit=500, name=_("说明"), required=False),
            "proposer": proposal.user,
            "proposer_name": text_of(proposal.name, limit=40, name=_("称呼"), required=False),
            "proposer_phone": phone_of(proposal.phone) if proposal.phone else "",
            "proposed_at": at,
        },
    )
    if is_new:
        Sitting(session, proposal.user, None, at).finish("topic_proposed")
    return item


@transaction.atomic
def agenda_add(*, session_id: int, actor: User, title: str, is_public: bool, at: datetime) -> AgendaItem:
    """Staff put a topic on the agenda."""
    sitting = _open_sitting(session_id, actor, at)
    item = AgendaItem.objects.create(
        session=sitting.session,
        source=AgendaSource.STAFF,
        state=AgendaState.CHOSEN,
        title=text_of(title, limit=TITLE_MAX, name=_("议题")),
        is_public=is_public,
        proposed_at=at,
    )
    sitting.finish("topic_added")
    return item


@transaction.atomic
def agenda_take(
    *, session_id: int, actor: User, petition_ids: Sequence[int], at: datetime
) -> list[AgendaItem]:
    """Put open matters on the agenda; one that stands there already is left alone.

    A matter without an approved title, or a private one, is on the table but not on the public page.

    Raises:
        InvalidInputError: a matter of another community, or one that is closed.
    """
    sitting = _open_sitting(session_id, actor, at)
    session = sitting.session
    known = set(session.agenda.filter(petition__isnull=False).values_list("petition_id", flat=True))
    rows = Petition.objects.open().filter(pk__in=petition_ids, community_id=session.community_id)
    found = list(rows.order_by("pk"))
    if len(found) != len(set(petition_ids)):
        raise InvalidInputError(_("所选诉求中有已结束或不属于本社区的，请刷新后重选。"))
    items = [
        AgendaItem(
            session=session,
            source=AgendaSource.MATTER,
            state=AgendaState.CHOSEN,
            title=in_house(matter_title)(petition),
            is_public=petition.is_shown_to_strangers and bool(petition.public_title),
            petition=petition,
            proposed_at=at,
        )
        for petition in found
        if petition.pk not in known
    ]
    made = AgendaItem.objects.bulk_create(items)
    sitting.finish("matters_taken")
    return made


@transaction.atomic
def agenda_decide(
    *, item_id: int, actor: User, is_chosen: bool, title: str, is_public: bool, at: datetime
) -> AgendaItem:
    """Choose or decline a topic, under a title that staff have edited.

    Raises:
        NotFoundError: there is none.
        ConflictError: minutes are written.
        InvalidInputError: a private matter cannot be public.
    """
    item = AgendaItem.objects.select_related("petition").filter(pk=item_id).first()
    if item is None:
        raise NotFoundError(_("没有找到这个议题。"))
    sitting = _open_sitting(item.session_id, actor, at)
    item.refresh_from_db()
    if is_public and item.petition is not None and not item.petition.is_shown_to_strangers:
        raise InvalidInputError(_("不公开的诉求不能公开列入议程。"))
    item.state = AgendaState.CHOSEN if is_chosen else AgendaState.DECLINED
    item.title = text_of(title, limit=TITLE_MAX, name=_("议题"))
    item.is_public = is_public and is_chosen
    item.save(update_fields=["state", "title", "is_public"])
    sitting.finish("topic_decided")
    return item


def carry_over(sitting: Sitting) -> list[AgendaItem]:
    """Take what is unfinished to the next session of the same schedule: once to each session.

    Called with the minutes of a session; a session that is planned later takes it by `carry_to_new`.
    """
    session = sitting.session
    if session.schedule_id is None:
        return []
    following = (
        DeliberationSession.objects.filter(
            schedule_id=session.schedule_id, state=SessionState.PLANNED, starts_at__gt=session.starts_at
        )
        .order_by("starts_at")
        .first()
    )
    return [] if following is None else carry_into(following, at=sitting.at)


def carry_to_new(session: DeliberationSession, *, at: datetime) -> None:
    """A new session inherits what is unfinished, unless an earlier one will deal with it first."""
    earlier = DeliberationSession.objects.filter(
        schedule_id=session.schedule_id, state=SessionState.PLANNED, starts_at__lt=session.starts_at
    )
    if not earlier.filter(minutes_at=None).exists():
        carry_into(session, at=at)


def carry_into(session: DeliberationSession, *, at: datetime) -> list[AgendaItem]:
    """Put every unfinished resolution of the schedule's earlier sessions on this agenda, once."""
    unfinished = Resolution.objects.filter(
        session__schedule_id=session.schedule_id,
        session__starts_at__lt=session.starts_at,
        session__state=SessionState.HELD,
        state__in=[ResolutionState.DRAFT, ResolutionState.OPEN],
    )
    known = session.agenda.filter(carried_from__isnull=False).values("carried_from_id")
    matters = set(session.agenda.filter(petition__isnull=False).values_list("petition_id", flat=True))
    items = []
    for resolution in unfinished.exclude(pk__in=known).select_related("petition").order_by("pk"):
        matter = resolution.petition
        items.append(
            AgendaItem(
                session=session,
                source=AgendaSource.CARRIED,
                state=AgendaState.CHOSEN,
                title=(resolution.public_text or resolution.text)[:TITLE_MAX],
                is_public=bool(resolution.public_text),
                petition=matter if matter is not None and matter.pk not in matters else None,
                carried_from=resolution,
                proposed_at=at,
            )
        )
        matters |= {matter.pk} if matter is not None else set()
    return AgendaItem.objects.bulk_create(items, ignore_conflicts=True)


def matter_title(petition: Petition) -> str:
    """What stands on the agenda of a matter: its approved title, or topic and number."""
    return petition.public_title or f"{petition.get_topic_display()} {petition.number}"


def _open_sitting(session_id: int, actor: User, at: datetime) -> Sitting:
    sitting = sitting_of(session_id, actor=actor, at=at)
    refuse_cancelled(sitting.session)
    refuse_held(sitting.session)
    return sitting
