"""What the sweeps of the morning cost: as many statements for thirty rows as for three."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.models import Household
from grids.actions.leads import leads_remind
from grids.actions.registers.files import files_tell
from grids.actions.registers.schemes import Meaning, SchemeDraft, scheme_save
from grids.actions.registers.sweeping import leases_tell
from grids.actions.season_reminding import gifts_remind, winters_remind
from grids.actions.winter import winters_begin
from grids.models import (
    CareFile,
    CareSubject,
    CoalHousehold,
    GiftCampaign,
    GiftPack,
    PartnerLead,
    ResidentTag,
    SafetyVisit,
    WinterPlan,
)
from tests.cast import NOW, Town, make_resident
from tests.grids.registers import mark
from tests.grids.test_care import take
from tests.grids.test_hazards import DAY, TODAY
from tests.grids.test_winter import planned
from tests.grids.visits import visit

pytestmark = pytest.mark.django_db
Sweep = Callable[[], int]


def cost_of(sweep: Sweep) -> int:
    with CaptureQueriesContext(connection) as found:
        swept = sweep()
    assert swept
    return len(found)


def gifts(town: Town, doors: Sequence[Household], workers: Any) -> Sweep:
    campaign = GiftCampaign.objects.create(
        community=town.community,
        name=f"对联{len(doors)}",
        items="对联",
        starts_on=TODAY,
        ends_on=TODAY + 3 * DAY,
    )
    GiftPack.objects.bulk_create(GiftPack(campaign=campaign, household=door) for door in doors)
    return lambda: gifts_remind(at=NOW)


def winter_rounds(town: Town, doors: Sequence[Household], workers: Any) -> Sweep:
    plan = WinterPlan.objects.first() or planned(town.community)
    SafetyVisit.objects.bulk_create(
        SafetyVisit(plan=plan, household=door, scope=town.grids[n % 2].place, due_on=TODAY)
        for n, door in enumerate(doors)
    )
    return lambda: winters_remind(at=NOW)


def winter_begins(town: Town, doors: Sequence[Household], workers: Any) -> Sweep:
    for model in (SafetyVisit, WinterPlan):
        model.objects.all().delete()
    CoalHousehold.objects.bulk_create(
        CoalHousehold(household=door, noted_by=workers[0], noted_at=NOW) for door in doors
    )
    planned(town.community)
    return lambda: winters_begin(at=NOW)


def leads(town: Town, doors: Sequence[Household], workers: Any) -> Sweep:
    for n, door in enumerate(doors):
        visit(door, workers[n % 2], outcome="resource", finding="愿意每月义诊。")
    assert PartnerLead.objects.exists()
    return lambda: leads_remind(at=NOW + 14 * DAY)


def leases(town: Town, doors: Sequence[Household], workers: Any) -> Sweep:
    for door in doors:
        mark(make_resident(door, "租户", f"137{door.pk:08}"), "租户", None, recheck_on=TODAY)
    assert ResidentTag.objects.exists()
    return lambda: leases_tell(at=NOW)


def files(town: Town, doors: Sequence[Household], workers: Any, *, for_children: bool = False) -> Sweep:
    draft = SchemeDraft(f"册{len(doors)}", {"green": Meaning("平稳", 30)}, for_children=for_children)
    scheme = scheme_save(community=town.community, draft=draft, actor=None, at=NOW)
    for door in doors:
        subject = take(make_resident(door, "老人", f"136{door.pk:08}"), scheme)
        CareFile.objects.create(subject=subject, filled=1, stale_on=TODAY)
    assert CareSubject.objects.active().exists()
    return lambda: files_tell(TODAY, NOW)


def files_of_children(town: Town, doors: Sequence[Household], workers: Any) -> Sweep:
    return files(town, doors, workers, for_children=True)


@pytest.mark.parametrize(
    "kind", [gifts, winter_rounds, winter_begins, leads, leases, files, files_of_children]
)
def test_sweep_costs_the_same_for_three_and_for_thirty(
    diecui, grid_worker, worker_of_another_grid, grid_leader, secretary, kind
):
    """Doors of two grids, so that each worker is told; the first round fills what a process keeps."""

    def swept(rooms: range) -> int:
        doors = [Household.objects.create(place=diecui.entrances[room % 2], room=f"{room}") for room in rooms]
        return cost_of(kind(diecui, doors, (grid_worker, worker_of_another_grid)))

    swept(range(300, 302))
    few = swept(range(400, 403))

    assert swept(range(500, 530)) == few
