"""Places come, go and move; their paths are kept here and nowhere else (C-06)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr

from community import permissions
from community.actions.cleaning import clean
from community.duties import Power
from community.models import Place
from community.models.place import PARENT_KINDS, PlaceKind
from community.permissions import Scope
from community.place_listeners import place_moved, place_settled
from core.audit import record
from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _

if TYPE_CHECKING:
    from core.models import User

EDITABLE: Final = ("name", "code", "building_kind", "address", "order")
_TREE_LOCK: Final = 4_200_001


def hold_tree(*, moving: bool = False) -> None:
    """Keep the shape of the tree still until the transaction ends: alone to move, shared to add. What follows
    from the shape, such as whose a door is, stands still with it."""
    shared = "" if moving else "_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{shared}(%s)", [_TREE_LOCK])


def check_parent(kind: str, parent: Place | None) -> None:
    """Refuse a parent of the wrong level.

    Raises:
        InvalidInputError: a place of this kind may not hang there.
    """
    allowed = PARENT_KINDS[kind]
    if (parent is None and allowed) or (parent is not None and parent.kind not in allowed):
        raise InvalidInputError(
            _("“%(kind)s”不能放在“%(parent)s”下面。")
            % {"kind": PlaceKind(kind).label, "parent": parent.get_kind_display() if parent else _("最上层")}
        )
    if parent is not None and not parent.is_active:
        raise ConflictError(_("上级地点已停用。"))


@transaction.atomic
def place_create(
    *, kind: str, name: str, parent: Place | None, at: datetime, actor: User | None = None, **details: Any
) -> Place:
    """Hang a new place under `parent`; `details` are code, building_kind, address, order.

    Raises:
        InvalidInputError: the parent's level does not fit, or a field is wrong.
        NotAllowedError: `actor` does not keep places there.
        ConflictError: the parent is closed, or has a place of this name.
    """
    hold_tree()
    above = Place.objects.get(pk=parent.pk) if parent else None
    trace = permissions.authorise(actor, Power.PLACE_MANAGE, Scope(above.path if above else "/"), at=at)
    check_parent(kind, above)
    if Place.objects.filter(parent=above, kind=kind, name=name).exists():
        raise ConflictError(_("同一上级下已有同名地点“%s”。") % name)
    place = Place(kind=kind, name=name, parent=above, depth=above.depth + 1 if above else 0, **details)
    clean(place, exclude=["parent"], validate_unique=False, validate_constraints=False)
    place.save()
    place.path = f"{above.path if above else '/'}{place.pk}/"
    place.save(update_fields=["path"])
    record(event="place.created", actor=actor, subject=place, at=at, scope_path=place.path, post=trace)
    return place


@transaction.atomic
def place_update(*, place_id: int, changes: dict[str, Any], actor: User | None, at: datetime) -> Place:
    """Rename a place or change its details; its path holds ids, so nothing below changes.

    Raises:
        NotAllowedError: `actor` does not keep places there.
        ConflictError: the name is taken beside it.
    """
    place = Place.objects.locked().get(pk=place_id)
    trace = permissions.authorise(actor, Power.PLACE_MANAGE, Scope(place.path), at=at)
    fields = [name for name in EDITABLE if name in changes and changes[name] != getattr(place, name)]
    for name in fields:
        setattr(place, name, changes[name])
    twins = Place.objects.filter(parent_id=place.parent_id, kind=place.kind, name=place.name)
    if twins.exclude(pk=place.pk).exists():
        raise ConflictError(_("同一上级下已有同名地点“%s”。") % place.name)
    if fields:
        clean(place, exclude=["parent"], validate_unique=False, validate_constraints=False)
        place.save(update_fields=fields)
        record(
            event="place.changed",
            actor=actor,
            subject=place,
            at=at,
            scope_path=place.path,
            post=trace,
            fields=fields,
        )
    return place


@transaction.atomic
def place_move(*, place_id: int, parent_id: int, actor: User | None, at: datetime) -> Place:
    """Hang a place and everything below it under another parent of the same community.

    Raises:
        InvalidInputError: wrong level, below itself, or into another community.
        NotAllowedError: `actor` does not keep both ends.
        ConflictError: the new parent is closed or has a place of this name.
    """
    hold_tree(moving=True)
    place = Place.objects.get(pk=place_id)
    parent = Place.objects.get(pk=parent_id)
    trace = permissions.authorise(actor, Power.PLACE_MANAGE, Scope(place.path), at=at)
    permissions.authorise(actor, Power.PLACE_MANAGE, Scope(parent.path), at=at)
    check_parent(place.kind, parent)
    _check_move(place, parent)

    old, new = place.path, f"{parent.path}{place.pk}/"
    Place.objects.under(old).update(
        path=Concat(Value(new), Substr("path", len(old) + 1)),
        depth=F("depth") + parent.depth + 1 - place.depth,
    )
    Place.objects.filter(pk=place.pk).update(parent=parent)
    for listener in place_moved:
        listener(old, new)
    place.refresh_from_db()
    record(
        event="place.moved", actor=actor, subject=place, at=at, scope_path=new, post=trace, fields=["parent"]
    )
    for settled in place_settled:
        settled(place, actor, trace, at)
    return place


def _check_move(place: Place, parent: Place) -> None:
    if parent.path.startswith(place.path):
        raise InvalidInputError(_("不能移到自己的下级。"))
    kept = {PlaceKind.ESTATE, PlaceKind.BUILDING, PlaceKind.ENTRANCE, PlaceKind.GRID}
    if place.kind in kept and community_path(place) != community_path(parent):
        raise InvalidInputError(_("不能移到另一个社区。"))
    if Place.objects.filter(parent=parent, kind=place.kind, name=place.name).exclude(pk=place.pk).exists():
        raise ConflictError(_("同一上级下已有同名地点“%s”。") % place.name)


def community_path(place: Place) -> str:
    """The path of the community that a place belongs to; empty above the communities."""
    found = Place.objects.filter(pk__in=[*place.ancestor_ids, place.pk], kind=PlaceKind.COMMUNITY).first()
    return found.path if found else ""


def place_deactivate(*, place_id: int, actor: User | None, at: datetime) -> Place:
    """Close a place: it stays in history, and nothing new is filed there.

    Raises:
        NotAllowedError: `actor` does not keep places there.
        ConflictError: something below it is still open.
    """
    return _switch(place_id, on=False, actor=actor, at=at)


def place_activate(*, place_id: int, actor: User | None, at: datetime) -> Place:
    """Open a closed place again.

    Raises:
        NotAllowedError: `actor` does not keep places there.
        ConflictError: the place above it is closed.
    """
    return _switch(place_id, on=True, actor=actor, at=at)


@transaction.atomic
def _switch(place_id: int, *, on: bool, actor: User | None, at: datetime) -> Place:
    hold_tree(moving=True)
    place = Place.objects.select_related("parent").get(pk=place_id)
    trace = permissions.authorise(actor, Power.PLACE_MANAGE, Scope(place.path), at=at)
    if place.is_active == on:
        return place
    if on and place.parent is not None and not place.parent.is_active:
        raise ConflictError(_("上级地点已停用。"))
    if not on and Place.objects.under(place.path).active().exclude(pk=place.pk).exists():
        raise ConflictError(_("下面还有启用的地点，请先停用它们。"))
    place.is_active = on
    place.save(update_fields=["is_active"])
    event = "place.activated" if on else "place.deactivated"
    record(
        event=event,
        actor=actor,
        subject=place,
        at=at,
        scope_path=place.path,
        post=trace,
        fields=["is_active"],
    )
    return place
