"""What other apps contribute to the pages of this one, from their `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from django.http import HttpRequest
from django.utils.functional import Promise

from community.models import Community, Place, ServiceItem, TalkPoint
from core.registries import Panel, PanelSource, Registry, TileSource

SheetAddress = Callable[[Community, Sequence[TalkPoint]], str]
ItemPanelSource = Callable[[HttpRequest, ServiceItem], "Panel | None"]
EstatePanelSource = Callable[[HttpRequest, Place], "Panel | None"]

home_panels: Final[Registry[PanelSource]] = Registry()
"""Sections of a community's home, such as its latest answers. The panel's template gets `panel` and the
community's page context; at most one statement each. They are cached: nothing about the visitor."""

account_tiles: Final[Registry[TileSource]] = Registry()
"""What a signed-in resident finds on the page 我的, such as their own matters."""

guide_actions: Final[Registry[ItemPanelSource]] = Registry()
"""What somebody can do about an item of the guide, at the end of its page. The template gets `item`, `panel`
and the community's page context."""

estate_panels: Final[Registry[EstatePanelSource]] = Registry()
"""Sections of an estate's page, such as what was built there. The template gets `panel`, `estate` and the
community's page context; at most one statement each, and nothing about the visitor."""

guide_panels: Final[Registry[PanelSource]] = Registry()
"""Figures above the list of the guide at the desk."""

counted_figures: Final[Registry[str | Promise]] = Registry()
"""What is counted from records and may stand beside a published figure: code → words (C-31)."""

code_sheets: Final[Registry[SheetAddress]] = Registry()
"""Where the codes of these spots of one community are had as one sheet to print; the first one is offered."""

brand_applied: Final[Registry[Callable[[Community, str, datetime], None]]] = Registry()
"""Told in the transaction that gave a community a shipped brand, with the brand's slug."""
