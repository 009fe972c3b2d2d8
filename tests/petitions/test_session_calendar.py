"""The calendar of sessions: which days, exactly once, numbered, rotating, moved by holidays (P-03, P-04, P-14)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from community import actions as community_actions
from community.actions.community import community_create
from community.meetings import Frequency
from community.models import WorkflowProfile
from community.models.place import PlaceKind
from core.actions.calendar import day_override_save
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.models import DayOverride, InboxItem, OutboxMessage
from petitions.actions.sessions import attending, calling
from petitions.actions.sessions.planning import schedule_save, sessions_plan
from petitions.actions.sessions.sweeping import sessions_sweep
from petitions.models import DeliberationSchedule, DeliberationSession, SessionState
from tests.cast import NOW
from tests.parallel import at_once
from tests.petitions.sessions import DAY, HOUR, new_schedule, only, planned, schedule_of

SHANGHAI = ZoneInfo("Asia/Shanghai")


def moment(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)


def days_of(schedule) -> list[date]:
    sessions = DeliberationSession.objects.filter(schedule=schedule).order_by("starts_at")
    return [session.starts_at.astimezone(SHANGHAI).date() for session in sessions]


class TestPlanning:
    @pytest.mark.django_db
    def test_the_next_wednesday_afternoon_stands_in_the_calendar_once(self, diecui):
        schedule = only(schedule_of(diecui))

        sessions_plan(at=NOW)
        sessions_plan(at=NOW + HOUR)

        session = DeliberationSession.objects.get(schedule=schedule)
        assert session.starts_at == moment(2026, 11, 25, 15, 0)
        assert session.venue == "翠微小区党群服务站"
        assert session.minutes_due_at == moment(2026, 11, 26, 18, 0)

    @pytest.mark.django_db
    def test_each_day_looks_a_little_further_and_makes_no_session_twice(self, diecui):
        schedule = only(schedule_of(diecui))

        for day in range(30):
            sessions_plan(at=NOW + day * DAY)

        found = days_of(schedule)
        assert found == sorted(set(found))
        assert {day.weekday() for day in found} == {2}
        assert len(found) == 5

    @pytest.mark.django_db
    def test_a_month_brings_one_forum_and_one_open_day(self, diecui):
        for day in range(45):
            sessions_plan(at=moment(2026, 11, 20, 9, 0) + day * DAY)

        december = DeliberationSession.objects.filter(
            starts_at__range=(moment(2026, 12, 1), moment(2027, 1, 1))
        )
        assert december.filter(kind="forum").count() == 1
        assert december.filter(kind="open_day").count() == 1
        assert december.get(kind="forum").starts_at == moment(2026, 12, 10, 15, 0)
        assert december.get(kind="open_day").starts_at == moment(2026, 12, 31, 15, 0)

    @pytest.mark.django_db
    def test_a_day_that_a_month_lacks_is_its_last_one(self, diecui):
        schedule = only(new_schedule(diecui, frequency=Frequency.MONTHLY_DAY, weekday=None, month_day=31))

        sessions_plan(at=NOW)

        assert days_of(schedule) == [date(2026, 11, 30)]

    @pytest.mark.django_db
    def test_what_is_called_on_demand_is_not_planned(self, diecui):
        only(schedule_of(diecui, "joint-meeting"))

        assert sessions_plan(at=NOW) == 0

    @pytest.mark.race
    @pytest.mark.django_db(transaction=True)
    def test_two_sweeps_at_once_make_one_session(self, diecui):
        schedule = only(schedule_of(diecui))

        results = at_once([lambda: sessions_plan(at=NOW)] * 4)

        assert sorted(results) == [0, 0, 0, 1]
        assert DeliberationSession.objects.filter(schedule=schedule).count() == 1

    @pytest.mark.django_db
    def test_a_changed_rule_is_looked_at_again(self, diecui, secretary):
        schedule = only(schedule_of(diecui))
        sessions_plan(at=NOW)

        schedule_save(schedule=schedule, changes={"weekday": 4}, actor=secretary, at=NOW)
        sessions_plan(at=NOW)

        assert {day.weekday() for day in days_of(schedule)} == {2, 4}

    @pytest.mark.django_db
    def test_a_rule_without_its_day_is_refused(self, diecui):
        with pytest.raises(InvalidInputError, match="星期几"):
            new_schedule(diecui, weekday=None)

    @pytest.mark.django_db
    def test_only_those_who_keep_the_brand_change_the_rules(self, diecui, clerk):
        with pytest.raises(NotAllowedError):
            schedule_save(schedule=schedule_of(diecui), changes={"name": "x"}, actor=clerk, at=NOW)


class TestBrands:
    @pytest.mark.django_db
    @pytest.mark.parametrize(
        ("slug", "codes"),
        [
            ("diecui", {"weekly", "forum", "open-day", "joint-meeting"}),
            ("fuxi", {"night-talk", "joint-meeting"}),
            ("xijiao", {"tuesday", "joint-meeting"}),
            ("dali", set()),
            ("jiwang", {"stool"}),
            ("fuqian", {"joint-meeting", "safety"}),
            ("jiangshan", {"joint-meeting"}),
            ("weilai", {"red-hall", "joint-meeting"}),
        ],
    )
    def test_each_brand_brings_its_timetable(self, subdistrict, slug, codes):
        community = community_create(name="新社区", slug="new", parent=subdistrict, shipped=slug, at=NOW)

        assert (
            set(DeliberationSchedule.objects.filter(community=community).values_list("code", flat=True))
            == codes
        )

    @pytest.mark.django_db
    def test_another_brand_puts_the_old_timetable_out_of_use(self, diecui, secretary):
        from community.actions.profile import profile_apply
        from community.shipped import SHIPPED

        profile_apply(community=diecui.community, shipped=SHIPPED["xijiao"], at=NOW, actor=secretary)

        active = DeliberationSchedule.objects.filter(community=diecui.community, is_active=True)
        assert set(active.values_list("code", flat=True)) == {"tuesday", "joint-meeting"}

    @pytest.mark.django_db(transaction=True)
    def test_a_community_older_than_the_timetables_gets_its_brands_own_once(self, diecui, fuxi):
        DeliberationSchedule.objects.all().delete()
        WorkflowProfile.objects.filter(pk=fuxi.community.pk).update(brand_name="自家的说法")

        at_once([lambda: sessions_plan(at=NOW)] * 2)

        brought = DeliberationSchedule.objects.filter(community=diecui.community)
        assert sorted(brought.values_list("code", flat=True)) == [
            "forum",
            "joint-meeting",
            "open-day",
            "weekly",
        ]
        assert DeliberationSession.objects.filter(schedule__code="weekly").count() == 1
        assert not DeliberationSchedule.objects.filter(community=fuxi.community).exists()

    @pytest.mark.django_db
    def test_a_timetable_out_of_use_is_not_brought_back(self, diecui):
        DeliberationSchedule.objects.update(is_active=False)

        sessions_plan(at=NOW)

        assert not DeliberationSession.objects.exists()


class TestNightTalks:
    @pytest.fixture
    def talk(self, fuxi):
        """府西 with a second estate; 268 night talks lie behind it."""
        fuxi.second = community_actions.place_create(
            kind=PlaceKind.ESTATE, name="二号小区", parent=fuxi.place, at=NOW
        )
        schedule = only(schedule_of(fuxi, "night-talk"))
        schedule.first_no = 269
        schedule.save()
        return schedule

    @pytest.mark.django_db
    def test_after_269_comes_270_at_the_estate_visited_longest_ago(self, talk, fuxi):
        sessions_plan(at=NOW)
        first = DeliberationSession.objects.get(session_no=269)
        sessions_plan(at=NOW + 7 * DAY)

        following = DeliberationSession.objects.get(session_no=270)
        assert following.title == "府西夜话 第270期"
        assert {first.estate_id, following.estate_id} == {fuxi.estate.pk, fuxi.second.pk}
        sessions_plan(at=NOW + 14 * DAY)
        assert DeliberationSession.objects.get(session_no=271).estate_id == first.estate_id

    @pytest.mark.django_db
    def test_a_cancelled_issue_leaves_no_gap(self, talk, fuxi):
        from community.duties import Duty
        from tests.cast import make_staff

        secretary = make_staff("fuxi-secretary", "褚书记", Duty.SECRETARY, fuxi.place)
        for week in range(3):
            sessions_plan(at=NOW + week * 7 * DAY)
        first = DeliberationSession.objects.get(session_no=269)
        last = DeliberationSession.objects.latest("session_no")

        calling.session_cancel(session_id=first.pk, actor=secretary, reason="暴雨", at=NOW)

        last.refresh_from_db()
        numbers = DeliberationSession.objects.filter(session_no__isnull=False).order_by("starts_at")
        assert list(numbers.values_list("session_no", flat=True)) == list(range(269, 269 + numbers.count()))

    @pytest.mark.django_db
    def test_the_next_estate_hears_of_it_three_days_ahead_once(self, talk, fuxi):
        from community.duties import Duty
        from tests.cast import make_resident, make_staff

        resident = make_resident(fuxi.households[0], "府西居民", "13900000077").user
        worker = make_staff("fuxi-worker", "府西网格", Duty.GRID_WORKER, fuxi.grids[0].place)
        sessions_plan(at=NOW)
        session = DeliberationSession.objects.get()
        session.estate = fuxi.estate
        session.save()

        for hours in range(0, 5 * 24):
            sessions_sweep(at=session.starts_at - timedelta(days=5) + timedelta(hours=hours))

        told = InboxItem.objects.filter(kind="session.estate")
        assert sorted(told.values_list("user_id", flat=True)) == sorted([resident.pk, worker.pk])
        assert told.earliest("created_at").created_at >= session.starts_at - 4 * DAY


class TestHolidays:
    @pytest.mark.django_db
    def test_a_holiday_moves_the_session_to_the_next_working_day(self, diecui):
        DayOverride.objects.create(date=date(2026, 11, 25), is_working=False)
        schedule = only(schedule_of(diecui))

        sessions_plan(at=NOW)

        session = DeliberationSession.objects.get(schedule=schedule)
        assert session.starts_at == moment(2026, 11, 26, 15, 0)
        assert session.moved_from == date(2026, 11, 25)
        assert session.moved_reason

    @pytest.mark.django_db
    def test_a_long_holiday_makes_one_session_of_two(self, diecui):
        for day in range(9):
            DayOverride.objects.create(date=date(2026, 11, 25) + day * DAY, is_working=False)
        schedule = only(schedule_of(diecui))

        for day in range(16):
            sessions_plan(at=NOW + day * DAY)

        assert days_of(schedule) == [date(2026, 12, 4), date(2026, 12, 9)]

    @pytest.mark.django_db
    def test_a_weekend_schedule_is_not_taken_for_a_holiday(self, diecui):
        schedule = only(new_schedule(diecui, weekday=5))

        sessions_plan(at=NOW)

        assert days_of(schedule)[0] == date(2026, 11, 21)

    @pytest.mark.django_db
    def test_a_day_declared_free_later_moves_the_session_and_tells_whoever_was_to_come(
        self, diecui, resident, administrator
    ):
        session = planned(diecui)
        attending.session_sign_up(session_id=session.pk, attendee=attending.Attendee(user=resident), at=NOW)

        free = DayOverride(date=date(2026, 11, 25), is_working=False, name="停办")
        day_override_save(override=free, actor=administrator, at=NOW)

        session.refresh_from_db()
        assert session.starts_at == moment(2026, 11, 26, 15, 0)
        assert session.moved_from == date(2026, 11, 25)
        assert InboxItem.objects.filter(user=resident, kind="session.moved").count() == 1

    @pytest.mark.django_db
    def test_moving_tells_whoever_was_to_come_once_and_reminds_of_the_new_day(
        self, diecui, resident, secretary
    ):
        session = planned(diecui)
        attending.session_sign_up(session_id=session.pk, attendee=attending.Attendee(user=resident), at=NOW)

        calling.session_move(
            session_id=session.pk,
            actor=secretary,
            starts_at=session.starts_at + DAY,
            venue="",
            reason="停电",
            at=NOW,
        )

        told = InboxItem.objects.get(user=resident, kind="session.moved")
        assert "停电" in told.body
        for _again in range(2):
            sessions_sweep(at=moment(2026, 11, 25, 10, 0))
        assert InboxItem.objects.filter(user=resident, kind="session.reminder").count() == 1

    @pytest.mark.django_db
    def test_what_was_held_is_not_moved_any_more(self, diecui, secretary):
        session = planned(diecui)
        DeliberationSession.objects.filter(pk=session.pk).update(
            state=SessionState.HELD, minutes_at=NOW, headcount=3
        )

        with pytest.raises(ConflictError):
            calling.session_move(
                session_id=session.pk,
                actor=secretary,
                starts_at=NOW + DAY,
                venue="",
                reason="停电",
                at=NOW,
            )


class TestReminders:
    @pytest.mark.django_db
    def test_it_is_announced_seven_days_ahead_once(self, diecui):
        only(schedule_of(diecui, "forum"))
        sessions_plan(at=NOW)
        session = DeliberationSession.objects.get()

        sessions_sweep(at=moment(2026, 12, 3, 8, 0))
        session.refresh_from_db()
        assert session.announced_at is None

        sessions_sweep(at=moment(2026, 12, 3, 9, 1))
        sessions_sweep(at=moment(2026, 12, 4, 9, 1))
        session.refresh_from_db()
        assert session.announced_at == moment(2026, 12, 3, 9, 1)

    @pytest.mark.django_db
    def test_chair_and_clerk_are_chased_for_topics_and_minutes_once_each(self, diecui, secretary, clerk):
        session = planned(diecui)

        for hours in range(0, 10 * 24, 2):
            sessions_sweep(at=NOW + timedelta(hours=hours))

        for user in (secretary, clerk):
            kinds = InboxItem.objects.filter(user=user, kind__startswith="session.")
            assert sorted(kinds.values_list("kind", flat=True)) == [
                "session.agenda",
                "session.minutes",
                "session.minutes_late",
            ]
        session.refresh_from_db()
        assert session.sweep_at is None

    @pytest.mark.race
    @pytest.mark.django_db(transaction=True)
    def test_two_sweeps_at_once_remind_once(self, diecui, secretary):
        session = planned(diecui)

        at_once([lambda: sessions_sweep(at=session.starts_at - 20 * HOUR)] * 3)

        assert InboxItem.objects.filter(user=secretary, kind="session.agenda").count() == 1
        assert OutboxMessage.objects.filter(kind="session.agenda").count() == 0
