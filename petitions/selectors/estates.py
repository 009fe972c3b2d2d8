"""Who belongs to an estate: those in post there, and the residents behind its doors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone

from community.models import Place, Post, Resident
from community.querysets import below
from grids.models import GridBuilding


def people_of_estates(estates: Sequence[Place], at: datetime) -> dict[int, list[int]]:
    """The accounts of each estate's building heads, grid workers and residents: three statements at most."""
    if not estates:
        return {}
    paths = [estate.path for estate in estates]
    pairs = [*_in_post(paths, at), *_at_home(paths)]
    return {
        estate.pk: list(dict.fromkeys(user for path, user in pairs if path.startswith(estate.path)))
        for estate in estates
    }


def _in_post(paths: Iterable[str], at: datetime) -> list[tuple[str, int]]:
    """Path within the estate, and account: posts below it, and at the grids of its buildings."""
    held = Post.objects.held_on(timezone.localdate(at)).filter(user__is_active=True)
    links = GridBuilding.objects.filter(below(paths, "place__path"), grid__is_active=True)
    of_grid = list(links.values_list("grid_id", "place__path"))
    found = held.filter(below(paths, "place__path")) | held.filter(place__in=[pk for pk, _path in of_grid])
    posts = list(found.values_list("place_id", "place__path", "user_id"))
    workers = [(path, user) for pk, path in of_grid for place_id, _own, user in posts if place_id == pk]
    return [*((path, user) for _pk, path, user in posts), *workers]


def _at_home(paths: Iterable[str]) -> list[tuple[str, int]]:
    there = Resident.objects.present().filter(user__isnull=False)
    rows = there.filter(below(paths, "household__place__path"))
    return [(path, user) for path, user in rows.values_list("household__place__path", "user_id") if user]
