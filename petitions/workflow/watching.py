"""督办 and 疏忽提示: how often a supervisor looks, and what makes a matter look neglected (P-17, P-42)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy

from community.workflow import Topic
from petitions.workflow.events import Event

URGE_MINUTES: Final = 60
"""Working minutes between two urges of one supervisor."""
CHECK_EVERY: Final = timedelta(days=14)
TRACK_EVERY: Final = timedelta(days=7)
"""After so long without a look a supervisor is reminded; of a tracked matter sooner."""


def look_every(*, is_tracked: bool) -> timedelta:
    """How long a supervised matter may go without a look."""
    return TRACK_EVERY if is_tracked else CHECK_EVERY


class Neglect(models.TextChoices):
    """Why a matter looks neglected; each tells the next tier once."""

    REMINDED = "reminded", gettext_lazy("同一时限提醒三次仍未办")
    REOPENED = "reopened", gettext_lazy("第二次重办")
    REPEATED = "repeated", gettext_lazy("同一地点同类问题九十天内第三次反映")
    NO_PHOTO = "no_photo", gettext_lazy("办结没有照片")


IN_VAIN: Final = 3
"""So many reminders of one and the same limit were in vain."""
REOPENED_ROUND: Final = 3
REPEATS: Final = 3
REPEATS_WITHIN: Final = timedelta(days=90)
NO_PICTURE: Final[frozenset[str]] = frozenset(
    {"", Topic.ELDER_SUPPORT, Topic.PROPERTY_FEE, Topic.WATER_BILL, Topic.NOISE, Topic.OTHER}
)
"""Topics of which a photo would show nothing; of any other one is expected with the result."""
NO_REPEAT: Final[frozenset[str]] = frozenset({"", Topic.OTHER})
"""Two matters of these need not be about the same thing."""
WORTH_A_LOOK: Final[frozenset[Event]] = frozenset(
    {Event.TRIAGED, Event.REGRADED, Event.RESOLVED, Event.REOPENED}
)
"""After these the next sweep looks whether the matter is neglected; also when it passed 理事 by itself."""
