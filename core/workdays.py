"""The working-day clock: office hours, statutory holidays and make-up days (调休). Asks no clock.

For a year whose holidays are not published yet, weekends alone count and the result is provisional.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo

from chinese_calendar import is_workday as is_statutory_workday
from chinese_calendar.constants import holidays as STATUTORY_HOLIDAYS

from core.prepared import Prepared

ZONE = ZoneInfo("Asia/Shanghai")
PUBLISHED_YEARS = frozenset(day.year for day in STATUTORY_HOLIDAYS)
LAST_PUBLISHED_YEAR = max(PUBLISHED_YEARS)
EPOCH_YEAR = 2000
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
SATURDAY = 5
NO_OVERRIDES: Mapping[date, bool] = MappingProxyType({})


@dataclass(frozen=True)
class Due:
    """A moment on the working clock; `provisional` while a year on the way to it is not published."""

    at: datetime
    provisional: bool


@dataclass(frozen=True)
class OfficeHours:
    """The spans of every working day, in order and apart, e.g. 08:30–12:00 and 14:00–18:00."""

    spans: tuple[tuple[time, time], ...] = ((time(8, 30), time(12)), (time(14), time(18)))

    def __post_init__(self) -> None:
        edges = [edge for span in self.spans for edge in span]
        if not edges or any(a >= b for a, b in pairwise(edges)):
            raise ValueError("office hours must be spans in order that do not touch")

    @property
    def day_minutes(self) -> int:
        return sum(_minutes(end) - _minutes(start) for start, end in self.spans)


@dataclass(frozen=True)
class WorkingClock:
    """Adds and measures minutes within office hours on working days."""

    hours: OfficeHours = field(default_factory=OfficeHours)
    overrides: Mapping[date, bool] = field(default_factory=lambda: NO_OVERRIDES)

    @property
    def day_minutes(self) -> int:
        return self.hours.day_minutes

    def is_workday(self, day: date) -> bool:
        """Whether the office works on a day: the override table first, then the statutory calendar."""
        override = self.overrides.get(day)
        return _is_workday(day) if override is None else override

    def is_provisional(self, day: date) -> bool:
        return is_provisional(day, self.overrides)

    def add(self, start: datetime, minutes: int) -> Due:
        """The moment `minutes` of office time after `start`; always within office hours."""
        if minutes < 0:
            raise ValueError("minutes must not be negative")
        first = start.astimezone(ZONE)
        at = self._land(first, minutes * MINUTE)
        if at < first:
            at = self._opening(first)
        years = range(first.year, at.year + 1)
        return Due(at=at, provisional=any(self.is_provisional(date(year, 1, 1)) for year in years))

    def minutes_between(self, a: datetime, b: datetime) -> int:
        """Whole minutes of office time from `a` to `b`; negative when `b` is earlier."""
        if b < a:
            return -self.minutes_between(b, a)
        a, b = a.astimezone(ZONE), b.astimezone(ZONE)
        whole_days = self._workdays(a.date(), b.date()) * self.day_minutes * MINUTE
        return (whole_days + self._worked(b) - self._worked(a)) // MINUTE

    def _land(self, start: datetime, left: timedelta) -> datetime:
        """Where `left` of office time after `start` ends; the end of a span rather than the next start."""
        day, whole = start.date(), self.day_minutes * MINUTE
        left += self._worked(start)
        if not self.is_workday(day):
            day = self._next_workday(day)
        while left > whole:
            left -= whole
            day = self._next_workday(day)
        for opens, closes in self.hours.spans:
            length = (_minutes(closes) - _minutes(opens)) * MINUTE
            if left <= length:
                return datetime.combine(day, opens, ZONE) + left
            left -= length
        raise AssertionError("spans are shorter than their sum")

    def _opening(self, moment: datetime) -> datetime:
        """The first start of a span after a moment outside office hours."""
        if self.is_workday(moment.date()):
            for opens, _closes in self.hours.spans:
                if opens > moment.time():
                    return datetime.combine(moment.date(), opens, ZONE)
        return datetime.combine(self._next_workday(moment.date()), self.hours.spans[0][0], ZONE)

    def _worked(self, moment: datetime) -> timedelta:
        """Office time of a moment's day that has passed by then."""
        if not self.is_workday(moment.date()):
            return timedelta(0)
        since_midnight = moment.replace(tzinfo=None) - datetime.combine(moment.date(), time(0))
        return sum(
            (
                max(timedelta(0), min(since_midnight, _minutes(closes) * MINUTE) - _minutes(opens) * MINUTE)
                for opens, closes in self.hours.spans
            ),
            timedelta(0),
        )

    def _next_workday(self, day: date) -> date:
        day += DAY
        while not self.is_workday(day):
            day += DAY
        return day

    def _workdays(self, first: date, end: date) -> int:
        """Working days from `first` up to, not including, `end`: whole years by table, not day by day."""
        corrections = sum(
            int(works) - int(_is_workday(day)) for day, works in self.overrides.items() if first <= day < end
        )
        return _workdays_before(end) - _workdays_before(first) + corrections


def is_provisional(day: date, overrides: Mapping[date, bool] = NO_OVERRIDES) -> bool:
    """Whether the holidays of a day's year are not known yet.

    A year counts as entered by staff once its National Day (10-01), which every published list holds,
    is in the override table.
    """
    return day.year > LAST_PUBLISHED_YEAR and date(day.year, 10, 1) not in overrides


def load_overrides() -> Mapping[date, bool]:
    """The override table, in one statement."""
    return dict(_overrides().rows())


@cache
def _overrides() -> Prepared:
    from core.models import DayOverride

    return Prepared(lambda: DayOverride.objects.values_list("date", "is_working"))


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


@lru_cache(maxsize=4096)
def _is_workday(day: date) -> bool:
    if day.year in PUBLISHED_YEARS:
        return bool(is_statutory_workday(day))
    return day.weekday() < SATURDAY


@lru_cache(maxsize=64)
def _workdays_by_day(year: int) -> tuple[int, ...]:
    """For each day of a year, the working days of that year before it; then the year's total."""
    days = (date(year, 1, 1) + n * DAY for n in range(366 if isleap(year) else 365))
    return tuple(accumulate((int(_is_workday(day)) for day in days), initial=0))


def _workdays_before(day: date) -> int:
    years = sum(_workdays_by_day(year)[-1] for year in range(EPOCH_YEAR, day.year))
    return years + _workdays_by_day(day.year)[day.timetuple().tm_yday - 1]
