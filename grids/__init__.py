"""Grids and the people who hold them."""
