"""What goes on around hazards in the demo: a campaign on electric bicycles, a sweep before winter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from community.models import Household
from core.models import User
from core.workdays import ZONE
from grids.actions.campaign_sweeping import campaigns_sweep
from grids.actions.campaigns import CampaignPlan, campaign_set, e_bike_register, violation_look
from grids.actions.sweeps import SweepPlan, stop_record, sweep_plan
from grids.models import HazardType, Violation
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
    """入冬消防摸排 of the first estate, last week: most stops reached, one hazard, one stop left."""
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
    for stop in stops[:-1]:
        yield (at := at + HOUR)
        stop_record(
            stop_id=stop.pk, result="nothing", note="逐项看过。", actor=going[0], happened_at=at, at=at
        )
