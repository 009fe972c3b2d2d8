"""The grids of the demo, through the same actions as everything else."""

from grids.demo.plans import GridPlans

__all__ = ["GridPlans"]
