"""What the morning of the demo's day finds left: festivals, packs, winter rounds, marks, offers of help."""

from __future__ import annotations

from datetime import datetime

from grids.actions.leads import leads_remind
from grids.actions.registers.marks import marks_tell
from grids.actions.season_reminding import festivals_remind, gifts_remind, winters_remind


def seasons_play(*, at: datetime) -> None:
    """Each of them once, as the beat does."""
    for sweep in (festivals_remind, gifts_remind, winters_remind, marks_tell, leads_remind):
        sweep(at=at)
