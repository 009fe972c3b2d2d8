"""What upper apps contribute to the pages of this one, from their `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise

from community.models import Place
from core.models import User
from core.registries import Panel, Registry
from grids.models import Grid, Hazard, OpinionDiaryEntry, Patrol

HazardPanelSource = Callable[[User, Hazard, datetime], "Panel | None"]

hazard_panels: Final[Registry[HazardPanelSource]] = Registry()
"""What else belongs to a hazard, such as the matter that it became. The template gets `panel` and `hazard`;
at most one statement each."""

GroundListener = Callable[[Sequence[Place], User | None, str, datetime], None]
ground_changed: Final[Registry[GroundListener]] = Registry()
"""Told in the transaction in which buildings changed grids: which places, by whom, with which post, when."""


@dataclass(frozen=True, slots=True)
class DueLine:
    """Something of a grid that is due today or late: what it is, in whose hands, and how late.

    `url` is where it stands, `move_url` where it is put into other hands.
    """

    words: str
    url: str
    who: str = ""
    is_late: bool = False
    move_url: str = ""


Due = Mapping[int | None, Sequence[DueLine]]
DueSource = Callable[[User, Sequence[Grid], datetime], Due]

due_lines: Final[Registry[DueSource]] = Registry()
"""What is due in the grids of a leader's page, by grid, for each at most `DUE_SHOWN` with the latest first;
one statement for all."""
DUE_SHOWN: Final = 4

DiaryPanelSource = Callable[[User, OpinionDiaryEntry, datetime], "Panel | None"]
diary_panels: Final[Registry[DiaryPanelSource]] = Registry()
"""What else belongs to a diary entry, such as the matter made of it. The template gets `panel` and `entry`;
at most one statement each."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that came of a patrol: what it is, and where it stands."""

    words: str
    url: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PatrolWay:
    """What one may go on to from a patrol: the address of its form, and what came of it so far.

    `url` names an address without arguments, whose page a phone keeps. `found` tells this reader what the
    patrol's person entered in its grid while it went on, at most `FOUND_SHOWN`; one statement.
    """

    label: str | Promise
    url: str
    found: Callable[[User, Patrol, datetime], Sequence[Found]]


FOUND_SHOWN: Final = 20
patrol_ways: Final[Registry[PatrolWay]] = Registry()
"""Visits, hazards, matters and the diary, one tap from a patrol (G-05)."""
