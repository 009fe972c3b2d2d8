"""What other apps contribute to this one, from their `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from core.registries import Registry, TileSource

place_moved: Final[Registry[Callable[[str, str], None]]] = Registry()
"""Who keeps copies of paths: called in the moving transaction with the old and the new path."""

account_tiles: Final[Registry[TileSource]] = Registry()
"""What a signed-in resident finds on the page 我的, such as their own matters."""
