"""The working-day clock: known days, and what holds for every moment."""

from __future__ import annotations

import time as stopwatch
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import actions
from core.models import AuditEntry, DayOverride, User
from core.registries import calendar_changed
from core.workdays import ZONE, OfficeHours, WorkingClock, is_provisional, load_overrides

CLOCK = WorkingClock()


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-11-20 10:00", 60, "2026-11-20 11:00"),
        ("2026-11-20 11:00", 60, "2026-11-20 12:00"),  # the end of a span, not the next start
        ("2026-11-20 11:00", 61, "2026-11-20 14:01"),
        ("2026-11-20 17:30", 60, "2026-11-23 09:00"),  # over the weekend
        ("2026-11-21 10:00", 1, "2026-11-23 08:31"),
        ("2026-11-20 12:30", 0, "2026-11-20 14:00"),
        ("2026-11-20 20:00", 0, "2026-11-23 08:30"),
        ("2026-11-20 12:00", 0, "2026-11-20 12:00"),
        ("2026-09-30 17:00", 120, "2026-10-08 09:30"),  # 国庆, and 10-10 works
        ("2026-10-09 18:00", 60, "2026-10-10 09:30"),  # a Saturday of 调休
        ("2026-02-13 18:00", 1, "2026-02-14 08:31"),  # a Saturday of 调休 before 春节
        ("2026-02-14 18:00", 1, "2026-02-24 08:31"),
    ],
)
def test_minutes_are_added_within_office_hours(start: str, minutes: int, due: str):
    assert CLOCK.add(moment(start), minutes).at == moment(due)


def test_moments_of_other_zones_are_understood():
    assert CLOCK.add(datetime.fromisoformat("2026-11-20T02:00:00+00:00"), 60).at == moment("2026-11-20 11:00")


def test_override_beats_the_statutory_calendar():
    clock = WorkingClock(overrides={date(2026, 11, 20): False, date(2026, 11, 21): True})

    assert clock.add(moment("2026-11-20 10:00"), 30).at == moment("2026-11-21 09:00")
    assert clock.minutes_between(moment("2026-11-20 00:00"), moment("2026-11-22 00:00")) == clock.day_minutes


def test_year_that_is_not_published_counts_weekends_and_is_provisional():
    due = CLOCK.add(moment("2026-12-31 17:00"), 120)

    assert (due.at, due.provisional) == (moment("2027-01-01 09:30"), True)


def test_year_that_staff_entered_is_final():
    overrides = {date(2027, 1, 1): False, date(2027, 10, 1): False}

    due = WorkingClock(overrides=overrides).add(moment("2026-12-31 17:00"), 120)

    assert (due.at, due.provisional) == (moment("2027-01-04 09:30"), False)
    assert not is_provisional(date(2027, 5, 1), overrides)


def test_known_years_are_final():
    assert not CLOCK.add(moment("2026-11-20 10:00"), 600).provisional
    assert not is_provisional(date(2026, 12, 31))
    assert is_provisional(date(2027, 1, 1))
    assert not is_provisional(date(1999, 1, 1))


@pytest.mark.parametrize("spans", [(), ((time(12), time(8)),), ((time(8), time(12)), (time(11), time(18)))])
def test_impossible_office_hours_are_refused(spans: Any):
    with pytest.raises(ValueError, match="office hours"):
        OfficeHours(spans)


def test_negative_minutes_are_refused():
    with pytest.raises(ValueError, match="negative"):
        CLOCK.add(moment("2026-11-20 10:00"), -1)


def test_large_sums_are_quick():
    started = stopwatch.perf_counter()

    for n in range(1000):
        due = CLOCK.add(moment("2026-11-20 10:00"), 5000 + n)
        CLOCK.minutes_between(moment("2020-11-20 10:00"), due.at)

    assert stopwatch.perf_counter() - started < 1


moments = st.integers(0, 4 * 365 * 24 * 3600).map(lambda n: moment("2025-01-01") + timedelta(seconds=n))
minutes = st.integers(0, 20_000)
overrides = st.dictionaries(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.booleans(), max_size=30)


