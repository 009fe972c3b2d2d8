"""When a community sits down together, as its brand brings it: words and data, no query, no clock.

Source: P-03, P-04, P-09, P-14, P-21, P-27, C-20, G-24; the register of schedules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from types import MappingProxyType
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class SessionKind(models.TextChoices):
    """What people sit down for."""

    WEEKLY_COUNCIL = "weekly_council", _("议事会")
    NIGHT_TALK = "night_talk", _("夜话")
    FORUM = "forum", _("恳谈会")
    OPEN_DAY = "open_day", _("公开议事日")
    JOINT_MEETING = "joint_meeting", _("联席会议")
    STOOL_COUNCIL = "stool_council", _("小板凳议事会")
    RED_HALL = "red_hall", _("红色议事厅")
    SAFETY_MEETING = "safety_meeting", _("安全整改会")


class Frequency(models.TextChoices):
    """How the days of a schedule are found."""

    WEEKLY = "weekly", _("每周")
    MONTHLY_DAY = "monthly_day", _("每月固定日期")
    MONTHLY_WEEKDAY = "monthly_weekday", _("每月第几个星期几")
    ON_CALL = "on_call", _("随时，由工作人员召集")


class Weekday(models.IntegerChoices):
    """As `date.weekday` counts."""

    MONDAY = 0, _("周一")
    TUESDAY = 1, _("周二")
    WEDNESDAY = 2, _("周三")
    THURSDAY = 3, _("周四")
    FRIDAY = 4, _("周五")
    SATURDAY = 5, _("周六")
    SUNDAY = 6, _("周日")


class Nth(models.IntegerChoices):
    """Which of the month's weekdays."""

    FIRST = 1, _("第一个")
    SECOND = 2, _("第二个")
    THIRD = 3, _("第三个")
    FOURTH = 4, _("第四个")
    LAST = -1, _("最后一个")


class Body(models.TextChoices):
    """For whom somebody sits at the table. The first three make up a joint meeting (C-20)."""

    BRANCH = "branch", _("小区党支部")
    OWNERS = "owners", _("业委会（物管会）")
    PROPERTY = "property", _("物业服务企业")
    COMMITTEE = "committee", _("居委会")
    STAFF = "staff", _("社区工作人员")
    REPRESENTATIVE = "representative", _("居民代表")
    RESIDENT = "resident", _("居民")
    PARTNER = "partner", _("单位")
    OTHER = "other", _("其他")


THREE_IN_ONE: Final = (Body.BRANCH, Body.OWNERS, Body.PROPERTY)
"""三位一体: without one of them a joint meeting decides nothing."""


@dataclass(frozen=True, slots=True)
class ShippedSchedule:
    """One line of a brand's timetable; staff change it afterwards as they like."""

    code: str
    kind: SessionKind
    name: str
    frequency: Frequency
    starts_at: time = time(15)
    minutes: int = 90
    weekday: Weekday | None = None
    month_day: int | None = None
    nth: Nth | None = None
    venue: str = ""
    rotates: bool = False
    is_numbered: bool = False
    seats: int | None = None
    quorum_bodies: tuple[Body, ...] = ()


JOINT: Final = ShippedSchedule(
    "joint-meeting",
    SessionKind.JOINT_MEETING,
    "联席会议",
    Frequency.ON_CALL,
    quorum_bodies=THREE_IN_ONE,
)
SCHEDULES: Final[Mapping[str, tuple[ShippedSchedule, ...]]] = MappingProxyType(
    {
        "diecui": (
            ShippedSchedule(
                "weekly",
                SessionKind.WEEKLY_COUNCIL,
                "小微说事议事站",
                Frequency.WEEKLY,
                weekday=Weekday.WEDNESDAY,
                venue="翠微小区党群服务站",
                seats=20,
            ),
            ShippedSchedule(
                "forum",
                SessionKind.FORUM,
                "社情民意恳谈会",
                Frequency.MONTHLY_DAY,
                month_day=10,
                venue="党群服务中心",
                seats=40,
            ),
            ShippedSchedule(
                "open-day",
                SessionKind.OPEN_DAY,
                "公开议事日",
                Frequency.MONTHLY_WEEKDAY,
                weekday=Weekday.THURSDAY,
                nth=Nth.LAST,
                venue="党群服务中心",
            ),
            JOINT,
        ),
        "fuxi": (
            ShippedSchedule(
                "night-talk",
                SessionKind.NIGHT_TALK,
                "府西夜话",
                Frequency.WEEKLY,
                starts_at=time(19, 30),
                weekday=Weekday.THURSDAY,
                rotates=True,
                is_numbered=True,
            ),
            JOINT,
        ),
        "xijiao": (
            ShippedSchedule(
                "tuesday",
                SessionKind.WEEKLY_COUNCIL,
                "周二说事日",
                Frequency.WEEKLY,
                weekday=Weekday.TUESDAY,
                venue="党群服务中心",
            ),
            JOINT,
        ),
        "dali": (),
        "jiwang": (
            ShippedSchedule(
                "stool",
                SessionKind.STOOL_COUNCIL,
                "小板凳议事会",
                Frequency.ON_CALL,
                minutes=60,
            ),
        ),
        "fuqian": (
            JOINT,
            ShippedSchedule(
                "safety",
                SessionKind.SAFETY_MEETING,
                "消防安全整改会",
                Frequency.ON_CALL,
                quorum_bodies=(Body.PROPERTY,),
            ),
        ),
        "jiangshan": (JOINT,),
        "weilai": (
            ShippedSchedule(
                "red-hall",
                SessionKind.RED_HALL,
                "红色议事厅",
                Frequency.ON_CALL,
                venue="红色议事厅",
            ),
            JOINT,
        ),
    }
)
"""The timetables of the shipped brands. Days that no source gives are ours and meant to be changed."""
