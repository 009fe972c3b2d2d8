"""Patrols: windows met and missed, check-ins verified or not, each counted once (G-05, G-11)."""

from __future__ import annotations

from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from community.duties import Duty
from community.models import Post
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, RepeatedError
from core.models import AuditEntry, InboxItem
from grids import actions
from grids.actions.check_in import Fix
from grids.actions.patrol_plan import Hours, Spot
from grids.actions.patrol_rounds import round_meet
from grids.actions.patrol_sweeping import missed_count, patrols_sweep, tracks_forget
from grids.models import CheckIn, Doubt, Grid, Patrol, PatrolPlan, PatrolRound, PatrolTally
from tests.cast import NOW, make_staff
from tests.grids.patrols import FAR, HERE, checked, clock, done, ended, planned, point, started, walked
from tests.parallel import at_once, overlapping

pytestmark = pytest.mark.django_db
DAY = NOW.date()


@pytest.fixture
def plan(grid) -> PatrolPlan:
    return planned(grid)


@pytest.fixture
def gate(grid, plan):
    return point(grid)


def rounds() -> list[tuple[str, bool]]:
    return [(one.part, one.is_met) for one in PatrolRound.objects.order_by("part")]


def tally() -> tuple[int, int, int, int]:
    one = PatrolTally.objects.get()
    return one.met, one.missed, one.check_ins, one.verified


def said(user) -> list[str]:
    return sorted(InboxItem.objects.filter(user=user).values_list("kind", flat=True))


class TestPlan:
    def test_windows_that_overlap_are_refused(self, grid):
        with pytest.raises(InvalidInputError):
            planned(grid, early_closes=time(18))

    def test_database_refuses_windows_out_of_order(self, plan):
        with pytest.raises(IntegrityError), transaction.atomic():
            PatrolPlan.objects.update(late_closes=time(6))

    def test_worker_and_leader_of_another_grid_set_nothing(
        self, grid, grid_worker, leader_of_another_grid, gate
    ):
        for user in (grid_worker, leader_of_another_grid):
            with pytest.raises(NotAllowedError):
                actions.patrol_plan_set(grid=grid, hours=Hours(), actor=user, at=NOW)
            with pytest.raises(NotAllowedError):
                actions.checkpoint_create(grid=grid, spot=Spot("x"), actor=user, at=NOW)
            with pytest.raises(NotAllowedError):
                actions.checkpoint_update(checkpoint_id=gate.pk, spot=Spot("x"), actor=user, at=NOW)

    def test_leader_sets_plan_and_points_and_leaves_a_trace(self, grid, grid_leader):
        actions.patrol_plan_set(grid=grid, hours=Hours(metres=80), actor=grid_leader, at=NOW)
        made = actions.checkpoint_create(grid=grid, spot=Spot("西门"), actor=grid_leader, at=NOW)
        actions.checkpoint_update(checkpoint_id=made.pk, spot=Spot("西门岗亭"), actor=grid_leader, at=NOW)

        code = made.code
        made.refresh_from_db()
        assert (made.name, made.code, len(made.code)) == ("西门岗亭", code, 6)
        events = set(AuditEntry.objects.filter(actor_id=grid_leader.pk).values_list("event", flat=True))
        assert events == {"patrol_plan.set", "checkpoint.created", "checkpoint.updated"}


