"""Echo wall and problem wall: what neighbours read, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID, uuid4

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from community.models import Community
from community.workflow import Topic
from core.paging import Page, at_end, end_page, keyset
from core.prepared import PreparedModel
from petitions.models import Origin, Petition, PetitionEvent, WallPost
from petitions.selectors.asked import NOTHING, Asked
from petitions.selectors.public import PublicCard, public_cards
from petitions.selectors.search import cursor_for, found_answers, seek
from petitions.selectors.searched import found_problems
from petitions.workflow import Audience

PAGE_SIZE = 12
ECHO_ORDER = ("-published_at", "-pk")
ECHO_COLUMNS = (
    "title",
    "question",
    "answer",
    "place_name",
    "topic",
    "published_at",
    "before__image_id",
    "after__image_id",
    "petition__number",
    "petition__filed_at",
    "petition__origin",
    "petition__satisfied_count",
    "petition__dissatisfied_count",
    "petition__old_satisfied",
    "petition__prevention__text",
)
"""What a card shows, and no more is read."""
WALL_SECONDS = 60
LATEST: Final = 4
"""How many answers stand on the front page."""

_KNOWN: Final = PreparedModel(
    lambda community, number: (
        Petition.objects.known_to_strangers()
        .select_related("place__parent__parent", "category", "grid", "prevention", "service")
        .filter(community=community, number=number)
    ),
    community=-1,
    number="?",
)
_SHOWN: Final = PreparedModel(
    lambda petition: (
        WallPost.objects.filter(petition=petition, taken_down_at=None)
        .select_related("before", "after")
        .order_by("pk")[:1]
    ),
    petition=-1,
)
_SAID: Final = PreparedModel(
    lambda petition: PetitionEvent.objects.filter(petition=petition, audience=Audience.PUBLIC), petition=-1
)
_LATEST: Final = PreparedModel(
    lambda community: _posts(community).order_by(*ECHO_ORDER)[:LATEST], community=-1
)


def _posts(community_id: int, topic: str = "") -> QuerySet[WallPost]:
    shown = WallPost.objects.filter(community=community_id, taken_down_at=None)
    posts = shown.filter(petition__spam_marked_at=None)
    return _joined(posts.filter(topic=topic) if topic else posts)


def _joined(posts: QuerySet[WallPost]) -> QuerySet[WallPost]:
    return posts.select_related("petition__prevention", "before", "after").only(*ECHO_COLUMNS)


def _end(community: int, topic: str = "", *, backwards: bool) -> QuerySet[WallPost]:
    return at_end(_posts(community, topic), order=ECHO_ORDER, backwards=backwards, size=PAGE_SIZE)


@dataclass(frozen=True, slots=True)
class EchoCard:
    """Question and answer as published, with what the people who asked think of it.

    `is_old` came from an old register: `old_satisfied` is what that says, and nobody was asked here.
    """

    number: str
    title: str
    question: str
    answer: str
    place: str
    topic: str
    published_at: datetime
    before: UUID | None
    after: UUID | None
    days: int
    satisfied: int
    ratings: int
    found_on_patrol: bool
    is_old: bool
    old_satisfied: bool | None
    measure: str

    @property
    def is_confirmed(self) -> bool:
        """Confirmed by the people who asked, and refused by none of them."""
        return 0 < self.satisfied == self.ratings


_ENDS: Final = {
    (backwards, bool(topic)): PreparedModel(partial(_end, backwards=backwards), community=-1, **topic)
    for backwards in (False, True)
    for topic in ({}, {"topic": "?"})
}
"""Both ends of the echo wall, of every topic and of one."""


def echo_page(
    community: Community, topic: str, what: Asked, cursor: str | None, at: datetime
) -> tuple[list[EchoCard], Page[WallPost]]:
    """One page of the echo wall, newest first; of a search only what was published; one statement."""
    page = _echo_end(community, topic, cursor) if what is NOTHING else None
    if page is None:
        posts = _posts(community.pk, topic)
        if what is not NOTHING:
            cursor = cursor_for(cursor)
            begin = seek(posts, order=ECHO_ORDER, cursor=cursor, size=PAGE_SIZE, now=at)
            posts = found_answers(posts, what, community.pk, page=begin)
        page = keyset(posts, order=ECHO_ORDER, cursor=cursor, size=PAGE_SIZE)
    return [echo_card(post) for post in page.items], page


def _echo_end(community: Community, topic: str, cursor: str | None) -> Page[WallPost] | None:
    """The first or the last page, written into SQL once; None between the ends."""
    values = {"community": community.pk, **({"topic": topic} if topic else {})}
    return end_page(
        WallPost,
        lambda backwards: _ENDS[backwards, bool(topic)].all(**values),
        order=ECHO_ORDER,
        cursor=cursor,
        size=PAGE_SIZE,
    )


def echo_latest(community: Community) -> list[EchoCard]:
    """The newest answers, for the community's front page; one statement."""
    return [echo_card(post) for post in _LATEST.all(community=community.pk)]


