"""Projects of the county: phases, parts, money, photos, and the meetings, polls and matters behind them."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from community.models import Organisation
from community.models.people import OrganisationKind
from core.models import StoredImage
from petitions import timetable
from petitions.actions.projects.money import REVIEW
from petitions.demo.county.ballots import Asking
from petitions.demo.county.copying import Heap, Table
from petitions.demo.county.diary import Sitting
from petitions.demo.county.history import DAY, HOUR
from petitions.demo.county.ideas import IDEAS, TOPICS, Idea
from petitions.demo.county.lived import Lived
from petitions.demo.county.pictures import Album
from petitions.demo.county.places import Estate, Town
from petitions.demo.county.rows import IMAGE
from petitions.models import (
    BudgetLine,
    MatterKind,
    Mechanism,
    PhaseMove,
    Project,
    ProjectMatter,
    ProjectPart,
    ProjectPhase,
    ProjectPrice,
    ProjectState,
)

MODELS: Final = (
    *(Project, Project.places.through, Project.partners.through, Project.sessions.through),
    *(Project.polls.through, ProjectPart, ProjectMatter, ProjectPhase, PhaseMove, BudgetLine, ProjectPrice),
)
BEGUN_DAYS: Final = (420, 250)
"""So many days ago, more or less, projects of the past were set up."""
DELAY: Final = timedelta(days=20)
RAIN: Final = "连续下雨，地面要晾干"
STOPPED_FOR: Final = "管线图与现场不符，须重新勘察后另行立项"
PREPARED: Final = "征求意见和选型"
BUILT: Final = "施工和验收"


@dataclass(slots=True)
class Work:
    """One project while its rows are written."""

    pk: int
    town: Town
    estate: Estate
    idea: Idea
    at: datetime
    state: ProjectState
    starts_at: datetime
    closes_at: datetime
    delayed: bool

    @property
    def is_over(self) -> bool:
        return self.state in {ProjectState.DONE, ProjectState.STOPPED}

    @property
    def has_begun(self) -> bool:
        return self.is_over or self.state == ProjectState.RUNNING


class Matters:
    """The last few public matters of each topic in each community: what projects come from."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, str], deque[tuple[int, datetime]]] = defaultdict(lambda: deque(maxlen=40))

    def note(self, m: Lived) -> None:
        if m.title and not m.is_private and not m.fate and m.topic in TOPICS:
            self.known[m.town.pk, m.topic].append((m.pk, m.filed_at))

    def before(self, town: Town, topic: str, at: datetime) -> list[int]:
        return [pk for pk, filed_at in self.known[town.pk, topic] if filed_at < at][-2:]


