"""The grids of the demo, through the same actions as everything else."""

from grids.demo.patrols import patrols_walk
from grids.demo.plans import GridPlans
from grids.demo.registers import register_play, schemes_play
from grids.demo.visits import gifts_play, visits_play

__all__ = ["GridPlans", "gifts_play", "patrols_walk", "register_play", "schemes_play", "visits_play"]
