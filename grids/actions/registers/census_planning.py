"""A half-year has begun and nobody has planned its census round: who answers is asked, then weekly (G-26)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from community.duties import Duty
from community.models import Community, Post
from core import outbox, reminders
from core.outbox import Message
from grids import census_notices
from grids.actions.registers.census import TOLD
from grids.models import CareSubject, CensusRound
from grids.models.census import Half


@transaction.atomic
def census_ask(*, at: datetime) -> int:
    """Ask wherever children are in care and no round of this half-year is planned, nor any open; how many
    communities. Four statements, however many there are."""
    today = timezone.localdate(at)
    half = Half.FIRST if today.month <= 6 else Half.SECOND
    begun = date(today.year, 1 if half == Half.FIRST else 7, 1)
    stage = f"{today.year}.{half.value}.{(today - begun).days // 7}"
    known = CareSubject.objects.active().filter(scheme__for_children=True).order_by()
    children = dict(known.values_list("scheme__community").annotate(Count("pk")))
    planned = Q(year=today.year, half=half) | Q(opened_at__isnull=False, closed_at=None)
    without = Community.objects.filter(pk__in=children, is_active=True).exclude(
        pk__in=CensusRound.objects.filter(planned).values("community")
    )
    found = list(without.select_related("place").order_by("pk"))
    claimed = reminders.claim("census.unplanned", stage, [one.pk for one in found], at)
    asked = [one for one in found if one.pk in claimed]
    outbox.send(list(_told(asked, children, stage, today, at)))
    return len(asked)


def _told(
    communities: list[Community], children: dict[int, int], stage: str, today: date, at: datetime
) -> Iterator[Message]:
    """The secretary, who plans it, and the child officers of the community or above it."""
    paths = {one.pk: [int(part) for part in one.place.path.split("/") if part] for one in communities}
    places = {pk for ids in paths.values() for pk in ids}
    posts = Post.objects.held_on(today).filter(place_id__in=places, duty__in=TOLD, user__is_active=True)
    held = list(posts.order_by("pk").values_list("place_id", "duty", "user_id"))
    for one in communities:
        theirs = {(user, duty) for place, duty, user in held if place in paths[one.pk]}
        plans = {user for user, duty in theirs if duty == Duty.SECRETARY}
        for user in sorted({user for user, _duty in theirs}):
            yield census_notices.census_unplanned(
                user, one, stage, children[one.pk], plans=user in plans, at=at
            )
