"""A community's net: grids in force, with what their people do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from community.models import Community, Place
from grids import actions
from grids.models import Grid
from grids.models.grid import Tier


class GridPlans:
    """The grids of one community, which share a list of duties."""

    def __init__(self, community: Community, at: datetime) -> None:
        self.community, self.at = community, at
        self.duties = actions.duty_list_create(community=community, name="网格员日常职责", at=at)

    def grid(
        self, name: str, buildings: Sequence[Place], *, tier: str = Tier.LEVEL_1, parent: Grid | None = None
    ) -> Grid:
        """A grid with its ground and its duties; people come next."""
        grid = actions.grid_create(
            community=self.community, name=name, tier=tier, parent=parent, buildings=buildings, at=self.at
        )
        return actions.grid_set_duties(grid_id=grid.pk, duty_list=self.duties, actor=None, at=self.at)

    def set_in_force(self, grid: Grid) -> None:
        actions.grid_activate(grid_id=grid.pk, actor=None, at=self.at)