def problem_page(
    community: Community, topic: str, what: Asked, cursor: str | None, at: datetime
) -> tuple[list[PublicCard], Page[Petition]]:
    """One page of what waits for an answer, the oldest first; one statement."""
    rows = Petition.objects.on_problem_wall().filter(community=community)
    rows = rows.filter(topic=topic) if topic else rows
    rows = rows if what is NOTHING else found_problems(rows, what)
    page = keyset(rows.with_card(), order=["filed_at", "pk"], cursor=cursor, size=PAGE_SIZE)
    return public_cards(page.items, at), page


def echo_card(post: WallPost) -> EchoCard:
    """A post read with its petition and photos."""
    petition = post.petition
    waited = timezone.localdate(post.published_at) - timezone.localdate(petition.filed_at)
    return EchoCard(
        number=petition.number,
        title=post.title,
        question=post.question,
        answer=post.answer,
        place=post.place_name,
        topic=str(post.get_topic_display()),
        published_at=post.published_at,
        before=post.before.image_id if post.before else None,
        after=post.after.image_id if post.after else None,
        days=max(0, waited.days),
        satisfied=petition.satisfied_count,
        ratings=petition.satisfied_count + petition.dissatisfied_count,
        found_on_patrol=petition.origin == Origin.PROACTIVE,
        is_old=petition.origin == Origin.IMPORTED,
        old_satisfied=petition.old_satisfied,
        measure=getattr(getattr(petition, "prevention", None), "text", ""),
    )


def shown_post(petition: Petition) -> WallPost | None:
    """What stands on the echo wall about a matter now; one statement."""
    post = _SHOWN.first(petition=petition.pk)
    if post is not None:
        post.petition = petition
    return post


def known_matter(community: Community, number: str) -> Petition | None:
    """The matter with this number, if strangers may know it, with all that its page names; one statement."""
    petition = _KNOWN.first(community=community.pk, number=number)
    if petition is not None:
        petition.community = community
    return petition


def public_events(petition: Petition) -> list[PetitionEvent]:
    """What everybody may read of its history; one statement."""
    return _SAID.all(petition=petition.pk)


def running_with(community: Community, number: str) -> QuerySet[Petition]:
    """The public matter into which this public one was merged, if it was."""
    merged = Petition.objects.public().filter(community=community, number=number)
    return Petition.objects.known_to_strangers().filter(merged_from__in=merged)


def topic_of(code: str) -> str:
    """A topic to filter by; empty for all, also when there is no such topic."""
    return code if code in Topic.values else ""


def topic_choices(chosen: str) -> Sequence[tuple[str, str, bool]]:
    """The filters above a wall: code, word, and whether it is the chosen one."""
    every = [("", _("全部"), not chosen)]
    return [*every, *((topic.value, str(topic.label), topic.value == chosen) for topic in Topic)]


def walls_version(community_id: int) -> str:
    """Part of the key of every cached wall of a community; a new one makes the kept ones void."""
    return str(cache.get(f"walls:{community_id}", ""))


def walls_forget(community_id: int) -> None:
    """After a publication or its end: nobody reads the kept walls any more."""
    cache.set(f"walls:{community_id}", uuid4().hex, None)
