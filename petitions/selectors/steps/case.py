"""A matter before somebody's eyes, and what a rule about one step says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from community.duties import Power
from community.workflow import Profile, Stage
from core.models import User
from petitions import workflow
from petitions.models import Petition
from petitions.selectors import claims
from petitions.selectors.matter import Matter


@dataclass(frozen=True)
class Case:
    """A matter, the person who looks at it, and when."""

    matter: Matter
    user: User
    at: datetime
    powers: frozenset[Power]

    @property
    def petition(self) -> Petition:
        return self.matter.petition

    @property
    def profile(self) -> Profile:
        return self.matter.profile

    @property
    def stage(self) -> Stage:
        return Stage(self.petition.stage)

    @property
    def is_application(self) -> bool:
        """Whether it is about an item of the guide: one person's own."""
        return self.petition.service_minutes is not None

    @property
    def in_handling(self) -> bool:
        return self.stage in workflow.HANDLING

    @property
    def handled_by_me(self) -> bool:
        return self.user.pk in {self.petition.assignee_id, self.petition.resolved_by_id}

    @cached_property
    def claim_stands(self) -> bool:
        return self.matter.claim_stands(self.at)

    @cached_property
    def claimed_by_another(self) -> bool:
        return claims.is_claimed_by_another(self.petition, self.user, at=self.at, stands=self.claim_stands)

    @cached_property
    def claim_lapsed(self) -> bool:
        """Whether the person who claimed it holds no post over it any more."""
        is_mine = self.petition.assignee_id == self.user.pk
        return not is_mine and not self.claim_stands

    @property
    def free_to_handle(self) -> bool:
        """Whether the matter is in handling, and not in a colleague's hands."""
        return self.in_handling and not self.claimed_by_another

    def may(self, power: Power) -> bool:
        return power in self.powers

    def leads_to(self, target: Stage) -> bool:
        return workflow.can_move(self.profile, self.stage, target)

    def passage(self, target: Stage) -> tuple[Stage, ...]:
        return workflow.passage(self.profile, self.stage, target) if self.leads_to(target) else ()


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may take a step, when, and which stages (with their gates) it enters."""

    power: Power
    fits: Callable[[Case], bool]
    enters: Callable[[Case], tuple[Stage, ...]] = lambda _case: ()
    given: Callable[[Case], Mapping[str, Any]] = lambda _case: {}
    """What the step's own form adds to the facts on record before the gates are asked."""
