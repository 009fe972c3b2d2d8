"""What was said and decided at the sessions of the county, as rows of every table."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import uuid4

from core.models import ReminderClaim
from core.workdays import WorkingClock
from petitions import timetable
from petitions.demo.county.copying import Heap
from petitions.demo.county.diary import Diary, Heard, Sitting
from petitions.demo.county.folk import Folk
from petitions.demo.county.guests import Guests
from petitions.demo.county.history import DAY, HOUR
from petitions.demo.county.places import Town
from petitions.models import (
    AgendaItem,
    AgendaSource,
    AgendaState,
    DeliberationSession,
    Resolution,
    ResolutionState,
    SessionState,
)

MODELS: Final = (DeliberationSession, AgendaItem, Resolution, ReminderClaim)
TALKS: Final = (
    ("楼道堆物", "大家同意一周内清走楼道杂物，物业再巡一遍", "一周内清走楼道杂物"),
    ("门禁维修", "门禁坏了两处，物业报价后先修北门", "先修北门门禁"),
    ("电动车充电", "车棚加十个插座，费用公示后开工", "车棚加装十个插座"),
    ("停车划线", "消防通道不停车，划线后由保安引导", "划消防通道线"),
    ("垃圾清运", "周末加一趟清运，由物业每周公布时间", "周末加一趟垃圾清运"),
    ("路灯照明", "北门两盏灯换成感应灯", "北门换两盏感应灯"),
    ("广场舞时间", "晚上九点收队，音量不超过约定的一格", "广场舞晚九点收队"),
    ("楼顶漏水", "先查清渗漏点，再按户数分摊材料费", "请专业队伍查清渗漏点"),
    ("文明养犬", "早晚遛狗牵绳，草坪边设拾便袋", "草坪边设三处拾便袋"),
    ("快递柜位置", "快递柜移到东门，不占人行道", "快递柜移到东门"),
    ("老人助餐", "党群服务站设助餐点，志愿者送餐上门", "设一处助餐点"),
    ("雨水口清掏", "雨季前把低洼处的雨水口清一遍", "雨季前清掏雨水口"),
)
ASKED: Final = ("北门夜里太暗", "想要个晾衣的地方", "孩子放学没处写作业", "楼前停车常常堵住", "健身器材松了")
CANCELLED_FOR: Final = ("暴雨预警，改到下一次一起议", "场地停电，改到下一次一起议")
DONE: Final = "已按议定的办好，居民看过。"


@dataclass(slots=True)
class Decided:
    """A resolution while its session's year is written."""

    pk: int
    words: str
    petition_id: int | None
    is_public: bool
    settled_at: datetime | None


