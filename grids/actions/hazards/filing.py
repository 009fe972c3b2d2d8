"""A hazard comes into the ledger: fixed on the spot, or with a day and somebody who answers for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from community.duties import Power
from community.models import Community, Estate, Organisation, Place
from community.models.place import PlaceKind
from community.permissions import Scope, held_posts, require_power
from core import outbox
from core.audit import record
from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _
from core.models import StoredImage, User
from grids import hazard_notices
from grids.actions.campaigns import violation_begin
from grids.actions.sweeps import stop_take
from grids.models import (
    Grid,
    GridBuilding,
    Hazard,
    HazardEvent,
    HazardEventKind,
    HazardPhoto,
    HazardState,
    HazardType,
    SweepStop,
)
from grids.selectors.buildings import grid_of
from grids.selectors.companies import reps_of
from grids.selectors.hazard_days import first_on

PHOTOS: Final = 6
LONGEST: Final = 365


@dataclass(frozen=True, slots=True)
class Answerable:
    """Who puts it right, and by when. A body answers without a person; a name is somebody without account."""

    rectify_by: date
    user: User | None = None
    body: Organisation | None = None
    name: str = ""

    @property
    def is_nobody(self) -> bool:
        return self.user is None and self.body is None and not self.name.strip()


@dataclass(frozen=True, slots=True)
class Found:
    """What was seen, where, with photos; `fixed` what was done at once; `stop` of a sweep."""

    type: HazardType
    place: Place
    text: str
    photos: Sequence[StoredImage]
    found_at: datetime
    spot: str = ""
    plate: str = ""
    stop: SweepStop | None = None
    is_public_area: bool = False
    fixed: str = ""
    fixed_photos: Sequence[StoredImage] = ()


@transaction.atomic
def hazard_file(
    *, found: Found, answerable: Answerable | None, key: UUID, actor: User, at: datetime
) -> Hazard:
    """Put a hazard into the ledger; sent again with the same key, the first one comes back.

    In a public area without anybody named, the estate's property company answers (G-24).

    Raises:
        InvalidInputError: no photo, a type of elsewhere, or neither fixed nor in somebody's hands with a day.
        NotAllowedError: not this person's grid.
        ConflictError: the key of somebody else's.
    """
    scope, community = scope_of(found.place, actor, at=at)
    post = require_power(actor, Power.PETITION_ENTER, Scope(scope.path), at=at)
    User.objects.select_for_update(of=("self",), no_key=True).get(
        pk=actor.pk
    )  # two taps, one after the other
    known = Hazard.objects.filter(key=key).first()
    if known is not None and known.found_by_id != actor.pk:
        raise ConflictError(_("这个编号的记录是别人的。"))
    if known is not None:
        return known
    _check(found, community, at)
    if not found.fixed:
        answerable = answerable_of(answerable, found, day=timezone.localdate(at))
    hazard = Hazard(
        community=community,
        scope=scope,
        place=found.place,
        spot=found.spot,
        is_public_area=found.is_public_area,
        type=found.type,
        text=found.text,
        photo=found.photos[0],
        state=HazardState.FIXED if found.fixed else HazardState.OPEN,
        found_by=actor,
        found_at=found.found_at,
        filed_at=at,
        closed_at=at if found.fixed else None,
        key=key,
    )
    if not found.fixed and answerable is not None:
        give(hazard, answerable, at)
    hazard.save(force_insert=True)
    photos_add(hazard, HazardEventKind.FILED, found.photos)
    photos_add(hazard, HazardEventKind.DONE, found.fixed_photos)
    HazardEvent.objects.create(
        hazard=hazard, kind=HazardEventKind.FILED, at=at, by=actor, note=found.fixed[:300]
    )
    violation_begin(hazard, found.plate, at)
    stop_take(hazard, found.stop, at)
    record(event="hazard.filed", actor=actor, subject=hazard, at=at, scope_path=scope.path, post=post.trace)
    reps = reps_of([hazard], timezone.localdate(at)).get(hazard.pk, ())
    outbox.send(hazard_notices.given(hazard, reps, but=actor, at=at))
    return hazard


def give(hazard: Hazard, answerable: Answerable, at: datetime) -> None:
    """Put it into these hands by this day; reminders begin anew."""
    hazard.responsible, hazard.responsible_body = answerable.user, answerable.body
    hazard.responsible_name = answerable.name.strip()
    hazard.rectify_by = answerable.rectify_by
    hazard.sweep_on = first_on(answerable.rectify_by, timezone.localdate(at))


def answerable_of(answerable: Answerable | None, found: Found, *, day: date) -> Answerable:
    """Who answers, the property company where nobody is named in a public area.

    Raises:
        InvalidInputError: nobody, no day, or a day that cannot be meant.
    """
    if answerable is None:
        raise InvalidInputError(_("没有当场整改的，要写明整改时限和责任人。"))
    if answerable.is_nobody:
        company = company_of(found.place) if found.is_public_area else None
        if company is None:
            raise InvalidInputError(_("没有当场整改的，要写明整改时限和责任人。"))
        answerable = Answerable(answerable.rectify_by, body=company)
    day_fits(answerable.rectify_by, day)
    return answerable


def day_fits(rectify_by: date, day: date) -> None:
    """Refuse a deadline that is over or is none.

    Raises:
        InvalidInputError: before today, or more than a year away.
    """
    if not 0 <= (rectify_by - day).days <= LONGEST:
        raise InvalidInputError(_("整改时限要在今天到一年之内。"))


def company_of(place: Place) -> Organisation | None:
    """The property company of the estate that a place lies in."""
    ids = [place.pk, *place.ancestor_ids]
    held = Estate.objects.filter(place__in=ids, property_company__isnull=False)
    estate = held.select_related("property_company").order_by("-place__depth").first()
    return estate.property_company if estate else None


def scope_of(place: Place, actor: User, *, at: datetime) -> tuple[Place, Community]:
    """Where a hazard at a place belongs: its grid, or the grid itself where it was found by position; of a
    whole estate in several grids, the finder's own."""
    community = Community.objects.select_related("place").get(pk__in=[*place.ancestor_ids, place.pk])
    if place.kind == PlaceKind.GRID:
        return place, community
    grid = grid_of(place)
    if grid is None and place.kind == PlaceKind.ESTATE:
        own = [post.place_id for post in held_posts(actor, at=at) if post.place_kind == PlaceKind.GRID]
        link = GridBuilding.objects.active().filter(grid__in=own, place__path__startswith=place.path)
        first = link.order_by("pk").values("grid")[:1]
        grid = Grid.objects.select_related("place").filter(pk__in=first).first()
    return (grid.place if grid else community.place), community


def photos_add(hazard: Hazard, kind: str, images: Sequence[StoredImage]) -> None:
    """Keep photos of one event."""
    HazardPhoto.objects.bulk_create(HazardPhoto(hazard=hazard, kind=kind, image=image) for image in images)


def _check(found: Found, community: Community, at: datetime) -> None:
    if not found.photos:
        raise InvalidInputError(_("请拍一张隐患的照片。"))
    if len(found.photos) > PHOTOS or len(found.fixed_photos) > PHOTOS:
        raise InvalidInputError(_("最多 %d 张照片。") % PHOTOS)
    if not found.text.strip():
        raise InvalidInputError(_("请写明是什么隐患。"))
    if not found.type.is_active or found.type.community_id not in (None, community.pk):
        raise InvalidInputError(_("这个社区没有这种隐患类型，请重新选择。"))
    if found.found_at > at:
        raise InvalidInputError(_("发现时间不能晚于现在。"))
