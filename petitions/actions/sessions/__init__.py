"""Sitting down together: planned, announced, attended, written down, seen through."""
