"""住户表决 in the demo: one carried, one without a quorum, one that is still open."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from community.models import Resident
from core.workdays import ZONE
from petitions.actions.polls.putting import Draft, poll_put
from petitions.actions.polls.sweeping import polls_sweep
from petitions.actions.polls.voting import poll_paper, poll_vote
from petitions.demo.stage import Story, World
from petitions.demo.town import Town
from petitions.models import Majority, Poll, PollHousehold

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
MEANT: Final = (0, 0, 0, 1, 0, 2)
"""What households choose, in turn."""


def polls_of(world: World, town: Town) -> Story:
    """Two polls of the past, closed at their hour, and one that anybody in the demo can still vote in."""
    start = (world.now - 40 * DAY).astimezone(ZONE).replace(hour=9, minute=20, second=0)
    estate, building = town.estates[0], town.buildings[0]
    asked = Draft(
        question=f"{estate.name}{building.name}是否加装休息座椅",
        explanation="座椅装在单元门旁，费用由共建单位承担，不动用维修资金。",
        options=("同意", "不同意"),
        opens_at=start,
        closes_at=start + 8 * DAY,
        majority=Majority.TWO_THIRDS,
        places=(building,),
    )
    yield start
    poll = poll_put(community=town.community, actor=town.desk, draft=asked, at=start)
    yield from _voted(town, poll, 9)
    start += 12 * DAY
    asked = Draft(
        question="晾晒区设在哪里",
        options=("东侧绿地旁", "车棚顶", "不设"),
        opens_at=start,
        closes_at=start + 7 * DAY,
        majority=Majority.MOST,
        places=(estate,),
    )
    yield start
    poll = poll_put(community=town.community, actor=town.desk, draft=asked, at=start)
    yield from _voted(town, poll, 4)
    start = world.now - 3 * DAY
    asked = Draft(
        question="车棚充电插座几点断电",
        explanation="夜里充电有隐患，消防建议断电；上夜班的住户希望晚一些。",
        options=("22:00", "23:30", "不断电"),
        opens_at=start,
        closes_at=(world.now + 4 * DAY).astimezone(ZONE).replace(hour=18, minute=0, second=0, microsecond=0),
        places=(estate,),
    )
    yield start
    poll = poll_put(community=town.community, actor=town.desk, draft=asked, at=start)
    _vote(town, poll, 6, start + HOUR)


def _voted(town: Town, poll: Poll, number: int) -> Story:
    yield (at := poll.opens_at + 30 * HOUR)
    _vote(town, poll, number, at)
    for moment in (poll.remind_at, poll.closes_at):
        yield moment
        polls_sweep(at=moment)


def _vote(town: Town, poll: Poll, number: int, at: datetime) -> None:
    """Households with an account vote on the web, the others on paper; the demo's own resident waits."""
    homes = PollHousehold.objects.filter(poll=poll).exclude(household=town.residents[0].household)
    chosen = list(homes.order_by("pk").values_list("household_id", flat=True)[:number])
    people = Resident.objects.filter(household_id__in=chosen, user__isnull=False, standing="present")
    accounts = {person.household_id: person.user for person in people.select_related("user")}
    for index, home in enumerate(chosen):
        choice = MEANT[index % len(MEANT)] % len(poll.options)
        user = accounts.get(home)
        if user is not None:
            poll_vote(poll_id=poll.pk, actor=user, choice=choice, at=at)
        else:
            poll_paper(poll_id=poll.pk, actor=town.desk, household_id=home, choice=choice, at=at)
