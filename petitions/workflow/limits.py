"""How grave a matter is, which limit runs at a stage, and when somebody is reminded of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from community.workflow import Limit, Mode, Profile, Severity, Stage
from petitions.workflow.stages import AWAITING, HANDLING

LARGER_SCALES: Final = (3, 10)
"""From so many people on, a matter is proposed as one of the second and of the third scale (P-37)."""


def scale_for(people: int) -> int:
    """规模 as the number of people behind a matter suggests it; whoever sorts it decides."""
    return 1 + sum(people >= least for least in LARGER_SCALES)


def colour_of(scale: int, difficulty: int, social_impact: int) -> Severity:
    """三色: the highest of the three criteria (each 1 to 3) decides (P-16)."""
    return (Severity.BLUE, Severity.YELLOW, Severity.RED)[max(scale, difficulty, social_impact) - 1]


HANDLING_LIMIT: Final[Mapping[str, Limit]] = {
    Severity.BLUE: Limit.HANDLE_BLUE,
    Severity.YELLOW: Limit.HANDLE_YELLOW,
    Severity.RED: Limit.HANDLE_RED,
}


def limit_at(profile: Profile, stage: Stage, severity: str) -> Limit | None:
    """The clock that runs while a matter stands at `stage`; None once it is closed."""
    if stage in HANDLING:
        return HANDLING_LIMIT[severity or Severity.BLUE]
    if stage in {Stage.RECEIVED, Stage.RESOLVED}:
        return Limit.ACCEPT if stage == Stage.RECEIVED else Limit.FEED_BACK
    if stage not in AWAITING:
        return None
    if stage == Stage.FED_BACK and profile.mode(Stage.PUBLISHED) == Mode.ON:
        return Limit.PUBLISH
    if stage in {Stage.FED_BACK, Stage.PUBLISHED} and profile.mode(Stage.FOLLOWED_UP) == Mode.ON:
        return Limit.RETURN_VISIT
    return Limit.EVALUATE


_HANDLING_NUDGES: Final = (50, 80, 100, 150)
NUDGES: Final[Mapping[Limit, tuple[int, ...]]] = {
    Limit.ACCEPT: (100, 150),
    Limit.HANDLE_BLUE: _HANDLING_NUDGES,
    Limit.HANDLE_YELLOW: _HANDLING_NUDGES,
    Limit.HANDLE_RED: _HANDLING_NUDGES,
    Limit.FEED_BACK: (100, 150),
    Limit.PUBLISH: (100, 150),
    Limit.RETURN_VISIT: (80, 100, 150),
    Limit.EVALUATE: (),
}
"""The shares of a limit, in per cent, at which somebody is reminded."""

WAITED: Final[Mapping[str, tuple[int, ...]]] = {"undispatched": (120,), "untaken": (60, 120, 240)}
"""After so many working minutes it is said that nobody has dispatched, or taken, a matter (P-24, P-25)."""

INSPECTED_WITHIN: Final = (8 * 60, 16 * 60)
"""After so many working minutes it is said that nobody has been to look at a matter of the building itself:
to whoever has it, then to the tier above (G-34); the source names no limit."""

PAUSE_WORKING_DAYS: Final = 5
"""A pause ends on the answer or after this many working days."""
PAUSE_CAP_WORKING_DAYS: Final = 15
"""All pauses of one matter in one round together last no longer."""

VERIFY_MINUTES: Final = 4 * 60
"""Within so many working minutes somebody looks whether a 随手拍 is so (P-39); the source names no limit."""
