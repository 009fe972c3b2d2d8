"""The words of the closed loop, and what a community may change about it.

The canonical machine is one; communities differ in which optional stages are on, what each stage is
called, which gates guard it, and how long it may take. This module is data: no query, no clock.
Source: P-01, P-16, C-08.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    """A state of a petition. The order of the first twelve is the order of the loop."""

    RECEIVED = "received", _("收事")
    TRIAGED = "triaged", _("理事")
    DELIBERATING = "deliberating", _("议事")
    DISPATCHED = "dispatched", _("派单")
    ACCEPTED = "accepted", _("接单")
    IN_PROGRESS = "in_progress", _("办事")
    RESOLVED = "resolved", _("办结")
    FED_BACK = "fed_back", _("反馈")
    PUBLISHED = "published", _("晒事")
    FOLLOWED_UP = "followed_up", _("回访")
    EVALUATED = "evaluated", _("评事")
    ARCHIVED = "archived", _("归档")
    RETURNED = "returned", _("退回")
    MERGED = "merged", _("并案")
    WITHDRAWN = "withdrawn", _("撤回")


LOOP: Final[tuple[Stage, ...]] = (
    Stage.RECEIVED,
    Stage.TRIAGED,
    Stage.DELIBERATING,
    Stage.DISPATCHED,
    Stage.ACCEPTED,
    Stage.IN_PROGRESS,
    Stage.RESOLVED,
    Stage.FED_BACK,
    Stage.PUBLISHED,
    Stage.FOLLOWED_UP,
    Stage.EVALUATED,
    Stage.ARCHIVED,
)
SIDE: Final[frozenset[Stage]] = frozenset({Stage.RETURNED, Stage.MERGED, Stage.WITHDRAWN})
CLOSED: Final[frozenset[Stage]] = SIDE | {Stage.ARCHIVED}


class Mode(models.TextChoices):
    """How a profile treats one stage of the loop."""

    OFF = "off", _("不设")
    AUTO = "auto", _("自动通过")
    OPTIONAL = "optional", _("可选")
    ON = "on", _("必经")


ALWAYS_ON: Final[frozenset[Stage]] = frozenset(
    {Stage.RECEIVED, Stage.IN_PROGRESS, Stage.RESOLVED, Stage.FED_BACK, Stage.ARCHIVED}
)
MODES: Final[Mapping[Stage, frozenset[Mode]]] = {
    **{stage: frozenset({Mode.ON}) for stage in ALWAYS_ON},
    Stage.ARCHIVED: frozenset({Mode.ON, Mode.AUTO}),
    Stage.TRIAGED: frozenset({Mode.ON, Mode.AUTO}),
    Stage.DELIBERATING: frozenset({Mode.OFF, Mode.OPTIONAL, Mode.ON}),
    Stage.DISPATCHED: frozenset({Mode.AUTO, Mode.ON}),
    Stage.ACCEPTED: frozenset({Mode.AUTO, Mode.ON}),
    Stage.PUBLISHED: frozenset({Mode.OFF, Mode.OPTIONAL, Mode.ON}),
    Stage.FOLLOWED_UP: frozenset({Mode.OFF, Mode.OPTIONAL, Mode.ON}),
    Stage.EVALUATED: frozenset({Mode.OFF, Mode.OPTIONAL, Mode.ON}),
}
"""The modes each stage may have. `fed_back` can never be off: every reporter is always answered."""

DEFAULT_MODES: Final[Mapping[Stage, Mode]] = {
    **dict.fromkeys(LOOP, Mode.ON),
    Stage.DELIBERATING: Mode.OPTIONAL,
    Stage.DISPATCHED: Mode.AUTO,
    Stage.ACCEPTED: Mode.AUTO,
    Stage.FOLLOWED_UP: Mode.OFF,
    Stage.EVALUATED: Mode.OPTIONAL,
    Stage.ARCHIVED: Mode.AUTO,
}
"""What a profile that says nothing about a stage means by it."""


class Severity(models.TextChoices):
    """三色: how serious a matter is. Always printed with its word beside the colour."""

    BLUE = "blue", _("蓝色")
    YELLOW = "yellow", _("黄色")
    RED = "red", _("红色")


class Route(models.TextChoices):
    """分流办理: who decides. Independent of the colour (design consequence 1)."""

    SELF_HELP = "self_help", _("小事·居民自己办")
    JOINT_MEETING = "joint_meeting", _("大事·联席会议商量办")
    JOINT_ACTION = "joint_action", _("难事·社区联动合力办")


class Channel(models.TextChoices):
    """Where a petition came in."""

    WEB_FORM = "web_form", _("网上填报")
    QR_CODE = "qr_code", _("扫码")
    CHAT_GROUP = "chat_group", _("微信群")
    HOTLINE = "hotline", _("电话热线")
    SUGGESTION_BOX = "suggestion_box", _("意见箱")
    TALK_POINT = "talk_point", _("说事点")
    STATION = "station", _("服务站")
    PATROL = "patrol", _("巡查发现")
    VISIT = "visit", _("入户走访")
    DIARY = "diary", _("民情日记")
    SESSION = "session", _("议事会")
    PARTY_GROUP = "party_group", _("党小组")
    SNAP_REPORT = "snap_report", _("随手拍")
    LIVESTREAM = "livestream", _("政务直播")
    PARTNER_API = "partner_api", _("合作平台")


class Category(models.TextChoices):
    """The county-wide categories (P-19). A profile's own category maps onto one of them."""

    FAMILY_NEIGHBOUR = "family_neighbour", _("家庭邻里")
    ESTATE_INTERNAL = "estate_internal", _("小区内部")
    EXTERNAL = "external", _("外部")


