"""Named filters of places, communities and posts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Left, Length

if TYPE_CHECKING:
    from community.models import Community, Place, Post, Resident, ServiceItem  # noqa: F401


def below(paths: Iterable[str], field: str = "path") -> Q:
    """Rows whose path column `field` lies at or under one of `paths`; nothing when there are none."""
    return reduce(or_, (Q(**{f"{field}__startswith": path}) for path in sorted(set(paths))), Q(pk__in=()))


def place_ids(paths: Iterable[str]) -> set[int]:
    """The places that these paths name: their own, and all above them."""
    return {int(part) for path in paths for part in path.split("/") if part}


def around(paths: Collection[str], field: str) -> Q:
    """`below`, and what lies above: rows with a place that one of `paths` runs through."""
    return below(paths, field) | Q(**{f"{field.removesuffix('__path')}__in": place_ids(paths)})


class PlaceQuerySet(models.QuerySet["Place"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def under(self, path: str) -> Self:
        """The place with this path and everything below it."""
        return self.filter(path__startswith=path)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",))


class CommunityQuerySet(models.QuerySet["Community"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",))


def held_on(day: date, posts: str = "") -> Q:
    """The rule for posts in force on a day; `posts` leads to them, such as `posts__`."""
    begun, endless = Q(**{f"{posts}starts_on__lte": day}), Q(**{f"{posts}ends_on__isnull": True})
    return begun & (endless | Q(**{f"{posts}ends_on__gte": day}))


class PostQuerySet(models.QuerySet["Post"]):
    def held_on(self, day: date) -> Self:
        """Posts in force on a day, both ends included."""
        return self.filter(held_on(day))

    def overlapping(self, starts_on: date, ends_on: date | None) -> Self:
        """Posts in force on at least one day of the span; `ends_on` None means without end."""
        rest = self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on))
        return rest if ends_on is None else rest.filter(starts_on__lte=ends_on)

    def named(self) -> Self:
        """Those whose holder is named to people: nobody who has died, and no 楼长 who has moved away."""
        gone = Q(user__resident__standing="deceased")
        gone |= Q(user__resident__standing="moved_out", duty="building_head")
        return self.exclude(gone)

    def primary(self) -> Self:
        """Posts in their own right, not a deputy's."""
        return self.filter(deputises__isnull=True)

    def over(self, *paths: str) -> Self:
        """Within an outer query: posts at a place or above it, by the outer row's path columns."""
        above = (Q(place__path=Left(OuterRef(path), Length("place__path"))) for path in paths)
        return self.filter(reduce(or_, above))

    def locked(self) -> Self:
        return self.select_for_update(of=("self",))


class ResidentQuerySet(models.QuerySet["Resident"]):
    def present(self) -> Self:
        """Who is on lists, in figures and told of anything: neither dead nor moved away (G-10)."""
        return self.filter(standing="present")

    def reachable(self) -> Self:
        """Residents who may still be written to."""
        wanting: dict[str, Any] = {"refuses_messages": False}
        return self.present().filter(**wanting).exclude(phone="")

    def locked(self) -> Self:
        return self.select_for_update(of=("self",))


def nobody_left(residents: ResidentQuerySet) -> Q:
    """Households on whose roll everybody has died or moved away; one without a roll is not among them.

    `residents` are all of them.
    """
    there = residents.filter(household=OuterRef("pk")).order_by()
    return Q(Exists(there)) & ~Q(Exists(there.present()))


class ServiceItemQuerySet(models.QuerySet["ServiceItem"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def offered_in(self, community: Community) -> Self:
        """The community's own items and those of the whole portal."""
        return self.filter(Q(community=community) | Q(community__isnull=True))

    def locked(self) -> Self:
        return self.select_for_update(of=("self",))
