"""What a page about one matter shows, on a phone and at the desk alike."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from community.duties import Power
from community.permissions import has_power
from core.models import User
from petitions.selectors.matter import Matter
from petitions.selectors.progress import history_of, stepper_of
from petitions.selectors.steps import Step, main_step, possible_steps


def matter_page(matter: Matter, user: User, at: datetime) -> dict[str, Any]:
    """The matter, its history, and the steps that are possible: one main, one beside it, the rest."""
    possible = possible_steps(matter, user, at)
    main = main_step(possible)
    second = possible.get(Step.PROGRESS) if main and main.step == Step.RESOLVE else None
    return {
        "matter": matter,
        "petition": matter.petition,
        "main": main,
        "second": second,
        "rest": [one for one in possible.values() if one not in (main, second) and not one.gate],
        "gates": list(dict.fromkeys(one.gate for one in possible.values() if one.gate)),
        "stepper": stepper_of(matter),
        "history": history_of(matter),
        "may_call": has_power(user, Power.PETITION_CONTACT, matter.petition.scope, at=at),
        "at": at,
    }
