"""The roll and the small records of a community: doors, people, bodies, boards, ways in, stations."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeVar

from django.db import transaction
from django.db.models import Model, ProtectedError

from community import permissions
from community.actions.cleaning import clean
from community.duties import Power
from community.home_cache import home_forget
from community.models import (
    Channel,
    CommunityFact,
    Estate,
    Household,
    Organisation,
    PortalBoard,
    Resident,
    ServicePlace,
)
from community.permissions import Scope
from core.audit import record
from core.errors import ConflictError
from core.language import gettext as _

if TYPE_CHECKING:
    from core.models import User

    Row = TypeVar(
        "Row", Household, Resident, Organisation, Estate, PortalBoard, Channel, ServicePlace, CommunityFact
    )

POWER: Final[dict[type[Model], Power]] = {
    Household: Power.ROLL_MANAGE,
    Resident: Power.ROLL_MANAGE,
    Organisation: Power.PLACE_MANAGE,
    Estate: Power.PLACE_MANAGE,
    PortalBoard: Power.PLACE_MANAGE,
    Channel: Power.PLACE_MANAGE,
    ServicePlace: Power.PLACE_MANAGE,
    CommunityFact: Power.PLACE_MANAGE,
}
ON_HOME: Final = (PortalBoard, CommunityFact)


def path_of(row: Model) -> str:
    """Where a record lies: its place's path, or its community's."""
    if isinstance(row, Household | Estate):
        return row.place.path
    if isinstance(row, Resident):
        return row.household.place.path
    return row.community.place.path  # type: ignore[attr-defined, no-any-return]


@transaction.atomic
def record_save(*, row: Row, actor: User | None, at: datetime) -> Row:
    """Write a new or changed record; the actor must manage where it lies and where it lay.

    Raises:
        NotAllowedError: `actor` does not manage there.
        InvalidInputError: a field is wrong.
    """
    power = POWER[type(row)]
    path = path_of(row)
    trace = permissions.authorise(actor, power, Scope(path), at=at)
    before = type(row)._default_manager.select_for_update().filter(pk=row.pk).first() if row.pk else None
    if before is not None:
        permissions.authorise(actor, power, Scope(path_of(before)), at=at)
    clean(row)
    names = [field.attname for field in row._meta.concrete_fields]
    fields = [name for name in names if before is not None and getattr(before, name) != getattr(row, name)]
    row.save()
    if isinstance(row, ON_HOME):
        home_forget(row.community_id)
    event = f"{row._meta.model_name}.{'created' if before is None else 'changed'}"
    record(event=event, actor=actor, subject=row, at=at, scope_path=path, post=trace, fields=fields)
    return row


@transaction.atomic
def record_delete(*, row: Row, actor: User | None, at: datetime) -> None:
    """Erase a record that nothing else needs.

    Raises:
        NotAllowedError: `actor` does not manage where it lies.
        ConflictError: something else still refers to it.
    """
    path = path_of(row)
    trace = permissions.authorise(actor, POWER[type(row)], Scope(path), at=at)
    record(
        event=f"{row._meta.model_name}.erased", actor=actor, subject=row, at=at, scope_path=path, post=trace
    )
    if isinstance(row, ON_HOME):
        home_forget(row.community_id)
    try:
        with transaction.atomic():
            row.delete()
    except ProtectedError as problem:
        raise ConflictError(_("还有别的记录用到它，不能删除。可以把它停用。")) from problem
