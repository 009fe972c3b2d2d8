"""Reads that are more than a filter."""

from grids.selectors.buildings import grid_key_of, grid_of, grids_of, grids_of_all_tiers

__all__ = ["grid_key_of", "grid_of", "grids_of", "grids_of_all_tiers"]
