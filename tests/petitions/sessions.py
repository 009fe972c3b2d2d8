"""Sessions for tests, made by the same actions as everything else."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import uuid4

from community.meetings import Body, Frequency, SessionKind
from core.models import User
from petitions.actions.sessions import attending, minutes, resolving
from petitions.actions.sessions.calling import session_call
from petitions.actions.sessions.planning import schedule_save, sessions_plan
from petitions.actions.sessions.sweeping import sessions_sweep
from petitions.models import DeliberationSchedule, DeliberationSession, Resolution
from tests.cast import NOW, Town

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def schedule_of(town: Town, code: str = "weekly") -> DeliberationSchedule:
    """A schedule that came with the brand."""
    return DeliberationSchedule.objects.select_related("community__place").get(
        community=town.community, code=code
    )


def only(schedule: DeliberationSchedule) -> DeliberationSchedule:
    """The community's only active schedule."""
    others = DeliberationSchedule.objects.filter(community=schedule.community)
    others.exclude(pk=schedule.pk).update(is_active=False)
    return schedule


def planned(town: Town, code: str = "weekly", at: datetime = NOW) -> DeliberationSession:
    """The next session of the brand's schedule, announced."""
    schedule = only(schedule_of(town, code))
    sessions_plan(at=at)
    sessions_sweep(at=at)
    session = DeliberationSession.objects.filter(schedule=schedule).earliest("starts_at")
    session.sweep_at = session.starts_at
    session.announced_at = session.announced_at or at
    session.save(update_fields=["announced_at"])
    return session


def new_schedule(town: Town, **fields: object) -> DeliberationSchedule:
    given = {
        "kind": SessionKind.WEEKLY_COUNCIL,
        "name": "议事会",
        "frequency": Frequency.WEEKLY,
        "weekday": 2,
        "starts_at": time(15),
        **fields,
    }
    return schedule_save(
        schedule=DeliberationSchedule(community=town.community), changes=given, actor=None, at=NOW
    )


def joint(town: Town, actor: User, at: datetime = NOW) -> DeliberationSession:
    """A joint meeting in an hour."""
    return session_call(
        schedule=schedule_of(town, "joint-meeting"), actor=actor, starts_at=at + HOUR, venue="", at=at
    )


def enter(session: DeliberationSession, actor: User, *roles: str, at: datetime | None = None) -> None:
    """The clerk writes down one person for each role."""
    for number, role in enumerate(roles):
        attending.session_enter(
            session_id=session.pk,
            attendee=attending.Attendee(name=f"到会人{number}", role=role),
            actor=actor,
            at=at or session.starts_at,
        )


def write(session: DeliberationSession, actor: User, **fields: object) -> DeliberationSession:
    """Minutes, an hour after the beginning."""
    given = {
        "minutes": "大家议了三件事。",
        "headcount": 9,
        "at": session.starts_at + HOUR,
        **fields,
    }
    return minutes.session_minutes(session_id=session.pk, actor=actor, **given)


def decide(
    session: DeliberationSession, actor: User, responsible: User | None, supervisor: User | None, **fields
) -> Resolution:
    """A decision, complete unless `fields` or the people say otherwise."""
    given = {
        "text": f"维修门禁 {uuid4().hex[:6]}",
        "responsible": responsible,
        "supervisor": supervisor,
        "due_on": (session.starts_at + 7 * DAY).date(),
        **fields,
    }
    return resolving.resolution_add(
        session_id=session.pk,
        actor=actor,
        decision=resolving.Decision(**given),
        at=session.starts_at + 2 * HOUR,
    )


THREE = (Body.BRANCH, Body.OWNERS, Body.PROPERTY)
