"""A matter is brought to a session of its community, or to a mediation team."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final

from community.duties import Duty
from community.workflow import Category, Gate, Stage, Topic
from petitions import timetable, workflow
from petitions.demo.county.diary import Diary, Heard
from petitions.demo.county.history import DAY, HOUR
from petitions.demo.county.lived import Lived
from petitions.demo.county.matters import Drawing
from petitions.demo.county.steps import Present, Steps, Who, clerk_of
from petitions.models import MediationOutcome
from petitions.models.mediation import FOLLOW_UP_DAYS
from petitions.workflow import Audience, Event, Mediation

QUARRELS: Final = frozenset({Topic.LEAK, Topic.NOISE, Topic.PROPERTY_FEE, Topic.WATER_BILL})
MEDIATED_SHARE: Final = 0.06
"""Of private matters that neighbours quarrel about."""
AGREED_SHARE: Final = 0.8
EVENING: Final = time(19)
HELD: Final = "协议在履行"
ENDS: Final = {MediationOutcome.AGREED: "达成协议", MediationOutcome.FAILED: "没有谈成"}


@dataclass(frozen=True, slots=True)
class Team:
    """A mediation team of a community."""

    pk: int
    name: str


@dataclass(slots=True)
class Quarrel:
    """One mediation: as far as it has come."""

    team: Team
    began_at: datetime
    visit_at: datetime | None = None
    outcome: MediationOutcome | None = None
    ended_at: datetime | None = None
    looks: list[tuple[int, datetime, datetime]] = field(default_factory=list)
    """Days after the agreement, when it is due, and when somebody goes."""

    @property
    def settled_at(self) -> datetime | None:
        """The last look, after which the matter may rest."""
        return max((done for _days, _due, done in self.looks), default=None)

    def state(self, at: datetime) -> Mediation:
        if self.outcome is None:
            return Mediation.OPEN
        return Mediation.FOLLOWING if self.settled_at and self.settled_at > at else Mediation.DONE


class Talks(Steps):
    """The steps of a matter that people sit down for."""

    def __init__(self, drawing: Drawing, diary: Diary, teams: dict[int, Team]) -> None:
        super().__init__(drawing.day, drawing.at)
        self.random, self.wording = drawing.random, drawing.wording
        self.diary, self.teams = diary, teams

    def _sit(self, m: Lived, raw: datetime) -> datetime:
        """At the next session, where there is one with room for it; else in a circle of its own."""
        decision = m.case.minutes or self.wording.pick("decisions")
        words = f"{m.title}：{decision}"
        sitting = self.diary.seat(m.town, self.day(raw), words)
        if sitting is None:
            who: Who = (m.town.secretary_id, Duty.SECRETARY, m.town.name)
            supervised = m.profile.has(Gate.SUPERVISOR_ON_DECISION)
            at = self._step(m, raw, Event.DELIBERATED, Stage.DELIBERATING, who, Audience.REPORTER, decision)
            m.sittings.append((at.date(), decision, at, None))
            m.supervised_at = at if supervised else None
            return raw
        worker = m.spot.patch.worker_id
        heard = Heard(m.pk, m.title, m.is_private, words, worker, since=m.lines[-1].at)
        sitting.heard.append(heard)
        m.heard.append(heard)
        if sitting.minutes_at is None:
            raise Present
        at, who = sitting.minutes_at, clerk_of(m.town)
        self._add(m, at, Event.DELIBERATED, Stage.DELIBERATING, who, Audience.REPORTER, words)
        m.lines[-1].session_id = sitting.pk
        m.sittings.append((sitting.held_on, words, at, sitting))
        m.supervised_at = at
        return max(raw, at)

    def _is_quarrel(self, m: Lived) -> bool:
        if not m.is_private or (m.case.category != Category.FAMILY_NEIGHBOUR and m.topic not in QUARRELS):
            return False
        return self.random.random() < MEDIATED_SHARE

    def _mediate(self, m: Lived, raw: datetime) -> datetime:
        """Both sides are visited in the evening; an agreement is looked at twice."""
        clerk, team = clerk_of(m.town), self.teams[m.town.pk]
        raw += HOUR
        at = self._step(m, raw, Event.MEDIATION, m.stage, clerk, Audience.STAFF, team.name)
        quarrel = m.quarrel = Quarrel(team, at)
        evening = timetable.begins((at + DAY * self.random.randint(1, 3)).date(), EVENING)
        words = f"{evening:%m-%d %H:%M}"
        self._step(m, raw + HOUR, Event.MEDIATION_VISIT, m.stage, clerk, Audience.STAFF, words)
        quarrel.visit_at = evening
        raw += DAY * self.random.uniform(4, 11)
        agreed = self.random.random() < AGREED_SHARE
        outcome = MediationOutcome.AGREED if agreed else MediationOutcome.FAILED
        at = self._step(m, raw, Event.MEDIATION_END, m.stage, clerk, Audience.STAFF, ENDS[outcome])
        quarrel.outcome, quarrel.ended_at = outcome, at
        for days in FOLLOW_UP_DAYS if agreed else ():
            due = at + timedelta(days=days)
            quarrel.looks.append((days, due, self.day(due + DAY * self.random.uniform(0.1, 2.5)) + HOUR / 2))
        return raw

    def _looked(self, m: Lived) -> None:
        """Each look whose day has come, in its place among the lines."""
        for _days, _due, done in m.quarrel.looks if m.quarrel else ():
            if done <= self.at:
                self._insert(m, done, Event.MEDIATION_CHECK, clerk_of(m.town), Audience.STAFF, HELD)

    def _resolved(self, m: Lived) -> None:
        """What a session decided about it counts as done with the first result."""
        for heard in m.heard:
            done = (line.at for line in m.lines if line.event == Event.RESOLVED)
            heard.resolved_at = next(done, None)


def supervise_at(m: Lived, at: datetime) -> datetime | None:
    """When whoever watches over a decision is reminded of an open matter next."""
    if m.supervised_at is None or m.stage in workflow.CLOSED:
        return None
    every = workflow.look_every(is_tracked=False)
    return m.supervised_at + every * ((at - m.supervised_at) // every + 1)
