"""How a line is added to a history, and by whom. Nothing is added that lies in the future."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from community.duties import Duty
from community.workflow import Limit, Stage
from core.workdays import WorkingClock
from petitions import deadlines
from petitions.demo.county.lived import Line, Lived
from petitions.demo.county.places import Town
from petitions.workflow import Audience, Event

Who = tuple[int | None, str, str]
BY_ITSELF: Final[Who] = (None, "", "")
MOMENT: Final = timedelta(milliseconds=1)
PROMISED: Final = (Limit.ACCEPT, Limit.HANDLE_BLUE, Limit.FEED_BACK)
MOST_PROMISES: Final = 2000


class Present(Exception):  # no error, so no name in -Error
    """The next step lies in the future."""


class Steps:
    """Writes histories up to the present."""

    def __init__(self, day: Callable[[datetime], datetime], at: datetime) -> None:
        self.day, self.at = day, at

    def _insert(
        self,
        m: Lived,
        at: datetime,
        event: Event,
        who: Who,
        audience: Audience,
        note: str,
        reporter_id: int | None = None,
    ) -> None:
        place = bisect_right(m.lines, at, key=lambda line: line.at)
        before = m.lines[max(0, place - 1)]
        line = Line(at, event, before.stage, before.round, who, audience, note, reporter_id)
        m.lines.insert(max(1, place), line)

    def _step(
        self,
        m: Lived,
        raw: datetime,
        event: Event,
        stage: Stage,
        who: Who,
        audience: Audience,
        note: str = "",
    ) -> datetime:
        """A step by somebody in post, in the daytime."""
        return self._add(m, self.day(raw), event, stage, who, audience, note)

    def _add(
        self,
        m: Lived,
        at: datetime,
        event: Event,
        stage: Stage,
        who: Who,
        audience: Audience,
        note: str = "",
        reporter_id: int | None = None,
    ) -> datetime:
        """Append a line and go to its stage; its moment, a little after the line before."""
        if m.lines and at <= m.lines[-1].at:
            at = m.lines[-1].at + MOMENT
        if at > self.at:
            raise Present
        m.lines.append(Line(at, event, stage, m.round, who, audience, note, reporter_id))
        m.stage = stage
        return at


class Promises:
    """What is promised at filing, to the half hour, so that it is worked out once for many."""

    def __init__(self, clock: WorkingClock) -> None:
        self.clock = clock
        self.known: dict[tuple[object, ...], datetime] = {}

    def __call__(self, m: Lived) -> datetime:
        start = m.filed_at.replace(minute=m.filed_at.minute // 30 * 30, second=0, microsecond=0)
        key = (*(m.profile.limits[limit] for limit in PROMISED), start)
        if key not in self.known:
            if len(self.known) > MOST_PROMISES:
                self.known.clear()
            self.known[key] = deadlines.promise(m.profile, start, self.clock)
        return self.known[key]


def clerk_of(town: Town) -> Who:
    return town.clerk_id, Duty.CLERK, town.name


def worker_of(m: Lived) -> Who:
    return m.spot.patch.worker_id, Duty.GRID_WORKER, m.spot.patch.name


def leader_of(m: Lived) -> Who:
    return m.spot.patch.leader_id, Duty.GRID_LEADER, m.spot.patch.name


def entered_by(m: Lived) -> Who:
    """Who writes down what people do not send themselves."""
    return worker_of(m) if m.is_proactive else clerk_of(m.town)


def category_of(m: Lived) -> tuple[int | None, str]:
    """The community's own category for this case, and the county's."""
    known = m.town.categories
    fitting = [pair for pair in known if pair[1] == m.case.category] or known
    return fitting[m.pk % len(fitting)]