class ProjectWriter:
    """Writes the projects of one community after the other."""

    def __init__(self, heap: Heap, album: Album, matters: Matters, at: datetime) -> None:
        self.heap, self.album, self.matters, self.at = heap, album, matters, at
        self.random = Random(46)  # noqa: S311 - made-up life
        rows = Organisation.objects.filter(kind=OrganisationKind.PROPERTY_COMPANY)
        self.partners = dict(rows.values_list("community_id", "pk"))

    def write(self, town: Town, sittings: Sequence[Sitting], polls: Sequence[Asking]) -> None:
        images: list[tuple[Any, ...]] = []
        for work in self._works(town):
            self._project(work, images)
            self._phases(work)
            self._money(work)
            self._links(work, sittings, polls)
        Table(StoredImage, *IMAGE).write(images)

    def _works(self, town: Town) -> Iterator[Work]:
        """Two of the past, one under way, one to come."""
        n = town.number
        for place, ago in enumerate(BEGUN_DAYS):
            stopped = place == 1 and n % 12 == 5
            state = ProjectState.STOPPED if stopped else ProjectState.DONE
            yield self._work(town, place, ago + n % 25, state)
        first, second = _idea(town, 2).days
        yield self._work(town, 2, first + second * (3 + n % 5) // 8, ProjectState.RUNNING)
        yield self._work(town, 3, 5 + n % 7, ProjectState.PLANNED if n % 4 else ProjectState.DRAFT)

    def _work(self, town: Town, place: int, ago: int, state: ProjectState) -> Work:
        idea = _idea(town, place)
        day = (self.at - ago * DAY).date()
        begun = timetable.begins(day, timetable.MORNING) + HOUR
        first, second = idea.days
        delayed = town.number % 3 == place
        starts_at = begun + first * DAY
        closes_at = starts_at + second * DAY + (DELAY if delayed else timedelta()) - DAY
        if state == ProjectState.STOPPED:
            closes_at = starts_at + second * DAY / 2
        estate = town.estates[(town.number + place) % len(town.estates)]
        pk = self.heap.key(Project)
        return Work(pk, town, estate, idea, begun, state, starts_at, closes_at, delayed)

    def _project(self, work: Work, images: list[tuple[Any, ...]]) -> None:
        town, idea, state, at = work.town, work.idea, work.state, work.at
        moment = {
            ProjectState.DRAFT: at,
            ProjectState.PLANNED: at + HOUR,
            ProjectState.RUNNING: work.starts_at,
        }.get(state, work.closes_at)
        begun, over = work.has_begun, work.is_over
        priced = idea.price is not None
        values: dict[str, Any] = {
            "community_id": town.pk,
            "title": f"{work.estate.name}{idea.title}",
            "summary": idea.summary,
            "topic": idea.topic,
            "mechanisms": [Mechanism.COUNCIL.value, Mechanism.RED_PROPERTY.value][: 1 + work.pk % 2],
            "needs_price": priced,
            "state": state,
            "state_at": moment,
            "published_at": None if state == ProjectState.DRAFT else at + HOUR,
            "budget_published_at": work.starts_at - HOUR if begun else None,
            "price_published_at": work.starts_at - HOUR if begun and priced else None,
            "started_at": work.starts_at if begun else None,
            "closed_at": work.closes_at if over else None,
            "created_at": at,
            "created_by_id": town.secretary_id,
        }
        if state == ProjectState.STOPPED:
            values["stopped_reason"] = STOPPED_FOR
        if state != ProjectState.DRAFT:
            values["before_id"] = self._photo(work, images, at + HOUR, after=False)
        if state == ProjectState.DONE:
            values |= {
                "after_id": self._photo(work, images, work.closes_at, after=True),
                "result": idea.result,
            }
        self.heap.add(Project, id=work.pk, **values)
        self.heap.add(Project.places.through, project_id=work.pk, place_id=work.estate.place_id)
        partner = self.partners[town.pk]
        self.heap.add(Project.partners.through, project_id=work.pk, organisation_id=partner)
        name, unit, total = idea.part
        share = (self.at - work.starts_at) / (work.closes_at - work.starts_at)
        done = {ProjectState.DONE: total, ProjectState.RUNNING: int(total * share)}.get(state, 0)
        counts = {"name": name, "unit": unit, "total": total, "done": done, "updated_at": moment}
        self.heap.add(ProjectPart, project_id=work.pk, **counts)

    def _photo(self, work: Work, images: list[tuple[Any, ...]], at: datetime, *, after: bool) -> Any:
        row = self.album.photo(work.idea.topic, after=after, at=at, random=self.random)
        images.append(row)
        return row[0]

    def _phases(self, work: Work) -> None:
        """Preparing, then the works; a delay with its reason where there was one."""
        town, begins = work.town, work.at.date()
        between = work.starts_at.date()
        ends = between + work.idea.days[1] * DAY
        moved = work.delayed and work.has_begun
        later = ends + DELAY if moved else ends
        first = {"name": PREPARED, "begins_on": begins, "due_on": between, "is_works": False}
        second = {"name": BUILT, "begins_on": between, "due_on": later, "is_works": True}
        done_first = work.starts_at - HOUR if work.has_begun else None
        done_second = work.closes_at - HOUR if work.state == ProjectState.DONE else None
        self._phase(work, done_first, first)
        phase = self._phase(work, done_second, second)
        if moved:
            self.heap.add(
                PhaseMove,
                phase_id=phase,
                due_before=ends,
                due_after=later,
                reason=RAIN,
                moved_at=min(work.starts_at + 10 * DAY, self.at - HOUR),
                moved_by_id=town.clerk_id,
            )

    def _phase(self, work: Work, done_at: datetime | None, values: dict[str, Any]) -> int:
        clerk, waits = work.town.clerk_id, work.state in {ProjectState.PLANNED, ProjectState.RUNNING}
        unsaved = ProjectPhase(due_on=values["due_on"], done_at=done_at)
        return self.heap.add(
            ProjectPhase,
            project_id=work.pk,
            responsible_id=clerk,
            done_at=done_at,
            done_by_id=clerk if done_at else None,
            sweep_at=timetable.next_phase_sweep(unsaved, self.at) if waits else None,
            **values,
        )

    def _money(self, work: Work) -> None:
        if not work.has_begun:
            return
        at, secretary = work.starts_at - HOUR, work.town.secretary_id
        published = {"project_id": work.pk, "published_at": at, "published_by_id": secretary}
        for source, yuan in zip(("维修资金", "街道补助"), work.idea.yuan, strict=True):
            self.heap.add(BudgetLine, source=source, amount_fen=yuan * 100, is_first=True, **published)
        if work.idea.price is not None:
            name, unit, base, service = work.idea.price
            tariff = {"name": name, "unit": unit, "base": Decimal(base), "service": Decimal(service)}
            review = at + REVIEW
            self.heap.add(ProjectPrice, **tariff, **published, sweep_at=review if review > self.at else None)

    def _links(self, work: Work, sittings: Sequence[Sitting], polls: Sequence[Asking]) -> None:
        """Meetings before and during the works, a poll of the estate, matters that led to it."""
        if work.state == ProjectState.DRAFT:
            return
        until = min(work.closes_at, self.at)
        held = [one for one in sittings if one.minutes_at and work.at - 30 * DAY < one.starts_at < until]
        held = [one for one in held if not one.is_cancelled]
        for one in self.random.sample(held, min(len(held), 5)):
            link = {"project_id": work.pk, "deliberationsession_id": one.pk}
            self.heap.add(Project.sessions.through, **link)
        asked = [one for one in polls if one.estate is work.estate and one.closes_at < until]
        for poll in asked[-1:]:
            self.heap.add(Project.polls.through, project_id=work.pk, poll_id=poll.pk)
        for matter in self.matters.before(work.town, work.idea.topic, work.at):
            link = {"project_id": work.pk, "petition_id": matter}
            self.heap.add(ProjectMatter, **link, kind=MatterKind.CAUSE, linked_at=work.at + HOUR)


def _idea(town: Town, place: int) -> Idea:
    return IDEAS[(town.number * 3 + place) % len(IDEAS)]
