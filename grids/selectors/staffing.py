"""Who is missing where: vacancies, grids short of people, without a cadre, with too many households."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Count

from community.duties import IN_THE_FIELD, Duty
from community.models import Community, Post
from grids.models import Grid, GridNorm
from grids.selectors.homes import households_by_grid, uncharged_by_grid

USUAL: Final = GridNorm()
"""一长两员 and 500 households: what holds where a community says nothing (G-04, G-36)."""


@dataclass(frozen=True, slots=True)
class Crew:
    """One grid with the people who are in post there in their own right, and its households."""

    grid: Grid
    norm: GridNorm
    posts: Mapping[str, int]
    households: int = 0
    uncharged: int = 0

    @property
    def leaders(self) -> int:
        return self.posts.get(Duty.GRID_LEADER, 0)

    @property
    def workers(self) -> int:
        """The worker who answers for the grid, and the auxiliaries."""
        return sum(self.posts.get(duty, 0) for duty in IN_THE_FIELD)

    @property
    def is_vacant(self) -> bool:
        return not self.posts.get(Duty.GRID_WORKER)

    @property
    def is_without_officer(self) -> bool:
        return not self.posts.get(Duty.AREA_OFFICER)

    @property
    def lacks_leaders(self) -> int:
        return max(0, self.norm.leaders - self.leaders)

    @property
    def lacks_workers(self) -> int:
        return max(0, self.norm.workers - self.workers)

    @property
    def is_short(self) -> bool:
        return bool(self.lacks_leaders or self.lacks_workers)

    @property
    def is_overloaded(self) -> bool:
        return self.households > self.norm.households


@dataclass(frozen=True, slots=True)
class Overview:
    """The grids in force of one community, with what is missing in each."""

    crews: Sequence[Crew]
    households: int
    homeless: int
    """Households that lie in no grid."""

    @property
    def average(self) -> float:
        """Households a grid, over the grids that have any."""
        lived_in = [crew for crew in self.crews if crew.households]
        return sum(crew.households for crew in lived_in) / len(lived_in) if lived_in else 0.0

    @property
    def most(self) -> int:
        return max((crew.households for crew in self.crews), default=0)

    @property
    def uncharged(self) -> int:
        return self.homeless + sum(crew.uncharged for crew in self.crews)

    @property
    def full(self) -> int:
        """Grids with at least their leader and their workers (一长两员)."""
        return sum(not crew.is_short for crew in self.crews)


def norms_of(community_ids: Iterable[int]) -> dict[tuple[int, str], GridNorm]:
    """What communities ask for of their own; one statement."""
    found = GridNorm.objects.filter(community__in=list(community_ids))
    return {(norm.community_id, norm.tier): norm for norm in found}


def crews_of(grids: Sequence[Grid], day: date) -> list[Crew]:
    """Each of these grids with its people of a day; two statements."""
    norms = norms_of({grid.community_id for grid in grids})
    held = Post.objects.held_on(day).primary().filter(place__in=[grid.pk for grid in grids])
    counted: dict[int, Counter[str]] = {}
    for place_id, duty, count in held.values_list("place_id", "duty").annotate(Count("pk")).order_by():
        counted.setdefault(place_id, Counter())[duty] = count
    return [
        Crew(grid, norms.get((grid.community_id, grid.tier), USUAL), counted.get(grid.pk, Counter()))
        for grid in grids
    ]


def overview_of(community: Community, day: date) -> Overview:
    """Every grid in force of a community; five statements."""
    grids = list(Grid.objects.active().filter(community=community).order_by("place__order", "pk"))
    households = households_by_grid(community.place.path)
    alone = uncharged_by_grid(community.place.path, day)
    crews = [
        Crew(crew.grid, crew.norm, crew.posts, households.get(crew.grid.pk, 0), alone.get(crew.grid.pk, 0))
        for crew in crews_of(grids, day)
    ]
    return Overview(crews, sum(households.values()), households.get(None, 0))