class TestPatrol:
    def test_patrol_inside_a_window_meets_it_and_is_counted(self, grid, grid_worker, plan):
        patrol = walked(grid, grid_worker, clock(8, 5), clock(8, 50))

        assert patrol.ended_at == clock(8, 50)
        assert rounds() == [("early", True)]
        assert tally() == (1, 0, 0, 0)

    def test_second_patrol_of_a_window_counts_no_more(self, grid, grid_worker, plan):
        walked(grid, grid_worker, clock(8, 5), clock(8, 20))
        walked(grid, grid_worker, clock(9, 5), clock(9, 20))

        assert rounds() == [("early", True)]
        assert tally()[0] == 1

    @pytest.mark.parametrize(("begin", "end"), [((7, 50), (8, 30)), ((9, 50), (10, 1)), ((12, 0), (13, 0))])
    def test_patrol_that_is_not_wholly_inside_meets_nothing(self, grid, grid_worker, plan, begin, end):
        walked(grid, grid_worker, clock(*begin), clock(*end))

        assert rounds() == []

    def test_patrol_without_an_end_meets_nothing(self, grid, grid_worker, plan):
        started(grid, grid_worker, clock(8, 5))

        assert rounds() == []

    def test_patrol_with_a_doubtful_clock_is_kept_and_meets_nothing(self, grid, grid_worker, plan):
        started(grid, grid_worker, clock(8, 5), is_doubtful=True)
        patrol = ended(grid_worker, clock(8, 30))

        assert patrol.is_doubtful
        assert rounds() == []

    def test_key_sent_twice_begins_once(self, grid, grid_worker):
        key = uuid4()
        for _turn in range(2):
            actions.patrol_start(grid_id=grid.pk, key=key, done=done(grid_worker, NOW))

        assert Patrol.objects.count() == 1

    def test_second_start_waits_for_the_end_of_the_first(self, grid, grid_worker):
        started(grid, grid_worker, clock(8))

        with pytest.raises(ConflictError, match="没有结束"):
            started(grid, grid_worker, clock(9))

    def test_walk_that_was_forgotten_lets_the_next_begin(self, grid, grid_worker, plan):
        old = started(grid, grid_worker, clock(8) - timedelta(days=1))
        started(grid, grid_worker, clock(8))

        old.refresh_from_db()
        assert old.is_forgotten

    def test_end_without_a_start_is_refused(self, grid_worker):
        with pytest.raises(ConflictError, match="先开始巡查"):
            ended(grid_worker, NOW)

    def test_worker_of_another_grid_finds_no_grid(self, grid, worker_of_another_grid, clerk):
        for user in (worker_of_another_grid, clerk):
            with pytest.raises(NotFoundError):
                started(grid, user, NOW)

    def test_closed_grid_is_not_walked(self, grid, grid_worker):
        Grid.objects.update(is_active=False)

        with pytest.raises(ConflictError):
            started(grid, grid_worker, NOW)

    @pytest.mark.django_db(transaction=True)
    def test_two_starts_at_once_begin_one(self, grid, grid_worker):
        results = at_once([lambda: started(grid, grid_worker, NOW)] * 2)

        assert Patrol.objects.count() == 1
        assert {type(one) for one in results} <= {Patrol, ConflictError, IntegrityError}

    def test_way_is_thrown_away_after_thirty_days(self, grid, grid_worker):
        started(grid, grid_worker, clock(8))
        actions.patrol_end(done=done(grid_worker, clock(9)), track=[[110.1, 35.1]])

        assert tracks_forget(NOW + timedelta(days=29)) == 0
        assert tracks_forget(NOW + timedelta(days=31)) == 1
        assert Patrol.objects.get().track == []


