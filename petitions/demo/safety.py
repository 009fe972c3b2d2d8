"""What goes on around hazards in the demo: a campaign on electric bicycles, a sweep before winter, plans and
drills."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from community.models import Household, Resident
from core.models import User
from core.workdays import ZONE
from grids.actions.campaign_sweeping import campaigns_sweep
from grids.actions.campaigns import CampaignPlan, campaign_set, e_bike_register, violation_look
from grids.actions.emergency import Crew, PlanText, drill_log, finding_to_hazard, plan_approve, team_set
from grids.actions.emergency_reminding import plans_remind
from grids.actions.hazards.filing import Answerable, Found, company_of
from grids.actions.hazards.rectifying import hazard_close, hazard_done
from grids.actions.modes import emergency_begin
from grids.actions.sweep_walking import stop_walk, walker_name
from grids.actions.sweeps import SweepPlan, Went, stop_record, sweep_plan
from grids.actions.whistle_sweeping import whistles_sweep
from grids.actions.whistles import Call, member_report, whistle_answer, whistle_arrive, whistle_blow
from grids.actions.winter import Seen, Winter, coal_note, safety_visit_do, winter_plan, winters_begin
from grids.models import DrillFinding, EmergencyPlan, HazardType, SafetyVisit, Violation
from grids.models.hazard import UNSAFE
from petitions.demo.stage import Story, World
from petitions.demo.town import Town

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
TYPES: Final = ("飞线充电", "电动车进楼入户")
PLATES: Final = ("运城A20517", "运城A31862", "运城B07745", "运城A66120")


def campaign_of(world: World, town: Town) -> Story:
    """电动自行车整治 over six weeks: what is put right is looked at again, one has come back."""
    start = (world.now - 42 * DAY).astimezone(ZONE).replace(hour=9, minute=10)
    yield start
    day = timezone.localdate(start)
    plan = CampaignPlan(
        name="电动自行车规范管理整治",
        types=list(HazardType.objects.filter(community=None, name__in=TYPES)),
        days=7,
        starts_on=day,
        ends_on=day + 70 * DAY,
    )
    campaign_set(community=town.community, plan=plan, actor=town.secretary, at=start)
    for household, plate in zip(_doors(town), PLATES, strict=False):
        e_bike_register(household=household, plate=plate, actor=town.secretary, at=start)
    at = start
    while (at := at + DAY) <= world.now:
        yield at
        campaigns_sweep(at=at)
        _look(at)


def _look(at: datetime) -> None:
    """Whoever found it goes again; one of them finds a wire again."""
    due = Violation.objects.filter(cleared_at=None, look_on__lte=timezone.localdate(at))
    for violation in due.exclude(hazard__state__in=UNSAFE).select_related("hazard__found_by"):
        is_clear = violation.looks > 0 or violation.pk % 2 == 1
        assert violation.hazard.found_by is not None  # nothing of an older ledger is in a campaign
        violation_look(
            hazard_id=violation.pk,
            is_clear=is_clear,
            note="" if is_clear else "窗口又拉出一根线，已再次劝导。",
            actor=violation.hazard.found_by,
            at=at,
        )


def _doors(town: Town) -> list[Household]:
    path = town.community.place.path
    rows = Household.objects.filter(place__path__startswith=path, is_active=True).select_related("place")
    return list(rows.order_by("pk")[: len(PLATES)])


def sweep_of_winter(world: World, town: Town, going: Sequence[User]) -> Story:
    """入冬消防摸排 of the first estate, last week: most stops reached, one by a volunteer, one left."""
    at = (world.now - 6 * DAY).astimezone(ZONE).replace(hour=9, minute=0)
    yield at
    day = timezone.localdate(at)
    plan = SweepPlan(
        scope=town.estates[0],
        name="入冬消防摸排",
        checklist="楼道、消防通道畅通\n没有飞线充电、电动车不进楼\n灭火器在有效期\n店铺燃气软管没有老化",
        participants=going,
        starts_on=day,
        ends_on=day + 9 * DAY,
        helpers="楼长和志愿者六人",
        shops=("临街面馆", "快递驿站", "理发店"),
    )
    sweep = sweep_plan(plan=plan, actor=town.secretary, at=at)
    stops = list(sweep.stops.order_by("pk"))
    volunteer = _volunteer(town)
    if volunteer is not None:
        walker_name(sweep_id=sweep.pk, user_id=volunteer.pk, actor=town.secretary, at=at)
        yield (at := at + HOUR)
        went = Went(
            "hazard", "二层平台堆着旧家具，只能侧着过。", at, world.photo("clutter", after=False, at=at)
        )
        stop_walk(stop_id=stops.pop(0).pk, went=went, actor=volunteer, at=at)
    for stop in stops[:-1]:
        yield (at := at + HOUR)
        stop_record(
            stop_id=stop.pk, result="nothing", note="逐项看过。", actor=going[0], happened_at=at, at=at
        )


def _volunteer(town: Town) -> User | None:
    """A resident with an account who goes along."""
    path = town.community.place.path
    there = Resident.objects.present().filter(household__place__path__startswith=path, user__is_active=True)
    known = there.filter(user__posts=None).select_related("user").order_by("pk").first()
    return known.user if known else None


PLANS: Final = {
    "fire": "一、发现人先喊人，拨打119，再报网格长。\n二、断电、关气，老人由网格员背下楼。\n三、清点人数。",
    "gas": "一、开窗通风，把人抬到门外。\n二、拨打120，不开灯、不打火。\n三、网格员查看左邻右舍。",
    "power": "一、拉下总闸。\n二、用干木棍挑开电线。\n三、报供电所抢修。",
}
"""What is done first; invented, as everything here."""


def drills_of(world: World, town: Town, going: Sequence[User]) -> Story:
    """A team, plans of the first estates with a gap, a drill whose finding went into the second version."""
    at = (world.now - 230 * DAY).astimezone(ZONE).replace(hour=15, minute=0)
    yield at
    crew = Crew(f"{town.community.name}应急小队", going[0], going[1:], "楼长四人、志愿者六人")
    team = team_set(community=town.community, crew=crew, actor=town.secretary, at=at)
    review = timezone.localdate(at) + 365 * DAY
    places = ((town.community.place, ("fire",)), (town.estates[0], tuple(PLANS)))
    for place, kinds in places:
        for kind in kinds:
            text = PlanText(PLANS[kind], review, team)
            plan_approve(place=place, kind=kind, given=text, actor=town.secretary, at=at)
    at += 150 * DAY
    yield at
    plan = EmergencyPlan.objects.get(place=town.estates[0], kind="fire", replaced_at=None)
    drill = drill_log(
        plan_id=plan.pk,
        held_on=timezone.localdate(at),
        headcount=46,
        summary="六分钟疏散完，两位老人由网格员背下楼。",
        findings=["三号楼没有集合点标牌", "二单元消火栓水压不足"],
        actor=going[0],
        at=at,
    )
    seen, unsafe = drill.findings.order_by("pk")
    yield (at := at + DAY)
    world.add(_to_the_ledger(world, town, unsafe, at))
    yield (at := at + DAY)
    given = PlanText(
        PLANS["fire"] + "\n四、集合点在东门广场，已立标牌。",
        timezone.localdate(at) + 365 * DAY,
        team,
        change="写明集合点。",
        sees_to=[seen],
    )
    plan_approve(place=town.estates[0], kind="fire", given=given, actor=town.secretary, at=at)
    day = at.replace(hour=8)
    while (day := day + 7 * DAY) <= world.now:
        yield day
        plans_remind(at=day)


def _to_the_ledger(world: World, town: Town, finding: DrillFinding, at: datetime) -> Story:
    """What a drill showed to be unsafe is a hazard: the company sees to it, the secretary looks again."""
    company = company_of(town.estates[0])
    found = Found(
        type=HazardType.objects.get(community=None, name="消防通道堵塞"),
        place=town.estates[0],
        text=finding.text,
        photos=[world.photo("parking", after=False, at=at)],
        found_at=at,
        is_public_area=True,
    )
    nobody = None if company else town.secretary
    answerable = Answerable(timezone.localdate(at) + 10 * DAY, user=nobody, body=company)
    hazard = finding_to_hazard(
        finding_id=finding.pk, found=found, answerable=answerable, actor=town.secretary, at=at
    )
    yield (at := at + 4 * DAY)
    by = {"hazard_id": hazard.pk, "photos": [world.photo("parking", after=True, at=at)], "at": at}
    hazard_done(note="更换了稳压泵，水压已恢复。", actor=town.rep or town.desk, **by)  # type: ignore[arg-type]
    if town.rep is not None:
        yield (at := at + DAY)
        by = {"hazard_id": hazard.pk, "photos": [world.photo("parking", after=True, at=at)], "at": at}
        hazard_close(note="放水试过，水压够。", actor=town.secretary, **by)  # type: ignore[arg-type]


def whistled(world: World, town: Town) -> Story:
    """A call that was met last week, one that is open, and a grid in emergency mode."""
    at = (world.now - 8 * DAY).astimezone(ZONE).replace(hour=9, minute=0)
    yield at
    people = [resident for resident in town.residents if resident.user is not None and resident.phone][:4]
    members = [
        member_report(
            community=town.community,
            phone=resident.phone,
            skills=skill,
            is_active=True,
            actor=town.secretary,
            at=at,
        )
        for resident, skill in zip(people, ("电工", "急救员证", "", "会开三轮车"), strict=False)
    ]
    if not members:
        return
    call = Call(town.estates[0], "清理楼道杂物", len(members[:2]), at + 6 * HOUR, "带手套，物业有推车。")
    whistle = whistle_blow(call=call, key=world.key(), actor=town.secretary, at=at)
    yield at + 3 * HOUR
    whistles_sweep(at=at + 3 * HOUR)
    for number, member in enumerate(members[:2]):
        when = at + (4 + number) * HOUR
        yield when
        whistle_answer(whistle_id=whistle.pk, answer="coming", actor=member.user, at=when)
        whistle_arrive(whistle_id=whistle.pk, actor=member.user, at=when + HOUR / 4)
    yield (at := world.now - HOUR)
    call = Call(town.estates[0], "入户查看燃煤取暖", 5, at + 8 * HOUR, "两人一组，带一氧化碳报警器。")
    whistle = whistle_blow(call=call, key=world.key(), actor=town.secretary, at=at)
    whistle_answer(whistle_id=whistle.pk, answer="coming", actor=members[0].user, at=at + HOUR / 4)
    emergency_begin(grid=town.grids[-1], hours=24, reason="寒潮大风", actor=town.secretary, at=at + HOUR / 2)


def coal_of(world: World, town: Town) -> Story:
    """Three households with coal, a winter that began two weeks ago, one to which somebody goes again."""
    at = (world.now - 15 * DAY).astimezone(ZONE).replace(hour=9, minute=40)
    yield at
    for household in _doors(town)[:3]:
        coal_note(household=household, heats=True, actor=town.secretary, at=at)
    day = timezone.localdate(at)
    winter = Winter(f"{day.year} 年冬季", day, day + 120 * DAY)
    winter_plan(community=town.community, winter=winter, actor=town.secretary, at=at)
    winters_begin(at=at)
    for number, visit in enumerate(
        SafetyVisit.objects.filter(plan__community=town.community).order_by("pk")[:2]
    ):
        yield (at := at + DAY)
        safety_visit_do(
            visit_id=visit.pk,
            seen=Seen(("stove", "chimney", "alarm"), "讲了每天开窗通风，报警器装在床头。", number == 1),
            actor=town.secretary,
            at=at,
        )
