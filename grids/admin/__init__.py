"""Pages of the desk about grids."""

from grids.admin import duty_list, festival, grid, hazard, norm, patrol, patrol_plan, visit

__all__ = ["duty_list", "festival", "grid", "hazard", "norm", "patrol", "patrol_plan", "visit"]
