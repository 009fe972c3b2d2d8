"""Named filters of petitions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Self

from django.db.models import Q

from community.duties import Power
from community.permissions import HeldPost, held_posts, paths_with
from community.querysets import below
from core.querysets import LockableQuerySet
from petitions import workflow

if TYPE_CHECKING:
    from petitions.models import DeliberationSession, Participant, Petition, Poll, Project  # noqa: F401


CARD: Final = (
    *("number", "community", "public_title", "topic", "canonical_category", "category__label"),
    *("filed_at", "promise_at", "reporters_count", "private_reporters", "place__kind", "place__name"),
    *("place__parent__kind", "place__parent__name"),
    *("place__parent__parent__kind", "place__parent__parent__name"),
)


class PetitionQuerySet(LockableQuerySet["Petition"]):
    def open(self) -> Self:
        return self.filter(stage__in=sorted(workflow.OPEN))

    def unanswered(self) -> Self:
        return self.filter(stage__in=sorted(workflow.UNANSWERED))

    def overdue(self, at: datetime) -> Self:
        return self.open().filter(due_at__lt=at, paused_at__isnull=True)

    def genuine(self) -> Self:
        """Not marked as spam."""
        return self.filter(spam_marked_at__isnull=True)

    def public(self) -> Self:
        """What strangers may know of at all: neither private nor spam."""
        return self.genuine().filter(is_private=False)

    def known_to_strangers(self) -> Self:
        """Public, and neither withdrawn nor returned nor merged: what has a public page."""
        return self.public().exclude(stage__in=sorted(workflow.SIDE))

    def on_problem_wall(self) -> Self:
        return self.public().unanswered()

    def visible_to(self, user: Any, *, at: datetime) -> Self:
        """Matters that a current post of `user` covers with the power to read."""
        return self.covered_by(reading_posts(user, at))

    def covered_by(self, posts: Iterable[HeldPost]) -> Self:
        """Matters under the places of these posts; none without a post."""
        covered = Q()
        for post in posts:
            covered |= _covered_by(post)
        return self.filter(covered) if covered else self.none()

    def with_card(self) -> Self:
        """What a public card names and nothing else, in one join."""
        return self.select_related("place__parent__parent", "category").only(*CARD)

    def with_context(self) -> Self:
        """Everything that a list row or a detail page names, in one join."""
        return self.select_related("community__profile", "place__parent", "grid", "assignee", "category")


class SessionQuerySet(LockableQuerySet["DeliberationSession"]):
    def public(self) -> Self:
        """Announced: in the calendar for everybody, also once it was held or cancelled."""
        return self.filter(announced_at__isnull=False)

    def upcoming(self, at: datetime) -> Self:
        """Announced, not cancelled, and not over, the nearest first."""
        return self.public().filter(state="planned", ends_at__gte=at).order_by("starts_at", "pk")

    def held(self) -> Self:
        return self.filter(state="held")

    def run_by(self, user: Any, *, at: datetime) -> Self:
        """Sessions of the communities in which a current post of `user` lets them run sessions."""
        return self.filter(below(paths_with(user, Power.SESSION_RUN, at=at), "community__place__path"))

    def with_context(self) -> Self:
        """Everything that a list row or a page names, in one join."""
        return self.select_related(
            "community__place", "community__profile", "schedule", "estate", "corner", "chair"
        )


class ParticipantQuerySet(LockableQuerySet["Participant"]):
    def coming(self) -> Self:
        """Everybody on the list but those who have said that they do not come."""
        return self.filter(declined_at__isnull=True)


class PollQuerySet(LockableQuerySet["Poll"]):
    def public(self) -> Self:
        """What strangers may know of: everything that was opened."""
        return self.filter(opened_at__isnull=False)

    def open(self) -> Self:
        return self.filter(state="open")

    def run_by(self, user: Any, *, at: datetime) -> Self:
        """Polls of the communities in which a current post of `user` lets them run polls."""
        return self.filter(below(paths_with(user, Power.POLL_RUN, at=at), "community__place__path"))


class ProjectQuerySet(LockableQuerySet["Project"]):
    def public(self) -> Self:
        """What strangers may know of: everything that was published."""
        return self.filter(published_at__isnull=False)

    def going(self) -> Self:
        """Prepared or under way, the newest first."""
        return self.filter(state__in=["planned", "running"]).order_by("-state_at", "-pk")

    def run_by(self, user: Any, *, at: datetime) -> Self:
        """Projects of the communities in which a current post of `user` lets them run projects."""
        return self.filter(below(paths_with(user, Power.PROJECT_RUN, at=at), "community__place__path"))


def is_visible(petition: Petition, user: Any, *, at: datetime) -> bool:
    """Whether `visible_to` holds this matter, told without asking the database."""
    return any(_covers(post, petition) for post in reading_posts(user, at))


def reading_posts(user: Any, at: datetime) -> list[HeldPost]:
    """The posts that let `user` read matters."""
    return [post for post in held_posts(user, at=at) if Power.PETITION_READ in post.powers]


def _covers(post: HeldPost, petition: Petition) -> bool:
    """The same rule as below, for one matter in hand."""
    if post.place_kind == "community":
        return bool(petition.community_id == post.place_id)
    if post.place_kind == "grid":
        return bool(petition.grid_id == post.place_id or petition.grid_path.startswith(post.place_path))
    return bool(petition.place_path.startswith(post.place_path))


def _covered_by(post: HeldPost) -> Q:
    """The rows under a post's place, by the column that has an index."""
    if post.place_kind == "community":
        return Q(community_id=post.place_id)
    if post.place_kind == "grid":
        return Q(grid_id=post.place_id) | Q(grid_path__startswith=post.place_path)
    return Q(place_path__startswith=post.place_path)
