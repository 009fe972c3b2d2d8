"""Periodic jobs; each calls an action."""
