"""What upper apps contribute to the pages of this one, from their `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from core.models import User
from core.registries import Panel, Registry
from grids.models import Hazard

HazardPanelSource = Callable[[User, Hazard, datetime], "Panel | None"]

hazard_panels: Final[Registry[HazardPanelSource]] = Registry()
"""What else belongs to a hazard, such as the matter that it became. The template gets `panel` and `hazard`;
at most one statement each."""
