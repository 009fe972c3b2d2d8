"""One matter of the demo's county while its life is told, and everything that becomes a row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from community.duties import Duty
from community.workflow import Channel, Mode, Profile, Route, Stage
from petitions.demo.county.history import DAY, Matter
from petitions.demo.texts import Aside, Case
from petitions.models import Petition
from petitions.workflow import Audience, Event

if TYPE_CHECKING:
    from petitions.demo.county.diary import Heard, Sitting
    from petitions.demo.county.talking import Quarrel

EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
NO_KEY: Final = UUID(int=0)
OWN_WAY_IN: Final = frozenset({Channel.WEB_FORM, Channel.QR_CODE})


@dataclass(slots=True)
class Asker:
    """Somebody behind a matter; a worker's own finding has one of whom nothing is known."""

    pk: int
    key: UUID
    name: str
    phone: str
    user_id: int | None
    joined_at: datetime
    words: str = ""

    @property
    def is_reachable(self) -> bool:
        return bool(self.phone) or self.user_id is not None

    @property
    def identity(self) -> object:
        return self.phone or (f"account {self.user_id}" if self.user_id else self.pk)


@dataclass(slots=True)
class Line:
    """One line of a history."""

    at: datetime
    event: Event
    stage: Stage
    round: int
    who: tuple[int | None, str, str]
    audience: Audience
    note: str = ""
    reporter_id: int | None = None
    session_id: int | None = None


@dataclass(slots=True)
class Judgement:
    """What one person was asked in one round, and said, or did not say."""

    asker: Asker
    round: int
    invited_at: datetime
    closes_at: datetime
    is_satisfied: bool | None = None
    comment: str = ""
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    recorded_by: int | None = None


@dataclass(slots=True)
class Pace:
    """How long each step takes."""

    triage: timedelta
    talk: timedelta
    claim: timedelta
    work: timedelta
    answer: timedelta
    publish: timedelta

    @property
    def until_resolved(self) -> timedelta:
        """At least so long after filing nobody has been answered."""
        return self.triage + self.claim + self.work


@dataclass(slots=True)
class Lived(Matter):
    """A matter with the whole of its life; the columns of its row are filled as the life is told."""

    raw: datetime = EPOCH
    """Its moment before night hours were moved into the day."""
    case: Case = field(default_factory=lambda: Case("", "", (1, 1, 1), ("",), "", "", "", ""))
    aside: Aside | None = None
    fate: str = ""
    pace: Pace = field(default_factory=lambda: Pace(*[DAY] * 6))
    profile: Profile = field(default_factory=lambda: Profile("", "", {}, {}, frozenset(), {}))
    askers: list[Asker] = field(default_factory=list)
    target: Lived | None = None
    sources: list[Lived] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)
    sittings: list[tuple[date, str, datetime, Sitting | None]] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    """Where sessions of the community talked it over, or will."""
    quarrel: Quarrel | None = None
    supervised_at: datetime | None = None
    visits: list[tuple[int, int, datetime, str]] = field(default_factory=list)
    walls: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    """When it was put on the wall, and taken down again."""
    text: str = ""
    title: str = ""
    spot_words: str = ""
    outcome: str = ""
    handed_on_to: str = ""
    category: tuple[int | None, str] = (None, "")
    grade: tuple[int | None, int | None, int | None] = (None, None, None)
    route: str = ""
    tier: str = Duty.DISPATCHER
    assignee_id: int | None = None
    filing_key: UUID = NO_KEY
    promise_at: datetime = EPOCH
    triaged_at: datetime | None = None
    claimed_at: datetime | None = None
    resolved_at: datetime | None = None
    resolved_by: int | None = None
    fed_back_at: datetime | None = None
    published_at: datetime | None = None
    closed_at: datetime | None = None
    spam_marked_at: datetime | None = None
    round: int = 1
    is_approved: bool = False
    running: Petition | None = None
    """Its clock, while it is written."""

    @property
    def is_proactive(self) -> bool:
        return self.channel == Channel.PATROL

    @property
    def people(self) -> list[Asker]:
        """Everybody behind it, each person once, its own first."""
        found: dict[object, Asker] = {}
        for asker in (*self.askers, *(asker for source in self.sources for asker in source.askers)):
            found.setdefault(asker.identity, asker)
        return list(found.values())


def sits(matter: Lived) -> bool:
    """Whether it is talked over before it is dealt with: where the profile says so, and for what is large."""
    mode = matter.profile.mode(Stage.DELIBERATING)
    return mode == Mode.ON or (mode == Mode.OPTIONAL and matter.case.route == Route.JOINT_MEETING)
