"""Sitting down together in the demo: the calendar of the last weeks, and what came of each session."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from community.meetings import Body, Frequency
from core.models import User
from core.workdays import ZONE
from petitions import timetable
from petitions.actions.filing import Person, Report, petition_file
from petitions.actions.sessions import agenda, attending, calling, minutes, resolving, settling, stool
from petitions.actions.sessions.planning import schedule_save, sessions_plan
from petitions.actions.sessions.sweeping import resolutions_sweep, sessions_sweep
from petitions.actions.settling import petition_feed_back, petition_settle_on_spot
from petitions.demo.stage import Story, World
from petitions.demo.town import Town
from petitions.models import DeliberationSchedule, DeliberationSession, Petition, Resolution

WEEKS: Final = 10
LAST_NO: Final = 269
DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
TALKS: Final = (
    ("楼道堆物", "大家同意一周内清走楼道杂物，物业再巡一遍", "一周内清走楼道杂物"),
    ("门禁维修", "门禁坏了两处，物业报价后先修北门", "先修北门门禁"),
    ("电动车充电", "车棚加十个插座，费用公示后开工", "车棚加装十个插座"),
    ("停车划线", "消防通道不停车，划线后由保安引导", "划消防通道线"),
    ("垃圾清运", "周末加一趟清运，由物业每周公布时间", "周末加一趟垃圾清运"),
    ("路灯照明", "北门两盏灯换成感应灯", "北门换两盏感应灯"),
)
NOTES: Final = (
    "车棚插座不够，想加几个\n下雨门口积水",
    "乒乓球台坏了，孩子没处玩\n楼下小广场晚上太暗",
    "巷口路灯不亮\n垃圾桶离家太远",
    "想有个晾衣的地方",
    "快递车堵住巷口\n老人上台阶没有扶手",
)


def sittings(world: World, town: Town) -> Story:
    """The sessions of a town's timetable over the last weeks, and the next ones as they stand today."""
    start = (world.now - WEEKS * 7 * DAY).astimezone(ZONE).replace(hour=9, minute=10, second=0)
    _number(town, start, world.now)
    number, day = 0, start
    while day < world.now:
        yield day
        if (day - start).days % 4 == 0:
            sessions_plan(at=day)
        sessions_sweep(at=day)
        resolutions_sweep(at=day)
        for session in _today(town, day, world.now):
            number += 1
            world.add(_held(world, town, session, number))
        day += DAY
    yield world.now
    sessions_plan(at=world.now)
    sessions_sweep(at=world.now)
    _prepare(town, world.now)


def _number(town: Town, start: datetime, now: datetime) -> None:
    """府西 counts on from where it stands: the last session held is no. 269."""
    for schedule in DeliberationSchedule.objects.filter(community=town.community, is_numbered=True):
        past = timetable.occurrences(schedule, start.date(), timezone.localdate(now), town.clock)
        held = [one for one in past if timetable.begins(one.held_on, schedule.starts_at) <= now]
        schedule_save(schedule=schedule, changes={"first_no": LAST_NO + 1 - len(held)}, actor=None, at=start)


def _today(town: Town, day: datetime, now: datetime) -> list[DeliberationSession]:
    """What is held today and over by now."""
    rows = DeliberationSession.objects.filter(
        community=town.community,
        state="planned",
        starts_at__date=timezone.localdate(day),
        ends_at__lte=now - 3 * HOUR,
    )
    return list(rows.select_related("community__place", "schedule", "estate").order_by("starts_at"))


def _held(world: World, town: Town, session: DeliberationSession, number: int) -> Story:
    """People sit down, decide, write it down the next day and publish it."""
    topic, summary, decision = TALKS[(number + len(town.slug)) % len(TALKS)]
    agenda.agenda_add(
        session_id=session.pk, actor=town.secretary, title=topic, is_public=True, at=session.starts_at - HOUR
    )
    yield session.starts_at
    _sign(world, town, session)
    recent = session.starts_at > world.now - 8 * DAY
    yield session.starts_at + HOUR
    if recent:
        _settle(world, town, session)
    yield (written := _next_morning(session))
    headcount = session.participants.filter(signed_in_at__isnull=False).count() + world.random.randint(2, 9)
    minutes.session_minutes(
        session_id=session.pk,
        actor=town.desk,
        minutes=f"{summary}。居民代表、物业和社区逐条商量，没有不同意见。",
        headcount=headcount,
        at=written,
    )
    resolution = _decide(world, town, session, decision, written)
    yield written + HOUR
    minutes.session_publish(
        session_id=session.pk,
        actor=town.desk,
        summary=f"{summary}。",
        resolutions={resolution.pk: decision},
        at=written + HOUR,
    )
    yield from _follow(world, resolution, number, written)


def _sign(world: World, town: Town, session: DeliberationSession) -> None:
    """Some with an account by the code, the others written down by the clerk."""
    at = session.starts_at
    for resident in world.random.sample([one for one in town.residents if one.user], 3):
        attendee = attending.Attendee(user=resident.user, role=Body.RESIDENT)
        attending.session_sign_in(session_id=session.pk, attendee=attendee, at=at)
    for name, role in (("物业值班员", Body.PROPERTY), ("楼长代表", Body.REPRESENTATIVE)):
        attendee = attending.Attendee(name=name, role=role)
        attending.session_enter(session_id=session.pk, attendee=attendee, actor=town.desk, at=at)


