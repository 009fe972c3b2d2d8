"""Two people at one project in the same moment: what was published, counted and cleared stays true."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.errors import ConflictError, DomainError, RepeatedError
from core.models import AuditEntry
from petitions.actions.projects import blocks, ending, money, phases, planning
from petitions.models import BlockKind, ProjectPart, ProjectPhase, ProjectState
from tests.cast import NOW
from tests.parallel import at_once, overlapping
from tests.petitions.blocks import end, hold_up, talk
from tests.petitions.loop import photo_image
from tests.petitions.projects import budget, count, draft, fresh, part, phase, price, published, running
from tests.petitions.sessions import joint, write

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
both_orders = pytest.mark.parametrize("order", [1, -1])


def start(project, actor):
    return lambda: ending.project_start(project_id=project.pk, actor=actor, at=NOW)


def done_with(project, actor):
    photos = {"before": photo_image(), "after": photo_image()}
    return lambda: ending.project_finish(
        project_id=project.pk, actor=actor, result="换好了。", at=NOW, **photos
    )


class TestParts:
    def test_two_who_count_one_more_at_once_do_not_count_one_for_two(self, diecui, clerk, secretary):
        lifts = part(running(diecui, clerk), clerk)

        done = overlapping(lambda: count(lifts, clerk, 1, seen=0), lambda: count(lifts, secretary, 1, seen=0))

        assert isinstance(done[0], ProjectPart)
        assert isinstance(done[1], ConflictError)

    @both_orders
    def test_a_project_is_finished_with_all_parts_done_whoever_counts_meanwhile(
        self, diecui, clerk, secretary, order
    ):
        project = running(diecui, clerk)
        phases.phase_finish(phase_id=project.phases.get().pk, actor=clerk, at=NOW)
        lifts = part(project, clerk)
        count(lifts, clerk, 4)

        done = overlapping(*(done_with(project, secretary), lambda: count(lifts, clerk, 3, seen=4))[::order])

        assert isinstance(done[1], ConflictError)
        assert (fresh(project).state == ProjectState.DONE) == (project.parts.get().done == 4)

    def test_a_part_named_twice_at_once_is_counted_once(self, diecui, clerk, secretary):
        project = running(diecui, clerk)

        done = overlapping(lambda: part(project, clerk), lambda: part(project, secretary))

        assert isinstance(done[1], RepeatedError)
        assert project.parts.count() == 1


class TestMoney:
    @both_orders
    def test_works_begin_under_the_conditions_that_were_published(self, diecui, clerk, secretary, order):
        project = published(diecui, clerk)
        budget(project, clerk)
        demanding = draft(needs_price=True)

        def ask_for_price():
            return planning.project_edit(project_id=project.pk, actor=secretary, draft=demanding, at=NOW)

        done = overlapping(*(start(project, clerk), ask_for_price)[::order])

        assert isinstance(done[1], ConflictError)
        assert fresh(project).needs_price == (fresh(project).started_at is None)

    @both_orders
    def test_a_price_published_while_the_works_begin_comes_before_them_or_they_wait(
        self, diecui, clerk, secretary, order
    ):
        project = published(diecui, clerk, needs_price=True)
        budget(project, clerk)

        done = overlapping(*(start(project, clerk), lambda: price(project, secretary))[::order])

        assert project.prices.count() == 1
        assert isinstance(done[0], ConflictError) == (order == 1)
        assert (fresh(project).started_at is None) == (order == 1)

    def test_two_changes_of_a_price_at_once_leave_one_in_force(self, diecui, clerk, secretary):
        project = published(diecui, clerk)
        price(project, clerk)
        decided = write(joint(diecui, secretary), secretary)

        done = overlapping(
            lambda: price(project, clerk, base=Decimal(1), session=decided),
            lambda: price(project, secretary, base=Decimal(2), session=decided),
        )

        assert not [one for one in done if isinstance(one, Exception)]
        assert [one.base for one in project.prices.filter(replaced_at=None)] == [Decimal(2)]
        assert project.prices.count() == 3

    def test_a_budget_published_twice_at_once_stands_once(self, diecui, clerk, secretary):
        project = published(diecui, clerk)

        done = overlapping(lambda: budget(project, clerk), lambda: budget(project, secretary))

        assert isinstance(done[1], RepeatedError)
        assert project.budget.count() == 2

    def test_two_cuts_at_once_do_not_take_more_than_there_is(self, diecui, clerk, secretary):
        project = published(diecui, clerk)
        budget(project, clerk)

        def cut(actor, source):
            line = money.Money(source, -20_000_000)
            return lambda: money.budget_adjust(
                project_id=project.pk, actor=actor, line=line, reason="结余", at=NOW
            )

        done = overlapping(cut(clerk, "维修资金"), cut(secretary, "居民自筹"))

        assert isinstance(done[1], DomainError)
        assert sum(project.budget.values_list("amount_fen", flat=True)) == 16_800_000


class TestPhases:
    def test_a_phase_finished_twice_at_once_is_told_once_and_names_who_was_first(
        self, diecui, clerk, secretary
    ):
        works = phase(published(diecui, clerk), clerk, name="设计")

        def finished(actor):
            return lambda: phases.phase_finish(phase_id=works.pk, actor=actor, at=NOW)

        done = overlapping(finished(clerk), finished(secretary))

        assert isinstance(done[0], ProjectPhase)
        assert clerk.display_name in str(done[1].message)
        assert AuditEntry.objects.filter(event="project.phase_finished").count() == 1

    def test_a_phase_is_finished_or_moved_never_both(self, diecui, clerk, secretary):
        works = phase(published(diecui, clerk), clerk, name="设计")

        def move():
            return phases.phase_move(
                phase_id=works.pk,
                actor=secretary,
                begins_on=works.begins_on,
                due_on=works.due_on.replace(year=2027),
                reason="下雨",
                at=NOW,
            )

        done = overlapping(lambda: phases.phase_finish(phase_id=works.pk, actor=clerk, at=NOW), move)

        assert isinstance(done[1], ConflictError)
        works.refresh_from_db()
        assert (works.done_by, works.sweep_at, works.moves.count()) == (clerk, None, 0)

    @both_orders
    def test_works_begin_only_once_the_talks_have_cleared_the_way(
        self, diecui, clerk, secretary, grid_worker, order
    ):
        project = published(diecui, clerk)
        budget(project, clerk)
        task = talk(hold_up(project, clerk), clerk, talker=grid_worker)

        done = overlapping(*(start(project, secretary), lambda: end(task, grid_worker))[::order])

        assert isinstance(done[0], ConflictError) == (order == 1)
        assert not isinstance(done[1], Exception)
        assert not project.blocks.get().is_open

    @both_orders
    def test_works_do_not_begin_over_what_was_noted_a_moment_before(self, diecui, clerk, secretary, order):
        project = published(diecui, clerk)
        budget(project, clerk)

        done = overlapping(*(lambda: hold_up(project, clerk), start(project, secretary))[::order])

        assert isinstance(done[1], ConflictError) == (order == 1)
        assert (fresh(project).started_at is None) == (order == 1)


class TestWaiting:
    """One project waits for another."""

    @pytest.fixture
    def first(self, diecui, clerk):
        made = running(diecui, clerk, title="排水管")
        phases.phase_finish(phase_id=made.phases.get().pk, actor=clerk, at=NOW)
        return made

    @pytest.fixture
    def second(self, diecui, clerk):
        return published(diecui, clerk, title="铺路")

    def wait(self, project, actor, first):
        return lambda: hold_up(
            project, actor, kind=BlockKind.PROJECT, words=f"等{first.title}", by_project=fresh(first)
        )

    @both_orders
    def test_nothing_waits_for_a_project_that_ends_at_that_moment(
        self, first, second, clerk, secretary, order
    ):
        overlapping(*(self.wait(second, clerk, first), done_with(first, secretary))[::order])

        assert fresh(first).is_done
        assert not [block for block in second.blocks.all() if block.is_open]

    def test_what_another_project_clears_is_not_cleared_again_by_hand(self, first, second, clerk, secretary):
        block = self.wait(second, clerk, first)()

        done = overlapping(
            done_with(first, secretary),
            lambda: blocks.block_clear(block_id=block.pk, actor=clerk, outcome="不等了", at=NOW),
        )

        assert isinstance(done[1], RepeatedError)
        block.refresh_from_db()
        assert "排水管" in block.outcome

    def test_two_that_begin_to_wait_for_each_other_at_once_are_both_answered(
        self, first, second, clerk, secretary
    ):
        done = at_once([self.wait(second, clerk, first), self.wait(first, secretary, second)])

        assert [one for one in done if isinstance(one, Exception) and not isinstance(one, DomainError)] == []


def test_works_begin_once(diecui, clerk, secretary):
    project = published(diecui, clerk)
    budget(project, clerk)

    done = at_once([start(project, clerk), start(project, secretary)] * 2)

    assert sum(isinstance(one, RepeatedError) for one in done) == 3
    assert AuditEntry.objects.filter(event="project.started").count() == 1
