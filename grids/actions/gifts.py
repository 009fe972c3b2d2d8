"""礼包: a campaign lists households, and each gets one pack (G-15)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from community import permissions
from community.duties import Power
from community.models import Community
from community.permissions import Scope
from core.audit import record
from core.display import moment
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.language import gettext as _
from core.models import StoredImage, User
from grids.actions.festivals import check_colours, listed_households
from grids.models import GiftCampaign, GiftDelivery, GiftPack, SchemeColour
from grids.selectors.doors import scope_of

PHOTOS_KEPT: Final = timedelta(days=365)
WITHIN: Final = timedelta(days=31)
"""How late a phone may still bring what was handed over."""
ROWS: Final = 1000


@dataclass(frozen=True, slots=True)
class Gifts:
    """What is brought, when, and whether a photo is taken of each."""

    name: str
    items: str
    starts_on: date
    ends_on: date
    needs_photo: bool = False


@transaction.atomic
def gift_campaign_create(
    *,
    community: Community,
    gifts: Gifts,
    colours: Collection[SchemeColour] = (),
    actor: User | None,
    at: datetime,
) -> GiftCampaign:
    """Begin a campaign with the households where somebody bears one of the colours now, without colours those
    with a standing visit; nobody who wishes no visits.

    Raises:
        NotAllowedError: `actor` does not keep the community's places.
        InvalidInputError: it ends before it starts, or there is nobody to list.
    """
    path = community.place.path
    trace = permissions.authorise(actor, Power.PLACE_MANAGE, Scope(path), at=at)
    if gifts.ends_on < gifts.starts_on:
        raise InvalidInputError(_("止日不能早于起日。"))
    check_colours(community, colours)
    households = list(listed_households(community, colours))
    if not households:
        raise InvalidInputError(_("还没有定期走访的住户，或者没有人带所选的色标。"))
    campaign = GiftCampaign.objects.create(
        community=community,
        name=gifts.name.strip(),
        items=gifts.items.strip(),
        starts_on=gifts.starts_on,
        ends_on=gifts.ends_on,
        needs_photo=gifts.needs_photo,
    )
    campaign.colours.set(colours)
    GiftPack.objects.bulk_create(GiftPack(campaign=campaign, household_id=pk) for pk in households)
    record(event="gift_campaign.created", actor=actor, subject=campaign, at=at, scope_path=path, post=trace)
    return campaign


@transaction.atomic
def gift_deliver(
    *,
    pack_id: int,
    signed_by: str,
    actor: User,
    at: datetime,
    photo: StoredImage | None = None,
    happened_at: datetime | None = None,
) -> GiftDelivery:
    """A pack was handed over, and who took it, with a photo where the campaign asks for one. A second time is
    refused, and says who was first. `happened_at` is when, where a phone without signal says so afterwards.

    Raises:
        NotFoundError: no such pack.
        NotAllowedError: `actor` holds no post over that grid.
        InvalidInputError: nobody signed for it, no photo where one is asked for, or a time that cannot be.
        ConflictError: it was handed over before, or the campaign did not run then.
    """
    rows = GiftPack.objects.select_related("household__place__parent__parent", "campaign")
    pack = rows.select_for_update(of=("self",)).filter(pk=pack_id).first()
    if pack is None:
        raise NotFoundError(_("没有找到这份礼包。"))
    scope, place = scope_of(pack.household)
    trace = permissions.authorise(actor, Power.HOME_VISIT, scope, at=at)
    before = GiftDelivery.objects.select_related("by").filter(pack=pack).first()
    if before is not None:
        told = {"door": pack.household.long_name, "who": before.by, "when": moment(before.at)}
        raise ConflictError(_("%(door)s 的礼包 %(who)s 已在 %(when)s 送到。") % told)
    given_at = happened_at or at
    if not at - WITHIN <= given_at <= at:
        raise InvalidInputError(_("送到的时间须在最近 31 天内，不能晚于现在。"))
    if not pack.campaign.starts_on <= timezone.localdate(given_at) <= pack.campaign.ends_on:
        raise ConflictError(_("这次礼包发放没有开始，或已经结束。"))
    name = signed_by.strip()[:40]
    if not name:
        raise InvalidInputError(_("请写明谁签收的。"))
    needs_photo = pack.campaign.needs_photo
    if needs_photo and photo is None:
        raise InvalidInputError(_("这次礼包发放要求拍照，请拍一张。"))
    delivery = GiftDelivery.objects.create(
        pack=pack, by=actor, at=given_at, signed_by=name, needs_photo=needs_photo, photo=photo
    )
    record(event="gift.delivered", actor=actor, subject=pack, at=at, scope_path=place.path, post=trace)
    return delivery


@transaction.atomic
def gift_photos_expire(at: datetime) -> int:
    """Give proofs of long ago to be thrown away; who brought what to which door stays. How many."""
    old = GiftDelivery.objects.filter(at__lt=at - PHOTOS_KEPT, photo__isnull=False).order_by("at")
    rows = list(old.select_for_update(skip_locked=True).values_list("pk", "photo")[:ROWS])
    GiftDelivery.objects.filter(pk__in=[pk for pk, _photo in rows]).update(photo=None, photo_dropped_at=at)
    StoredImage.objects.filter(pk__in=[photo for _pk, photo in rows]).update(discarded_at=at, created_by=None)
    return len(rows)
