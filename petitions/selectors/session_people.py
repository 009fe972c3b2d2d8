"""Who takes part in sessions, and who may be given what they decide."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.utils import timezone

from community.duties import Duty
from community.meetings import Body
from community.models import Community, Post
from community.permissions import held_posts
from core.models import User
from petitions.models import DeliberationSession, Participant, Petition, PetitionReporter
from petitions.selectors.people import Candidate


def people_in(community: Community, *, at: datetime) -> list[Candidate]:
    """Everybody in post in, below or above a community, the highest first; one statement."""
    path = community.place.path
    above = [int(part) for part in path.split("/") if part]
    held = Post.objects.held_on(timezone.localdate(at)).filter(user__is_active=True)
    held = held.exclude(duty=Duty.ADMINISTRATOR).select_related("user", "place")
    posts = held.filter(place__path__startswith=path) | held.filter(place_id__in=above)
    found: dict[int, Candidate] = {}
    for post in posts.order_by("place__depth", "pk"):
        label = f"{post.user} · {post.place.name}{post.get_duty_display()}"
        found.setdefault(post.user_id, Candidate(post.user_id, label))
    return list(found.values())


def is_in_post_at(user: User, session: DeliberationSession, at: datetime) -> bool:
    """Whether somebody holds a post in, below or above the session's community."""
    home = session.community.place.path
    return any(
        post.duty != Duty.ADMINISTRATOR
        and (post.place_path.startswith(home) or home.startswith(post.place_path))
        for post in held_posts(user, at=at)
    )


def participants_to_ask(
    petition: Petition, reporters: Iterable[PetitionReporter], handlers: Collection[int]
) -> list[Participant]:
    """Whoever signed in at a session about this matter and can be reached: each person once (P-47).

    Not those who asked themselves, handled it, or sat there for the community; nobody for a private matter.
    """
    if petition.is_private:
        return []
    rows = Participant.objects.filter(
        session__deliberations__petition=petition, signed_in_at__isnull=False
    ).exclude(role=Body.STAFF)
    known: set[object] = {("user", user_id) for user_id in handlers}
    for reporter in reporters:
        known |= {("user", reporter.user_id), ("phone", reporter.phone)}
    asked: list[Participant] = []
    for person in rows.select_related("user").order_by("pk").distinct():
        phone = person.phone or (person.user.phone if person.user else "")
        marks = {("user", person.user_id), ("phone", phone)} - {("user", None), ("phone", "")}
        if marks and not marks & known:
            known |= marks
            asked.append(person)
    return asked
