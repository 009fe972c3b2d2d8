"""Pages of the desk about grids."""

from grids.admin import (
    campaign,
    colour,
    diary,
    duty_list,
    errand,
    festival,
    grid,
    hazard,
    lead,
    need,
    norm,
    patrol,
    patrol_plan,
    register,
    sweep,
    visit,
)

__all__ = [
    "campaign",
    "colour",
    "diary",
    "duty_list",
    "errand",
    "festival",
    "grid",
    "hazard",
    "lead",
    "need",
    "norm",
    "patrol",
    "patrol_plan",
    "register",
    "sweep",
    "visit",
]
