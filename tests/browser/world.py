"""Matters at every stage of the loop, made by the actions, so that every page has something to show."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw

from community.actions.community import fact_record
from community.actions.talk_point import talk_point_create
from community.models import Resident, ServiceItem, TalkPoint
from community.models.place import TalkPointKind
from core.models import StoredImage, User
from core.uploads import image_store
from grids.actions import standing_set, wish_note
from grids.actions.applications import application_open, application_step_done
from grids.actions.campaigns import CampaignPlan, campaign_set, e_bike_register
from grids.actions.diary import Heard, diary_write
from grids.actions.emergency import PlanText, drill_log, plan_approve
from grids.actions.entries import Brought, entry_bring
from grids.actions.hazards.filing import Answerable, Found, hazard_file
from grids.actions.hazards.rectifying import hazard_close, hazard_done
from grids.actions.meters import meter_share
from grids.actions.modes import emergency_begin
from grids.actions.patrol_sweeping import missed_count
from grids.actions.registers.care import care_open
from grids.actions.registers.schemes import Meaning, SchemeDraft, scheme_save
from grids.actions.registers.tagging import tag_end
from grids.actions.sweeps import SweepPlan, stop_record, sweep_plan
from grids.actions.whistles import Call, member_report, whistle_answer, whistle_blow
from grids.actions.winter import Winter, coal_note, winter_plan, winters_begin
from grids.demo import action_plans_play
from grids.models import HazardType
from grids.paths import ApplicationKind
from petitions.actions import handling, hiding, joining, publishing, reporting, rerouting, settling
from petitions.actions.assisting import (
    Arrangement,
    Wish,
    assistance_exchange,
    assistance_explain,
    assistance_file,
)
from petitions.actions.figures import figures_refresh
from petitions.actions.following_on import petition_follow_on
from petitions.actions.hazards import petition_file_from_hazard
from petitions.actions.importing import Past, past_matters_add
from petitions.actions.merging import petitions_merge
from petitions.actions.neglect import neglect_sweep
from petitions.actions.polls.putting import poll_cancel
from petitions.actions.polls.sweeping import polls_sweep
from petitions.actions.preventing import Measure, prevention_record
from petitions.actions.projects import linking, phases
from petitions.actions.promoting import petition_file_from_diary
from petitions.actions.serving import NewService, petition_lead_to_service
from petitions.actions.sessions import agenda, answering, attending, minutes, stool
from petitions.actions.supervising import petition_check, petition_supervise
from petitions.models import (
    DeliberationSession,
    Drawing,
    Evaluation,
    MatterKind,
    Petition,
    PetitionReporter,
    PhotoKind,
    Poll,
    Project,
)
from tests.cast import Town
from tests.community.test_guide import make_item
from tests.grids import needs, patrols
from tests.grids.errands import helped
from tests.grids.meters import begin as begin_round
from tests.grids.meters import read
from tests.grids.registers import mark
from tests.grids.visits import visit
from tests.petitions.blocks import hold_up, note, talk
from tests.petitions.loop import Loop, file, person, report
from tests.petitions.mediation import begin, end, team_of
from tests.petitions.polls import paper, put, vote
from tests.petitions.projects import (
    answer,
    comment,
    create,
    finish,
    part,
    phase,
    price,
    published,
    put_up,
    running,
)
from tests.petitions.sessions import HOUR, THREE, decide, enter, joint, planned, write

DAY = timedelta(days=1)
WORDS = {
    "lamp": "三单元楼道灯坏了两周，晚上老人上下楼看不清。",
    "leak": "地下车库东侧顶棚一直渗水，下雨就积成一片，车位没法停。",
    "road": "小区北门地砖翘起来了，昨天有老人绊倒，请尽快修。",
    "noise": "一楼棋牌室夜里十一点以后还很吵，影响孩子睡觉。",
    "waste": "西侧垃圾桶满了三天没有人清运，味道很大。",
}


def drawing(colour: str = "#8a6d3b", size: tuple[int, int] = (800, 600)) -> bytes:
    """A picture as a phone would send it: drawn, not photographed."""
    picture = Image.new("RGB", size, colour)
    ImageDraw.Draw(picture).ellipse((250, 150, 550, 450), fill="#f3ead8")
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


def photo(at: datetime, colour: str = "#8a6d3b") -> StoredImage:
    return image_store(file=ContentFile(drawing(colour), name="photo.jpg"), by=None, at=at)


@dataclass
class World:
    """Two communities of the cast with their people, and one matter by name for each thing that can be."""

    town: Town
    desk: User
    worker: User
    leader: User
    start: datetime
    point: TalkPoint
    item: ServiceItem
    matters: dict[str, Petition] = field(default_factory=dict)
    sessions: list[DeliberationSession] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)
    drawings: list[Drawing] = field(default_factory=list)
    snap_point: TalkPoint | None = None

    def file(self, name: str, topic: str = "lamp", **given: object) -> Loop:
        """A new matter; its reporter has a phone of their own unless `who` says otherwise."""
        at = given.pop("at", self.start + len(self.matters) * timedelta(hours=1))
        given.setdefault("who", person(phone=f"139{12345600 + len(self.matters)}"))
        petition = file(self.town, at=at, text=WORDS[topic], topic=topic, **given)
        self.matters[name] = petition
        return Loop(petition, desk=self.desk, worker=self.worker, at=at)

    @property
    def polls(self) -> list[Poll]:
        """Those that have a public page."""
        return list(Poll.objects.public())

    def number(self, name: str) -> str:
        return self.matters[name].number

    def reporter(self, name: str) -> PetitionReporter:
        return PetitionReporter.objects.get(petition=self.matters[name], is_first=True)

    def evaluation(self, name: str) -> Evaluation:
        return Evaluation.objects.filter(petition=self.matters[name]).latest("pk")


@pytest.fixture
def world(  # noqa: PLR0917 - fixtures
    diecui: Town,
    fuxi: Town,
    secretary: User,
    grid_worker: User,
    grid_leader: User,
    supervisor: User,
    administrator: User,
    clerk: User,
    dispatcher: User,
    resident: User,
    neighbour: User,
) -> World:
    now = timezone.now()
    made = World(
        town=diecui,
        desk=secretary,
        worker=grid_worker,
        leader=grid_leader,
        start=now - 4 * DAY,
        point=talk_point_create(
            community=diecui.community,
            place=diecui.buildings[0],
            kind=TalkPointKind.BUILDING,
            name="1号楼大厅",
            at=now - 30 * DAY,
        ),
        item=make_item(diecui.community, at=now),
    )
    _open(made, resident, neighbour)
    _helped(made)
    _closing(made, resident)
    _closed(made)
    _sat_together(made, clerk)
    _polled(made, resident)
    _mediated(made, clerk)
    _built(made, clerk)
    _snapped(made, now)
    _before_the_portal(made, now)
    _counted(made, now)
    _watched(made)
    _led_on(made)
    _left_to_the_leader(made, now)
    _visited(made, resident, now)
    _marked(made, now)
    _hazards(made, now)
    _on_patrol(made, now)
    return made


def _visited(world: World, resident: User, now: datetime) -> None:
    """A door that is due, where somebody wants no visits, and what the last one found."""
    door = world.town.households[1]
    where = {"actor": world.worker, "at": now - 10 * DAY}
    standing_set(household_id=door.pk, every_days=7, reason="独居老人", **where)
    visit(door, world.worker, at=now - 9 * DAY, note="血压平稳。", outcome="need", finding="要人帮买菜。")
    for number, told in enumerate((None, False, True)):
        helped(door, world.worker, told, at=now - (5 - number) * DAY)
    for text in ("想要一张乒乓球桌。", "想把快递柜挪近一点。"):
        heard = diary_write(
            heard=Heard(text, world.town.buildings[0], 6), key=uuid4(), actor=world.worker, at=now - DAY
        )
    petition_file_from_diary(
        entry_id=heard.pk, text=heard.text, topic="other", actor=world.worker, at=now - DAY
    )
    for at in (now - 40 * DAY, now - DAY):
        cycle = begin_round(world.town.buildings[0], world.leader, at=at)
        for one in cycle.readings.all()[: None if at < now - 9 * DAY else 1]:
            read(one, world.worker, 20, at=at)
        if at < now - 9 * DAY:
            meter_share(cycle_id=cycle.pk, actor=world.leader, at=at)
    for kind in ("disability_certificate", "wheelchair"):
        begun = application_open(
            resident_id=resident.resident.pk,
            kind=ApplicationKind(kind),
            facts="左腿不便。",
            key=uuid4(),
            actor=world.worker,
            at=now - 9 * DAY,
        )
    for _step in range(3):
        application_step_done(application_id=begun.pk, note="", actor=world.worker, at=now - DAY)
    needs.report(door, world.worker, at=now - 2 * DAY, is_urgent=True)
    solved = needs.report(door, world.worker, at=now - DAY, keeps_it=True)
    needs.solve(solved, world.worker, at=now)
    needs.close(needs.report(world.town.grids[0].place, world.worker, at=now - DAY), world.worker, at=now)
    visit(door, world.worker, at=now - DAY, outcome="resource", finding="愿意每月义诊。")
    wish_note(resident_id=resident.resident.pk, wishes_none=True, words="白天要睡觉。", **where)


def _marked(world: World, now: datetime) -> None:
    """Somebody who rents and is looked after at once, with a mark that was taken back."""
    tenant = Resident.objects.create(
        household=world.town.households[1], name="租户孙", phone="13700000001", is_tenant=True
    )
    ends = timezone.localdate(now) - timedelta(days=1)
    mark(tenant, "租户", world.worker, now - 90 * DAY, recheck_on=ends)
    mark(tenant, "特殊人群", world.worker, now - 30 * DAY, note="独居，腿脚不便。")
    meanings = {"red": Meaning("急", 3), "green": Meaning("平稳", 30)}
    draft = SchemeDraft("五色管理台账", meanings)
    scheme = scheme_save(community=world.town.community, draft=draft, actor=None, at=now)
    told = {"reason": "独居。", "actor": world.worker, "at": now - 30 * DAY}
    care_open(resident_id=tenant.pk, colour_id=scheme.colours.get(colour="red").pk, **told)
    gone = mark(tenant, "搬离", world.worker, now - 20 * DAY)
    tag_end(tag_id=gone.pk, reason="只是回老家几天。", actor=world.worker, at=now - 10 * DAY)


def _hazards(world: World, now: datetime) -> None:
    """隐患: put right at once, in hand, overdue, waiting for a recheck, closed; a campaign that looks again."""
    day = timezone.localdate(now)
    campaign_set(
        community=world.town.community,
        plan=CampaignPlan(
            "消防通道整治", HazardType.objects.order_by("order")[:1], 3, day - 20 * DAY, day + DAY
        ),
        actor=None,
        at=now - 20 * DAY,
    )
    plan = SweepPlan(
        world.town.estate, "冬季摸排", "楼道畅通\n没有飞线", [world.worker], day, day + DAY, "楼长三人"
    )
    sweep = sweep_plan(plan=replace(plan, shops=["老韩面馆"]), actor=world.desk, at=now)
    where = {"actor": world.worker, "happened_at": now, "at": now}
    stop_record(stop_id=sweep.stops.latest("pk").pk, result="nothing", note="灭火器在有效期。", **where)
    guide = PlanText("先断电，再疏散，拨打119。", day + 90 * DAY)
    emergency = plan_approve(place=world.town.estate, kind="fire", given=guide, actor=None, at=now - DAY)
    drill = {"held_on": day, "headcount": 20, "summary": "五分钟疏散完。", "findings": ["二单元消火栓没有水"]}
    drill_log(plan_id=emergency.pk, actor=world.desk, at=now, **drill)
    resident = world.town.households[0].residents.exclude(user=None).first()
    whom = {"community": world.town.community, "phone": resident.phone, "skills": "电工", "is_active": True}
    member_report(actor=None, at=now, **whom)
    action_plans_play(world.town.community, at=now)
    call = Call(world.town.estate, "清楼道", 3, now + DAY, "带手套。", "有力气")
    whistle = whistle_blow(call=call, key=uuid4(), actor=world.desk, at=now)
    whistle_answer(whistle_id=whistle.pk, answer="coming", actor=resident.user, at=now)
    emergency_begin(grid=world.town.grids[1], hours=24, reason="寒潮", actor=world.desk, at=now)
    coal_note(household=world.town.households[1], heats=True, actor=world.worker, at=now - DAY)
    winter_plan(
        community=world.town.community, winter=Winter("今冬", day, day + 90 * DAY), actor=None, at=now
    )
    winters_begin(at=now)
    e_bike_register(household=world.town.households[1], plate="运城A12345", actor=world.worker, at=now - DAY)
    for fate in ("fixed", "open", "overdue", "done", "closed"):
        then = now - 9 * DAY
        found = Found(
            type=HazardType.objects.order_by("order")[0],
            place=world.town.buildings[0],
            text="消防通道上停了两辆车，云梯车进不来。",
            photos=[photo(then)],
            found_at=then,
            spot="东门内",
            is_public_area=fate == "open",
            fixed="车主当场挪走了。" if fate == "fixed" else "",
        )
        days = 3 if fate == "overdue" else 20
        to = Answerable(timezone.localdate(then) + days * DAY, user=world.leader if fate == "done" else None)
        to = to if to.user else replace(to, name="车主小高")
        key = uuid4()
        given = None if fate == "fixed" else to
        hazard = hazard_file(found=found, answerable=given, key=key, actor=world.worker, at=then)
        by = {"hazard_id": hazard.pk, "photos": [photo(then)], "actor": world.worker, "at": then + DAY}
        if fate == "done":
            hazard_done(note="已划线禁停。", **by)
        elif fate == "closed":
            hazard_close(note="通道已畅通。", **by)
        elif fate == "overdue":
            asked = {"text": "请重新划车位，留出消防通道。", "topic": "parking"}
            petition_file_from_hazard(hazard_id=hazard.pk, actor=world.worker, at=then + DAY, **asked)


def _snapped(world: World, now: datetime) -> None:
    """A picture of a rider that nobody has looked at, and the code behind which the next one is sent."""
    world.file("snapped", "road", channel="snap_report", photos=[photo(now)])
    world.snap_point = talk_point_create(
        community=world.town.community, place=world.town.estate, kind="snap_report", name="骑手随手拍", at=now
    )


def _left_to_the_leader(world: World, now: datetime) -> None:
    """What a worker entered without signal by a clock that was a day ahead, and left to the leader."""
    ahead = now + DAY
    entry = Brought(
        id=uuid4(),
        kind="petitions.filing",
        title=WORDS["lamp"],
        fields={
            "community": [world.town.community.slug],
            "text": [WORDS["lamp"]],
            "place": [str(world.town.buildings[0].pk)],
            "channel": ["patrol"],
        },
        files={"photos": [ContentFile(drawing("#8a6d3b"), "lamp.jpg")]},
        captured_at=ahead - timedelta(hours=2),
        sent_at=ahead,
        to_leader=True,
        objection="请先看“原话”。",
    )
    entry_bring(brought=entry, actor=world.worker, at=now)


def _on_patrol(world: World, now: datetime) -> None:
    """A worker on the way: one check-in by code, position and window, one by code alone; yesterday was missed."""
    grid = world.town.grids[0]
    hours = {"early_opens": time(0), "early_closes": time(12), "late_opens": time(12)}
    patrols.planned(grid, at=now - 2 * DAY, **hours, late_closes=time(23, 59, 59))
    gate, lamp, _shed = (patrols.point(grid, name) for name in ("东门岗亭", "凉亭", "充电车棚"))
    missed_count(now)
    patrols.started(grid, world.worker, now - timedelta(minutes=40))
    patrols.checked(gate, world.worker, now - timedelta(minutes=30))
    patrols.checked(lamp, world.worker, now - timedelta(minutes=20), None)
    patrols.noted(world.worker, now - timedelta(minutes=18))
    patrols.noted(world.worker, now - timedelta(minutes=15), "opinion", "几位居民希望凉亭旁装一盏灯。")


def _before_the_portal(world: World, now: datetime) -> None:
    """Two matters of an old register, one of them public."""
    given = {"place": world.town.estate, "channel": "hotline", "topic": "lamp", "outcome": "已更换声控灯。"}
    day = timezone.localdate(now)
    days = {"received_on": day - 200 * DAY, "finished_on": day - 197 * DAY}
    matters = [
        Past(old_number="2021-036", text=WORDS["lamp"], handler="翠微物业", **given, **days),
        Past(
            old_number="2021-037",
            text=WORDS["road"],
            is_public=True,
            public_title="北门地砖铺平了",
            **given,
            **days,
        ),
    ]
    past_matters_add(community=world.town.community, matters=matters, actor=world.desk, at=now)
    for name, petition in zip(
        ("old", "old_public"), Petition.objects.exclude(old_number="").order_by("old_number"), strict=True
    ):
        world.matters[name] = petition


def _counted(world: World, now: datetime) -> None:
    """Figures, with one that was published beside them."""
    fact_record(
        community=world.town.community,
        code="answered",
        label="小微说事办结",
        value=150,
        unit="件",
        qualifier="nearly",
        beside="answered",
        as_of=now.date() - 30 * DAY,
        source="媒体公开报道",
        at=now,
    )
    figures_refresh(at=now)


def _sat_together(world: World, clerk: User) -> None:
    """A session to come, one just held and published, one without minutes, and notes of a stool council."""
    now = timezone.now()
    coming = planned(world.town, at=now)
    agenda.agenda_take(session_id=coming.pk, actor=clerk, petition_ids=[world.matters["titled"].pk], at=now)
    proposal = agenda.Proposal(title="北门夜里太暗", text="接孩子回来看不清路。", name="林阿姨")
    agenda.agenda_propose(session_id=coming.pk, proposal=proposal, key=uuid4(), at=now)
    invited = [attending.Attendee(user=one) for one in (world.worker, world.desk)]
    attending.session_invite(session_id=coming.pk, actor=clerk, people=invited, organisations=[], at=now)
    answering.invitation_answer(
        participant_id=coming.participants.get(user=world.desk).pk, is_coming=False, at=now
    )
    world.sessions = [coming, _held(world, clerk, now), joint(world.town, clerk, at=now)]
    point = talk_point_create(
        community=world.town.community,
        place=world.town.estate,
        kind=TalkPointKind.CORNER,
        name="槐树下议事角",
        at=now - DAY,
    )
    corner = TalkPoint.objects.select_related("community__place", "place__parent").get(pk=point.pk)
    notes = stool.StoolNotes(corner, timezone.localdate(now), 8, "车棚没有插座\n路灯不亮")
    stool.stool_save(notes=notes, actor=world.worker, key=uuid4(), at=now)
    world.sessions[-1].announced_at = now
    world.sessions[-1].save(update_fields=["announced_at"])


def _held(world: World, clerk: User, now: datetime) -> DeliberationSession:
    """Held an hour ago: one resolution is carried out, one still a draft."""
    session = joint(world.town, clerk, at=now - 3 * HOUR)
    enter(session, clerk, *THREE)
    write(session, clerk, at=now)
    decide(session, clerk, world.worker, world.desk, text="先修北门门禁")
    decide(session, clerk, world.worker, None, text="车棚加装插座")
    minutes.session_publish(
        session_id=session.pk, actor=clerk, summary="议了门禁和车棚。", resolutions={}, at=now
    )
    return DeliberationSession.objects.get(pk=session.pk)


def _built(world: World, clerk: User) -> None:
    """A project under way with everything on its page, one that is done, and one that nobody has published."""
    at = timezone.now() - DAY
    lanes = running(world.town, clerk, at=at, title="九条巷道改造", topic="road", needs_price=False)
    world.projects = [lanes, _finished(world, clerk, at)]
    part(lanes, clerk, at=at, name="巷道", unit="条", total=9, themes=["孝亲巷", "和睦巷"])
    price(lanes, clerk, at=at)
    _drawn(world, clerk, at)
    where = {"project_id": lanes.pk, "actor": clerk, "at": at}
    linking.session_link(session=world.sessions[1], **where)
    linking.poll_link(poll=world.polls[0], **where)
    linking.matter_link(petition=world.matters["titled"], kind=MatterKind.CAUSE, **where)
    linking.topic_follow(session=world.sessions[0], title="停车怎么划线", is_public=True, **where)
    works = lanes.phases.get()
    late = works.due_on + 5 * DAY
    phases.phase_move(
        phase_id=works.pk,
        actor=clerk,
        begins_on=works.begins_on,
        due_on=late,
        reason="连续下雨",
        at=at + HOUR,
    )
    phase(create(world.town, clerk, at=at, title="东门改造"), clerk, at=at)
    held = hold_up(lanes, clerk, at=at, phase=works)
    talks = talk(held, clerk, at=at, talker=world.worker)
    note(talks, world.worker, at=at)


def _drawn(world: World, clerk: User, at: datetime) -> None:
    """Two versions of a drawing: comments that are answered, shown, and still to be looked at."""
    shed = published(world.town, clerk, at=at, title="车棚和充电桩", topic="e_bike_charging")
    world.projects.append(shed)
    for colour in ("#dfe7ee", "#e7eedf"):
        plan = put_up(shed, clerk, at=at, photo=photo(at, colour), note="雨水和污水分开走。")
        world.drawings.append(plan)
    answer(comment(plan, at=at), clerk, at=at)
    answer(comment(plan, at=at), clerk, at=at, answer="")
    comment(plan, at=at)


def _finished(world: World, clerk: User, at: datetime) -> Project:
    lifts = running(world.town, clerk, at=at, mechanisms=["council", "red_property"])
    part(lifts, clerk, at=at)
    return finish(lifts, clerk, at=at + HOUR, before=photo(at), after=photo(at, "#2f6f4f"))


def _mediated(world: World, clerk: User) -> None:
    """A quarrel that a team talks about, and one that was settled and is looked at now."""
    team = team_of(world.town, world.worker, clerk)
    begin(world.file("mediated", "noise").triage().claim(), team)
    settled = begin(
        world.file("settled", "leak", at=world.start - 9 * DAY).triage(topic="leak").claim(), team
    )
    end(settled)


def _watched(world: World) -> None:
    """Followed all the way, looked at and urged once; and one that the next tier was told of."""
    urged = world.file("urged", "waste").triage(topic="waste", public_title="垃圾桶没有人清运").claim()
    petition_supervise(
        petition_id=urged.pk,
        actor=world.desk,
        supervisor=world.desk,
        is_tracked=True,
        seen=None,
        at=urged._next(),
    )
    for finding, urge in (("现场没有变化", False), ("", True)):
        petition_check(petition_id=urged.pk, actor=world.desk, finding=finding, urge=urge, at=urged._next())
    left = world.file("looked_after", "road").triage(topic="road").claim()
    petition_supervise(
        petition_id=left.pk, actor=world.desk, supervisor=world.desk, is_tracked=False, seen=None, at=left.at
    )
    Petition.objects.filter(pk=world.matters["overdue"].pk).update(sweep_step=3, neglect_at=world.start)
    neglect_sweep(at=world.start + DAY)


def _led_on(world: World) -> None:
    """Closed with a measure that lasts, with a topic that followed and a service that grew from it."""
    lasting = world.file("lasting").triage(needs_prevention=True, public_title="楼道灯常坏").claim()
    show(done(lasting).feed_back())
    measure = Measure("由楼长每月查看一次楼道灯。", world.worker, 3)
    prevention_record(petition_id=lasting.pk, actor=world.desk, measure=measure, at=lasting._next())
    lasting.judge()
    world.file("unprevented").triage(needs_prevention=True).claim()
    petition_follow_on(
        petition_id=lasting.pk,
        actor=world.worker,
        text="灯修好了，接着说说楼道停车。",
        topic="parking",
        at=lasting._next(),
    )
    service = NewService("便民维修点", "facility", "灯、锁、水龙头，随叫随修。")
    petition_lead_to_service(petition_id=lasting.pk, actor=world.desk, service=service, at=lasting._next())


def _polled(world: World, resident: User) -> None:
    """A poll that is over, one that was called off, one that is open."""
    at = world.start
    over = put(world.town, world.desk, at=at - 9 * DAY, question="是否在小区北门加装门禁")
    vote(over, resident, at=at - 8 * DAY)
    paper(over, world.desk, world.town.households[2], choice=1, at=at - 8 * DAY)
    polls_sweep(at=at)
    dropped = put(world.town, world.desk, at=at, question="晾晒区设在哪里", options=["东侧", "西侧"])
    poll_cancel(poll_id=dropped.pk, actor=world.desk, reason="选项写漏了一处，改好后重新发起", at=at)
    put(world.town, world.desk, at=at, question="车棚充电插座几点断电", explanation="夜里充电有隐患。")


def _open(world: World, resident: User, neighbour: User) -> None:
    """From 收事 to 办事."""
    at = world.start
    world.file("received", photos=[photo(at), photo(at, "#6b7a4f")], spot="三单元二楼")
    world.file("anonymous", "waste", who=person(name="", phone=""))
    world.file("mine", "road", who=person(name="居民张", phone="13900000001", user=resident))
    world.file("private", "noise", is_private=True)
    world.file("titled", "leak").triage(topic="leak", scale=2, public_title="地下车库顶棚渗水")
    merged = world.file("merged", "leak", at=at)
    petitions_merge(
        petition_ids=[merged.pk], into_id=world.matters["titled"].pk, actor=world.desk, at=merged._next()
    )
    world.file("claimable").triage()
    joined = world.file("claimed", photos=[photo(at)]).triage(scale=3, topic="lamp").claim()
    joining.petition_join(
        petition_id=joined.pk,
        person=person(name="邻居刘", phone="13900000002", user=neighbour),
        words="我们单元也一样。",
        key=uuid4(),
        at=joined._next(),
    )
    handling.petition_progress(
        petition_id=joined.pk,
        actor=world.worker,
        note="已联系电工，明天上午来换。",
        photos=[photo(at, "#486581")],
        at=joined._next(),
    )
    asked = world.file("asked", "road").triage(topic="road").claim()
    handling.petition_ask(
        petition_id=asked.pk, actor=world.worker, question="请问是北门里面还是外面？", at=asked._next()
    )
    paused = world.file("paused", "leak").triage(topic="leak").claim()
    handling.petition_pause(
        petition_id=paused.pk, actor=world.worker, reason="等防水材料到货。", at=paused._next()
    )
    world.file("overdue", "waste", at=timezone.now() - 40 * DAY).triage(topic="waste").claim()


def _helped(world: World) -> None:
    """帮办: an application that somebody comes home for."""
    at = world.start + 30 * timedelta(hours=1)
    home = Arrangement(mode="at_home", slot=timezone.now() + 2 * DAY, address="1号楼1单元101")
    filed = assistance_file(
        community=world.town.community,
        report=report(world.town, text="申请办理：高龄津贴申请", topic="other"),
        wish=Wish(world.item, home),
        person=person(phone="13912347777"),
        key=uuid4(),
        actor=None,
        at=at,
    )
    world.matters["helped"] = filed.petition
    note = {"petition_id": filed.petition.pk, "actor": world.desk, "at": at + timedelta(minutes=20)}
    assistance_explain(**note, points=["documents", "cost"])
    assistance_exchange(**note, way="phone", note="问了要带什么。")


def _closing(world: World, resident: User) -> None:
    """From 办结 to 评事."""
    at = world.start
    done(world.file("resolved").triage().claim())
    done(world.file("answered").triage().claim()).feed_back()
    shown = world.file(
        "shown", photos=[photo(at)], who=person(name="居民张", phone="13900000001", user=resident)
    )
    done(shown.triage().claim()).feed_back()
    show(shown)
    silent = world.file("no_phone", "waste", who=person(name="老赵", phone=""))
    done(silent.triage(topic="waste").claim()).feed_back()
    show(silent)


def _closed(world: World) -> None:
    """Archived, judged, and what left the loop early."""
    for name, satisfied in (("archived", True), ("reopened", False)):
        loop = world.file(name, photos=[photo(world.start)])
        done(loop.triage().claim()).feed_back()
        show(loop)
        loop.judge(satisfied=satisfied, comment="第二天又不亮了。" if not satisfied else "修得很快，谢谢。")
    returned = world.file("returned", "noise")
    rerouting.petition_return(
        petition_id=returned.pk, actor=world.desk, reason="请写清楚是哪一户，便于上门。", at=returned._next()
    )
    handed = world.file("handed_on", "road")
    rerouting.petition_hand_on(
        petition_id=handed.pk, actor=world.desk, to="12345 热线", reason="属于市政道路。", at=handed._next()
    )
    spam = world.file("spam", "noise")
    hiding.spam_mark(petition_id=spam.pk, actor=world.desk, reason="重复刷屏", at=spam._next())
    withdrawn = world.file("withdrawn", "noise")
    reporting.petition_withdraw(
        reporter=world.reporter("withdrawn"), reason="邻居已经改了", at=withdrawn._next()
    )


def done(loop: Loop) -> Loop:
    """办结 with a real photo."""
    settling.petition_resolve(
        petition_id=loop.pk,
        actor=loop.worker,
        outcome="已更换灯泡和声控开关。",
        photos=[photo(loop.at, "#2d6a4f")],
        at=loop._next(),
    )
    return loop


def show(loop: Loop) -> None:
    """晒事 with real photos; everybody who asked is asked to judge."""
    photos = {one.kind: one for one in Petition.objects.get(pk=loop.pk).photos.all()}
    publishing.petition_publish(
        petition_id=loop.pk,
        actor=loop.desk,
        at=loop._next(),
        text=publishing.PublicText(
            title="楼道灯修好了",
            question="楼道灯不亮，老人夜里上下楼不便。",
            answer="已换新灯和声控开关。",
            before=photos.get(PhotoKind.BEFORE),
            after=photos.get(PhotoKind.AFTER),
        ),
    )
