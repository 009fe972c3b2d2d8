"""When the lead of a task is reminded (G-31). Pure; asks no clock."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

AHEAD: Final = (timedelta(days=30), timedelta(days=7), timedelta())
EVERY: Final = timedelta(days=30)


def reminder_after(due_on: date, day: date) -> date:
    """The next reminder after a day: a month and a week ahead, on the day, then every thirty days."""
    before = next((due_on - ahead for ahead in AHEAD if due_on - ahead > day), None)
    return before or due_on + EVERY * ((day - due_on) // EVERY + 1)
