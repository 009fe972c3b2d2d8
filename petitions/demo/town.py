"""One community of the demo, with everything that its matters need."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from community.duties import Duty
from community.models import (
    CategorySetting,
    Channel,
    Community,
    Organisation,
    Place,
    Resident,
    TalkPoint,
)
from community.models.people import OrganisationKind
from community.profiles import profile_of
from community.workflow import Profile
from core.models import User
from core.workdays import WorkingClock
from grids.demo import GridPlans
from grids.models import Grid
from petitions.demo.plan import TownPlan


@dataclass
class Town:
    """One community with everything that its matters need."""

    plan: TownPlan
    community: Community
    clock: WorkingClock
    estates: list[Place] = field(default_factory=list)
    buildings: list[Place] = field(default_factory=list)
    homes: list[Place] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    nets: GridPlans | None = None
    residents: list[Resident] = field(default_factory=list)
    bodies: list[Organisation] = field(default_factory=list)
    channels: dict[str, list[Channel]] = field(default_factory=dict)
    points: list[TalkPoint] = field(default_factory=list)
    codes: dict[int, TalkPoint] = field(default_factory=dict)
    categories: list[CategorySetting] = field(default_factory=list)
    staff: dict[str, User] = field(default_factory=dict)
    supervisor: User = field(default_factory=User)
    rep: User | None = None
    """Who represents the first property company."""

    @cached_property
    def profile(self) -> Profile:
        return profile_of(self.community.pk)

    @property
    def slug(self) -> str:
        return self.plan.slug

    def with_duty(self, duty: Duty) -> User | None:
        """The first person of the community's own staff with this duty."""
        return next(
            (self.staff[name] for name, _who, held in self.plan.staff if held == duty and name in self.staff),
            None,
        )

    @property
    def deputies(self) -> list[User]:
        """Everybody on the community's own staff who handles matters."""
        staff = self.plan.staff
        return [self.staff[name] for name, _who, duty in staff if duty != Duty.CHILD_OFFICER]

    @property
    def desk(self) -> User:
        """Who answers, publishes and visits: the clerk."""
        return self.with_duty(Duty.CLERK) or self.secretary

    @property
    def secretary(self) -> User:
        found = self.with_duty(Duty.SECRETARY)
        assert found is not None
        return found

    @property
    def approver(self) -> User:
        return self.with_duty(Duty.DISPATCHER) or self.secretary


def parties_of(town: Town, kinds: list[str]) -> list[Organisation]:
    """Bodies of these kinds that take part in a hard matter, at least two."""
    found = [next((body for body in town.bodies if body.kind == kind), None) for kind in kinds]
    named = [body for body in found if body is not None]
    spare = [
        body
        for body in town.bodies
        if body not in named and body.kind != OrganisationKind.RESIDENTS_COMMITTEE
    ]
    return [*named, *spare[: max(0, 2 - len(named))]]
