"""身边的工程 in the demo: lifts that are all replaced, and lanes under way, held up by one household."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from core.workdays import ZONE
from petitions.actions.projects import blocks, drawings, ending, linking, money, persuading, phases, planning
from petitions.demo.stage import Story, World
from petitions.demo.town import Town
from petitions.models import (
    BlockKind,
    DeliberationSession,
    Drawing,
    MatterKind,
    Mechanism,
    Petition,
    Poll,
    Project,
)

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
LIFTS: Final = "四部老电梯全部更换。电梯用了十七年，经常停运；选型、维修资金和施工安排都经联席会议商量。"
LANES: Final = "九条巷道铺平、分开雨水和污水，一巷一主题；车棚旁装四十个充电桩。"
THEMES: Final = ("孝亲", "和睦", "诚信", "书香", "友善", "勤俭", "敬老", "爱幼", "绿色")


def projects_of(world: World, town: Town) -> Story:
    """Two projects over the last months; what they are linked to exists by then."""
    start = (world.now - 150 * DAY).astimezone(ZONE).replace(hour=9, minute=40, second=0, microsecond=0)
    yield start
    lifts = _lifts(world, town, start)
    yield (at := start + 20 * DAY)
    _begin(town, lifts, at)
    yield (at := start + 75 * DAY)
    _lifts_end(world, town, lifts, at)
    yield (at := start + 85 * DAY)
    lanes = _lanes(world, town, at)
    yield (at := start + 88 * DAY)
    _commented(town, lanes, at)
    yield (at := start + 100 * DAY)
    _begin(town, lanes, at)
    yield from _under_way(town, lanes, at)
    yield (at := world.now - HOUR)
    _linked(town, lifts, lanes, at)


def _planned(town: Town, draft: planning.Draft, stages: tuple[tuple[str, int], ...], at: datetime) -> Project:
    """Set up with phases one after the other, the last of them works, and published."""
    project = planning.project_create(community=town.community, actor=town.secretary, draft=draft, at=at)
    day = at.date()
    for name, days in stages:
        plan = phases.Plan(
            name=name,
            begins_on=day,
            due_on=day + days * DAY,
            responsible=town.desk,
            is_works=name == stages[-1][0],
        )
        phases.phase_add(project_id=project.pk, actor=town.secretary, plan=plan, at=at)
        day = plan.due_on
    return planning.project_publish(project_id=project.pk, actor=town.secretary, at=at)


def _lifts(world: World, town: Town, at: datetime) -> Project:
    draft = planning.Draft(
        title="四部电梯更换",
        summary=LIFTS,
        topic="lift",
        mechanisms=(Mechanism.COUNCIL, Mechanism.RED_PROPERTY),
        places=town.estates[:1],
    )
    project = _planned(town, draft, (("征求意见和选型", 18), ("更换安装", 60)), at)
    part = planning.Part("电梯", "部", 4)
    planning.part_add(project_id=project.pk, actor=town.desk, part=part, at=at)
    photo = world.photo("lift", after=False, at=at)
    planning.project_before(project_id=project.pk, actor=town.desk, photo=photo, at=at)
    return project


def _begin(town: Town, project: Project, at: datetime) -> None:
    """What it costs is published, the first phase is done, the works begin."""
    lines = [money.Money("维修资金", 92_000_000), money.Money("街道补助", 18_000_000)]
    money.budget_publish(project_id=project.pk, actor=town.secretary, lines=lines, at=at - HOUR)
    first = project.phases.order_by("begins_on").first()
    assert first is not None
    phases.phase_finish(phase_id=first.pk, actor=town.desk, at=at - HOUR)
    ending.project_start(project_id=project.pk, actor=town.secretary, at=at)


def _lifts_end(world: World, town: Town, project: Project, at: datetime) -> None:
    for part in project.parts.all():
        all_done = planning.Count(4, 4)
        planning.part_count(part_id=part.pk, actor=town.desk, seen=part.done, count=all_done, at=at - HOUR)
    for phase in project.phases.filter(done_at=None):
        phases.phase_finish(phase_id=phase.pk, actor=town.desk, at=at - HOUR)
    after = world.photo("lift", after=True, at=at)
    result = "四部电梯全部换好，通过检验，没有一件投诉。"
    ending.project_finish(project_id=project.pk, actor=town.secretary, result=result, after=after, at=at)


def _lanes(world: World, town: Town, at: datetime) -> Project:
    draft = planning.Draft(
        title="九条巷道改造",
        summary=LANES,
        topic="road",
        mechanisms=(Mechanism.COUNCIL, Mechanism.JOINT_ACTION),
        places=town.estates[1:3],
        needs_price=True,
    )
    project = _planned(town, draft, (("图纸和意见", 14), ("铺设施工", 50)), at)
    where: dict[str, Any] = {"project_id": project.pk, "actor": town.desk, "at": at}
    for part in (planning.Part("巷道", "条", 9, THEMES), planning.Part("充电桩", "个", 40)):
        planning.part_add(part=part, **where)
    planning.project_before(photo=world.photo("road", after=False, at=at), **where)
    price = money.Price("电动车充电", "度", Decimal("0.4995"), Decimal("0.2"))
    money.price_publish(price=price, **where)
    drawings.drawing_put(
        title="排水管线图",
        note="蓝线是雨水，棕线是污水。",
        photo=world.photo("road", after=True, at=at),
        until=at.date() + 10 * DAY,
        **where,
    )
    return project


def _commented(town: Town, project: Project, at: datetime) -> None:
    """Neighbours look at the drawing; both are answered before the works."""
    plan = Drawing.objects.get(project=project)
    people = [one for one in town.residents if one.user]
    said = (
        ("三号巷口低，下雨积水，雨水口能不能多一个？", "已在三号巷口加一个雨水口。"),
        ("施工时老人怎么出门？", "每条巷道分两半施工，留一半走人，铺防滑板。"),
    )
    for number, (text, reply) in enumerate(said):
        one = drawings.comment_write(
            drawing_id=plan.pk,
            comment=drawings.Comment(text=text, name=people[number].name, user=people[number].user),
            key=uuid5(NAMESPACE_URL, text),
            at=at,
        )
        drawings.comment_decide(
            comment_id=one.pk,
            actor=town.desk,
            is_shown=True,
            public_text=text,
            answer=reply,
            at=at + (number + 1) * HOUR,
        )


def _under_way(town: Town, project: Project, at: datetime) -> Story:
    """Seven lanes of nine; rain delays it, and one household is still talked to."""
    works = project.phases.get(is_works=True)
    yield (later := at + 25 * DAY)
    phases.phase_move(
        phase_id=works.pk,
        actor=town.desk,
        begins_on=works.begins_on,
        due_on=works.due_on + 30 * DAY,
        reason="连续下雨，路基要晾干",
        at=later,
    )
    for part, done in zip(project.parts.order_by("pk"), (7, 24), strict=True):
        count = planning.Count(done, part.total, part.themes)
        planning.part_count(part_id=part.pk, actor=town.desk, seen=part.done, count=count, at=later)
    yield (later := at + 44 * DAY)
    obstacle = blocks.Obstacle(BlockKind.HOUSEHOLD, "有一户的花池占了巷道，还在商量", works)
    held = blocks.block_open(project_id=project.pk, actor=town.desk, obstacle=obstacle, at=later)
    talks = persuading.Talks(
        whom="五号巷 12 号住户",
        next_try_on=later.date() + 9 * DAY,
        talker_name="老党员孙师傅",
        talker_agreed=True,
    )
    task = persuading.persuasion_begin(block_id=held.pk, actor=town.desk, talks=talks, at=later)
    persuading.persuasion_note(
        task_id=task.pk,
        actor=town.desk,
        text="他舍不得那棵石榴树，愿意移到巷口花坛，想看看新位置。",
        next_try_on=later.date() + 9 * DAY,
        at=later + HOUR,
    )
    tank = blocks.Obstacle(BlockKind.OTHER, "六号巷等燃气公司改管线", works)
    held = blocks.block_open(project_id=project.pk, actor=town.desk, obstacle=tank, at=later + HOUR)
    blocks.block_say(
        block_id=held.pk, actor=town.desk, latest="燃气公司已看过现场，等他们排工期", at=later + 2 * HOUR
    )


def _linked(town: Town, lifts: Project, lanes: Project, at: datetime) -> None:
    """Meetings, a poll and a matter of the last weeks, and what people want to talk about next."""
    held = DeliberationSession.objects.held().filter(community=town.community).order_by("-starts_at", "pk")
    for number, session in enumerate(held[:12]):
        project = lifts if number % 6 else lanes
        linking.session_link(project_id=project.pk, actor=town.desk, session=session, at=at)
    poll = Poll.objects.filter(community=town.community, state="closed").order_by("pk").first()
    if poll is not None:
        linking.poll_link(project_id=lifts.pk, actor=town.desk, poll=poll, at=at)
    known = Petition.objects.known_to_strangers().filter(community=town.community, topic="road")
    for matter in known.exclude(public_title="").order_by("pk")[:1]:
        linking.matter_link(
            project_id=lanes.pk, actor=town.desk, petition=matter, kind=MatterKind.CAUSE, at=at
        )
    coming = DeliberationSession.objects.upcoming(at).filter(community=town.community).first()
    if coming is not None:
        linking.topic_follow(
            project_id=lanes.pk,
            actor=town.desk,
            session=coming,
            title="巷道铺好以后车停哪里",
            is_public=True,
            at=at,
        )
