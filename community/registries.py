"""What other apps contribute to the pages of this one, from their `AppConfig.ready`."""

from __future__ import annotations

from typing import Final

from core.registries import PanelSource, Registry, TileSource

home_panels: Final[Registry[PanelSource]] = Registry()
"""Sections of a community's home, such as its latest answers. The panel's template gets `panel` and the
community's page context; at most one statement each. They are cached: nothing about the visitor."""

home_actions: Final[Registry[TileSource]] = Registry()
"""The one thing to do on a community's home, in the bar at the bottom of a phone: the first tile that
comes back. Costs no statement."""

account_tiles: Final[Registry[TileSource]] = Registry()
"""What a signed-in resident finds on the page 我的, such as their own matters."""
