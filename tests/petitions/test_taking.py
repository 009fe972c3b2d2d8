"""接诉即办: what nobody has dispatched or taken is told again and again, each time once (P-24, P-25)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from community.duties import Duty
from core.models import InboxItem
from petitions.actions import handling, triage
from petitions.actions.inspecting import uninspected_sweep
from petitions.actions.taking import untaken_sweep
from tests.cast import NOW, make_staff, make_town
from tests.parallel import at_once
from tests.petitions.loop import Loop, decision, file, person
from tests.petitions.pages import statements

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def told(user, kind: str) -> int:
    return InboxItem.objects.filter(user=user, kind=f"petition.{kind}").count()


class Dali:
    """大荔: 审批, 派单, 接单 are steps of their own."""

    def __init__(self, subdistrict) -> None:
        self.town = make_town("dali", "大荔社区", subdistrict)
        self.dispatcher = make_staff("dali.dispatcher", "陆分派", Duty.DISPATCHER, self.town.place)
        self.secretary = make_staff("dali.secretary", "韩书记", Duty.SECRETARY, self.town.place)
        grid = self.town.grids[0].place
        self.worker = make_staff("dali.worker", "屈网格", Duty.GRID_WORKER, grid)
        self.leader = make_staff("dali.leader", "彭网格长", Duty.GRID_LEADER, grid)

    def sorted_at(self, at=NOW, **fields):
        petition = file(self.town, at=at, **fields)
        decided = decision(topic=fields.get("topic", "lamp"))
        triage.petition_triage(petition_id=petition.pk, actor=self.dispatcher, decision=decided, at=at)
        return petition

    def dispatched_at(self, at=NOW, **fields):
        petition = self.sorted_at(at, **fields)
        triage.petition_approve(petition_id=petition.pk, actor=self.dispatcher, at=at)
        handling.petition_assign(petition_id=petition.pk, actor=self.dispatcher, assignee=self.worker, at=at)
        return petition


@pytest.fixture
def dali(subdistrict) -> Dali:
    return Dali(subdistrict)


def test_what_nobody_dispatches_in_two_hours_is_told_to_dispatcher_and_secretary_once(dali):
    dali.sorted_at()

    assert untaken_sweep(at=NOW + HOUR) == 0
    for _again in range(2):
        untaken_sweep(at=NOW + 5 * HOUR)

    assert (told(dali.dispatcher, "undispatched"), told(dali.secretary, "undispatched")) == (1, 1)
    assert told(dali.worker, "undispatched") == 0


def test_what_nobody_takes_in_an_hour_is_broadcast_again_and_then_goes_up(dali):
    dali.dispatched_at()

    untaken_sweep(at=NOW + HOUR / 2)
    assert told(dali.worker, "untaken") == 0
    untaken_sweep(at=NOW + HOUR)
    assert (told(dali.worker, "untaken"), told(dali.leader, "untaken")) == (1, 1)
    assert told(dali.dispatcher, "untaken") == 0
    untaken_sweep(at=NOW + 2 * HOUR)

    assert (told(dali.worker, "untaken"), told(dali.dispatcher, "untaken")) == (2, 1)


def test_missed_hours_are_caught_up_in_one_message(dali):
    dali.dispatched_at()

    untaken_sweep(at=NOW + timedelta(days=3, hours=8))

    assert (told(dali.worker, "untaken"), told(dali.dispatcher, "untaken")) == (1, 1)


def test_a_night_is_no_working_hour(dali):
    dali.dispatched_at(NOW.replace(hour=17, minute=50))

    assert untaken_sweep(at=NOW.replace(hour=23)) == 0


def test_what_was_taken_or_waits_for_an_answer_is_not_told(dali):
    taken = dali.dispatched_at()
    handling.petition_claim(petition_id=taken.pk, actor=dali.worker, at=NOW + HOUR / 2)
    asked = dali.dispatched_at(who=person(phone="13700000055"))
    handling.petition_ask(petition_id=asked.pk, actor=dali.worker, question="哪一层？", at=NOW + HOUR / 2)

    assert untaken_sweep(at=NOW + 5 * HOUR) == 0


def test_brands_without_that_step_are_left_to_their_handling_limit(diecui, secretary, grid_worker):
    Loop(file(diecui), desk=secretary, worker=grid_worker).triage()

    assert untaken_sweep(at=NOW + 5 * HOUR) == 0


def test_a_sweep_costs_the_same_for_many(dali):
    dali.dispatched_at()
    with statements() as few:
        untaken_sweep(at=NOW + HOUR)
    for number in range(8):
        dali.dispatched_at(who=person(phone=f"1370000010{number}"))

    with statements() as many:
        untaken_sweep(at=NOW + HOUR)

    assert len(many) == len(few)


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_tell_once(dali):
    dali.dispatched_at()

    at_once([lambda: untaken_sweep(at=NOW + HOUR)] * 3)

    assert told(dali.worker, "untaken") == 1


# Matters of the building itself (G-34).


def test_matter_of_the_building_that_nobody_has_looked_at_is_told_to_its_worker_then_to_the_leader(dali):
    petition = dali.dispatched_at(topic="leak")

    found = [uninspected_sweep(at=NOW + hours * HOUR) for hours in (1, 74, 74, 75, 103, 103, 120)]

    assert found == [0, 1, 0, 0, 1, 0, 0]
    assert told(dali.worker, "uninspected") == 2
    assert told(dali.leader, "uninspected") == 1
    assert petition.number in InboxItem.objects.filter(kind="petition.uninspected")[0].body


def test_matter_that_was_looked_at_or_is_of_another_kind_is_told_to_nobody(dali):
    looked = dali.dispatched_at(topic="leak")
    handling.petition_claim(petition_id=looked.pk, actor=dali.worker, at=NOW)
    handling.petition_inspect(petition_id=looked.pk, actor=dali.worker, note="顶层渗水。", photos=[], at=NOW)
    dali.dispatched_at(topic="noise", who=person(phone="13900000097"))

    assert uninspected_sweep(at=NOW + 103 * HOUR) == 0


def test_brand_without_the_gate_asks_for_no_look(diecui, secretary, grid_worker):
    Loop(file(diecui, topic="leak"), desk=secretary, worker=grid_worker).triage(topic="leak")

    assert uninspected_sweep(at=NOW + 103 * HOUR) == 0


def test_telling_of_unseen_matters_costs_the_same_for_one_and_for_many(dali):
    def cost(numbers):
        for one in numbers:
            dali.dispatched_at(topic="leak", who=person(phone=f"1370000{one:04}"))
        with statements() as used:
            assert uninspected_sweep(at=NOW + 74 * HOUR) == len(numbers)
        return len(used)

    assert cost(range(1)) == cost(range(1, 8))
