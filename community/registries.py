"""What other apps contribute to this one, from their `AppConfig.ready`."""

from __future__ import annotations

from typing import Final

from core.registries import Registry, TileSource

account_tiles: Final[Registry[TileSource]] = Registry()
"""What a signed-in resident finds on the page 我的, such as their own matters."""
