"""督办 beside the stages: opened once, looked after, urged in measure, ended; and what is reminded (P-17, P-42)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.models import AuditEntry, InboxItem, OutboxMessage
from petitions.actions import deliberating, looking_after, supervising
from petitions.models import Petition, SupervisionCheck
from petitions.selectors import links
from petitions.selectors.matter import matter_of
from petitions.selectors.steps import Step, possible_steps
from tests.cast import NOW
from tests.parallel import at_once, overlapping
from tests.petitions.loop import HOUR, file, person
from tests.petitions.pages import statements

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
LIST = "admin:petitions_petition_changelist"


def sent(kind, **to):
    return OutboxMessage.objects.filter(kind=f"petition.{kind}", **to).count()


def inbox(kind, user):
    return InboxItem.objects.filter(user=user, kind=f"petition.{kind}").count()


def supervise(petition, actor, *, tracked=False, by=None, seen=None, at=NOW):
    return supervising.petition_supervise(
        petition_id=petition.pk, actor=actor, supervisor=by or actor, is_tracked=tracked, seen=seen, at=at
    )


def urge(petition, actor, at=NOW):
    return supervising.petition_check(petition_id=petition.pk, actor=actor, finding="", urge=True, at=at)


def check(petition, actor, at=NOW, finding="已到现场看过"):
    return supervising.petition_check(
        petition_id=petition.pk, actor=actor, finding=finding, urge=False, at=at
    )


def end(petition, actor, at=NOW):
    return supervising.petition_unsupervise(petition_id=petition.pk, actor=actor, finding="已落实", at=at)


def offered(user, petition, at=NOW):
    return set(possible_steps(matter_of(user, number=petition.number, at=at), user, at))


class TestOpening:
    def test_supervisor_is_told_and_it_stands_on_the_trail(self, loop, secretary, clerk):
        supervise(loop.petition, secretary, by=clerk, tracked=True)

        petition = loop.refresh()
        assert (petition.supervisor, petition.is_tracked) == (clerk, True)
        assert inbox("supervised", clerk) == 1
        assert AuditEntry.objects.filter(event="petition.supervised", subject_id=str(loop.pk)).count() == 1

    @pytest.mark.race
    def test_of_two_at_once_the_second_is_refused_with_a_name(
        self, transactional_db, loop, secretary, supervisor
    ):
        people = (secretary, supervisor)

        results = overlapping(*[lambda one=one: supervise(loop.petition, one) for one in people])

        refused = [one for one in results if isinstance(one, ConflictError)]
        assert len(refused) == 1
        assert loop.refresh().supervisor.display_name in str(refused[0].message)
        assert loop.petition.events.filter(event="supervised").count() == 1

    def test_whoever_saw_the_present_one_may_change_it(self, loop, secretary, clerk):
        supervise(loop.petition, secretary)

        supervise(loop.petition, secretary, by=clerk, seen=secretary.pk, at=NOW + HOUR)

        assert loop.refresh().supervisor == clerk

    def test_a_changed_supervisor_is_not_overwritten_unseen(self, loop, secretary, clerk, supervisor):
        supervise(loop.petition, secretary)
        supervise(loop.petition, supervisor, by=clerk, seen=secretary.pk, at=NOW + HOUR)

        with pytest.raises(ConflictError):
            supervise(loop.petition, secretary, seen=secretary.pk, at=NOW + HOUR)

        assert loop.refresh().supervisor == clerk

    def test_handler_does_not_supervise_own_work(self, loop, secretary, grid_worker):
        loop.triage().claim()

        with pytest.raises(InvalidInputError):
            supervise(loop.petition, secretary, by=grid_worker, at=loop.at)

    def test_wrong_tier_and_outsiders_do_not(
        self, loop, grid_worker, grid_leader, clerk, secretary_of_another_community, outsider
    ):
        for user in (grid_worker, grid_leader, clerk, secretary_of_another_community, outsider):
            with pytest.raises(NotAllowedError):
                supervise(loop.petition, user)

    def test_somebody_out_of_reach_is_not_named(self, loop, secretary, outsider):
        with pytest.raises(NotAllowedError):
            supervise(loop.petition, secretary, by=outsider)

    def test_stage_and_clock_stay_as_they_are(self, loop, secretary):
        before = loop.refresh()
        supervise(loop.petition, secretary, tracked=True)
        urge(loop.petition, secretary)

        after = loop.refresh()
        assert (after.stage, after.due_at, after.assignee_id) == (
            before.stage,
            before.due_at,
            before.assignee_id,
        )

    def test_database_refuses_tracking_by_nobody(self, petition):
        with pytest.raises(IntegrityError), transaction.atomic():
            Petition.objects.filter(pk=petition.pk).update(is_tracked=True)

    def test_whoever_watches_a_decision_looks_after_the_matter(self, loop, secretary, grid_leader):
        loop.triage()
        minutes = deliberating.Minutes(
            NOW.date(), "议事厅", "居民代表", 6, "本周换灯", supervisor=grid_leader
        )

        deliberating.petition_deliberate(
            petition_id=loop.pk, actor=secretary, minutes=minutes, at=loop._next()
        )

        assert loop.refresh().supervisor == grid_leader

    def test_a_decision_takes_nobodys_supervision_away(self, loop, secretary, grid_leader):
        loop.triage()
        supervise(loop.petition, secretary, at=loop.at)
        minutes = deliberating.Minutes(
            NOW.date(), "议事厅", "居民代表", 6, "本周换灯", supervisor=grid_leader
        )

        deliberating.petition_deliberate(
            petition_id=loop.pk, actor=secretary, minutes=minutes, at=loop._next()
        )

        assert loop.refresh().supervisor == secretary


class TestUrging:
    def test_handler_is_told_and_it_is_counted(self, loop, secretary, grid_worker):
        loop.triage().claim()
        supervise(loop.petition, secretary, at=loop.at)

        urge(loop.petition, secretary, at=loop.at)

        assert loop.refresh().urge_count == 1
        assert sent("urged", user=grid_worker) == 1

    def test_twice_within_a_working_hour_is_refused(self, loop, secretary):
        supervise(loop.petition, secretary)
        urge(loop.petition, secretary)

        with pytest.raises(ConflictError):
            urge(loop.petition, secretary, at=NOW + HOUR / 2)

        assert loop.refresh().urge_count == 1

    def test_a_night_is_no_working_hour(self, loop, secretary):
        evening = NOW.replace(hour=17, minute=50)
        supervise(loop.petition, secretary)
        urge(loop.petition, secretary, at=evening)

        with pytest.raises(ConflictError):
            urge(loop.petition, secretary, at=evening + timedelta(hours=10))

    def test_another_supervisor_may_urge_too(self, loop, secretary, supervisor):
        supervise(loop.petition, secretary)
        urge(loop.petition, secretary)

        urge(loop.petition, supervisor, at=NOW + HOUR / 2)

        assert loop.refresh().urge_count == 2

    @pytest.mark.race
    def test_eight_taps_at_once_count_once(self, transactional_db, loop, secretary):
        supervise(loop.petition, secretary)

        results = at_once([lambda: urge(loop.petition, secretary)] * 8)

        assert sum(isinstance(one, ConflictError) for one in results) == 7
        assert (loop.refresh().urge_count, SupervisionCheck.objects.count()) == (1, 1)

    def test_somebody_else_neither_checks_nor_urges(self, loop, secretary, grid_worker, clerk, outsider):
        supervise(loop.petition, secretary)

        for user in (grid_worker, clerk, outsider):
            for step in (urge, check, end):
                with pytest.raises(NotAllowedError):
                    step(loop.petition, user)

    def test_answered_matter_is_not_urged(self, loop, secretary):
        supervise(loop.petition, secretary)
        loop.triage().claim().resolve().feed_back()

        with pytest.raises(ConflictError):
            urge(loop.petition, secretary, at=loop.at)

    def test_button_hides_for_an_hour(self, loop, secretary):
        supervise(loop.petition, secretary)
        urge(loop.petition, secretary)

        assert Step.URGE not in offered(secretary, loop.petition, NOW + HOUR / 2)
        assert Step.URGE in offered(secretary, loop.petition, NOW + HOUR)


class TestEnding:
    def test_what_was_found_last_stands_and_nobody_is_reminded(self, loop, secretary):
        supervise(loop.petition, secretary)

        end(loop.petition, secretary, at=NOW + DAY)
        looking_after.supervisors_remind(at=NOW + 5 * WEEK)

        assert loop.refresh().supervisor is None
        assert SupervisionCheck.objects.get().finding == "已落实"
        assert inbox("supervise", secretary) == 0

    def test_what_is_followed_all_the_way_is_not_left_on_it(self, loop, secretary):
        supervise(loop.petition, secretary, tracked=True)

        with pytest.raises(ConflictError):
            end(loop.petition, secretary)

        assert Step.UNSUPERVISE not in offered(secretary, loop.petition)

    def test_unsupervised_matter_is_neither_checked_nor_ended(self, loop, secretary):
        for step in (urge, check, end):
            with pytest.raises(ConflictError):
                step(loop.petition, secretary)


class TestPages:
    def test_reporter_reads_that_it_is_followed_and_no_finding(self, client, loop, secretary):
        supervise(loop.petition, secretary, tracked=True)
        check(loop.petition, secretary)
        urge(loop.petition, secretary)

        page = client.get(links.ticket_path(loop.petition.reporters.get())).content.decode()

        assert "全程跟踪，直到归档，已催办 1 次" in page
        assert "已到现场看过" not in page

    def test_neighbours_read_that_it_is_followed_and_no_finding(self, client, loop, secretary):
        supervise(loop.petition, secretary, tracked=True)
        check(loop.petition, secretary)

        page = client.get(f"/diecui/matters/{loop.petition.number}/").content.decode()

        assert "全程跟踪，直到归档" in page
        assert "已到现场看过" not in page

    def test_staff_read_who_supervises_and_what_was_found(self, client, loop, secretary, grid_worker):
        supervise(loop.petition, secretary)
        check(loop.petition, secretary)
        client.force_login(grid_worker)

        page = client.get(reverse("petitions:work", args=[loop.petition.number])).content.decode()

        assert "已到现场看过" in page
        assert secretary.display_name in page

    def test_supervisor_goes_all_the_way_by_pages(self, client, loop, secretary, clerk):
        client.force_login(secretary)

        def take(step, **typed):
            address = reverse("petitions:work_step", args=[loop.petition.number, step])
            assert client.post(address, typed).status_code == 302, step
            return loop.refresh()

        assert take("supervise", supervisor=secretary.pk, is_tracked="on", seen="").is_tracked
        assert take("check", finding="已到现场看过").supervisor == secretary
        assert take("urge").urge_count == 1
        assert take("resupervise", supervisor=clerk.pk, seen=secretary.pk).supervisor == clerk
        assert take("unsupervise", finding="已落实").supervisor is None

    @pytest.mark.parametrize("step", ["supervise", "check", "urge", "unsupervise", "resupervise"])
    def test_steps_are_closed_to_strangers_and_other_tiers(self, client, loop, secretary, grid_worker, step):
        supervise(loop.petition, secretary)
        address = reverse("petitions:work_step", args=[loop.petition.number, step])

        assert client.get(address).status_code == 302
        client.force_login(grid_worker)
        assert client.post(address, {"finding": "看过", "supervisor": grid_worker.pk}).status_code == 403
        assert SupervisionCheck.objects.count() == 0

    def test_outsiders_find_no_such_page(self, client, loop, secretary, secretary_of_another_community):
        supervise(loop.petition, secretary)
        client.force_login(secretary_of_another_community)

        address = reverse("petitions:work_step", args=[loop.petition.number, "check"])

        assert client.get(address).status_code == 404

    def test_desk_lists_what_is_supervised_tracked_and_mine(self, client, diecui, secretary, supervisor):
        mine, other, _none = (file(diecui, who=person(phone=f"1370000000{n}")) for n in range(3))
        supervise(mine, secretary)
        supervise(other, supervisor, tracked=True)
        client.force_login(secretary)

        def listed(query):
            rows = client.get(f"{reverse(LIST)}?{query}").content.decode()
            return {one.pk for one in (mine, other, _none) if one.number in rows}

        assert listed("queue=supervised") == {mine.pk, other.pk}
        assert listed("queue=supervised&holder=supervised") == {mine.pk}
        assert listed("queue=tracked") == {other.pk}

    @pytest.mark.parametrize("queue", ["supervised", "tracked"])
    def test_list_costs_the_same_for_many(self, client, diecui, secretary, queue):
        client.force_login(secretary)

        def used(number):
            for n in range(number):
                supervise(file(diecui, who=person(phone=f"138{number:03d}{n:05d}")), secretary, tracked=True)
            client.get(f"{reverse(LIST)}?queue={queue}")
            with statements() as asked:
                assert client.get(f"{reverse(LIST)}?queue={queue}").status_code == 200
            return len(asked)

        assert used(3) == used(27)

    def test_matter_page_costs_no_statement_more(self, client, loop, secretary):
        client.force_login(secretary)
        address = reverse("petitions:work", args=[loop.petition.number])

        def used():
            client.get(address)
            with statements() as asked:
                assert client.get(address).status_code == 200
            return len(asked)

        before = used()
        supervise(loop.petition, secretary, tracked=True)
        check(loop.petition, secretary)

        assert used() == before <= 6


class TestReminders:
    def test_tracked_matter_without_a_log_reminds_once_a_week(self, loop, secretary):
        supervise(loop.petition, secretary, tracked=True)

        for at in (NOW + WEEK, NOW + WEEK, NOW + WEEK + DAY, NOW + 2 * WEEK):
            looking_after.supervisors_remind(at=at)

        assert inbox("supervise", secretary) == 2

    def test_missed_weeks_are_caught_up_with_one(self, loop, secretary):
        supervise(loop.petition, secretary, tracked=True)

        looking_after.supervisors_remind(at=NOW + 5 * WEEK)
        looking_after.supervisors_remind(at=NOW + 5 * WEEK)

        assert inbox("supervise", secretary) == 1

    def test_a_log_puts_the_reminder_off(self, loop, secretary):
        supervise(loop.petition, secretary, tracked=True)
        check(loop.petition, secretary, at=NOW + 6 * DAY)

        looking_after.supervisors_remind(at=NOW + WEEK)

        assert inbox("supervise", secretary) == 0

    def test_supervised_matter_is_looked_after_every_two_weeks(self, loop, secretary):
        supervise(loop.petition, secretary)

        looking_after.supervisors_remind(at=NOW + WEEK)
        assert inbox("supervise", secretary) == 0
        looking_after.supervisors_remind(at=NOW + 2 * WEEK)
        assert inbox("supervise", secretary) == 1

    def test_closed_matter_reminds_nobody(self, loop, secretary):
        supervise(loop.petition, secretary, tracked=True)
        loop.triage().claim().resolve().feed_back().publish().judge()

        looking_after.supervisors_remind(at=NOW + 3 * WEEK)

        assert inbox("supervise", secretary) == 0
        assert loop.refresh().supervise_at is None

    @pytest.mark.race
    def test_sweeps_at_once_remind_once(self, transactional_db, loop, secretary):
        supervise(loop.petition, secretary, tracked=True)

        at_once([lambda: looking_after.supervisors_remind(at=NOW + WEEK)] * 6)

        assert inbox("supervise", secretary) == 1

    def test_weekly_list_comes_once_a_week(self, loop, secretary):
        supervise(loop.petition, secretary, tracked=True)

        for days in (0, 1, 7):
            looking_after.tracked_lists_send(at=NOW + days * DAY)

        assert inbox("tracked_list", secretary) == 2

    def test_sweep_costs_the_same_for_many(self, diecui, secretary):
        def used(number):
            for n in range(number):
                supervise(file(diecui, who=person(phone=f"138000{n:05d}")), secretary, tracked=True)
            with statements() as asked:
                looking_after.supervisors_remind(at=NOW + WEEK)
            Petition.objects.update(supervise_at=None)
            return len(asked)

        assert used(3) == used(10)

    def test_supervisor_who_left_is_followed_by_the_subdistrict(self, loop, secretary, supervisor):
        supervise(loop.petition, secretary, tracked=True)
        secretary.posts.update(ends_on=NOW.date())

        for _twice in range(2):
            looking_after.supervisors_replaced(at=NOW + 2 * DAY)

        assert loop.refresh().supervisor == supervisor
        assert inbox("supervised", supervisor) == 1
