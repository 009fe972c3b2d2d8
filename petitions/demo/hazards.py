"""隐患 in the demo: one fixed at once, some closed, some in hand, one overdue, one looked at in vain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from community.duties import Duty
from community.models import Place
from community.models.place import PlaceKind
from community.workflow import Stage, Topic
from core.models import User
from core.workdays import ZONE
from grids.actions.hazards.filing import Answerable, Found, company_of, hazard_file
from grids.actions.hazards.rectifying import hazard_close, hazard_done, hazard_reopen
from grids.actions.hazards.sweeping import hazards_sweep
from grids.actions.visits_following import visits_remind
from grids.models import Hazard, HazardType
from grids.selectors.buildings import grids_of
from grids.selectors.companies import answers_for
from petitions.actions.hazards import hazard_file_from_petition, petition_file_from_hazard
from petitions.demo.safety import campaign_of, coal_of, drills_of, sweep_of_winter, whistled
from petitions.demo.stage import Story, World
from petitions.demo.town import Town
from petitions.models import Petition

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Seen:
    """What is found so many days ago, who answers for it within how many days, and how far it is.

    `asks` is the matter that it becomes a day later.
    """

    ago: int
    type: str
    scene: str
    text: str
    spot: str = ""
    public: bool = False
    fixed: str = ""
    days: int = 5
    name: str = ""
    fate: Sequence[str] = ()
    asks: str = ""


SEEN: Final = (
    Seen(
        40,
        "楼道杂物堆积",
        "clutter",
        "三楼转角堆着旧家具，只剩半条路。",
        "3 层转角",
        fixed="住户当场搬走了。",
    ),
    Seen(
        33,
        "飞线充电",
        "e_bike_charging",
        "一楼窗口拉线给电动车充电。",
        name="住户老韩",
        fate=("done", "close"),
    ),
    Seen(
        26, "消防通道堵塞", "parking", "消防通道上停了两辆车。", "东门内", public=True, fate=("done", "close")
    ),
    Seen(
        18,
        "电气线路老化",
        "stair_lamp",
        "楼道电表箱线路老化，外皮开裂。",
        public=True,
        fate=("done", "again"),
    ),
    Seen(
        12,
        "飞线充电",
        "e_bike_charging",
        "车棚外拉线充电，插座没有防雨。",
        public=True,
        days=6,
        asks="车棚里没有充电桩，请物业和供电所一起装几个。",
    ),
    Seen(5, "燃气使用不当", "other", "餐馆后厨胶管超期没有换。", "临街商铺", name="店主小冯", fate=("done",)),
    Seen(2, "电动车进楼入户", "clutter", "电动车推进了一楼楼道。", "1 层", name="租户小高", days=3),
    Seen(1, "楼道杂物堆积", "clutter", "六楼楼道放着鞋柜和纸箱。", "6 层", days=8),
)
"""Of each grid the buildings in turn."""


def hazards_of(world: World, town: Town) -> Story:
    """What the grid workers of a town found over six weeks, and what became of it."""
    places = _staffed(town, world.now)
    for number, seen in enumerate(SEEN if places else ()):
        world.add(_hazard(world, town, seen, places[number % len(places)]))
    world.add(_from_matter(world, town))
    world.add(campaign_of(world, town))
    if places:
        going = [*dict.fromkeys(worker for _place, worker in places)]
        world.add(sweep_of_winter(world, town, going))
        world.add(drills_of(world, town, going))
        world.add(whistled(world, town))
        world.add(coal_of(world, town))
    day = (world.now - 45 * DAY).astimezone(ZONE).replace(hour=8, minute=5)
    while places and day <= world.now:
        yield day
        hazards_sweep(at=day)
        visits_remind(at=day)
        day += DAY


def _hazard(world: World, town: Town, seen: Seen, home: tuple[Place, User]) -> Story:
    place, worker = home
    start = (world.now - seen.ago * DAY).astimezone(ZONE).replace(hour=10, minute=20)
    yield start
    hazard = _found(world, town, seen, place, worker, start)
    at = start
    if seen.asks:
        yield (at := at + DAY)
        petition_file_from_hazard(
            hazard_id=hazard.pk, text=seen.asks, topic="e_bike_charging", actor=worker, at=at
        )
    for step in seen.fate:
        yield (at := at + 2 * DAY)
        image = world.photo(seen.scene, after=step != "again", at=at)
        by = {"hazard_id": hazard.pk, "photos": [image], "actor": worker, "at": at}
        if step == "done":
            theirs = town.rep is not None and answers_for(town.rep, hazard, at=at)
            by_them = by | {"actor": town.rep if theirs else worker}
            hazard_done(note="已按要求整改，请复查。", **by_them)  # type: ignore[arg-type]
        elif step == "close":
            hazard_close(note="到现场看过，已消除。", **by)  # type: ignore[arg-type]
        else:
            later = timezone.localdate(at) + 20 * DAY
            hazard_reopen(reason="只缠了胶布，线还没有换。", rectify_by=later, **by)  # type: ignore[arg-type]


def _found(world: World, town: Town, seen: Seen, place: Place, worker: User, at: datetime) -> Hazard:
    company = company_of(place) if seen.public else None
    day = timezone.localdate(at) + seen.days * DAY
    nobody = not seen.name and company is None
    answerable = Answerable(day, user=town.secretary if nobody else None, body=company, name=seen.name)
    found = Found(
        type=HazardType.objects.get(community=None, name=seen.type),
        place=place,
        text=seen.text,
        photos=[world.photo(seen.scene, after=False, at=at)],
        found_at=at,
        spot=seen.spot,
        is_public_area=seen.public,
        fixed=seen.fixed,
    )
    given = None if seen.fixed else answerable
    return hazard_file(found=found, answerable=given, key=world.key(), actor=worker, at=at)


def _staffed(town: Town, at: datetime) -> list[tuple[Place, User]]:
    """Buildings whose grid has a worker, with that worker."""
    buildings = [place for place in town.buildings if place.kind == PlaceKind.BUILDING]
    grids = grids_of(buildings)
    workers: dict[int, User] = {}
    for grid in grids.values():
        posts = grid.place.posts.held_on(timezone.localdate(at)).filter(duty=Duty.GRID_WORKER)
        post = posts.select_related("user").order_by("pk").first()
        if post is not None:
            workers[grid.pk] = post.user
    return [
        (place, workers[grids[place.pk].pk])
        for place in buildings
        if place.pk in grids and grids[place.pk].pk in workers
    ]


def _from_matter(world: World, town: Town) -> Story:
    """A matter that turns out to be a danger, the day before now."""
    yield world.now - DAY
    rows = Petition.objects.filter(community=town.community, is_private=False, source=None)
    being_done = rows.filter(
        stage=Stage.IN_PROGRESS, topic__in=(Topic.CLUTTER, Topic.PARKING, Topic.FALLING_TILES)
    )
    petition = being_done.order_by("pk").first()
    if petition is not None:
        at = world.now - DAY
        found = Found(
            type=HazardType.objects.get(community=None, name="楼道杂物堆积"),
            place=petition.place,
            text="现场看过：东西堆到了消防栓前面。",
            photos=[world.photo("clutter", after=False, at=at)],
            found_at=at,
        )
        hazard_file_from_petition(
            petition_id=petition.pk,
            found=found,
            answerable=Answerable(timezone.localdate(at) + 3 * DAY, user=town.secretary),
            key=world.key(),
            actor=town.desk,
            at=at,
        )
