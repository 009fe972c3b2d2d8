"""Visits for tests, entered as a worker enters them."""

from __future__ import annotations

from uuid import uuid4

from community.models import Household
from core.models import User
from grids import actions
from grids.actions.visits import Told
from grids.models import Outcome, Visit, VisitPurpose
from tests.cast import NOW


def purpose(name: str = "日常走访") -> VisitPurpose:
    return VisitPurpose.objects.order_by("community").filter(name=name)[0]


def visit(household: Household, actor: User, **given: object) -> Visit:
    """A visit an instant ago; `told` words go through `given`."""
    at, key = given.pop("at", NOW), given.pop("key", uuid4())
    told = {"purpose": purpose(str(given.pop("why", "日常走访"))), "happened_at": at, **given}
    told["outcome"] = Outcome(told.get("outcome", "none"))
    return actions.visit_record(household_id=household.pk, told=Told(**told), key=key, actor=actor, at=at)
