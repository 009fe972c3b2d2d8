"""Whom a property company's representative stands for, and the hazards that it answers for (G-24).

A post at an estate stands for that estate's company; one over several estates for their company only where
they have one and the same. Anything else stands for nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from django.db.models import F, QuerySet

from community.duties import Duty
from community.models import Estate, Post
from community.permissions import held_posts
from community.querysets import below
from core.errors import NotFoundError
from core.language import gettext as _
from core.models import User
from grids.models import Hazard, HazardEventKind, HazardPhoto

Standing = Mapping[str, int]
"""Path of a post → the company that it stands for there."""
SHOWN: Final = 60
CONTEXT: Final = ("place__parent__parent", "type", "responsible_body", "community")
TOLD: Final = (
    HazardEventKind.FILED,
    HazardEventKind.DONE,
    HazardEventKind.IN_VAIN,
    HazardEventKind.CLOSED,
)
"""What a company reads of the history; who had it before is not theirs to know."""


def stood_for(user: User, *, at: datetime) -> Standing:
    """The companies that this person represents, and where; one statement for those with such a post."""
    posts = held_posts(user, at=at)
    return _companies({post.place_path for post in posts if post.duty == Duty.PROPERTY_REP})


def answers_for(user: User, hazard: Hazard, *, at: datetime) -> bool:
    """Whether this person represents the company that answers for a hazard."""
    if hazard.responsible_body_id is None:
        return False
    standing = stood_for(user, at=at).items()
    return any(
        hazard.place.path.startswith(path) and body == hazard.responsible_body_id for path, body in standing
    )


def reps_of(hazards: Iterable[Hazard], day: date) -> Mapping[int, Sequence[int]]:
    """Who represents the company of each hazard, by hazard; two statements at most."""
    theirs = [one for one in hazards if one.responsible_body_id is not None]
    if not theirs:
        return {}
    ids = {pk for one in theirs for pk in (one.place_id, *one.place.ancestor_ids)}
    held = Post.objects.held_on(day).filter(duty=Duty.PROPERTY_REP, place_id__in=ids, user__is_active=True)
    posts = list(held.order_by("pk").values_list("user_id", "place__path"))
    standing = _companies({path for _user, path in posts})
    return {
        one.pk: [
            user
            for user, path in posts
            if one.place.path.startswith(path) and standing.get(path) == one.responsible_body_id
        ]
        for one in theirs
    }


def hazards_answered(user: User, *, at: datetime) -> QuerySet[Hazard]:
    """Every hazard that the companies of this person answer for, and no other."""
    standing = stood_for(user, at=at)
    return Hazard.objects.answered_by(standing).select_related(*CONTEXT)


def hazards_open(user: User, *, at: datetime) -> Sequence[Hazard]:
    """What the company still has to see to, what is due first on top, sixty at most."""
    rows = hazards_answered(user, at=at).unsafe()  # type: ignore[attr-defined]
    return list(rows.order_by(F("done_at").asc(nulls_first=True), "rectify_by", "pk")[:SHOWN])


def hazard_answered(user: User, pk: int, *, at: datetime) -> Hazard:
    """One of them, with photos and history.

    Raises:
        NotFoundError: none, or another company's.
    """
    rows = hazards_answered(user, at=at).prefetch_related("events", "photos")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFoundError(_("没有找到这处隐患。"))
    return found


def photo_answered(user: User, pk: int, photo: int, *, at: datetime) -> HazardPhoto:
    """One photo of such a hazard.

    Raises:
        NotFoundError: none, or another company's.
    """
    hazards = hazards_answered(user, at=at).filter(pk=pk)
    rows = HazardPhoto.objects.select_related("image").filter(hazard__in=hazards.values("pk"))
    found = rows.filter(pk=photo).first()
    if found is None:
        raise NotFoundError(_("没有找到这张照片。"))
    return found


def _companies(paths: Collection[str]) -> Standing:
    if not paths:
        return {}
    held = Estate.objects.filter(below(paths, "place__path"), property_company__is_active=True)
    rows = list(held.values_list("place__path", "property_company_id"))
    found = {path: {body for estate, body in rows if estate.startswith(path)} for path in paths}
    return {path: bodies.pop() for path, bodies in found.items() if len(bodies) == 1}
