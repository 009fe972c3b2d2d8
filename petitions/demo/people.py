"""Who lives behind the doors of the demo. Every name and phone is made up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random
from typing import Final

from django.contrib.auth.hashers import make_password

from community.models import Household, Place, Resident
from community.models.people import Standing
from community.models.place import PlaceKind
from core.models import User

FLOORS: Final = 3
DOORS: Final = 2
SURNAMES: Final = "林苏江沈叶何许宋唐冯邓曹袁于董余潘蒋蔡贾丁魏薛阎汪田任姜范石姚谭廖邹熊金陆郝孔崔康毛邱"
GIVEN: Final = (
    "安",
    "宁",
    "桂芳",
    "秀英",
    "建国",
    "玉兰",
    "志远",
    "小雨",
    "国强",
    "美玲",
    "海燕",
    "春梅",
    "文博",
    "思源",
    "子涵",
    "雅静",
    "长河",
    "晓东",
    "丽华",
    "永年",
    "金花",
    "保平",
    "雪梅",
    "一凡",
    "冬生",
    "彩霞",
    "立新",
    "淑珍",
    "少华",
    "明月",
    "振宇",
    "红梅",
    "天佑",
    "巧云",
    "守义",
    "若水",
)
ACCOUNT_EVERY: Final = 8


def people_create(
    *, homes: Sequence[Place], random: Random, phones: Iterator[int], since: datetime
) -> list[Resident]:
    """One or two people behind every door; one in eight has an account, the very first among them."""
    households = Household.objects.bulk_create(
        Household(place=home, room=room) for home in homes for room in _rooms(home)
    )
    people = [
        _person(household, random, phones, is_settled=index < 20)
        for index, household in enumerate(households)
        for _ in range(random.choice((1, 1, 2)))
    ]
    chosen = [person for person in people[::ACCOUNT_EVERY] if person.phone]
    accounts = User.objects.bulk_create(
        User(
            display_name=person.name,
            phone=person.phone,
            phone_verified=True,
            password=make_password(None),
            date_joined=since,
        )
        for person in chosen
    )
    for person, account in zip(chosen, accounts, strict=True):
        person.user = account
    return Resident.objects.bulk_create(people)


def _rooms(home: Place) -> list[str]:
    if home.kind != PlaceKind.ENTRANCE:
        return ["1"]
    return [f"{floor}0{door}" for floor in range(1, FLOORS + 1) for door in range(1, DOORS + 1)]


def _person(household: Household, random: Random, phones: Iterator[int], *, is_settled: bool) -> Resident:
    return Resident(
        household=household,
        name=random.choice(SURNAMES) + random.choice(GIVEN),
        phone=str(next(phones)) if is_settled or random.random() < 0.9 else "",
        is_tenant=random.random() < 0.12,
        standing=Standing.MOVED_OUT if not is_settled and random.random() < 0.03 else Standing.PRESENT,
    )
