"""随手拍 in the demo: of three pictures one was so and is mended, one was not so, one waits (P-39)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from community import actions
from community.models import TalkPoint
from community.models.place import TalkPointKind
from community.workflow import Channel
from core.workdays import ZONE
from petitions.actions import handling, rerouting, settling, triage
from petitions.actions.filing import Person, Report, petition_file
from petitions.actions.snapping import snap_verify
from petitions.demo.stage import Story, World
from petitions.demo.town import Town
from petitions.models import Petition

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
RIDER: Final = Person(name="外卖小刘", phone="13900099001", has_consented=True)
COURIER: Final = Person(name="快递小何", phone="13900099002", has_consented=True)
NAME: Final = "骑手随手拍"


def snaps(world: World, town: Town) -> Story:
    """The riders' group gets a code of its own; what comes by it is looked at first."""
    start = (world.now - 21 * DAY).astimezone(ZONE).replace(hour=10, minute=0, second=0, microsecond=0)
    yield start
    point = _opened(town, start)
    yield (at := start + HOUR)
    pothole = _taken(world, town, point, "东门外路面塌了一块，骑车绕不开，天黑看不见。", RIDER, at)
    yield (at := at + HOUR)
    worker = town.staff["fuxi2"]
    said = "坑有半米宽，已先放了警示桩。"
    snap_verify(petition_id=pothole.pk, actor=worker, is_true=True, words=said, at=at)
    yield from _mended(world, town, pothole, at)
    yield (at := start + 9 * DAY)
    sign = _taken(world, town, point, "二号楼前的消防通道被杂物堵死了。", COURIER, at)
    yield (at := at + HOUR)
    words = "去看时通道是空的，应是搬家临时停放。"
    snap_verify(petition_id=sign.pk, actor=worker, is_true=False, words=words, at=at)
    rerouting.petition_return(
        petition_id=sign.pk,
        actor=town.desk,
        reason="已到现场看过，通道畅通；再遇到请再拍给我们。",
        at=at + MINUTE,
    )
    yield (at := world.now - 25 * MINUTE)
    _taken(world, town, point, "舜都花园西门的路灯杆歪了，风一吹就晃。", RIDER, at)


def _opened(town: Town, at: datetime) -> TalkPoint:
    """The secretary opens the channel and puts up the code."""
    channels = [*town.profile.channels, Channel.SNAP_REPORT]
    actions.profile_save(
        community_id=town.community.pk,
        changes={"channels": sorted(str(one) for one in channels)},
        actor=town.secretary,
        at=at,
    )
    return actions.talk_point_create(
        community=town.community, place=town.estates[-1], kind=TalkPointKind.SNAP, name=NAME, at=at
    )


def _taken(world: World, town: Town, point: TalkPoint, text: str, who: Person, at: datetime) -> Petition:
    report = Report(
        text=text,
        place=town.buildings[-1],
        channel=Channel.SNAP_REPORT,
        topic="road",
        photos=[world.photo("road", after=False, at=at)],
        talk_point=point,
    )
    key = uuid5(NAMESPACE_URL, text)
    return petition_file(
        community=town.community, report=report, person=who, key=key, actor=None, at=at
    ).petition


def _mended(world: World, town: Town, petition: Petition, at: datetime) -> Story:
    """Sorted, taken and mended within a day; the rider hears of it."""
    pk, at = petition.pk, at + 10 * MINUTE
    decision = triage.Decision(route="self_help", scale=1, difficulty=1, social_impact=2, topic="road")
    triage.petition_triage(petition_id=pk, actor=town.desk, decision=decision, at=at)
    yield (at := at + HOUR)
    worker = town.staff["fuxi2"]
    handling.petition_claim(petition_id=pk, actor=worker, at=at)
    yield (at := at + 20 * HOUR)
    after = world.photo("road", after=True, at=at)
    outcome = "路面已填平压实，警示桩撤了。"
    settling.petition_resolve(petition_id=pk, actor=worker, outcome=outcome, photos=[after], at=at)
    answer = "您拍的路面已修好，谢谢您留意。"
    settling.petition_feed_back(petition_id=pk, actor=town.desk, answer=answer, at=at + 10 * MINUTE)
