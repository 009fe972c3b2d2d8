"""抄表: never below the last time, shared only once all are read, to the fen, each household its own (G-33)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from community.duties import Duty
from community.models import Household, Resident
from core.errors import ConflictError, IllegalMoveError, InvalidInputError, NotAllowedError, RepeatedError
from core.models import InboxItem
from core.registries import DataSubject
from grids.actions import grid_update
from grids.actions.meters import meter_share
from grids.actions.meters_expiring import KEPT, meter_photos_expire
from grids.actions.meters_sweeping import meters_sweep
from grids.models import MeterCycle, MeterReading
from grids.selectors.meters import cycle_of, cycles_shown, meters_at, pages_kept, readings_in
from grids.shares import shares_of
from tests.cast import NOW, grid_in_force, make_staff
from tests.grids.meters import DAY, begin, read
from tests.grids.test_errands import bring
from tests.grids.test_hazards import photo, upload
from tests.parallel import overlapping


@pytest.fixture
def building(diecui):
    return diecui.buildings[0]


@pytest.fixture
def cycle(building, grid, grid_leader):
    return begin(building, grid_leader)


def doors(cycle):
    return list(cycle.readings.order_by("pk"))


def share(cycle, actor, at=NOW):
    return meter_share(cycle_id=cycle.pk, actor=actor, at=at)


# Shares, without a database.


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=60))
def test_shares_sum_to_the_bill_and_nobody_is_a_fen_off(bill, uses):
    found = shares_of(bill, uses)

    weights = uses if any(uses) else [1] * len(uses)
    assert sum(found) == bill
    for part, weight in zip(found, weights, strict=True):
        exact = bill * weight
        assert abs(part * sum(weights) - exact) < sum(weights)
    assert all(a <= b for a, b in zip(*_by_use(weights, found), strict=True))


def _by_use(weights, found):
    """Whoever used more never pays more than a fen less."""
    paid = [part for _weight, part in sorted(zip(weights, found, strict=True))]
    return paid[:-1], [one + 1 for one in paid[1:]]


@pytest.mark.parametrize(("bill", "uses"), [(100, []), (-1, [1]), (100, [-1])])
def test_shares_of_nothing_are_none(bill, uses):
    with pytest.raises(ValueError, match=r"bill|use"):
        shares_of(bill, uses)


# Reading.


def test_round_has_every_door_and_meters_stand_where_they_stood(
    diecui, building, grid, grid_leader, grid_worker
):
    first = begin(building, grid_leader)
    read(doors(first)[0], grid_worker, "12.50", meter="W1")

    again = begin(building, grid_leader, name="明年上半年")

    assert {one.household for one in doors(again)} == {*diecui.households[:2]}
    assert [(one.previous, one.meter) for one in doors(again)] == [(Decimal("12.50"), "W1"), (Decimal(0), "")]


def test_reading_below_the_last_is_refused_also_by_the_database(cycle, grid_worker):
    reading = doors(cycle)[0]
    MeterReading.objects.filter(pk=reading.pk).update(previous=50)

    with pytest.raises(InvalidInputError, match="不能小于"):
        read(reading, grid_worker, "49.99")
    with pytest.raises(IntegrityError, match="reading_never_below_previous"), transaction.atomic():
        MeterReading.objects.filter(pk=reading.pk).update(value=49, read_by=grid_worker, read_at=NOW)

    assert read(reading, grid_worker, 50).value == 50


def test_reading_may_be_corrected_until_the_bill_is_shared(cycle, grid_worker, grid_leader):
    first, second = doors(cycle)
    for one in (first, second):
        read(one, grid_worker, 10)

    assert read(first, grid_worker, 30).value == 30
    share(cycle, grid_leader)
    with pytest.raises(IllegalMoveError):
        read(first, grid_worker, 40)
    assert [one.share_fen for one in doors(cycle)] == [7500, 2500]


@pytest.mark.parametrize("given_", [{"read_at": NOW + DAY}, {"read_at": NOW - DAY}])
def test_reading_at_an_impossible_time_is_refused(cycle, grid_worker, given_):
    with pytest.raises(InvalidInputError, match="抄表时间"):
        read(doors(cycle)[0], grid_worker, **given_)


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"bill_fen": 0}, {"due_on": NOW.date() - DAY}, {"next_on": NOW.date()}]
)
def test_round_without_sense_is_refused(building, grid, grid_leader, wrong):
    with pytest.raises(InvalidInputError):
        begin(building, grid_leader, **wrong)


@pytest.mark.parametrize("who", ["worker_of_another_grid", "outsider", "secretary_of_another_community"])
def test_others_neither_begin_nor_read_nor_share(request, building, cycle, who):
    other = request.getfixturevalue(who)

    for step in (
        lambda: begin(building, other),
        lambda: read(doors(cycle)[0], other),
        lambda: share(cycle, other),
    ):
        with pytest.raises(NotAllowedError):
            step()


def test_worker_reads_and_does_not_share(building, cycle, grid_worker):
    read(doors(cycle)[0], grid_worker)

    for step in (lambda: begin(building, grid_worker), lambda: share(cycle, grid_worker)):
        with pytest.raises(NotAllowedError):
            step()


# Several grids.


def test_leader_reads_the_doors_of_their_own_grid_of_an_estate(diecui, estate, grid, grid_leader):
    cycle = begin(estate, grid_leader)

    assert cycle.scope == grid.place
    assert {one.household for one in doors(cycle)} == {*diecui.households[:2]}


def test_leader_of_a_grid_above_reads_the_doors_of_the_grids_below(diecui, estate, grid):
    above = grid_in_force(diecui.community, "上级网格", [estate])
    for one in diecui.grids:
        grid_update(grid_id=one.pk, name=one.name, tier="level_2", parent=above, actor=None, at=NOW)
    leader = make_staff("above", "上级网格长", Duty.GRID_LEADER, above.place)

    assert {one.household for one in doors(begin(estate, leader))} == {*diecui.households}


def test_round_of_a_whole_estate_is_the_communitys_and_each_door_its_workers(
    client, diecui, estate, grid, other_grid, secretary, grid_worker, worker_of_another_grid
):
    cycle = begin(estate, secretary, name="全小区", at=timezone.now() - DAY)
    own, foreign = (cycle.readings.get(household=diecui.households[at]) for at in (0, 2))

    assert (cycle.scope, own.place, foreign.place) == (diecui.place, grid.place, other_grid.place)
    for worker, mine, other in ((grid_worker, own, foreign), (worker_of_another_grid, foreign, own)):
        client.force_login(worker)
        shown = client.get(page("meter_cycle", cycle.pk)).content.decode()
        assert (f"/{mine.pk}/" in shown, f"/{other.pk}/" in shown) == (True, False)
        assert "全小区" in client.get(page("meters")).content.decode()
        path = page("meter_read", cycle.pk, other.pk)
        assert client.get(path).status_code == client.post(path, {"value": "12"}).status_code == 404
        assert client.post(page("meter_read", cycle.pk, mine.pk), {"value": "12"}).status_code == 302
        with pytest.raises(NotAllowedError):
            read(other, worker)
    assert {one.read_by for one in doors(cycle) if one.value} == {grid_worker, worker_of_another_grid}
    with pytest.raises(NotAllowedError):
        share(cycle, grid_worker)


def test_of_a_whole_estate_each_worker_with_unread_doors_is_told(
    diecui, estate, secretary, grid_worker, worker_of_another_grid
):
    cycle = begin(estate, secretary)
    for one in doors(cycle)[:2]:
        read(one, grid_worker)

    meters_sweep(at=NOW + 7 * DAY)

    assert told_of("meter.unread") == {worker_of_another_grid.username, secretary.username}


def test_round_of_one_grid_begun_by_the_community_stays_the_grids(building, grid, secretary):
    assert begin(building, secretary).scope == grid.place


def test_same_key_is_one_round_and_nobody_elses(building, grid, grid_leader, secretary):
    key = uuid4()

    assert begin(building, grid_leader, key=key) == begin(building, grid_leader, key=key)
    with pytest.raises(ConflictError):
        begin(building, secretary, key=key)


# Sharing.


def test_bill_is_not_shared_while_a_door_is_unread_and_then_to_the_fen(
    diecui, building, grid, grid_leader, grid_worker
):
    for number in range(18):
        Household.objects.create(place=diecui.entrances[0], room=f"9{number:02}")
    cycle = begin(building, grid_leader, bill_fen=132847)
    last, *others = doors(cycle)
    for number, one in enumerate(others):
        read(one, grid_worker, 3 * number + 1)

    with pytest.raises(IllegalMoveError, match="还有 1 户"):
        share(cycle, grid_leader)
    assert not cycle.readings.filter(share_fen__isnull=False).exists()

    read(last, grid_worker, "7.33")
    share(cycle, grid_leader)
    assert len(others) == 19
    assert sum(one.share_fen for one in doors(cycle)) == 132847
    with pytest.raises(RepeatedError):
        share(cycle, grid_leader)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_reading_that_comes_while_the_bill_is_shared_changes_no_share(cycle, grid_worker, grid_leader):
    first, second = doors(cycle)
    for one in (first, second):
        read(one, grid_worker, 10)

    _shared, late = overlapping(lambda: share(cycle, grid_leader), lambda: read(first, grid_worker, 90))

    assert isinstance(late, IllegalMoveError)
    assert [(one.value, one.share_fen) for one in doors(cycle)] == [(10, 5000), (10, 5000)]


def test_each_household_hears_and_sees_its_own_share_alone(
    client, cycle, resident, neighbour, grid_worker, grid_leader
):
    first, second = doors(cycle)
    Resident.objects.filter(user=resident).update(household=first.household)
    Resident.objects.filter(user=neighbour).update(household=second.household)
    read(first, grid_worker, 30)
    read(second, grid_worker, 10)

    share(cycle, grid_leader)

    for user, own, other in ((resident, "¥75.00", "¥25.00"), (neighbour, "¥25.00", "¥75.00")):
        said = InboxItem.objects.get(kind="meter.share", user=user).body
        client.force_login(user)
        shown = client.get(reverse("grids:meter_shares")).content.decode()
        assert (own in said, other in said, own in shown, other in shown) == (True, False, True, False)
    assert [row["share"] for row in meters_at(DataSubject(user_id=resident.pk))] == [7500]


# Asked after.


def told_of(kind):
    return set(InboxItem.objects.filter(kind=kind).values_list("user__username", flat=True))


def test_unread_doors_and_the_next_round_are_told_once(building, grid, grid_worker, grid_leader):
    begin(building, grid_leader, next_on=NOW.date() + 30 * DAY)

    assert [meters_sweep(at=NOW + days * DAY) for days in (6, 7, 8, 29, 30, 31)] == [0, 1, 0, 0, 1, 0]

    assert told_of("meter.unread") == {grid_worker.username, grid_leader.username}
    assert told_of("meter.next") == {grid_leader.username}


def test_round_that_is_read_to_the_end_is_not_asked_after(cycle, grid_worker):
    for one in doors(cycle):
        read(one, grid_worker)

    meters_sweep(at=NOW + 8 * DAY)

    assert told_of("meter.unread") == set()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_tell_once(cycle, grid_worker, grid_leader):
    assert sorted(overlapping(*[lambda: meters_sweep(at=NOW + 8 * DAY)] * 2)) == [0, 1]


# Pages.


def page(name, *args):
    return reverse(f"grids:{name}", args=args)


def test_pages_take_a_round_through_to_its_shares(client, diecui, building, grid, grid_leader):
    client.force_login(grid_leader)
    today = timezone.localdate()
    form = client.get(page("meter_new")).context["form"]
    sent = {
        "key": form.initial["key"], "community": diecui.community.slug, "name": "下半年水费", "kind": "water",
        "place": building.pk, "bill": "100", "opens_on": today, "due_on": today + DAY,
    }  # fmt: skip

    assert client.post(page("meter_new"), {**sent, "bill": "0"}).status_code == 422
    shown = client.post(page("meter_new"), sent)["Location"]
    cycle = MeterCycle.objects.get()
    assert (shown, cycle.bill_fen) == (page("meter_cycle", cycle.pk), 10000)
    first, second = doors(cycle)
    MeterReading.objects.filter(pk=first.pk).update(previous=5)
    path = page("meter_read", cycle.pk, first.pk)
    assert client.post(path, {"value": "4"}).status_code == 422
    assert client.post(path, {"value": "35", **upload()}).status_code == 302
    assert client.post(page("meter_share", cycle.pk)).status_code == 409
    client.post(page("meter_read", cycle.pk, second.pk), {"value": "10"})
    assert client.post(page("meter_share", cycle.pk)).status_code == 302
    assert "¥75.00" in client.get(shown).content.decode()
    assert client.get(page("meter_photo", cycle.pk, first.pk)).status_code == 200
    assert client.get(page("meter_photo", cycle.pk, second.pk)).status_code == 404


def test_other_grids_people_find_nothing(client, cycle, worker_of_another_grid):
    client.force_login(worker_of_another_grid)

    assert cycle.name not in client.get(page("meters")).content.decode()
    for path in (page("meter_cycle", cycle.pk), page("meter_read", cycle.pk, doors(cycle)[0].pk)):
        assert client.get(path).status_code == 404


def test_strangers_sign_in_and_outsiders_are_refused(client, outsider):
    assert client.get(page("meters")).status_code == 302
    assert client.get(page("meter_shares")).status_code == 302
    client.force_login(outsider)
    assert client.get(page("meters")).status_code == 403
    assert client.get(page("meter_new")).status_code == 403


def test_round_costs_the_same_with_many_doors(diecui, building, grid, grid_leader, grid_worker):
    def cost(cycle):
        with CaptureQueriesContext(connection) as asked:
            cycles_shown(grid_worker, at=NOW)
            [
                one.household.long_name
                for one in readings_in(cycle_of(grid_worker, cycle.pk, at=NOW), grid_worker, at=NOW)
            ]
        return len(asked)

    cost(begin(building, grid_leader))
    few = cost(begin(building, grid_leader))
    for number in range(30):
        Household.objects.create(place=diecui.entrances[0], room=f"9{number:02}")

    assert cost(begin(building, grid_leader)) == few == 3


def test_todays_tile_counts_unread_doors_where_a_round_goes_on(
    client, building, grid, grid_worker, grid_leader
):
    client.force_login(grid_worker)
    assert not [one for one in client.get("/today/").context["tiles"] if one.code == "meters"]

    cycle = begin(building, grid_leader)
    read(doors(cycle)[0], grid_worker)

    assert [one.count for one in client.get("/today/").context["tiles"] if one.code == "meters"] == [1]


def test_reading_from_the_phone_lands_with_its_photo(client, rf, cycle, building, grid_leader, grid_worker):
    today = begin(building, grid_leader, name="今天", at=timezone.now() - DAY)
    client.force_login(grid_worker)
    reading = doors(today)[0]
    request = rf.get("/")
    request.user = grid_worker
    assert page("meter_read", today.pk, reading.pk) in pages_kept(request)

    assert bring(client, "grids.meter", reading=reading.pk, value="12.5", **upload()).status_code == 201
    assert bring(client, "grids.meter", reading=reading.pk, value="-1").status_code == 422
    assert bring(client, "grids.meter", reading="x", value="1").status_code == 422

    reading.refresh_from_db()
    assert (reading.value, reading.photo is not None) == (Decimal("12.50"), True)
    assert timedelta(minutes=18) < timezone.now() - reading.read_at < timedelta(minutes=22)


def test_photos_are_given_up_after_a_year(cycle, grid_worker):
    reading = read(doors(cycle)[0], grid_worker, photo=photo())

    assert [meter_photos_expire(NOW + KEPT), meter_photos_expire(NOW + KEPT + DAY)] == [0, 1]

    reading.refresh_from_db()
    assert (reading.photo, reading.value) == (None, 10)


def test_desk_filters_rounds(client, cycle, secretary, leader_of_another_grid):
    client.force_login(secretary)
    for state, shown in (("open", True), ("shared", False)):
        found = client.get(f"/admin/grids/metercycle/?state={state}").content.decode()
        assert (cycle.name in found) is shown
    client.force_login(leader_of_another_grid)
    assert cycle.name not in client.get("/admin/grids/metercycle/").content.decode()