def spans_of(edges: list[int]) -> OfficeHours:
    times = [time(edge // 60, edge % 60) for edge in sorted(edges)]
    return OfficeHours(tuple(zip(times[::2], times[1::2], strict=True)))


hours = st.integers(1, 3).flatmap(
    lambda n: st.lists(st.integers(0, 1439), min_size=2 * n, max_size=2 * n, unique=True).map(spans_of)
)
clocks = st.builds(WorkingClock, hours, overrides)


@given(clocks, moments, minutes)
def test_what_was_added_is_between(clock: WorkingClock, start: datetime, amount: int):
    assert clock.minutes_between(start, clock.add(start, amount).at) == amount


@given(clocks, moments, minutes)
def test_due_lies_within_office_hours_and_not_before_the_start(
    clock: WorkingClock, start: datetime, amount: int
):
    due = clock.add(start, amount).at

    assert due >= start
    assert clock.is_workday(due.date())
    assert any(opens <= due.time() <= closes for opens, closes in clock.hours.spans)


@given(clocks, moments, minutes, st.integers(0, 500))
def test_later_start_and_more_minutes_are_never_due_earlier(
    clock: WorkingClock, start: datetime, amount: int, more: int
):
    due = clock.add(start, amount).at

    assert clock.add(start, amount + more).at >= due
    assert clock.add(start + timedelta(minutes=more), amount).at >= due


@given(clocks, moments, moments, moments)
def test_minutes_between_add_up(clock: WorkingClock, a: datetime, b: datetime, c: datetime):
    whole = [at.replace(second=0, microsecond=0) for at in (a, b, c)]
    a, b, c = whole

    assert clock.minutes_between(a, b) + clock.minutes_between(b, c) == clock.minutes_between(a, c)
    assert clock.minutes_between(a, b) == -clock.minutes_between(b, a)


@given(clocks, moments, st.integers(0, 800))
def test_minutes_between_counts_as_day_by_day(clock: WorkingClock, start: datetime, days: int):
    first = datetime.combine(start.date(), time(0), ZONE)
    end = first + timedelta(days=days)

    worked = sum(clock.is_workday(start.date() + timedelta(days=n)) for n in range(days))

    assert clock.minutes_between(first, end) == worked * clock.day_minutes


@pytest.mark.django_db
class TestOverrideTable:
    def test_table_is_read_in_one_statement(self, django_assert_num_queries: Any):
        DayOverride.objects.create(date=date(2027, 1, 1), is_working=False, name="元旦")

        with django_assert_num_queries(1):
            assert load_overrides() == {date(2027, 1, 1): False}

    def test_saving_a_day_tells_who_keeps_deadlines_and_leaves_a_trace(self, superuser: User, at: datetime):
        told: list[Any] = []
        calendar_changed.register("test", lambda days, when: told.append((days, when)))
        override = DayOverride(date=date(2027, 1, 1), is_working=False, name="元旦")

        actions.day_override_save(override=override, actor=superuser, at=at)

        assert told == [([date(2027, 1, 1)], at)]
        assert AuditEntry.objects.get().event == "day_override_save"

    def test_moving_a_day_tells_both_dates(self, superuser: User, at: datetime):
        override = DayOverride.objects.create(date=date(2027, 1, 1), is_working=False)
        told: list[Any] = []
        calendar_changed.register("test", lambda days, when: told.extend(days))
        override.date = date(2027, 1, 2)

        actions.day_override_save(override=override, actor=superuser, at=at)

        assert told == [date(2027, 1, 1), date(2027, 1, 2)]

    def test_deleting_a_day_tells_it(self, superuser: User, at: datetime):
        override = DayOverride.objects.create(date=date(2027, 1, 1), is_working=False)
        told: list[Any] = []
        calendar_changed.register("test", lambda days, when: told.extend(days))

        actions.day_override_delete(override_ids=[override.pk], actor=superuser, at=at)

        assert told == [date(2027, 1, 1)]
        assert not DayOverride.objects.exists()
