"""Who keeps a copy of a place's path and must rewrite it when the place moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from community.models import Place
    from core.models import User

place_moved: Final[list[Callable[[str, str], None]]] = []
"""Called in the moving transaction with the old and the new path; apps append from `AppConfig.ready`."""

place_settled: Final[list[Callable[[Place, User | None, str, datetime], None]]] = []
"""Called after them in that transaction: the place as it hangs now, who moved it, with which post, when."""
