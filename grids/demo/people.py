"""Who lives in a grid of the demo, by keys: while a demo is being built the database has no statistics, and
plans for conditions upon conditions are bad."""

from __future__ import annotations

from django.db.models import QuerySet

from community.models import Household, Resident
from grids.models import Grid
from grids.selectors.homes_page import doors_in


def people_in(grid: Grid) -> QuerySet[Resident]:
    """Everybody behind the doors of a grid who has neither died nor moved away."""
    return Resident.objects.present().filter(household__in=[door.pk for door in doors_in(grid)])


def lived_in(grid: Grid) -> list[Household]:
    """The doors of a grid behind which somebody lives."""
    doors = list(doors_in(grid))
    there = Resident.objects.present().filter(household__in=[door.pk for door in doors])
    known = set(there.values_list("household", flat=True))
    return [door for door in doors if door.pk in known]
