"""调解 in the demo: one going on, one agreed and looked at once, one that failed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from community.models import Organisation
from core.models import User
from core.workdays import ZONE
from petitions.actions import triage
from petitions.actions.filing import Person, Report, petition_file
from petitions.actions.mediation import beginning, ending
from petitions.demo.stage import Story, World
from petitions.demo.town import Town
from petitions.models import MediationOutcome, MediationTeam, Origin, Petition, TeamKind

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
LEAK: Final = "401 卫生间渗水，301 和 201 的顶棚都泡了，三家各说各的理。"
NOISE: Final = "两户为楼道放鞋柜争了好几次，见面就吵。"
NIGHT: Final = "一楼夜里打牌声音大，楼上住户已经说过三次。"
NOBODY: Final = Person(name="", phone="", has_consented=False)


def mediations(world: World, town: Town) -> Story:
    """Found on rounds and raised by people; the teams sit down with both sides."""
    start = (world.now - 16 * DAY).astimezone(ZONE).replace(hour=9, minute=30, second=0)
    yield start
    general, women = _teams(town, start)
    agreed = _given(town, LEAK, ["201 住户", "301 住户", "401 住户"], general, start)
    yield (at := start + DAY)
    _visit(town, agreed, at)
    ending.mediation_note(
        petition_id=agreed.pk, actor=town.desk, text="401 愿意出材料费，不愿出人工费，可以从这里谈。", at=at
    )
    yield (at := start + 4 * DAY)
    ending.mediation_end(
        petition_id=agreed.pk,
        actor=town.desk,
        outcome=MediationOutcome.AGREED,
        terms="401 负责做防水并出材料费，物业免人工费；301、201 顶棚由物业粉刷。",
        at=at,
    )
    failed = _given(town, NIGHT, ["一楼住户", "三楼住户"], general, at + HOUR)
    yield (at := at + 5 * DAY)
    ending.mediation_end(
        petition_id=failed.pk,
        actor=town.desk,
        outcome=MediationOutcome.FAILED,
        terms="一楼住户不愿再谈，已告诉双方可以报警或走诉讼。",
        at=at,
    )
    yield (at := start + 12 * DAY)
    ending.follow_ups_sweep(at=at)
    ending.mediation_follow_up(
        petition_id=agreed.pk, actor=town.desk, holds=True, words="防水做好了，下雨没有再漏。", at=at
    )
    yield (at := world.now - DAY)
    going = _given(town, NOISE, ["502 住户", "503 住户"], women, at)
    _visit(town, going, at + HOUR)


def _teams(town: Town, at: datetime) -> list[MediationTeam]:
    """小微矛盾调解队 and a women's team."""
    members: list[User] = [town.secretary, town.desk]
    return [
        beginning.team_save(
            team=MediationTeam(community=town.community, name=name, kind=kind),
            members=members,
            actor=town.secretary,
            post="",
            at=at,
        )
        for name, kind in (("小微矛盾调解队", TeamKind.GENERAL), ("好姐妹巾帼调解队", TeamKind.WOMEN))
    ]


def _given(town: Town, text: str, sides: list[str], team: MediationTeam, at: datetime) -> Petition:
    """Found on a round, sorted, taken, and given to a team with the judicial office where there is one."""
    filed = petition_file(
        community=town.community,
        report=Report(
            text=text, place=town.buildings[0], topic="other", channel="visit", origin=Origin.PROACTIVE
        ),
        person=NOBODY,
        key=uuid5(NAMESPACE_URL, text),
        actor=town.desk,
        at=at,
    )
    decision = triage.Decision(route="joint_action", scale=2, difficulty=2, social_impact=1, topic="other")
    minute = timedelta(minutes=4)
    pk = filed.petition.pk
    triage.petition_triage(petition_id=pk, actor=town.desk, decision=decision, at=at + minute)
    office = list(Organisation.objects.filter(community=town.community, kind="judicial_office")[:1])
    return beginning.mediation_begin(
        petition_id=pk, actor=town.desk, team=team, names=sides, organisations=office, at=at + 2 * minute
    )


def _visit(town: Town, petition: Petition, at: datetime) -> None:
    """The next evening, by two."""
    starts = (at + 2 * DAY).astimezone(ZONE).replace(hour=19, minute=0, second=0, microsecond=0)
    beginning.mediation_visit(
        petition_id=petition.pk,
        actor=town.desk,
        first=town.desk,
        second=town.secretary,
        starts_at=starts,
        at=at,
    )
