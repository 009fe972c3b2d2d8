"""Errands for tests, taken and told as a worker does."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from community.models import Household
from core.models import User
from grids.actions.errands import Asked, Word, errand_finish, errand_take, errand_tell
from grids.models import Errand, ToldHow
from tests.cast import NOW

HOUR = timedelta(hours=1)


def take(household: Household, actor: User, text: str = "给孩子办身份证。", **given: object) -> Errand:
    """An errand taken an instant ago."""
    at, key = given.pop("at", NOW), given.pop("key", uuid4())
    return errand_take(household_id=household.pk, asked=Asked(text, **given), key=key, actor=actor, at=at)


def finish(errand: Errand, actor: User, at: datetime = NOW + HOUR, *, in_vain: bool = False) -> Errand:
    return errand_finish(errand_id=errand.pk, result="办好了。", is_in_vain=in_vain, actor=actor, at=at)


def tell(errand: Errand, actor: User, at: datetime = NOW + 2 * HOUR, **word: object) -> Errand:
    said = Word(ToldHow.IN_PERSON, **word)
    return errand_tell(errand_id=errand.pk, word=said, actor=actor, at=at)


def helped(household: Household, actor: User, told: bool | None, at: datetime) -> Errand:
    """An errand in hand (None), done (False), or told as well (True)."""
    errand = take(household, actor, at=at)
    if told is not None:
        errand = finish(errand, actor, at + HOUR)
    return tell(errand, actor, at + 2 * HOUR) if told else errand
