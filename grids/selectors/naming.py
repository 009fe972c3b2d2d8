"""Names behind the keys that a phone sent: of what lies under its reader's own posts, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from community.models import Community, Household, Place, Post, Resident
from community.permissions import Scope
from community.querysets import around, below
from core.models import User
from grids.models import GiftPack, Grid, Hazard, SafetyVisit, SweepStop
from grids.selectors.buildings import grid_of
from grids.selectors.doors import scope_of


@dataclass(frozen=True)
class Names:
    """What somebody whose posts stand at `paths` may be told by name. A key is anything that was sent: of
    what lies elsewhere it is said as of what is not there."""

    paths: Sequence[str]

    def door(self, word: str) -> str:
        """A household behind the doors of the reader's grids."""
        rows = Household.objects.select_related("place__parent__parent").filter(pk=_key(word))
        found = rows.first()
        return _said(found.long_name if found and self._covers(found) else "", word)

    def pack(self, word: str) -> str:
        """The door of a gift pack in the reader's grids, and what is in it."""
        rows = GiftPack.objects.select_related("household__place__parent__parent", "campaign")
        found = rows.filter(pk=_key(word)).first()
        covered = found is not None and self._covers(found.household)
        return _said(f"{found.household.long_name} · {found.campaign}" if found and covered else "", word)

    def resident(self, word: str) -> str:
        """Somebody who lives behind one of those doors."""
        rows = Resident.objects.select_related("household__place").filter(pk=_key(word))
        found = rows.first()
        return _said(str(found) if found and self._covers(found.household) else "", word)

    def place(self, word: str) -> str:
        """An estate or a building of the reader's communities, as their public pages name them."""
        rows = Place.objects.select_related("parent__parent").filter(below(self._communities), pk=_key(word))
        found = rows.first()
        return _said(found.long_name if found else "", word)

    def person(self, word: str) -> str:
        """Somebody who is or was in post in the reader's communities, or above them."""
        posts = Post.objects.filter(around(self._communities, "place__path"))
        return _row(User.objects.filter(pk__in=posts.values("user")), word)

    def stop(self, word: str) -> str:
        """A stop in a building of the reader's grids, or of a sweep of what they are in post for."""
        rows = SweepStop.objects.select_related("place__parent__parent").filter(pk=_key(word))
        near = rows.filter(around(self.paths, "sweep__scope__path")).first()
        found = near or next((one for one in rows if self._holds(one.place)), None)
        return _said(str(found) if found else "", word)

    def hazard(self, word: str) -> str:
        """The number of a hazard in the reader's grids."""
        return _row(Hazard.objects.filter(around(self.paths, "scope__path")), word)

    def safety_visit(self, word: str) -> str:
        """The door of a safety visit in the reader's grids."""
        rows = SafetyVisit.objects.filter(below(self.paths, "scope__path"), pk=_key(word))
        found = rows.select_related("household__place__parent__parent").first()
        return _said(found.household.long_name if found else "", word)

    def grid(self, word: str) -> str:
        """A grid of the reader's."""
        return _row(Grid.objects.filter(below(self.paths, "place__path")), word)

    def of_community(self, rows: QuerySet[Any]) -> Callable[[str], str]:
        """What a community has laid down: those of the reader's communities, and the portal's own."""
        known = rows.filter(Q(community=None) | Q(community__place__path__in=self._communities))
        return lambda word: _row(known, word)

    @cached_property
    def _communities(self) -> tuple[str, ...]:
        rows = Community.objects.filter(around(self.paths, "place__path"))
        return tuple(rows.values_list("place__path", flat=True))

    def _covers(self, household: Household) -> bool:
        scope, _home = scope_of(household)
        return any(scope.is_under(path) for path in self.paths)

    def _holds(self, place: Place) -> bool:
        grid = grid_of(place)
        scope = Scope(place.path, grid.place.path if grid else "")
        return any(scope.is_under(path) for path in self.paths)


def _row(rows: QuerySet[Any], word: str) -> str:
    found = rows.filter(pk=_key(word)).first()
    return _said(str(found) if found else "", word)


def _said(name: str, word: str) -> str:
    return name or (_("不在您的任职范围内") if _key(word) else word)


def _key(word: str) -> int:
    return int(word) if word.isascii() and word.isdigit() and len(word) < 19 else 0
