"""Every write of this app."""

from grids.actions.grid import grid_assign_buildings, grid_create, grid_update

__all__ = ["grid_assign_buildings", "grid_create", "grid_update"]