def _settle(world: World, town: Town, session: DeliberationSession) -> None:
    """A small thing, said and settled at the table."""
    at = session.starts_at + HOUR
    resident = next(one for one in town.residents if one.user)
    filed = petition_file(
        community=town.community,
        report=Report(text="单元门闭门器松了，关门声音大。", place=town.buildings[0], channel="session"),
        person=Person(name=resident.name, phone=resident.phone, user=resident.user, has_consented=True),
        key=world.key(),
        actor=town.desk,
        at=at - HOUR / 2,
    )
    taken = agenda.agenda_take(
        session_id=session.pk, actor=town.desk, petition_ids=[filed.petition.pk], at=at
    )
    settling.agenda_settle(
        item_id=taken[0].pk,
        actor=town.desk,
        outcome="物业当场紧固了闭门器。",
        supervisor=town.secretary,
        photos=[],
        at=at,
    )


def _decide(
    world: World, town: Town, session: DeliberationSession, decision: str, at: datetime
) -> Resolution:
    """A worker carries it out, the secretary watches; a matter already in hand gets its minutes."""
    matters = Petition.objects.filter(
        community=town.community, stage="in_progress", is_private=False, spam_marked_at=None
    )
    matter = matters.exclude(deliberations__session__isnull=False).order_by("-filed_at").first()
    return resolving.resolution_add(
        session_id=session.pk,
        actor=town.secretary,
        decision=resolving.Decision(
            text=decision,
            responsible=_worker(town),
            supervisor=town.secretary,
            due_on=timezone.localdate(at) + 9 * DAY,
            petition=matter if world.random.random() < 0.4 else None,
        ),
        at=at,
    )


def _follow(world: World, resolution: Resolution, number: int, at: datetime) -> Story:
    """Most are done in time; every fifth is urged first. That of the session before the last is on the next
    agenda, and a recent one is late today."""
    if number % 5 == 0:
        yield (urged := at + 11 * DAY)
        resolving.resolution_urge(resolution_id=resolution.pk, actor=_supervisor(resolution), at=urged)
    carried = world.now - 16 * DAY < at < world.now - 8 * DAY
    if carried or (number % 7 == 3 and at > world.now - 40 * DAY):
        return
    yield (done := at + timedelta(days=world.random.randint(3, 8) + (8 if number % 5 == 0 else 0)))
    assert resolution.responsible is not None
    resolving.resolution_settle(
        resolution_id=resolution.pk,
        actor=resolution.responsible,
        is_done=True,
        note="已按议定的办好，居民看过。",
        at=done,
    )


def _prepare(town: Town, now: datetime) -> None:
    """The next session has topics and people; where there are joint meetings, one is called."""
    following = DeliberationSession.objects.filter(
        community=town.community, state="planned", starts_at__gt=now, announced_at__isnull=False
    )
    session = following.order_by("starts_at").first()
    if session is not None:
        agenda.agenda_add(
            session_id=session.pk, actor=town.secretary, title="冬季用电安全", is_public=True, at=now
        )
        proposal = agenda.Proposal(title="北门夜里太暗", text="接孩子回来看不清路。", name="林阿姨")
        key = UUID(int=session.pk, version=4)
        agenda.agenda_propose(session_id=session.pk, proposal=proposal, key=key, at=now)
        for resident in [one for one in town.residents if one.user][1:4]:
            attendee = attending.Attendee(user=resident.user)
            attending.session_sign_up(session_id=session.pk, attendee=attendee, at=now)
    joint = DeliberationSchedule.objects.select_related("community__place", "estate").filter(
        community=town.community, kind="joint_meeting", frequency=Frequency.ON_CALL
    )
    for schedule in joint:
        day = timezone.localdate(now) + 5 * DAY
        called = calling.session_call(
            schedule=schedule,
            actor=town.secretary,
            starts_at=timetable.begins(day, time(15)),
            venue="党群服务中心",
            estate=town.estates[0],
            at=now,
        )
        attending.session_invite(
            session_id=called.pk, actor=town.secretary, people=[], organisations=town.bodies[:4], at=now
        )


def corners_talked(world: World, town: Town) -> Story:
    """稷王: notes taken at corners; what could be done was done within days."""
    corners = [point for point in town.points if point.kind == "council_corner"]
    at = (world.now - 40 * DAY).astimezone(ZONE).replace(hour=17, minute=20, second=0)
    for number, notes in enumerate(NOTES):
        yield at
        corner = corners[number % len(corners)]
        worker = town.staff["jiwang2" if number % len(corners) == 2 else "jiwang1"]
        session = stool.stool_save(
            notes=stool.StoolNotes(corner, timezone.localdate(at), 6 + number * 2, notes),
            actor=worker,
            key=world.key(),
            at=at,
        )
        yield at + DAY
        matters = [
            stool.note_file(item_id=item.pk, actor=worker, text="", topic="other", at=at + DAY)
            for item in session.agenda.order_by("pk")
        ]
        if number < len(NOTES) - 1:
            stool.notes_review(session_id=session.pk, actor=worker, at=at + DAY)
            yield (done := at + 3 * DAY)
            _do(matters[0], worker, town.desk, done)
        at += 9 * DAY


def _do(matter: Petition, worker: User, desk: User, at: datetime) -> None:
    petition_settle_on_spot(
        petition_id=matter.pk, actor=worker, outcome="已和物业一起办好。", photos=[], at=at
    )
    petition_feed_back(petition_id=matter.pk, actor=desk, answer="已办好，请大家看看。", at=at + HOUR)


def _worker(town: Town) -> User:
    """Somebody who works in a grid of the town."""
    return next(town.staff[worker] for _grid, worker, *_rest in town.plan.grids if worker)


def _supervisor(resolution: Resolution) -> User:
    assert resolution.supervisor is not None
    return resolution.supervisor


def _next_morning(session: DeliberationSession) -> datetime:
    day = session.starts_at.astimezone(ZONE) + DAY
    return day.replace(hour=10, minute=30)
