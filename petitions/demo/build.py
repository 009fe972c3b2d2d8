"""The whole demo: towns first, then matters in every stage and colour, all in one transaction.

Everything is replayed through the actions with the moments at which it would have happened. Until the
transaction ends nobody sees anything of it; the messages of the past are then marked as dropped, with the
reason, so that no gateway is flooded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from django.db import transaction
from django.db.models import F

from core.models import InboxItem, MessageState, OutboxMessage
from core.workdays import ZONE
from grids.actions import festival_visits_plan
from grids.actions.registers.months import care_sweep
from grids.demo import (
    action_plans_play,
    applications_play,
    care_play,
    entries_play,
    errands_play,
    gifts_play,
    meters_play,
    needs_play,
    old_ledger_play,
    patrols_walk,
    register_play,
    schemes_play,
    seasons_play,
    visits_play,
)
from petitions.actions.figures import figures_refresh
from petitions.actions.inspecting import uninspected_sweep
from petitions.demo import fates
from petitions.demo.current import CURRENT, Now
from petitions.demo.diaries import diaries_play
from petitions.demo.guide import guide_create
from petitions.demo.hazards import hazards_of
from petitions.demo.helped import helped
from petitions.demo.history import history_play
from petitions.demo.matter import Matter, Options
from petitions.demo.mediations import mediations
from petitions.demo.plan import DALI, DIECUI, XIJIAO
from petitions.demo.polls import polls_of
from petitions.demo.privacy import privacy_play
from petitions.demo.projects import projects_of
from petitions.demo.sittings import corners_talked, sittings
from petitions.demo.smaller import FUXI, JIWANG
from petitions.demo.snaps import snaps
from petitions.demo.stage import TUESDAY, Story, World, back, weekday_at
from petitions.demo.texts import Aside, Case, asides, cases
from petitions.demo.towns import Builder
from petitions.demo.watched import watched

TOWNS: Final = (DIECUI, XIJIAO, DALI, FUXI, JIWANG)
SEED: Final = 20211201
YEARS: Final = timedelta(days=730)
LATEST_PAST: Final = timedelta(days=30)
ROOM: Final = 600
PAST: Final[tuple[tuple[Callable[[Matter], Story] | str, int], ...]] = (
    (fates.praised, 52),
    (fates.silent, 14),
    (fates.mixed, 10),
    (fates.on_the_spot, 7),
    (fates.refused_once, 5),
    (fates.refused_twice, 1),
    ("aside", 9),
)
"""The fates of what is long past, and how many of a hundred meet each."""
DROPPED: Final = "演示历史，不发送"


@transaction.atomic
def demo_build(*, at: datetime, matters: int = 300) -> None:
    """Fill an empty portal; `matters` is how many are raised over the two years before `at`."""
    random = Random(SEED)  # noqa: S311 - made-up life, not secrets
    since = (at - YEARS).astimezone(ZONE).replace(hour=8, minute=0, second=0, microsecond=0)
    builder = Builder(random, since=since)
    towns = [builder.town(plan) for plan in TOWNS]
    items = guide_create([town.community for town in towns], Random(SEED), at=at)  # noqa: S311
    world = World(towns, builder.users.values(), random, now=at)
    for spec in CURRENT:
        world.add(_current(world, spec))
    for story in _past(world, since, max(0, matters - len(CURRENT))):
        world.add(story)
    for story in helped(world, items, Random(SEED)):  # noqa: S311
        world.add(story)
    world.add(polls_of(world, world.towns["diecui"]))
    world.add(mediations(world, world.towns["diecui"]))
    world.add(snaps(world, world.towns["fuxi"]))
    world.add(projects_of(world, world.towns["diecui"]))
    for slug in ("diecui", "dali"):
        world.add(hazards_of(world, world.towns[slug]))
    world.add(world.days(since))
    for slug in ("diecui", "fuxi", "xijiao"):
        world.add(sittings(world, world.towns[slug]))
    world.add(corners_talked(world, world.towns["jiwang"]))
    world.add(watched(world))
    world.play()
    for town in towns:
        visits_play(town.community, at=at)
        gifts_play(town.community, at=at)
        schemes_play(town.community, at=at - timedelta(days=300))
        register_play(town.community, at=at)
        errands_play(town.community, at=at)
        needs_play(town.community, at=at)
        entries_play(town.community, at=at)
        diaries_play(town.community, at=at)
        meters_play(town.community, at=at)
        applications_play(town.community, at=at)
        care_play(town.community, at=at)
    diecui = world.towns["diecui"]
    action_plans_play(diecui.community, at=at)
    old_ledger_play(diecui.community, actor=diecui.desk, at=at)
    care_sweep(at=at)
    festival_visits_plan(at=at)
    seasons_play(at=at)
    uninspected_sweep(at=at)
    patrols_walk([grid for town in towns for grid in town.grids[:2]], now=at)
    _hush(at)
    privacy_play(world)
    history_play(world)
    figures_refresh(at=at, community_ids=[town.community.pk for town in world.towns.values()])


def _hush(at: datetime) -> None:
    """Nothing of the past is sent; what is older than three days counts as read."""
    OutboxMessage.objects.pending().update(state=MessageState.DROPPED, last_error=DROPPED)
    old = InboxItem.objects.filter(created_at__lt=at - timedelta(days=3))
    old.update(read_at=F("created_at") + timedelta(hours=2))


def _current(world: World, spec: Now) -> Story:
    """A matter that stands somewhere today, its last step `spec.ago` before now."""
    town = world.towns[spec.town]
    last = world.now - spec.ago if spec.ago else back(town.clock, world.now, spec.minutes)
    start = back(town.clock, last, ROOM)
    if spec.town == "xijiao" and spec.stop != "triaged" and not spec.aside:
        tuesday = weekday_at(world.now - timedelta(days=8), TUESDAY, 15, 0)
        start = back(town.clock, tuesday, 300)
    if spec.stop == "received" or spec.aside:
        start = last
    options = replace(spec.options, stop=spec.stop, last_at=last)
    if spec.mine:
        options = replace(options, resident=town.residents[0], channel="web_form")
    matter = Matter(world, town, _case(world, spec), start, options)
    if spec.aside:
        aside = next(aside for aside in asides() if aside.kind == spec.aside)
        return fates.set_aside(_with_words(matter, aside), aside)
    return spec.fate(matter)


def _case(world: World, spec: Now) -> Case:
    """The named case, or any public one of the wanted colour and route."""
    if spec.title:
        return next(case for case in cases() if case.title == spec.title)
    level = {"": 0, "blue": 1, "yellow": 2, "red": 3}[spec.colour]
    fitting = [case for case in cases() if not case.private and (not level or max(case.grade) == level)]
    plain = [case for case in fitting if not case.minutes and not case.parties and not case.days]
    return world.random.choice(plain or fitting)


def _past(world: World, since: datetime, number: int) -> list[Story]:
    """Matters that have run their course, more of them as the portal became known."""
    bag = [fate for fate, share in PAST for _ in range(share)]
    world.random.shuffle(bag)
    order = [fate for fate, _share in PAST] + bag * (number // len(bag) + 1)
    span = world.now - LATEST_PAST - since
    towns, shares = list(world.towns.values()), [town.plan.share for town in world.towns.values()]
    stories = []
    for fate in order[:number]:
        town = world.random.choices(towns, shares)[0]
        day = since + timedelta(days=5) + span * world.random.random() ** 0.8
        at = day.replace(hour=world.random.randint(8, 20), minute=world.random.randint(0, 59))
        options = Options(
            private=world.random.random() < 0.05,
            joiners=world.random.choice((0, 0, 0, 0, 0, 1, 1, 2, 3)),
            late=world.random.random() < 0.08,
        )
        if fate is fates.on_the_spot and town.slug == "dali":
            fate = fates.praised  # noqa: PLW2901 - there a matter is approved before it is dealt with
        if fate is fates.on_the_spot:
            options = replace(options, channel="patrol", private=False, joiners=0)
        case = world.random.choice([case for case in cases() if not options.channel or not case.private])
        matter = Matter(world, town, case, at, options)
        if isinstance(fate, str):
            aside = world.random.choice(asides())
            stories.append(fates.set_aside(_with_words(matter, aside), aside))
        else:
            stories.append(fate(matter))
    return stories


def _with_words(matter: Matter, aside: Aside) -> Matter:
    """The same matter in the words of one that leaves the loop early, filed by people themselves."""
    matter.case = replace(matter.case, topic=aside.topic, scene="", say=(aside.say,), private=False)
    matter.options = replace(matter.options, channel="web_form", joiners=0, private=False)
    matter.private = False
    return matter
