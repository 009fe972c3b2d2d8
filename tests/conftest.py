"""Fixtures for every test."""

from __future__ import annotations

from tests.cast import *  # noqa: F403