class TestCheckIn:
    @pytest.fixture(autouse=True)
    def walk(self, grid, grid_worker, plan):
        return started(grid, grid_worker, clock(8, 1))

    def test_code_position_and_window_make_it_verified(self, gate, grid_worker):
        made = checked(gate, grid_worker, clock(8, 10))

        assert made.is_verified
        assert made.metres == pytest.approx(9, abs=2)
        assert tally() == (0, 0, 1, 1)

    @pytest.mark.parametrize(
        ("fix", "doubt"),
        [
            (None, Doubt.NO_POSITION),
            (FAR, Doubt.FAR),
            (Fix(HERE.longitude, HERE.latitude, 900.0), Doubt.COARSE),
        ],
    )
    def test_without_a_good_position_it_counts_as_unverified(self, gate, grid_worker, fix, doubt):
        made = checked(gate, grid_worker, clock(8, 10), fix)

        assert (made.is_verified, made.doubt) == (False, doubt)
        assert tally() == (0, 0, 1, 0)

    def test_point_without_a_position_cannot_be_verified(self, grid, grid_worker):
        bare = point(grid, "凉亭", None)

        assert checked(bare, grid_worker, clock(8, 10)).doubt == Doubt.NO_SPOT

    def test_outside_the_window_it_is_unverified(self, gate, grid_worker):
        assert checked(gate, grid_worker, clock(10, 30)).doubt == Doubt.WINDOW

    def test_doubtful_clock_makes_it_unverified_with_the_reason(self, gate, grid_worker):
        made = checked(gate, grid_worker, clock(8, 10), is_doubtful=True)

        assert made.get_doubt_display() == "手机时间不准"

    def test_what_happened_in_the_window_and_arrives_later_is_verified(self, gate, grid_worker):
        made = checked(gate, grid_worker, clock(8, 10), at=clock(15))

        assert made.is_verified
        assert made.received_at == clock(15)

    def test_what_the_leader_accepts_for_a_worker_is_unverified(self, gate, grid_worker, grid_leader):
        made = checked(gate, grid_worker, clock(8, 10), actor=grid_leader)

        assert made.doubt == Doubt.VOUCHED
        assert made.patrol.worker == grid_worker

    def test_distance_is_the_plans(self, grid, gate, grid_worker):
        planned(grid, metres=400)

        assert checked(gate, grid_worker, clock(8, 10), FAR).is_verified

    def test_second_check_in_of_a_patrol_is_refused(self, gate, grid_worker):
        checked(gate, grid_worker, clock(8, 10))

        with pytest.raises(RepeatedError):
            checked(gate, grid_worker, clock(8, 12))
        assert tally()[2] == 1

    def test_unverified_one_is_bettered_and_never_made_worse(self, gate, grid_worker):
        checked(gate, grid_worker, clock(8, 10), None)
        bettered = checked(gate, grid_worker, clock(8, 12))

        assert bettered.is_verified
        assert (CheckIn.objects.count(), tally()[2:]) == (1, (1, 1))
        with pytest.raises(RepeatedError):
            checked(gate, grid_worker, clock(8, 13), None)
        assert CheckIn.objects.get().is_verified

    def test_code_is_read_as_it_is_typed(self, gate, grid_worker):
        typed = f" {gate.code[:3].lower()} {gate.code[3:].lower()}"

        assert actions.check_in(code=typed, fix=HERE, done=done(grid_worker, clock(8, 10))).is_verified

    @pytest.mark.parametrize("code", ["ZZZZZZ", "", "'; --"])
    def test_unknown_code_is_refused(self, gate, grid_worker, code):
        with pytest.raises(InvalidInputError, match="没有这个打卡码"):
            actions.check_in(code=code, fix=HERE, done=done(grid_worker, clock(8, 10)))

    def test_code_of_another_grid_is_told_nothing_about(self, gate, worker_of_another_grid, other_grid):
        started(other_grid, worker_of_another_grid, clock(8, 1))

        with pytest.raises(InvalidInputError, match="没有这个打卡码"):
            checked(gate, worker_of_another_grid, clock(8, 10))

    def test_without_a_patrol_then_it_is_refused(self, gate, grid_worker):
        ended(grid_worker, clock(8, 20))

        for moment in (clock(7), clock(9)):
            with pytest.raises(ConflictError, match="先开始巡查"):
                checked(gate, grid_worker, moment)
        assert checked(gate, grid_worker, clock(8, 15), at=clock(11)).is_verified

    def test_database_refuses_a_verified_one_without_a_distance(self, gate, grid_worker):
        made = checked(gate, grid_worker, clock(8, 10), None)

        with pytest.raises(IntegrityError), transaction.atomic():
            CheckIn.objects.filter(pk=made.pk).update(doubt="")


@pytest.mark.django_db(transaction=True)
def test_two_check_ins_of_a_point_at_once_are_one(grid, grid_worker):
    planned(grid)
    gate = point(grid)
    started(grid, grid_worker, clock(8, 1))

    results = overlapping(
        lambda: checked(gate, grid_worker, clock(8, 10)), lambda: checked(gate, grid_worker, clock(8, 10))
    )

    assert [type(one) for one in results] == [CheckIn, RepeatedError]
    assert tally() == (0, 0, 1, 1)


