"""Who asked, or sat at the table, and has died or moved away since: they are asked nothing (G-10)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from community.models import Resident
from petitions.models import Participant, PetitionReporter

Person = PetitionReporter | Participant


def rows_of(resident: Resident, to: str) -> Q:
    """Rows whose person, at the end of `to`, is this resident: by account, else by a number that nobody else
    who is there has."""
    found = Q(pk=None)
    if resident.user_id is not None:
        found |= Q(**{f"{to}user": resident.user_id})
    others = Resident.objects.present().filter(phone=resident.phone).exclude(pk=resident.pk)
    if resident.phone and not others.exists():
        found |= Q(**{f"{to}user": None, f"{to}phone": resident.phone})
    return found


def silent_among(people: Iterable[Person]) -> set[tuple[int | None, str]]:
    """The accounts and numbers of those who are silent; one statement."""
    known = list(people)
    users = {person.user_id for person in known if person.user_id is not None}
    phones = {person.phone for person in known if person.user_id is None and person.phone}
    if not users and not phones:
        return set()
    there = Resident.objects.present()
    gone = Resident.objects.exclude(pk__in=there).filter(Q(user__in=users) | Q(phone__in=phones))
    shared = Exists(there.filter(phone=OuterRef("phone")))
    rows = gone.annotate(is_shared=shared).values_list("user_id", "phone", "is_shared")
    found: set[tuple[int | None, str]] = set()
    for user_id, phone, is_shared in rows:
        found |= {(user_id, "")} if user_id in users else set()
        found |= {(None, phone)} if phone in phones and not is_shared else set()
    return found


def is_silent(person: Person, silent: set[tuple[int | None, str]]) -> bool:
    """Whether this person is one of those found."""
    key = (person.user_id, "") if person.user_id is not None else (None, person.phone)
    return key in silent
