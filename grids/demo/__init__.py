"""The grids of the demo, through the same actions as everything else."""

from grids.demo.action_plans import action_plans_play
from grids.demo.applications import applications_play
from grids.demo.care import care_play
from grids.demo.entries import entries_play
from grids.demo.errands import errands_play
from grids.demo.meters import meters_play
from grids.demo.needs import needs_play
from grids.demo.old_ledger import old_ledger_play
from grids.demo.patrols import patrols_walk
from grids.demo.plans import GridPlans
from grids.demo.registers import register_play, schemes_play
from grids.demo.seasons import seasons_play
from grids.demo.visits import gifts_play, visits_play

__all__ = [
    "GridPlans",
    "action_plans_play",
    "applications_play",
    "care_play",
    "entries_play",
    "errands_play",
    "gifts_play",
    "meters_play",
    "needs_play",
    "old_ledger_play",
    "patrols_walk",
    "register_play",
    "schemes_play",
    "seasons_play",
    "visits_play",
]
