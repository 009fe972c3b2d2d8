"""Fixtures for the tests of petitions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.petitions.loop import *  # noqa: F403


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    """Photos of a test go where they end with it."""
    settings.MEDIA_ROOT = tmp_path