class SessionWriter:
    """Writes the sessions of one community after the other; agendas carry over what is not done yet."""

    def __init__(self, diary: Diary, people: Folk, heap: Heap) -> None:
        self.diary, self.people, self.heap, self.at = diary, people, heap, diary.at
        self.clock: WorkingClock = diary.clock
        self.guests = Guests(people, heap, diary.at)
        self.random = Random(70)  # noqa: S311 - made-up life

    def write(self, town: Town) -> None:
        by_schedule: dict[int, list[Sitting]] = {}
        for sitting in self.diary.sittings[town.pk]:
            by_schedule.setdefault(sitting.schedule.pk, []).append(sitting)
        for sittings in by_schedule.values():
            self._year([one for one in sittings if not one.is_cancelled])
            for one in sittings:
                self._session(one)

    def _year(self, sittings: Sequence[Sitting]) -> None:
        decided: list[Decided] = []
        before: datetime | None = None
        for sitting in sittings:
            self._carry(sitting, decided, before)
            self._agenda(sitting)
            self.guests.write(sitting)
            if sitting.minutes_at is not None:
                decided += self._decisions(sitting)
            before = sitting.minutes_at

    def _carry(self, sitting: Sitting, decided: list[Decided], before: datetime | None) -> None:
        """What is unfinished when the minutes of the session before are written comes up again."""
        if before is None:
            return
        since = max(before, sitting.created_at)
        decided[:] = [one for one in decided if one.settled_at is None or one.settled_at > since]
        matters: set[int | None] = {one.petition_id for one in sitting.heard}
        for one in decided:
            again = one.petition_id if one.petition_id not in matters else None
            matters.add(again)
            self._topic(
                sitting,
                AgendaSource.CARRIED,
                one.words[:60],
                since,
                is_public=one.is_public,
                petition_id=again,
                carried_from_id=one.pk,
            )

    def _agenda(self, sitting: Sitting) -> None:
        called = min(self.at, max(sitting.created_at, sitting.starts_at - 2 * DAY))
        for title, _summary, _decision in _talks(sitting):
            self._topic(sitting, AgendaSource.STAFF, title, called)
        for heard in sitting.heard:
            private = heard.is_private
            more = {"petition_id": heard.petition_id, "is_public": not private}
            since = max(called, heard.since)
            self._topic(sitting, AgendaSource.MATTER, heard.title, since, **more)
        if sitting.pk % 3 == 0 and sitting.announced_at < called:
            state = AgendaState.DECLINED if sitting.pk % 4 == 0 else AgendaState.CHOSEN
            who = self.random.choice(sitting.town.people)
            self._topic(
                sitting,
                AgendaSource.RESIDENT,
                ASKED[sitting.pk % len(ASKED)],
                called,
                state=state if sitting.minutes_at else AgendaState.PROPOSED,
                is_public=state == AgendaState.CHOSEN,
                proposer_name=self.people.name(who),
                proposer_id=self.people.account(who),
            )

    def _topic(self, sitting: Sitting, source: AgendaSource, title: str, at: datetime, **more: Any) -> None:
        values = {"key": uuid4(), "state": AgendaState.CHOSEN, "is_public": True, **more}
        self.heap.add(AgendaItem, session_id=sitting.pk, source=source, title=title, proposed_at=at, **values)

    def _decisions(self, sitting: Sitting) -> Iterator[Decided]:
        for n, (_title, _summary, decision) in enumerate(_talks(sitting)):
            if n == 0 or self.random.random() < 0.4:
                yield self._talk_decided(sitting, decision)
        for heard in sitting.heard:
            yield self._matter_decided(sitting, heard)

    def _talk_decided(self, sitting: Sitting, words: str) -> Decided:
        assert sitting.minutes_at is not None
        random, written = self.random, sitting.minutes_at
        responsible = random.choice(sitting.town.patches).worker_id
        done_at: datetime | None = written + DAY * random.uniform(2, 13)
        late = random.random() < 0.04
        if late or (done_at and done_at > self.at):
            done_at = None
        more: dict[str, Any] = {"public_text": words}
        state = ResolutionState.DONE if done_at else ResolutionState.OPEN
        due_on = sitting.held_on + 10 * DAY
        if not sitting.is_quorate or (late and written < self.at - 60 * DAY):
            done_at = written + 30 * DAY
            state = ResolutionState.DROPPED if done_at < self.at else ResolutionState.DRAFT
            done_at = done_at if done_at < self.at else None
            more["settled_note"] = "改由下一次联席会议另行商量。" if done_at else ""
        elif done_at is None and due_on < self.at.date() - 2 * DAY:
            urged = timetable.begins(due_on + 2 * DAY, timetable.MORNING)
            more |= {"urge_count": 1, "urged_at": urged}
        return self._resolution(sitting, words, responsible, due_on, state, done_at, **more)

    def _matter_decided(self, sitting: Sitting, heard: Heard) -> Decided:
        state = ResolutionState.DONE if heard.resolved_at else ResolutionState.OPEN
        public = "" if heard.is_private else heard.decision
        more = {"petition_id": heard.petition_id, "public_text": public}
        due_on = sitting.held_on + 14 * DAY
        return self._resolution(
            sitting, heard.decision, heard.worker_id, due_on, state, heard.resolved_at, **more
        )

    def _resolution(
        self,
        sitting: Sitting,
        words: str,
        responsible: int,
        due_on: date,
        state: ResolutionState,
        settled_at: datetime | None,
        **more: Any,
    ) -> Decided:
        recorded = (sitting.minutes_at or self.at) - timedelta(minutes=5)
        values = {"settled_note": DONE if state == ResolutionState.DONE else "", **more}
        unsaved = Resolution(state=state, due_on=due_on)
        pk = self.heap.add(
            Resolution,
            session_id=sitting.pk,
            text=words,
            responsible_id=responsible,
            supervisor_id=sitting.town.secretary_id,
            due_on=due_on,
            state=state,
            settled_at=settled_at,
            sweep_at=timetable.next_resolution_sweep(unsaved, self.at),
            recorded_by_id=sitting.town.clerk_id,
            recorded_at=recorded,
            **values,
        )
        return Decided(pk, words, more.get("petition_id"), bool(more["public_text"]), settled_at)

    def _session(self, one: Sitting) -> None:
        schedule, town = one.schedule, one.town
        by_staff = one.named_on is None
        values: dict[str, Any] = {
            "community_id": town.pk,
            "schedule_id": schedule.pk,
            "occurrence_on": one.named_on,
            "kind": schedule.kind,
            "name": schedule.name,
            "session_no": one.number,
            "estate_id": one.estate.place_id if one.estate else None,
            "venue": one.venue,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "moved_from": one.named_on if one.named_on not in {None, one.held_on} else None,
            "moved_reason": "法定节假日" if one.named_on not in {None, one.held_on} else "",
            "seats": schedule.seats,
            "is_open": schedule.is_open,
            "quorum_bodies": schedule.quorum_bodies,
            "chair_id": schedule.chair_id or town.secretary_id,
            "notice_days": schedule.notice_days,
            "estate_notice_days": schedule.estate_notice_days,
            "code": secrets.token_urlsafe(12),
            "announced_at": one.announced_at if one.announced_at <= self.at else None,
            "minutes_due_at": timetable.minutes_due(one.ends_at, schedule.minutes_days, self.clock),
            "created_at": one.created_at,
            "created_by_id": town.secretary_id if by_staff else None,
        }
        if one.is_cancelled:
            reason = CANCELLED_FOR[one.pk % len(CANCELLED_FOR)]
            values |= {"state": SessionState.CANCELLED, "cancelled_reason": reason}
        elif one.minutes_at is not None:
            values |= self._minutes(one, one.minutes_at)
        else:
            self._swept(DeliberationSession(pk=one.pk, **values), values)
        self.heap.add(DeliberationSession, id=one.pk, **values)

    def _minutes(self, one: Sitting, written: datetime) -> dict[str, Any]:
        said = "；".join(summary for _title, summary, _decision in _talks(one))
        return {
            "state": SessionState.HELD,
            "minutes": f"{said}。居民代表、物业和社区逐条商量，没有不同意见。",
            "minutes_at": written,
            "minutes_by_id": one.town.clerk_id,
            "headcount": one.headcount,
            "is_quorate": one.is_quorate,
            "summary": f"{said}。",
            "published_at": written + HOUR,
            "published_by_id": one.town.clerk_id,
        }

    def _swept(self, session: DeliberationSession, values: dict[str, Any]) -> None:
        """What fell due before it was seen to, as by the sweep."""
        values["sweep_at"] = timetable.next_sweep(session, self.at)
        for step in timetable.due_steps(session, self.at):
            claim = {"kind": f"session.{step.value}", "stage": "0", "subject_id": session.pk}
            self.heap.add(ReminderClaim, **claim, claimed_at=self.at)


def _talks(sitting: Sitting) -> Sequence[tuple[str, str, str]]:
    """One or two topics, of all in turn."""
    first = (sitting.pk + sitting.town.number) % len(TALKS)
    return [TALKS[(first + 5 * n) % len(TALKS)] for n in range(1 + sitting.pk % 2)]
