"""A community's net: grids in force, with what their people do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from community.duties import IN_THE_FIELD
from community.models import Community, Place, Post
from core.models import User
from grids import actions
from grids.actions.handing_over import post_hand_over
from grids.models import Grid
from grids.models.grid import Tier
from grids.selectors.homes import households_in

WEST, SOUTH = 110.6950, 35.5820
STEP: Final = 0.004
"""Some four hundred metres. Where the demo lies is as invented as its people."""


class GridPlans:
    """The grids of one community, which share a list of duties."""

    def __init__(self, community: Community, at: datetime) -> None:
        self.community, self.at = community, at
        self.duties = actions.duty_list_create(community=community, name="网格员日常职责", at=at)

    def grid(
        self,
        name: str,
        buildings: Sequence[Place],
        *,
        tier: str = Tier.LEVEL_1,
        parent: Grid | None = None,
        is_tasked: bool = True,
    ) -> Grid:
        """A grid with its ground and its duties; people come next."""
        grid = actions.grid_create(
            community=self.community, name=name, tier=tier, parent=parent, buildings=buildings, at=self.at
        )
        if not is_tasked:
            return grid
        return actions.grid_set_duties(grid_id=grid.pk, duty_list=self.duties, actor=None, at=self.at)

    def set_norm(self, households: int) -> None:
        """一长两员 and so many households at most, for every tier that the community has."""
        tiers = Grid.objects.filter(community=self.community).order_by().values_list("tier", flat=True)
        for tier in sorted(set(tiers)):
            actions.norm_set(
                community=self.community,
                tier=tier,
                leaders=1,
                workers=2,
                households=households,
                actor=None,
                at=self.at,
            )

    def set_in_force(self, grid: Grid) -> None:
        actions.grid_activate(grid_id=grid.pk, actor=None, at=self.at)

    def draw(self, grid: Grid, column: int, row: int, *, wide: int = 1) -> None:
        """An outline with a cut corner, beside those of the other grids; communities lie below each other."""
        west, south = WEST + column * STEP, SOUTH - (self.community.pk % 40) * 3 * STEP + row * STEP
        east, north = west + wide * STEP, south + STEP
        ring = [
            [west, south],
            [east, south],
            [east, north - STEP / 4],
            [east - STEP / 3, north],
            [west, north],
        ]
        shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        actions.boundary_set(grid_id=grid.pk, geojson=json.dumps(shape), actor=None, at=self.at)

    def hand_over(self, before: User, after: User) -> None:
        """Somebody's first days were their last: the post goes on with its doors to somebody else."""
        post = Post.objects.get(user=before)
        first_day = post.starts_on + timedelta(days=3)
        post_hand_over(post_id=post.pk, successor=after, first_day=first_day, actor=None, at=self.at)

    def share_doors(self, grids: Sequence[Grid]) -> None:
        """Every door of a staffed grid into somebody's hands; where there are two, turn about by building."""
        for grid in grids:
            posts = list(
                Post.objects.filter(place=grid.pk, duty__in=IN_THE_FIELD, ends_on=None).order_by("pk")
            )
            places = [link.place for link in grid.buildings.select_related("place").order_by("pk")]
            for number, post in enumerate(posts):
                own = places[number :: len(posts)]
                households = self._doors(grid, own)
                if households:
                    actions.households_charge(
                        post_id=post.pk,
                        households=households,
                        starts_on=self.at.date(),
                        actor=None,
                        at=self.at,
                    )

    def _doors(self, grid: Grid, places: Sequence[Place]) -> list[int]:
        """The households of a grid behind the doors of these places; another tier may have some of them."""
        return [pk for place in places for pk in households_in(grid.pk, place.path)]
