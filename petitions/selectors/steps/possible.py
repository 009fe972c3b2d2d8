"""Which steps a person can take now, by all rules together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from community.permissions import powers_over
from core.models import User
from petitions import workflow
from petitions.selectors.facts import facts_in_hand
from petitions.selectors.matter import Matter
from petitions.selectors.steps import (
    afterwards,
    assistance,
    closing,
    deciding,
    handling,
    mediation,
    sorting,
    supervision,
)
from petitions.selectors.steps.case import Case, Rule
from petitions.selectors.steps.step import AFTER_THE_END, INSTANT, MAIN, Step

_RULES: Final[Mapping[Step, Rule]] = {
    **sorting.RULES,
    **deciding.RULES,
    **handling.RULES,
    **assistance.RULES,
    **mediation.RULES,
    **supervision.RULES,
    **afterwards.RULES,
    **closing.RULES,
}
RULES: Final[Mapping[Step, Rule]] = {step: _RULES[step] for step in Step}
"""Every step has a rule, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Possible:
    """A step that shows. `gate` says what has to be done first, if anything."""

    step: Step
    gate: str = ""

    @property
    def label(self) -> str:
        return str(self.step.label)

    @property
    def is_instant(self) -> bool:
        """Done in one tap: there is nothing to fill in."""
        return self.step in INSTANT


def possible_steps(matter: Matter, user: User, at: datetime) -> dict[Step, Possible]:
    """The steps that `user` may take on this matter now, in their usual order."""
    case = Case(matter, user, at, powers_over(user, matter.petition.scope, at=at))
    return {
        step: Possible(step, _closed_gate(case, rule))
        for step, rule in RULES.items()
        if _stands(case, step) and case.may(rule.power) and rule.fits(case)
    }


def main_step(possible: Mapping[Step, Possible]) -> Possible | None:
    """The one main action of a page."""
    return next((possible[step] for step in MAIN if step in possible and not possible[step].gate), None)


def _stands(case: Case, step: Step) -> bool:
    if case.petition.spam_marked_at is not None:
        return step == Step.SPAM_UNDO
    return case.stage not in workflow.CLOSED or step in AFTER_THE_END


def _closed_gate(case: Case, rule: Rule) -> str:
    """What the first gate that is still closed says; the facts are gathered only where a gate stands."""
    stages = rule.enters(case)
    standing = workflow.standing_gate(stages, facts_in_hand(case.petition))
    if standing is not None:
        return str(workflow.STANDING[standing].message)
    guarded = {known.stage for gate, known in workflow.GATES.items() if case.profile.has(gate)}
    if not guarded.intersection(stages):
        return ""
    facts = replace(case.matter.facts, **rule.given(case))
    gate = workflow.closed_gate(case.profile, stages, facts)
    return "" if gate is None else str(workflow.GATES[gate].message)
