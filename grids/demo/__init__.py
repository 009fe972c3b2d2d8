"""The grids of the demo, through the same actions as everything else."""

from grids.demo.plans import GridPlans
from grids.demo.visits import visits_play

__all__ = ["GridPlans", "visits_play"]
