"""Searches over few rows, which need no index: one community's open matters, one person's own."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Case, F, Func, Q, QuerySet, TextField, Value, When

from community.models.place import PlaceKind
from community.workflow import Topic
from petitions.models import PetitionReporter
from petitions.querysets import PetitionQuerySet
from petitions.selectors.asked import Asked, plain

Rows = TypeVar("Rows", bound=QuerySet[Any])


class Plain(Func):
    """A text as words are compared: `petitions_plain` of the database."""

    function = "petitions_plain"
    output_field = TextField()


def found_problems(rows: PetitionQuerySet, what: Asked) -> PetitionQuerySet:
    """By what a stranger sees of an open matter: approved title, topic, the place down to the building."""
    if not what.words:
        return rows.none()
    return _holding(rows, what, _text("public_title", Value(" "), _building("place")), "topic")


def found_mine(rows: QuerySet[PetitionReporter], what: Asked) -> QuerySet[PetitionReporter]:
    """By one's own words, the number, and the public title; never by what another person wrote."""
    if what.number:
        return rows.filter(petition__number__startswith=what.number)
    if not what.words and not what.tail:
        return rows.none()
    raw = _text("petition__text", Value(" "), "petition__spot")
    own = Case(When(is_first=True, then=raw), default=F("words"), output_field=TextField())
    shown = _text(own, Value(" "), "petition__public_title", Value(" "), _building("petition__place"))
    found = _holding(rows, what, shown, "petition__topic") if what.words else rows.none()
    return found | rows.filter(petition__number__endswith=f"-{what.tail}") if what.tail else found


def _holding(rows: Rows, what: Asked, text: Func, topic: str) -> Rows:
    """Rows whose text or topic holds each of the words."""
    rows = rows.alias(held=Plain(text))
    for word in what.words:
        topics = [one.value for one in Topic if word in plain(str(one.label))]
        rows = rows.filter(Q(held__contains=word) | Q(**{f"{topic}__in": topics}))
    return rows


def _building(place: str) -> Case:
    """A place as strangers read it: estate and building, no finer."""
    return Case(
        When(
            **{f"{place}__kind": PlaceKind.ENTRANCE},
            then=_text(_estate(f"{place}__parent__parent"), f"{place}__parent__name"),
        ),
        When(
            **{f"{place}__kind": PlaceKind.BUILDING},
            then=_text(_estate(f"{place}__parent"), f"{place}__name"),
        ),
        default=F(f"{place}__name"),
        output_field=TextField(),
    )


def _estate(place: str) -> Case:
    return Case(
        When(**{f"{place}__kind": PlaceKind.ESTATE}, then=F(f"{place}__name")),
        default=Value(""),
        output_field=TextField(),
    )


def _text(*parts: Any) -> Func:
    """The parts side by side; one that is NULL counts as empty."""
    return Func(*parts, function="concat", output_field=TextField())
