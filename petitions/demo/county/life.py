"""The life of one matter, step by step as its profile leads it, up to the present.

Whatever would happen later has not happened: so every history ends in the stage at which the matter stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from community.duties import Duty
from community.workflow import Gate, Limit, Mode, Route, Severity, Stage
from core.workdays import WorkingClock
from petitions import deadlines, workflow
from petitions.demo.county.diary import Diary
from petitions.demo.county.history import DAY, HOUR
from petitions.demo.county.lived import OWN_WAY_IN, Judgement, Lived, sits
from petitions.demo.county.matters import Drawing
from petitions.demo.county.steps import (
    BY_ITSELF,
    MOMENT,
    Present,
    Promises,
    Who,
    category_of,
    clerk_of,
    entered_by,
    leader_of,
    worker_of,
)
from petitions.demo.county.talking import Talks, Team
from petitions.workflow import Audience, Event

ANSWERS_SHARE: Final = 0.58
"""So many of those who can be reached judge; of the others staff ask one in four."""
ASKED_SHARE: Final = 0.25
SATISFIED_SHARE: Final = 0.93
"""Of those who judge for the first time. A second round satisfies."""
PUBLISHED_SHARE: Final = 0.6
"""Where publishing is left to staff."""
PROGRESS_SHARE: Final = 0.5
SWEPT_AFTER: Final = timedelta(minutes=4)


class Teller(Talks):
    """Tells the lives of matters, one after the other."""

    def __init__(self, drawing: Drawing, clock: WorkingClock, diary: Diary, teams: dict[int, Team]) -> None:
        super().__init__(drawing, diary, teams)
        self.clock = clock
        self.promise = Promises(clock)

    def tell(self, m: Lived) -> None:
        """Fill in everything that has happened to it."""
        m.promise_at = self.promise(m)
        m.assignee_id = m.town.dispatcher_id
        try:
            self._file(m)
            FATES.get(m.fate, Teller._handle)(self, m, m.raw + m.pace.triage)
        except Present:
            pass
        self._beside(m)
        m.reporters = len(m.people) if m.fate != "merged" else len(m.askers)
        m.ended_at = m.lines[-1].at

    def _file(self, m: Lived) -> None:
        who = BY_ITSELF if m.channel in OWN_WAY_IN or m.fate else entered_by(m)
        self._add(m, m.filed_at, Event.FILED, Stage.RECEIVED, who, Audience.PUBLIC)
        if m.profile.mode(Stage.TRIAGED) == Mode.AUTO:
            self._sort(m, Severity.BLUE)
            at = self._add(m, m.filed_at + MOMENT, Event.PASSED, Stage.TRIAGED, who, Audience.PUBLIC)
            m.triaged_at = at

    def _handle(self, m: Lived, raw: datetime) -> None:
        """理事, 议事, 派单, 接单, 办事; then as many rounds as it takes."""
        clerk, worker = clerk_of(m.town), worker_of(m)
        if m.profile.mode(Stage.TRIAGED) == Mode.ON:
            m.triaged_at = self._step(m, raw, Event.TRIAGED, Stage.TRIAGED, clerk, Audience.PUBLIC)
            self._sort(m, workflow.colour_of(*m.case.grade))
        else:
            self._step(m, raw, Event.TITLE_APPROVED, m.stage, clerk, Audience.STAFF, m.case.title)
        m.title, m.category = m.case.title, category_of(m)
        if sits(m):
            raw = self._sit(m, raw + m.pace.talk)
        raw = self._dispatch(m, raw)
        stage, event = Stage.IN_PROGRESS, Event.CLAIMED
        if m.profile.mode(Stage.ACCEPTED) == Mode.ON:
            m.claimed_at = self._step(m, raw, Event.CLAIMED, Stage.ACCEPTED, worker, Audience.PUBLIC)
            event = Event.STARTED
            raw += HOUR / 2
        if m.profile.has(Gate.SITE_INSPECTION) and m.topic in workflow.BUILDING_TOPICS:
            self._step(m, raw, Event.INSPECTED, m.stage, worker, Audience.REPORTER, m.case.progress)
            raw += HOUR / 4
        claimed = self._step(m, raw, event, stage, worker, Audience.PUBLIC)
        m.claimed_at = m.claimed_at or claimed
        if self._is_quarrel(m):
            raw = self._mediate(m, raw)
        again = self._round(m, raw, worker)
        while again is not None:
            again = self._again(m, again)

    def _dispatch(self, m: Lived, raw: datetime) -> datetime:
        """Approved and given out where the profile says so; passed by itself elsewhere."""
        dispatcher: Who = (m.town.dispatcher_id, Duty.DISPATCHER, m.town.name)
        if m.profile.has(Gate.APPROVAL_BEFORE_DISPATCH):
            raw += HOUR
            self._step(m, raw, Event.APPROVED, m.stage, dispatcher, Audience.REPORTER)
            m.is_approved = True
        if m.profile.mode(Stage.DISPATCHED) == Mode.ON:
            raw += HOUR
            self._step(m, raw, Event.DISPATCHED, Stage.DISPATCHED, dispatcher, Audience.PUBLIC)
        raw += m.pace.claim
        worker = worker_of(m)
        passed = [
            stage
            for stage in (Stage.DISPATCHED, Stage.ACCEPTED)
            if m.profile.mode(stage) == Mode.AUTO
            and (stage == Stage.DISPATCHED or m.profile.mode(Stage.ACCEPTED) == Mode.AUTO)
        ]
        for n, stage in enumerate(passed, start=1):
            self._step(m, raw - (len(passed) + 1 - n) * MOMENT, Event.PASSED, stage, worker, Audience.PUBLIC)
        return raw

    def _round(self, m: Lived, raw: datetime, handler: Who) -> datetime | None:
        """办结, 反馈, 晒事, 回访, 评事; the moment of a refusal, or None when the loop is closed."""
        clerk, public = clerk_of(m.town), m.profile.mode(Stage.PUBLISHED)
        if self.random.random() < PROGRESS_SHARE:
            halfway = raw + m.pace.work / 2
            self._step(m, halfway, Event.PROGRESSED, m.stage, handler, Audience.REPORTER, m.case.progress)
        raw += m.pace.work
        m.resolved_at = self._step(
            m, raw, Event.RESOLVED, Stage.RESOLVED, handler, Audience.REPORTER, m.case.outcome
        )
        m.resolved_by, m.outcome = handler[0], m.case.outcome
        raw += m.pace.answer
        m.fed_back_at = self._step(
            m, raw, Event.FED_BACK, Stage.FED_BACK, clerk, Audience.REPORTER, m.case.answer
        )
        m.outcome = m.case.answer
        if public != Mode.ON:
            self._invite(m, m.fed_back_at)
        else:
            m.assignee_id = m.town.clerk_id
        if public == Mode.ON or (public == Mode.OPTIONAL and self.random.random() < PUBLISHED_SHARE):
            raw += m.pace.publish
            at = m.published_at = self._step(m, raw, Event.PUBLISHED, Stage.PUBLISHED, clerk, Audience.PUBLIC)
            m.walls.append((at, None))
            if public == Mode.ON:
                self._invite(m, at)
        if m.profile.mode(Stage.FOLLOWED_UP) == Mode.ON:
            raw += m.pace.publish
            self._visit(m, raw, handler)
        return self._judge(m, raw)

    def _visit(self, m: Lived, raw: datetime, handler: Who) -> None:
        """Somebody else looks whether it holds."""
        leader = leader_of(m)
        visitor = clerk_of(m.town) if leader[0] == handler[0] else leader
        words = self.wording.pick("visits")
        m.assignee_id = visitor[0]
        at = self._step(m, raw, Event.RETURN_VISITED, Stage.FOLLOWED_UP, visitor, Audience.REPORTER, words)
        m.visits.append((m.round, visitor[0] or 0, at, words))

    def _invite(self, m: Lived, at: datetime) -> None:
        people = [] if m.is_proactive and len(m.people) == 1 else m.people[m.is_proactive :]
        if not people:
            self._add(m, at + MOMENT, Event.NOBODY_ASKED, m.stage, clerk_of(m.town), Audience.PUBLIC)
        window = m.profile.limits[Limit.EVALUATE]
        closes_at = deadlines.after(at, window.minutes, window.clock, self.clock).at
        m.judgements += [Judgement(asker, m.round, at, closes_at) for asker in people]

    def _judge(self, m: Lived, raw: datetime) -> datetime | None:
        """Each says whether it is good, or nothing; the first refusal opens it again at once."""
        asked = [one for one in m.judgements if one.round == m.round]
        answers: list[tuple[datetime, datetime, Judgement]] = []
        for one in asked:
            when = raw + HOUR + DAY * self.random.expovariate(1 / 2.5)
            likely = ANSWERS_SHARE if one.asker.is_reachable else ASKED_SHARE
            if self.random.random() < likely and self.day(when) < one.closes_at:
                answers.append((self.day(when), when, one))
        for at, when, one in sorted(answers, key=lambda answer: (answer[0], answer[2].asker.pk)):
            if not self._answer(m, one, at):
                self._refuse(m, at, one, asked)
                return when
        silent = [one for one in asked if one.answered_at is None]
        ends = [m.lines[-1].at + MOMENT, *[one.closes_at + SWEPT_AFTER for one in silent]]
        looked = m.quarrel.settled_at if m.quarrel else None
        end = max([*ends, looked + MOMENT] if looked else ends)
        if end > self.at:
            raise Present
        for one in silent:
            one.closed_at = end
        if m.profile.mode(Stage.EVALUATED) != Mode.OFF:
            self._add(m, end, Event.EVALUATED, Stage.EVALUATED, BY_ITSELF, Audience.PUBLIC)
        m.closed_at = self._add(m, end + MOMENT, Event.ARCHIVED, Stage.ARCHIVED, BY_ITSELF, Audience.PUBLIC)
        return None

    def _answer(self, m: Lived, one: Judgement, at: datetime) -> bool:
        """Somebody judges, or staff ask somebody without a phone; whether they are satisfied."""
        good = m.round > 1 or self.random.random() < SATISFIED_SHARE
        who = BY_ITSELF if one.asker.is_reachable else clerk_of(m.town)
        at = max(at, m.lines[-1].at + MOMENT)
        words = "满意" if good else "不满意"
        self._add(m, at, Event.JUDGED, m.stage, who, Audience.REPORTER, words, one.asker.pk)
        one.is_satisfied, one.answered_at, one.recorded_by = good, at, who[0]
        one.comment = self.wording.pick("praise" if good else "grumble")
        m.satisfied += good
        m.dissatisfied += not good
        return good

    def _refuse(self, m: Lived, at: datetime, by: Judgement, asked: list[Judgement]) -> None:
        """Back to 办事 at once, one tier up."""
        at = m.lines[-1].at
        for one in asked:
            if one.answered_at is None:
                one.closed_at = at
        m.walls = [(shown, taken or at) for shown, taken in m.walls]
        m.round += 1
        m.claimed_at = m.resolved_at = m.published_at = None
        m.tier, m.assignee_id = Duty.GRID_LEADER, m.spot.patch.leader_id
        self._add(
            m,
            at + MOMENT,
            Event.REOPENED,
            Stage.IN_PROGRESS,
            BY_ITSELF,
            Audience.PUBLIC,
            by.comment,
            by.asker.pk,
        )

    def _again(self, m: Lived, raw: datetime) -> datetime | None:
        raw += m.pace.claim
        leader = leader_of(m)
        m.claimed_at = self._step(m, raw, Event.CLAIMED, Stage.IN_PROGRESS, leader, Audience.PUBLIC)
        return self._round(m, raw, leader)

    def _set_aside(self, m: Lived, raw: datetime) -> None:
        assert m.aside is not None
        event = Event.HANDED_ON if m.fate == "handed_on" else Event.RETURNED
        at = self._step(m, raw, event, Stage.RETURNED, clerk_of(m.town), Audience.REPORTER, m.aside.reason)
        m.handed_on_to, m.closed_at = m.aside.to, at

    def _withdraw(self, m: Lived, raw: datetime) -> None:
        assert m.aside is not None
        by = m.askers[0].pk
        at = self.day(raw)
        m.closed_at = self._add(
            m, at, Event.WITHDRAWN, Stage.WITHDRAWN, BY_ITSELF, Audience.REPORTER, m.aside.reason, by
        )

    def _spam(self, m: Lived, raw: datetime) -> None:
        assert m.aside is not None
        m.spam_marked_at = self._step(
            m, raw, Event.SPAM_MARKED, m.stage, clerk_of(m.town), Audience.STAFF, m.aside.reason
        )

    def _merge(self, m: Lived, raw: datetime) -> None:
        assert m.target is not None
        words = f"与{m.target.number}合并办理"
        m.closed_at = self._step(
            m, raw, Event.MERGED, Stage.MERGED, clerk_of(m.town), Audience.REPORTER, words
        )
        m.merged_into = m.target.pk

    def _beside(self, m: Lived) -> None:
        """Neighbours who joined, matters that were merged into this one, looks at an agreement."""
        for asker in m.askers[1:]:
            self._insert(m, asker.joined_at, Event.JOINED, BY_ITSELF, Audience.REPORTER, "", asker.pk)
        for source in m.sources:
            at = self.day(source.raw + source.pace.triage)
            self._insert(m, at, Event.MERGED_IN, clerk_of(m.town), Audience.STAFF, source.number)
        self._looked(m)
        self._resolved(m)

    def _sort(self, m: Lived, severity: Severity) -> None:
        """Colour, way and holder."""
        m.severity = severity
        m.route = Route.JOINT_MEETING if sits(m) else Route.SELF_HELP
        if m.profile.mode(Stage.TRIAGED) == Mode.ON:
            m.grade = m.case.grade
        m.tier, m.assignee_id = Duty.GRID_WORKER, m.spot.patch.worker_id


FATES: Final[Mapping[str, Callable[[Teller, Lived, datetime], None]]] = {
    "returned": Teller._set_aside,
    "handed_on": Teller._set_aside,
    "withdrawn": Teller._withdraw,
    "spam": Teller._spam,
    "merged": Teller._merge,
}
