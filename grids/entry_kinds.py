"""What can be entered without signal. Each app registers its kinds from `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise

from community.duties import Power
from community.permissions import Scope
from core.models import StoredImage, User
from core.registries import Registry
from grids.selectors.naming import Names


@dataclass(frozen=True, slots=True)
class Arrived:
    """An entry as its kind gets it: the typed fields as a form takes them, cleaned photos by field.

    `key` is the phone's own id of it. `actor` answers for it: the worker, or the leader who accepts it.
    `worker` is whose phone it was. `happened_at` is the phone's time corrected by how far its clock is off,
    `at` the server's; whether the phone's is to be believed says `is_clock_doubtful`. `scope` is where it is
    about, if that has been read.
    """

    key: UUID
    fields: QueryDict
    photos: Mapping[str, Sequence[StoredImage]]
    actor: User
    worker: User
    happened_at: datetime
    at: datetime
    is_clock_doubtful: bool
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class Landed:
    """What an entry became: its name, and the address where it stands.

    `said` is what its worker reads at once; `warns` where it is not as hoped. Both are made by `gettext` of
    `core.language`: kept in the community's language, and told in the reader's.
    """

    name: str
    url: str
    said: str = ""
    warns: bool = False


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody without a post who enters a kind: the place it is booked to, and whether they still may."""

    place: int
    may: bool


@dataclass(frozen=True, slots=True)
class EntryKind:
    """One kind of entry. `land` books it in the caller's transaction, and raises a `DomainError` to refuse;
    `said` tells a reader what was typed, as (label, words), by the names that this reader may hear; `about`
    where it is about, by the fields and whose phone it was, and `power` what a post there must allow for it
    to be booked. `access` is the kind of line that a leader's look at a kept one leaves on the trail; empty
    where it says nothing sensitive. `guest` finds who may enter it without a post, or might until lately."""

    label: str | Promise
    land: Callable[[Arrived], Landed]
    said: Callable[[QueryDict, Names], Sequence[tuple[str, str]]]
    about: Callable[[QueryDict, User], Scope | None]
    power: Power
    access: str = ""
    guest: Callable[[QueryDict, User, datetime], Guest | None] | None = None


def query_of(fields: Mapping[str, Sequence[str]]) -> QueryDict:
    """The kept fields as a form takes them."""
    made = QueryDict(mutable=True)
    for name, values in fields.items():
        made.setlist(name, list(values))
    return made


entry_kinds: Registry[EntryKind] = Registry()
kept_pages: Registry[Callable[[HttpRequest], Sequence[str]]] = Registry()
"""Addresses of the pages that a worker's phone keeps for where there is no signal."""
