"""Who is told of somebody in care: staff of the community, for children also who answers for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from community.duties import LADDER, Duty
from community.models import Household, Place, Post
from community.querysets import place_ids
from grids.models import CareSubject
from grids.selectors.buildings import grids_of
from grids.selectors.doors import scope_of
from grids.selectors.rungs import Rungs, rungs_over


@dataclass(frozen=True)
class Answering:
    """Who answers for many doors at once: for each the worker, the leader, and who looks after children."""

    places: Mapping[int, Place]
    rungs: Rungs

    def worker(self, door: Household) -> int | None:
        """The worker of its grid, or the next tier that somebody holds."""
        return self.rungs.first(self.places[door.place_id], LADDER)

    def leader(self, door: Household) -> int | None:
        """The leader of its grid, or the next tier that somebody holds."""
        return self.rungs.first(self.places[door.place_id], LADDER[1:])

    def above(self, door: Household) -> int | None:
        """Who stands above the community that a door lies in."""
        return self.rungs.first(self.places[door.place_id], (Duty.SUPERVISOR,))

    def officers(self, subject: CareSubject) -> list[int]:
        """Of a child all who are in post for children there; of anybody else nobody."""
        if not subject.scheme.for_children:
            return []
        place = self.places[subject.resident.household.place_id]
        return [pk for pk in self.rungs.everybody(place, (Duty.CHILD_OFFICER,)) if pk is not None]

    def readers(self, subject: CareSubject) -> list[int]:
        """Of a child who may read the file: those in post for children, and the secretary."""
        if not subject.scheme.for_children:
            return []
        place = self.places[subject.resident.household.place_id]
        secretary = self.rungs.everybody(place, (Duty.SECRETARY,))
        return [pk for pk in dict.fromkeys([*self.officers(subject), *secretary]) if pk is not None]


def answering_for(doors: Iterable[Household], *, at: datetime) -> Answering:
    """Who answers for these doors, whose places are known; two statements, however many they are."""
    known = {door.place_id: door.place for door in doors}
    grids = grids_of(known.values())
    places = {pk: grids[pk].place if pk in grids else place for pk, place in known.items()}
    return Answering(places, rungs_over(places.values(), at=at))


def care_staff(subject: CareSubject, *, at: datetime) -> list[int]:
    """The leader of the grid and the secretary; of a child the posts for children instead of the leader."""
    scope = scope_of(subject.resident.household)[0]
    first = Duty.CHILD_OFFICER if subject.scheme.for_children else Duty.GRID_LEADER
    ids = place_ids([scope.place_path, scope.grid_path])
    posts = Post.objects.held_on(timezone.localdate(at)).filter(
        place_id__in=ids,
        duty__in=(first, Duty.SECRETARY),
        user__is_active=True,
    )
    return sorted(set(posts.values_list("user_id", flat=True)))
