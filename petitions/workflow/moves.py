"""Where the loop of a profile leads from a stage. Source: P-01, P-02, P-08, P-47."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from community.workflow import LOOP, SIDE, Mode, Profile, Stage
from core.errors import IllegalMoveError
from petitions.workflow.stages import AWAITING, HANDLING, POSITION, SIDE_FROM


def for_matter(profile: Profile, *, private: bool, assisted: bool = False) -> Profile:
    """The profile as it applies to one matter: no public stage if private, no sitting if assisted."""
    left_out = [
        stage
        for stage, out in ((Stage.PUBLISHED, private), (Stage.DELIBERATING, assisted))
        if out and profile.mode(stage) != Mode.OFF
    ]
    if not left_out:
        return profile
    return replace(profile, modes={**profile.modes, **dict.fromkeys(left_out, Mode.OFF)})


def passage(profile: Profile, current: Stage, target: Stage) -> tuple[Stage, ...]:
    """The stages a matter enters when it goes from `current` to `target`, the last being `target`.

    Stages in between are passed by themselves when the profile says so, and left out when they are
    optional or off.

    Raises:
        IllegalMoveError: the loop does not lead there, or a compulsory stage lies in between.
    """
    if target in SIDE:
        if current in SIDE_FROM[target]:
            return (target,)
        raise _illegal(profile, current, target)
    leads_back = current not in POSITION or POSITION[target] <= POSITION[current]
    if leads_back or profile.mode(target) == Mode.OFF:
        raise _illegal(profile, current, target)
    between = LOOP[POSITION[current] + 1 : POSITION[target]]
    missing = next((stage for stage in between if profile.mode(stage) == Mode.ON), None)
    if missing is not None:
        raise IllegalMoveError(
            _("还没有“%(missing)s”，不能进入“%(target)s”。")
            % {"missing": profile.label(missing), "target": profile.label(target)},
            extra={"missing": missing.value},
        )
    return (*(stage for stage in between if profile.mode(stage) == Mode.AUTO), target)


def can_move(profile: Profile, current: Stage, target: Stage) -> bool:
    """Whether the loop alone (without gates) lets a matter go from `current` to `target`."""
    try:
        passage(profile, current, target)
    except IllegalMoveError:
        return False
    return True


def check_reopen(profile: Profile, current: Stage) -> None:
    """Raise IllegalMoveError unless a refused result may go back to 办事 from this stage (P-47)."""
    if current not in AWAITING:
        raise _illegal(profile, current, Stage.IN_PROGRESS)


def on_the_spot(profile: Profile, current: Stage, *, at_session: bool = False) -> tuple[Stage, ...]:
    """The stages passed up to 办结 by a matter settled on the spot; at a session, 议事 too (P-08).

    Raises:
        IllegalMoveError: the matter is already settled or closed.
    """
    if current not in HANDLING | {Stage.RECEIVED}:
        raise _illegal(profile, current, Stage.RESOLVED)
    between = LOOP[POSITION[current] + 1 : POSITION[Stage.RESOLVED] + 1]
    passed = {Mode.ON, Mode.AUTO}
    talked = profile.mode(Stage.DELIBERATING) != Mode.OFF
    return tuple(
        stage
        for stage in between
        if (talked and at_session if stage == Stage.DELIBERATING else profile.mode(stage) in passed)
    )


def _illegal(profile: Profile, current: Stage, target: Stage) -> IllegalMoveError:
    return IllegalMoveError(
        _("当前处于“%(current)s”，不能进入“%(target)s”。")
        % {"current": profile.label(current), "target": profile.label(target)},
        extra={"stage": str(current)},
    )
