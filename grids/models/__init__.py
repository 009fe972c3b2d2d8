"""Grids, and the buildings each one holds."""

from grids.models.grid import Grid, GridBuilding

__all__ = ["Grid", "GridBuilding"]
