"""Who keeps a copy of a place's path and must rewrite it when the place moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

place_moved: Final[list[Callable[[str, str], None]]] = []
"""Called in the moving transaction with the old and the new path; apps append from `AppConfig.ready`."""
