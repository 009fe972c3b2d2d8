"""What a community does together: sessions, polls and projects, on their public pages and at the desk.

The few rows that this needs are made by the same actions as in the portal, and found again by the next run.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import count

from django.utils import timezone

from bench import floors
from bench.cases.stage import Stage
from bench.client import Answer, Client
from bench.measure import Call, Case
from community.meetings import Frequency, SessionKind
from community.models import Household, Place, Resident
from community.models.place import PlaceKind
from core.models import User
from petitions.actions.polls import putting
from petitions.actions.projects import ending, linking, money, phases, planning
from petitions.actions.sessions import agenda, calling, minutes
from petitions.actions.sessions.planning import schedule_save
from petitions.actions.sessions.sweeping import sessions_sweep
from petitions.models import DeliberationSchedule, DeliberationSession, Poll, PollState, Project

NAME = "测速议事会"
QUESTION = "测速：是否加装电梯"
TITLE = "测速：四部电梯更换"
VOTERS = 60
SESSIONS = 30
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PAGE = (floors.READ, 6, 6)
LIST = (floors.LIST, 4.5, 6)


def cases(stage: Stage) -> list[Case]:
    """The clock of the web server is the real one, so are the days of these rows."""
    now = timezone.now()
    secretary = User.objects.get(username=f"{stage.slug}-secretary")
    estate = Place.objects.filter(path__startswith=stage.community.place.path, kind=PlaceKind.ESTATE)[0]
    sessions = _sessions(stage, secretary, now)
    poll, voters = _poll(stage, secretary, estate, now)
    project = _project(stage, secretary, estate, sessions[:3], now)
    desk, visitor, home = stage.signed_in(secretary.username), stage.stranger(), f"/{stage.slug}/"
    coming, admin = sessions[-1], "/admin/petitions"
    pages = {
        "sessions, calendar": (visitor, f"{home}sessions/", PAGE),
        "sessions, past ones": (visitor, f"{home}sessions/past/", PAGE),
        "sessions, past ones, last page": (visitor, f"{home}sessions/past/?cursor=last", PAGE),
        "sessions, public page of one": (visitor, f"{home}sessions/{sessions[0].pk}/", PAGE),
        "sessions, sign-in page": (visitor, f"/s/{coming.code}/", PAGE),
        "sessions, desk list": (desk, f"{admin}/deliberationsession/", LIST),
        "sessions, one at the desk": (desk, f"{admin}/deliberationsession/{coming.pk}/change/", PAGE),
        "polls, list": (visitor, f"{home}polls/", PAGE),
        "polls, public page of one": (visitor, f"{home}polls/{poll.pk}/", PAGE),
        "polls, one at the desk": (desk, f"{admin}/poll/{poll.pk}/change/", PAGE),
        "projects, list": (visitor, f"{home}projects/", PAGE),
        "projects, public page of one": (visitor, f"{home}projects/{project.pk}/", PAGE),
        "projects, page of their estate": (visitor, f"{home}estates/{estate.pk}/", PAGE),
        "projects, desk list": (desk, f"{admin}/project/", LIST),
        "projects, one at the desk": (desk, f"{admin}/project/{project.pk}/change/", PAGE),
    }
    return [
        *(
            Case(name, floor, _get(client, path), times, statements)
            for name, (client, path, (floor, times, statements)) in pages.items()
        ),
        _sign_in(stage.stranger(), coming),
        _vote(stage, poll, voters),
    ]


def _get(client: Client, path: str) -> Call:
    return lambda: client.get(path)


def _sign_in(visitor: Client, session: DeliberationSession) -> Case:
    path, names = f"/s/{session.code}/", count(session.participants.count())
    visitor.get(path)

    def send() -> Answer:
        return visitor.post_form(path, {"name": f"居民{next(names)}", "role": "resident"})

    return Case("sessions, signing in", floors.FIVE, send, 5, 12, status=(302,), repeats=10)


def _vote(stage: Stage, poll: Poll, voters: Iterator[User]) -> Case:
    path = f"/{stage.slug}/polls/{poll.pk}/vote/"

    def send() -> Answer:
        voter = stage.signed_in(next(voters).username)
        voter.get(path)
        return voter.post_form(path, {"choice": "0", "adult": "on"})

    return Case("polls, voting", floors.FIVE, send, 5, 12, status=(302,), repeats=10)


def _sessions(stage: Stage, actor: User, now: datetime) -> list[DeliberationSession]:
    """Thirty that were held, the first with results, and at the end one that begins within the hour."""
    schedule = DeliberationSchedule.objects.filter(community=stage.community, name=NAME).first()
    if schedule is None:
        rule = {"kind": SessionKind.WEEKLY_COUNCIL, "name": NAME, "frequency": Frequency.ON_CALL}
        schedule = schedule_save(
            schedule=DeliberationSchedule(community=stage.community),
            changes={**rule, "starts_at": time(15)},
            actor=None,
            at=now,
        )
    known = list(schedule.sessions.filter(state="held").order_by("starts_at"))
    for number in range(len(known), SESSIONS):
        known.append(_held(schedule, actor, now - (SESSIONS - number) * 7 * DAY))
    soon = schedule.sessions.filter(state="planned", starts_at__range=(now, now + HOUR)).first()
    if soon is None:
        starts_at = now + HOUR / 2
        soon = calling.session_call(
            schedule=schedule, actor=actor, starts_at=starts_at, venue="党群服务站", at=now
        )
        for topic in ("门禁", "停车", "路灯"):
            agenda.agenda_add(session_id=soon.pk, actor=actor, title=topic, is_public=True, at=now)
        sessions_sweep(at=now)
    return [*known, soon]


def _held(schedule: DeliberationSchedule, actor: User, on: datetime) -> DeliberationSession:
    made = calling.session_call(schedule=schedule, actor=actor, starts_at=on, venue="党群服务站", at=on - DAY)
    minutes.session_minutes(
        session_id=made.pk, actor=actor, minutes="大家议了三件事。", headcount=12, at=on + HOUR
    )
    return minutes.session_publish(
        session_id=made.pk, actor=actor, summary="议定三件事。", resolutions={}, at=on + 2 * HOUR
    )


def _poll(stage: Stage, actor: User, estate: Place, now: datetime) -> tuple[Poll, Iterator[User]]:
    """An open poll of one estate in which nobody has voted; those of earlier runs are called off."""
    building = Place.objects.filter(path__startswith=estate.path, kind=PlaceKind.BUILDING).order_by("pk")[0]
    voters = [_voter(number, building) for number in range(VOTERS)]
    for earlier in Poll.objects.filter(
        community=stage.community, question=QUESTION, state=PollState.OPEN, closes_at__gt=now
    ):
        putting.poll_cancel(poll_id=earlier.pk, actor=actor, reason="测速结束", at=now)
    draft = putting.Draft(QUESTION, ("同意", "不同意"), now, now + 7 * DAY, places=[estate])
    poll = putting.poll_put(community=stage.community, actor=actor, draft=draft, at=now)
    return poll, iter(voters)


def _voter(number: int, building: Place) -> User:
    user, is_new = User.objects.get_or_create(
        username=f"bench-voter-{number}",
        defaults={"display_name": f"住户{number}", "phone": f"1660000{number:04d}", "phone_verified": True},
    )
    if is_new:
        home = Household.objects.create(place=building, room=f"测速{number}")
        Resident.objects.create(household=home, name=user.display_name, phone=user.phone, user=user)
    return user


def _project(
    stage: Stage, actor: User, estate: Place, sessions: list[DeliberationSession], now: datetime
) -> Project:
    """Works of that estate that are going on, with phases, parts, money and the meetings about them."""
    known = Project.objects.filter(community=stage.community, title=TITLE).first()
    if known is not None:
        return known
    draft = planning.Draft(TITLE, "电梯用了十七年，经常停。", "lift", places=[estate])
    made = planning.project_create(community=stage.community, actor=actor, draft=draft, at=now)
    where = {"project_id": made.pk, "actor": actor, "at": now}
    for number in range(5):
        days = (now.date() + number * 30 * DAY, now.date() + (number + 1) * 30 * DAY)
        phases.phase_add(plan=phases.Plan(f"阶段{number}", *days, actor), **where)
    for name in ("电梯", "门禁", "扶手"):
        planning.part_add(part=planning.Part(name, "部", 4), **where)
    planning.project_publish(**where)
    money.budget_publish(lines=[money.Money("维修资金", 32_000_000)], **where)
    for session in sessions:
        linking.session_link(session=session, **where)
    return ending.project_start(**where)
