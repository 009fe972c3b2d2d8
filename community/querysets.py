"""Named filters of places, communities and posts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from community.models import Community, Place, Post  # noqa: F401


class PlaceQuerySet(models.QuerySet["Place"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def under(self, path: str) -> Self:
        """The place with this path and everything below it."""
        return self.filter(path__startswith=path)


class CommunityQuerySet(models.QuerySet["Community"]):
    def active(self) -> Self:
        return self.filter(is_active=True)


class PostQuerySet(models.QuerySet["Post"]):
    def held_on(self, day: date) -> Self:
        """Posts in force on a day, both ends included."""
        return self.filter(Q(starts_on__lte=day), Q(ends_on__isnull=True) | Q(ends_on__gte=day))