class TestMissed:
    def test_window_without_a_patrol_is_missed_and_told_once(self, grid, plan, grid_worker, grid_leader):
        walked(grid, grid_worker, clock(8, 5), clock(8, 50))

        assert [patrols_sweep(at=clock(19, minute)) for minute in (0, 5)] == [1, 0]

        assert rounds() == [("early", True), ("late", False)]
        assert tally() == (1, 1, 0, 0)
        assert said(grid_leader) == ["patrol.missed"]
        assert "晚巡" in InboxItem.objects.get(user=grid_leader).body

    @pytest.mark.django_db(transaction=True)
    def test_two_sweeps_at_once_count_and_tell_once(self, grid, grid_worker, grid_leader):
        planned(grid)

        results = overlapping(lambda: missed_count(clock(19)), lambda: missed_count(clock(19)))

        assert sorted(results) == [0, 2]
        assert tally() == (0, 2, 0, 0)
        assert said(grid_leader) == ["patrol.missed"] * 2

    @pytest.mark.django_db(transaction=True)
    def test_end_and_sweep_at_once_agree(self, grid, grid_worker, grid_leader):
        planned(grid)
        started(grid, grid_worker, clock(8, 5))

        overlapping(lambda: ended(grid_worker, clock(9)), lambda: missed_count(clock(10)))

        assert rounds() == [("early", True)]
        assert tally() == (1, 0, 0, 0)

    def test_patrol_that_arrives_late_turns_missed_into_met(self, grid, plan, grid_worker, grid_leader):
        patrols_sweep(at=clock(10))
        started(grid, grid_worker, clock(8, 5), at=clock(15))
        ended(grid_worker, clock(9), at=clock(15))

        assert rounds() == [("early", True)]
        assert tally() == (1, 0, 0, 0)
        assert patrols_sweep(at=clock(15, 5)) == 0

    def test_met_stays_met_whoever_comes_again(self, grid, plan, grid_worker):
        patrol = walked(grid, grid_worker, clock(8, 5), clock(9))

        assert not round_meet(patrol, plan.windows_on(DAY)[0])

    def test_plan_made_at_noon_misses_no_morning(self, grid, grid_leader):
        planned(grid, at=clock(12))

        assert patrols_sweep(at=clock(13)) == 0
        assert patrols_sweep(at=clock(19)) == 1

    def test_yesterday_is_caught_up_with_after_a_night_without_sweeps(self, grid, plan, grid_leader):
        PatrolPlan.objects.update(since=NOW - timedelta(days=9))

        assert patrols_sweep(at=clock(7)) == 2
        assert set(PatrolRound.objects.values_list("day", flat=True)) == {DAY - timedelta(days=1)}

    @pytest.mark.parametrize("model", [Grid, PatrolPlan])
    def test_closed_grid_or_plan_misses_nothing(self, plan, model):
        model.objects.update(is_active=False)

        assert patrols_sweep(at=clock(19)) == 0

    def test_walker_is_reminded_half_an_hour_before_once(self, grid, plan, grid_worker, grid_leader):
        for hour, minute in ((9, 25), (9, 30), (9, 35)):
            patrols_sweep(at=clock(hour, minute))

        assert said(grid_worker) == ["patrol.due"]
        assert said(grid_leader) == []

    def test_walker_who_is_done_is_not_reminded(self, grid, plan, grid_worker):
        walked(grid, grid_worker, clock(8, 5), clock(8, 50))
        patrols_sweep(at=clock(9, 40))

        assert said(grid_worker) == []

    def test_without_a_leader_the_secretary_is_told(self, grid, plan, secretary):
        patrols_sweep(at=clock(10))

        assert said(secretary) == ["patrol.missed"]

    def test_leader_of_two_grids_gets_one_message_a_window(self, grid, other_grid, plan, grid_leader):
        planned(other_grid)
        Post.objects.create(
            user=grid_leader, duty=Duty.GRID_LEADER, place=other_grid.place, starts_on=DAY - timedelta(days=9)
        )
        patrols_sweep(at=clock(10))

        assert said(grid_leader) == ["patrol.missed"]
        body = InboxItem.objects.get(user=grid_leader).body
        assert grid.name in body
        assert other_grid.name in body

    def test_auxiliary_meets_the_window_of_the_grid(self, grid, plan):
        helper = make_staff("aux", "钱辅助", Duty.GRID_AUXILIARY, grid.place)
        walked(grid, helper, clock(17, 5), clock(18))

        assert rounds() == [("late", True)]
