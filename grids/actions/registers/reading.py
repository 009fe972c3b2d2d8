"""Each reading of a register is on the trail, for the person in charge (decision 0028)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from community import permissions
from community.duties import Power
from community.models import Place, Resident
from community.permissions import Scope, held_posts
from core.audit import record
from core.errors import NotAllowedError
from core.language import gettext as _
from core.models import User
from grids.actions.registers.tagging import authorised
from grids.models import CensusRound, Grid, ResidentTag
from grids.selectors.registers.people import tags_of


@transaction.atomic
def register_read(*, grid: Grid, actor: User, at: datetime) -> None:
    """A page of a grid's register was opened.

    Raises:
        NotAllowedError: `actor` holds no post over that grid.
    """
    trace = permissions.authorise(actor, Power.REGISTER_KEEP, Scope(grid.place.path), at=at)
    record(
        event="register.listed",
        actor=actor,
        subject=grid,
        at=at,
        scope_path=grid.place.path,
        post=trace,
        fields=["tags"],
        audience="charge",
    )


@transaction.atomic
def registers_read(*, resident: Resident | None, actor: User, at: datetime) -> None:
    """A list of registers was opened at the desk, by each post whose people it shows, or a row about one
    resident, by the post over them."""
    if resident is not None:
        resident_read(resident=resident, actor=actor, at=at)
        return
    _listed(actor, Power.REGISTER_KEEP, "tags", at)


def _listed(actor: User, power: Power, what: str, at: datetime) -> int:
    """A line for each post that gives this power: whose people were shown, and what of them. How many."""
    posts = [post for post in held_posts(actor, at=at) if power in post.powers]
    for post in posts:
        record(
            event="register.listed",
            actor=actor,
            subject=Place(pk=post.place_id),
            at=at,
            scope_path=post.place_path,
            post=post.trace,
            fields=[what],
            audience="charge",
        )
    return len(posts)


@transaction.atomic
def resident_read(*, resident: Resident, actor: User, at: datetime) -> None:
    """What a register says of one resident was seen, on whatever page.

    Raises:
        NotAllowedError: `actor` holds no post over their door.
    """
    place, trace = authorised(resident, actor, at)
    record(
        event="register.read",
        actor=actor,
        subject=resident,
        at=at,
        scope_path=place.path,
        post=trace,
        fields=["tags"],
        audience="charge",
    )


@transaction.atomic
def census_read(*, census: CensusRound, actor: User, at: datetime) -> None:
    """Who is left in a round was read, by name.

    Raises:
        NotAllowedError: `actor` holds no post over that community.
    """
    path = census.community.place.path
    trace = permissions.authorise(actor, Power.REGISTER_KEEP, Scope(path), at=at)
    record(
        event="register.listed",
        actor=actor,
        subject=census,
        at=at,
        scope_path=path,
        post=trace,
        fields=["census"],
        audience="charge",
    )


@transaction.atomic
def children_read(*, actor: User, at: datetime) -> None:
    """The list of children in one's care was opened.

    Raises:
        NotAllowedError: `actor` answers for no children.
    """
    if not _listed(actor, Power.CHILD_CARE, "care", at):
        raise NotAllowedError(_("这份名单只有负责儿童关爱的人能看。"))


@transaction.atomic
def person_read(*, resident: Resident, actor: User, at: datetime) -> list[ResidentTag]:
    """All that is marked about somebody, for posts over their grid.

    Raises:
        NotAllowedError: not one of these posts.
    """
    resident_read(resident=resident, actor=actor, at=at)
    return tags_of(resident)
