"""Who hears that somebody on the roll has died or moved away, or that this was taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from community.models import Resident

standing_changed: Final[list[Callable[[Resident, datetime], None]]] = []
"""Called in the transaction of the mark with the resident as saved; apps append from `AppConfig.ready`."""
