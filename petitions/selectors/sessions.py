"""What is read of sessions: the public calendar, past issues, one session's page; who is at the table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext as _

from community.meetings import Body
from community.models import Community
from core.paging import Page, keyset
from core.prepared import MOMENT, PreparedModel
from petitions.models import (
    AgendaItem,
    AgendaState,
    DeliberationSession,
    Participant,
    Project,
    Resolution,
    ResolutionState,
)

PAGE_SIZE: Final = 20
AHEAD: Final = 30
FEED: Final = 120
LIST_COLUMNS: Final = (
    *("id", "community_id", "kind", "name", "session_no", "venue", "starts_at", "ends_at", "state"),
    *("moved_from", "moved_reason", "cancelled_reason", "published_at", "headcount", "seats", "is_open"),
)


def upcoming_of(community: Community, at: datetime) -> list[DeliberationSession]:
    """What stands in the public calendar from now on; one statement."""
    rows = DeliberationSession.objects.upcoming(at).filter(community=community)
    return list(rows.only(*LIST_COLUMNS)[:AHEAD])


def past_page(community: Community, cursor: str | None) -> Page[DeliberationSession]:
    """Past issues, the latest first; one statement."""
    rows = DeliberationSession.objects.held().filter(community=community).only(*LIST_COLUMNS)
    return keyset(rows, order=["-starts_at", "-pk"], cursor=cursor, size=PAGE_SIZE)


def feed_of(community: Community, since: datetime) -> list[DeliberationSession]:
    """What the calendar feed holds: announced sessions since a day, cancelled ones too; one statement."""
    rows = DeliberationSession.objects.public().filter(community=community, starts_at__gte=since)
    return list(rows.order_by("-starts_at", "-pk").only(*LIST_COLUMNS, "moves")[:FEED])


@dataclass(frozen=True, slots=True)
class PublicResolution:
    """A resolution as strangers read it: edited words, no names."""

    text: str
    due_on: date | None
    is_done: bool

    def is_late(self, today: date) -> bool:
        """Whether its day has passed while it is not done."""
        return not self.is_done and self.due_on is not None and self.due_on < today


@dataclass(frozen=True, slots=True)
class PublicTopic:
    """A topic in its edited title, and the published project after which it came up (P-46)."""

    title: str
    after: Project | None = None


@dataclass(frozen=True, slots=True)
class SessionPage:
    """A session as strangers read it: topics and results in edited words, numbers instead of names."""

    topics: list[PublicTopic]
    resolutions: list[PublicResolution]
    coming: int
    seats_left: int | None


def session_page(session: DeliberationSession) -> SessionPage:
    """Everything public of one session; three statements."""
    chosen = session.agenda.filter(state=AgendaState.CHOSEN, is_public=True)
    topics = [item for item in chosen.select_related("petition", "follows") if is_public_topic(item)]
    decided: list[Resolution] = []
    if session.published_at is not None:
        open_or_done = [ResolutionState.OPEN, ResolutionState.DONE]
        decided = list(session.resolutions.filter(public_text__gt="", state__in=open_or_done))
    coming = Participant.objects.coming().filter(session=session).count()
    left = None if session.seats is None else max(0, session.seats - coming)
    return SessionPage(
        topics=[PublicTopic(item.title, _after(item)) for item in topics],
        resolutions=[
            PublicResolution(one.public_text, one.due_on, one.state == ResolutionState.DONE)
            for one in decided
        ],
        coming=coming,
        seats_left=left,
    )


def _after(item: AgendaItem) -> Project | None:
    project = item.follows
    return project if project is not None and project.published_at is not None else None


def is_public_topic(item: AgendaItem) -> bool:
    """A topic whose matter became private or spam meanwhile is public no more."""
    return item.is_public and (item.petition is None or item.petition.is_shown_to_strangers)


def bodies_present(session: DeliberationSession) -> set[str]:
    """Which bodies sit at the table, as far as the desk knows; one statement."""
    there = session.participants.filter(signed_in_at__isnull=False)
    return {person.role for person in there if person.counts_for_quorum}


def bodies_missing(session: DeliberationSession, people: list[Participant]) -> list[str]:
    """The bodies that a quorum still lacks, in words."""
    present = {person.role for person in people if person.counts_for_quorum}
    return [str(Body(code).label) for code in session.quorum_bodies if code not in present]


_NEXT: Final = PreparedModel(
    lambda community, at: (
        DeliberationSession.objects.upcoming(at).filter(community=community).only(*LIST_COLUMNS)[:1]
    ),
    community=-1,
    at=MOMENT,
)


def next_of(community: Community, at: datetime) -> DeliberationSession | None:
    """The next announced session; one statement."""
    return _NEXT.first(community=community.pk, at=at)


def moved_words(session: DeliberationSession) -> str:
    """Why it is not on its usual day."""
    if session.moved_from is None:
        return ""
    return _("原定 %(day)s，因%(reason)s改期") % {
        "day": f"{session.moved_from:%m-%d}",
        "reason": session.moved_reason,
    }
