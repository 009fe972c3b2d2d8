"""Everybody behind a matter: those who asked it, and those whose matters were merged into it (P-37).

A reporter stays with the matter that they asked; where that was merged, they follow the other one with their
own code, as a neighbour who joined would.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db.models import Q, QuerySet

from core.prepared import PreparedModel
from petitions.models import Petition, PetitionMerger, PetitionReporter

FOLLOWED: Final = (
    "merged_into__community__profile",
    "merged_into__place__parent__parent",
    "merged_into__grid",
)


def reporters_behind(petition: Petition) -> QuerySet[PetitionReporter]:
    """The rows of everybody behind a matter, by the keys of their own matters."""
    return _behind(petition.pk)


def _behind(pk: int) -> QuerySet[PetitionReporter]:
    together = Petition.objects.filter(Q(pk=pk) | Q(merged_into=pk)).order_by()
    return PetitionReporter.objects.filter(petition__in=together.values("pk"))


_BEHIND: Final = PreparedModel(_behind, pk=-1)


def people_behind(petition: Petition) -> list[PetitionReporter]:
    """Everybody behind a matter, each person once, its own reporters first: one statement.

    Who was the first of a merged matter is not the first one here; so these are not to be saved.
    """
    found = people_of(petition, _BEHIND.all(pk=petition.pk))
    for reporter in found:
        reporter.is_first = reporter.is_first and reporter.petition_id == petition.pk
    return found


def people_of(petition: Petition, reporters: Iterable[PetitionReporter]) -> list[PetitionReporter]:
    """Each person once, by phone or account, its own reporters first."""
    found: dict[object, PetitionReporter] = {}
    for reporter in sorted(reporters, key=lambda one: (one.petition_id != petition.pk, one.pk)):
        key = reporter.phone or (f"account {reporter.user_id}" if reporter.user_id else reporter.pk)
        found.setdefault(key, reporter)
    return list(found.values())


def follow(reporter: PetitionReporter) -> PetitionReporter:
    """The same reporter, standing behind the matter into which theirs was merged, if it was; not to be saved.

    One statement for a merged matter, none for any other.
    """
    own = reporter.petition
    if own.merged_into_id is None:
        return reporter
    open_ones = PetitionMerger.objects.filter(petition=own, undone_at=None)
    merger = open_ones.select_related(*(f"petition__{name}" for name in FOLLOWED)).first()
    return reporter if merger is None else followed(reporter, merger)


def followed(reporter: PetitionReporter, merger: PetitionMerger) -> PetitionReporter:
    """The reporter behind the other matter, as one of several; `own` is the matter that they asked."""
    target = merger.petition.merged_into
    if target is not None:
        reporter.own, reporter.merged_at = reporter.petition, merger.merged_at
        reporter.own_is_first = reporter.is_first
        reporter.petition, reporter.is_first = target, False
    return reporter


def as_asked(reporter: PetitionReporter) -> PetitionReporter:
    """The reporter behind their own matter again, wherever it runs: what a receipt tells."""
    if reporter.own is not None:
        reporter.petition, reporter.is_first = reporter.own, reporter.own_is_first
        reporter.own = None
    return reporter
