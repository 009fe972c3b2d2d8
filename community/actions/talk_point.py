"""Spots with a QR code, and what the code carries (P-06)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from community import permissions
from community.actions.place import community_path
from community.duties import Power
from community.models import Community, Place, TalkPoint
from community.models.place import PlaceKind, TalkPointKind
from community.permissions import Scope
from community.querysets import below
from core.audit import record
from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _

if TYPE_CHECKING:
    from core.models import User

TOKEN_BYTES: Final = 15
BUILDINGS_AT_ONCE: Final = 300


@transaction.atomic
def talk_point_create(
    *,
    community: Community,
    place: Place,
    kind: str,
    name: str,
    at: datetime,
    actor: User | None = None,
) -> TalkPoint:
    """Set up a spot whose QR code carries a fresh random token.

    Raises:
        NotAllowedError: `actor` does not keep the place.
        InvalidInputError: the place belongs to another community.
        ConflictError: the building has its code already.
    """
    trace = permissions.authorise(actor, Power.PLACE_MANAGE, Scope(place.path), at=at)
    if community_path(place) != community.place.path:
        raise InvalidInputError(_("地点不属于该社区。"))
    if kind == TalkPointKind.BUILDING and TalkPoint.objects.filter(place=place, kind=kind).exists():
        raise ConflictError(_("该楼栋已有楼栋码。"))
    point = TalkPoint.objects.create(
        community=community, place=place, kind=kind, name=name, token=secrets.token_urlsafe(TOKEN_BYTES)
    )
    record(event="talk_point.created", actor=actor, subject=point, at=at, scope_path=place.path, post=trace)
    return point


@transaction.atomic
def building_codes_make(
    *, places: Sequence[Place], actor: User | None, at: datetime
) -> tuple[Community, list[TalkPoint]]:
    """See to it that every active building among or under these places has a code; all their codes.

    Raises:
        NotAllowedError: `actor` does not keep one of the buildings.
        InvalidInputError: no building, too many at once, or of more than one community.
    """
    within = below([place.path for place in places], "path")
    known = Place.objects.active().filter(within, kind=PlaceKind.BUILDING).select_related("parent")
    buildings = list(known.order_by("path")[: BUILDINGS_AT_ONCE + 1])
    if not 0 < len(buildings) <= BUILDINGS_AT_ONCE:
        raise InvalidInputError(_("请选择有楼栋的地点，一次最多 %d 栋。") % BUILDINGS_AT_ONCE)
    homes = {community_path(building) for building in buildings}
    community = Community.objects.select_related("place").filter(place__path__in=homes).first()
    if len(homes) != 1 or community is None:
        raise InvalidInputError(_("请一次只选一个社区的楼栋。"))
    codes = TalkPoint.objects.filter(kind=TalkPointKind.BUILDING, place__in=buildings)
    having = set(codes.values_list("place_id", flat=True))
    for building in buildings:
        if building.pk not in having:
            talk_point_create(
                community=community,
                place=building,
                kind=TalkPointKind.BUILDING,
                name=f"{building.parent.name} {building.name}"[:80] if building.parent else building.name,
                actor=actor,
                at=at,
            )
    return community, list(codes.filter(is_active=True).order_by("place__path"))


@transaction.atomic
def talk_point_renew(*, talk_point_id: int, actor: User | None, at: datetime) -> TalkPoint:
    """Give a spot a new token: sheets printed before lead nowhere from now on.

    Raises:
        NotAllowedError: `actor` does not keep the place.
    """
    point = TalkPoint.objects.select_related("place").select_for_update(of=("self",)).get(pk=talk_point_id)
    path = point.place.path
    trace = permissions.authorise(actor, Power.PLACE_MANAGE, Scope(path), at=at)
    point.token = secrets.token_urlsafe(TOKEN_BYTES)
    point.save(update_fields=["token"])
    record(
        event="talk_point.renewed",
        actor=actor,
        subject=point,
        at=at,
        scope_path=path,
        post=trace,
        fields=["token"],
    )
    return point


@transaction.atomic
def talk_point_switch(*, talk_point_id: int, on: bool, actor: User | None, at: datetime) -> TalkPoint:
    """Open or close a spot; the code of a closed one opens no form.

    Raises:
        NotAllowedError: `actor` does not keep the place.
    """
    point = TalkPoint.objects.select_related("place").select_for_update(of=("self",)).get(pk=talk_point_id)
    path = point.place.path
    trace = permissions.authorise(actor, Power.PLACE_MANAGE, Scope(path), at=at)
    point.is_active = on
    point.save(update_fields=["is_active"])
    event = "talk_point.activated" if on else "talk_point.deactivated"
    record(event=event, actor=actor, subject=point, at=at, scope_path=path, post=trace, fields=["is_active"])
    return point
