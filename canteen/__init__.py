"""Menus, meal cards, counter, delivery. Filled by a later issue."""
