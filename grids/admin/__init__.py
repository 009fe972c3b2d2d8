"""Pages of the desk about grids."""

from grids.admin import duty_list, festival, grid, hazard, norm, visit

__all__ = ["duty_list", "festival", "grid", "hazard", "norm", "visit"]
