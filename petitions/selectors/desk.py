"""The lists of the desk: one person's matters, by queue and filters, on the page and in Excel alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from core.models import User
from petitions.models import Petition, PetitionReporter
from petitions.querysets import PetitionQuerySet
from petitions.selectors.queues import queue_of

Filter = Callable[[PetitionQuerySet, str, User], PetitionQuerySet]


def _holder(rows: PetitionQuerySet, value: str, user: User) -> PetitionQuerySet:
    if value == "me":
        return rows.filter(assignee=user)
    return rows.filter(claimed_at=None) if value == "nobody" else rows


def _by_id(column: str) -> Filter:
    def narrowed(rows: PetitionQuerySet, value: str, _user: User) -> PetitionQuerySet:
        known = value.isascii() and value.isdigit() and len(value) < 19
        return rows.filter(**{column: int(value)}) if known else rows.none()

    return narrowed


def _search(rows: PetitionQuerySet, value: str, _user: User) -> PetitionQuerySet:
    return searched(rows, value)


FILTERS: Final[Mapping[str, Filter]] = {
    "severity": lambda rows, value, _user: rows.filter(severity=value),
    "community": _by_id("community_id"),
    "grid": _by_id("grid_id"),
    "holder": _holder,
    "q": _search,
}


def desk_rows(user: User, params: Mapping[str, str], *, at: datetime) -> PetitionQuerySet:
    """What this person sees under these filters."""
    rows = queue_of(params.get("queue")).rows(Petition.objects.visible_to(user, at=at), at)
    for name, narrowed in FILTERS.items():
        if params.get(name):
            rows = narrowed(rows, params[name], user)
    return rows


def searched(rows: PetitionQuerySet, term: str) -> PetitionQuerySet:
    """By number or by the phone of somebody who asked, both exact; so that an index answers."""
    typed = "".join(term.split())
    if not typed:
        return rows
    if "-" in typed and typed[:8].isdigit():
        return rows.filter(number=typed)
    digits = typed.removeprefix("+86").replace("-", "")
    theirs = PetitionReporter.objects.filter(phone=digits, phone__gt="").values("petition_id")
    return rows.filter(pk__in=theirs)
