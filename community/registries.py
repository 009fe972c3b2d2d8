"""What other apps contribute to the pages of this one, from their `AppConfig.ready`."""

from __future__ import annotations

from typing import Final

from core.registries import PanelSource, Registry, TileSource

home_panels: Final[Registry[PanelSource]] = Registry()
"""Sections of a community's home, such as its latest answers. The panel's template gets `panel` and the
community's page context; at most one statement each. They are cached: nothing about the visitor."""

account_tiles: Final[Registry[TileSource]] = Registry()
"""What a signed-in resident finds on the page 我的, such as their own matters."""
