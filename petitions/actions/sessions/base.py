"""What all actions on sessions share: one locked session, who acts on it, and what is written at the end."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from community.clocks import clock_of
from community.duties import Duty, Power
from community.home_cache import home_forget
from community.models import Community, Place
from community.permissions import HeldPost, Scope, require_power
from core import audit, outbox
from core.errors import ConflictError, NotFoundError
from core.language import gettext as _
from core.models import User
from core.outbox import Message
from core.workdays import WorkingClock
from petitions import timetable
from petitions.models import DeliberationSchedule, DeliberationSession
from petitions.selectors.holders import holders_of


@dataclass
class Sitting:
    """One locked session and the person who acts on it; `finish` writes what was noted."""

    session: DeliberationSession
    actor: User | None
    held: HeldPost | None
    at: datetime
    messages: list[Message] = field(default_factory=list)

    @cached_property
    def clock(self) -> WorkingClock:
        return clock_of(self.session.community)

    def tell(self, messages: Sequence[Message]) -> None:
        self.messages.extend(messages)

    def finish(self, event: str, fields: Sequence[str] = ()) -> DeliberationSession:
        """Save the session, the audit entry and the messages; the home shows the change."""
        if fields:
            self.session.save(update_fields=list(fields))
        audit.record(
            event=f"session.{event}",
            actor=self.actor,
            subject=self.session,
            at=self.at,
            scope_path=self.session.community.place.path,
            post=self.held.trace if self.held else "",
            fields=fields,
        )
        outbox.send(self.messages)
        home_forget(self.session.community_id)
        return self.session


def lock_session(session_id: int) -> DeliberationSession:
    """The session, locked, with what its rules need.

    Raises:
        NotFoundError: there is none.
    """
    rows = DeliberationSession.objects.locked().select_related("community__place", "schedule", "estate")
    found = rows.filter(pk=session_id).first()
    if found is None:
        raise NotFoundError(_("没有找到这次议事会。"))
    return found


def sitting_of(session_id: int, *, actor: User, at: datetime) -> Sitting:
    """Lock a session for somebody in post.

    Raises:
        NotFoundError: there is none.
        NotAllowedError: no current post of `actor` lets them run it.
    """
    session = lock_session(session_id)
    return Sitting(session, actor, require_power(actor, Power.SESSION_RUN, session.scope, at=at), at)


def lock_schedule_of(session_id: int) -> None:
    """Lock the schedule of a session, before the session: what is planned by it comes before or after.

    Without its key (`no_key`), here as everywhere: whoever keeps a session refers to its schedule.
    """
    rows = DeliberationSchedule.objects.filter(sessions=session_id)
    rows.select_for_update(of=("self",), no_key=True).first()


def lock_numbers_of(session_id: int) -> None:
    """Lock the 期 of the community of a session, before the session: see `next_number`."""
    rows = Community.objects.filter(sessions=session_id)
    rows.select_for_update(of=("self",), no_key=True).first()


def refuse_cancelled(session: DeliberationSession) -> None:
    if session.is_cancelled:
        raise ConflictError(_("这次议事会已取消。"))


def refuse_held(session: DeliberationSession) -> None:
    if session.is_held:
        raise ConflictError(_("这次议事会已有会议记录，不能再改。"))


def session_code() -> str:
    """What the printed sign-in code carries."""
    return secrets.token_urlsafe(12)


def chair_of(schedule: DeliberationSchedule | None, community: Community, at: datetime) -> int | None:
    """Who chairs: the schedule says, or else the secretary."""
    if schedule is not None and schedule.chair_id is not None:
        return schedule.chair_id
    scope = Scope(community.place.path)
    return holders_of([scope], at).at(scope, Duty.SECRETARY)


def session_from(
    schedule: DeliberationSchedule,
    *,
    held_on: date,
    at: datetime,
    clock: WorkingClock,
    estate: Place | None = None,
) -> DeliberationSession:
    """A session as its schedule describes it, not saved."""
    community = schedule.community
    starts_at = timetable.begins(held_on, schedule.starts_at)
    ends_at = starts_at + timedelta(minutes=schedule.minutes)
    place = estate or schedule.estate
    venue = schedule.venue or (place.name if place else "") or community.address or community.name
    return DeliberationSession(
        community=community,
        schedule=schedule,
        kind=schedule.kind,
        name=schedule.name,
        estate=place,
        venue=venue[:80],
        starts_at=starts_at,
        ends_at=ends_at,
        seats=schedule.seats,
        is_open=schedule.is_open,
        quorum_bodies=schedule.quorum_bodies,
        chair_id=chair_of(schedule, community, at),
        notice_days=schedule.notice_days,
        estate_notice_days=schedule.estate_notice_days,
        code=session_code(),
        minutes_due_at=timetable.minutes_due(ends_at, schedule.minutes_days, clock),
        sweep_at=at,
        created_at=at,
    )


def next_number(schedule: DeliberationSchedule) -> int | None:
    """The next 期 of the community: given one at a time, and not while a cancelled one closes its gap."""
    if not schedule.is_numbered:
        return None
    Community.objects.select_for_update(of=("self",), no_key=True).get(pk=schedule.community_id)
    known = DeliberationSession.objects.filter(community_id=schedule.community_id, session_no__isnull=False)
    last = known.order_by("-session_no").values_list("session_no", flat=True).first()
    return schedule.first_no if last is None else last + 1
