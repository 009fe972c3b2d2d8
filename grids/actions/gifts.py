"""礼包: a campaign lists households, and each gets one pack (G-15)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

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
from core.models import User
from grids.actions.festivals import check_colours, listed_households
from grids.models import GiftCampaign, GiftDelivery, GiftPack, SchemeColour
from grids.selectors.doors import scope_of


@transaction.atomic
def gift_campaign_create(
    *,
    community: Community,
    name: str,
    items: str,
    starts_on: date,
    ends_on: date,
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
    if ends_on < starts_on:
        raise InvalidInputError(_("止日不能早于起日。"))
    check_colours(community, colours)
    households = list(listed_households(community, colours))
    if not households:
        raise InvalidInputError(_("还没有定期走访的住户，或者没有人带所选的色标。"))
    campaign = GiftCampaign.objects.create(
        community=community, name=name.strip(), items=items.strip(), starts_on=starts_on, ends_on=ends_on
    )
    campaign.colours.set(colours)
    GiftPack.objects.bulk_create(GiftPack(campaign=campaign, household_id=pk) for pk in households)
    record(event="gift_campaign.created", actor=actor, subject=campaign, at=at, scope_path=path, post=trace)
    return campaign


@transaction.atomic
def gift_deliver(*, pack_id: int, signed_by: str, actor: User, at: datetime) -> GiftDelivery:
    """A pack was handed over, and who took it. A second time is refused, and says who was first.

    Raises:
        NotFoundError: no such pack.
        NotAllowedError: `actor` holds no post over that grid.
        InvalidInputError: nobody signed for it.
        ConflictError: it was handed over before, or the campaign does not run.
    """
    rows = GiftPack.objects.select_related("household__place", "campaign").select_for_update(of=("self",))
    pack = rows.filter(pk=pack_id).first()
    if pack is None:
        raise NotFoundError(_("没有找到这份礼包。"))
    scope, place = scope_of(pack.household)
    trace = permissions.authorise(actor, Power.HOME_VISIT, scope, at=at)
    before = GiftDelivery.objects.select_related("by").filter(pack=pack).first()
    if before is not None:
        told = {"who": before.by, "when": moment(before.at)}
        raise ConflictError(_("这一户的礼包 %(who)s 已在 %(when)s 送到。") % told)
    if not pack.campaign.starts_on <= timezone.localdate(at) <= pack.campaign.ends_on:
        raise ConflictError(_("这次礼包发放没有开始，或已经结束。"))
    name = signed_by.strip()[:40]
    if not name:
        raise InvalidInputError(_("请写明谁签收的。"))
    delivery = GiftDelivery.objects.create(pack=pack, by=actor, at=at, signed_by=name)
    record(event="gift.delivered", actor=actor, subject=pack, at=at, scope_path=place.path, post=trace)
    return delivery