class Topic(models.TextChoices):
    """One list of topics across all communities (P-48)."""

    E_BIKE_CHARGING = "e_bike_charging", _("电动车充电")
    LIFT = "lift", _("电梯")
    LEAK = "leak", _("漏水渗水")
    PARKING = "parking", _("停车")
    ROAD = "road", _("道路")
    LAMP = "lamp", _("路灯楼道灯")
    WASTE = "waste", _("垃圾清运")
    GREENING = "greening", _("绿化")
    CLUTTER = "clutter", _("楼道堆物")
    WATER_BILL = "water_bill", _("水费")
    ELDER_SUPPORT = "elder_support", _("养老服务")
    FALLING_TILES = "falling_tiles", _("墙砖脱落")
    PROPERTY_FEE = "property_fee", _("物业费")
    NOISE = "noise", _("噪音")
    OTHER = "other", _("其他")


class Gate(models.TextChoices):
    """A compulsory condition of a profile. Each has a rule in `petitions.workflow` and a test."""

    ROUTE_AT_TRIAGE = "route_at_triage", _("理事时必须定小事、大事或难事")
    CRITERIA_AT_TRIAGE = "criteria_at_triage", _("理事时必须评规模、难易、社会影响")
    APPROVAL_BEFORE_DISPATCH = "approval_before_dispatch", _("派单前须审批")
    DEADLINE_AND_RESPONSIBLE = "deadline_and_responsible", _("理事时必须定责任人和时限")
    SITE_INSPECTION = "site_inspection", _("房屋设施类须先现场查看")
    MINUTES_FOR_JOINT_MEETING = "minutes_for_joint_meeting", _("大事办理前须有议事记录")
    PARTIES_FOR_JOINT_ACTION = "parties_for_joint_action", _("难事办理前须有两个以上联动单位")
    SUPERVISOR_ON_DECISION = "supervisor_on_decision", _("每项决议须有监督人")
    AFTER_PHOTO_TO_RESOLVE = "after_photo_to_resolve", _("办结须有办理后照片")
    TEXT_AND_PHOTO_TO_PUBLISH = "text_and_photo_to_publish", _("晒事须有文字和照片")
    RETURN_VISIT_BEFORE_ARCHIVE = "return_visit_before_archive", _("归档前须由经办人以外的人回访")
    EXPLAINED_BEFORE_RESOLVE = "explained_before_resolve", _("申请事项办结前须作六项说明")
    EXCHANGES_BEFORE_RESOLVE = "exchanges_before_resolve", _("申请事项办结前须沟通五次或写明原因")
    COMPLETED_BEFORE_RESOLVE = "completed_before_resolve", _("申请事项须办成才能办结")
    EVALUATION_BEFORE_ARCHIVE = "evaluation_before_archive", _("归档前须经评事")


class Clock(models.TextChoices):
    """The unit of a limit."""

    WORKING = "working", _("工作时间")
    WALL = "wall", _("自然时间")


class Limit(models.TextChoices):
    """The clocks of the loop. Handling depends on the colour, the others do not."""

    ACCEPT = "accept", _("收事到理事")
    HANDLE_BLUE = "handle_blue", _("办理（蓝色）")
    HANDLE_YELLOW = "handle_yellow", _("办理（黄色）")
    HANDLE_RED = "handle_red", _("办理（红色）")
    FEED_BACK = "feed_back", _("办结到反馈")
    PUBLISH = "publish", _("反馈到晒事")
    RETURN_VISIT = "return_visit", _("回访")
    EVALUATE = "evaluate", _("评价期")


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: `minutes` of the community's working time or of the wall clock."""

    minutes: int
    clock: Clock = Clock.WORKING


DEFAULT_LIMITS: Final[Mapping[Limit, Duration]] = {
    Limit.ACCEPT: Duration(420),
    Limit.HANDLE_BLUE: Duration(7 * 420),
    Limit.HANDLE_YELLOW: Duration(3 * 420),
    Limit.HANDLE_RED: Duration(420),
    Limit.FEED_BACK: Duration(420),
    Limit.PUBLISH: Duration(2 * 420),
    Limit.RETURN_VISIT: Duration(3 * 420),
    Limit.EVALUATE: Duration(14 * 24 * 60, Clock.WALL),
}
"""Proposed defaults (P-16: red same day, yellow 3 days, blue 7 days), in minutes; a working day has 420."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What one community has chosen, frozen for the pure rules of the loop.

    `labels`, `modes` and `limits` are complete: every stage of the loop and every limit is a key.
    """

    slug: str
    brand: str
    labels: Mapping[Stage, str]
    modes: Mapping[Stage, Mode]
    gates: frozenset[Gate]
    limits: Mapping[Limit, Duration]
    channels: frozenset[Channel] = field(default_factory=frozenset)
    slogan: str = ""

    @property
    def brand_name(self) -> str:
        return self.brand

    def label(self, stage: Stage | str) -> str:
        """The community's own word for a stage; the canonical word for a side state."""
        stage = Stage(stage)
        return self.labels.get(stage) or str(stage.label)

    def has(self, gate: Gate) -> bool:
        return gate in self.gates

    def mode(self, stage: Stage) -> Mode:
        return self.modes.get(stage, Mode.ON)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages of the loop that this profile has at all, in order."""
        return tuple(stage for stage in LOOP if self.mode(stage) != Mode.OFF)

    @property
    def shown_stages(self) -> tuple[Stage, ...]:
        """The stages worth a step on a resident's progress bar: those that are not passed by themselves."""
        return tuple(stage for stage in self.stages if self.mode(stage) != Mode.AUTO)
