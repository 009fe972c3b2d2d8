"""专项整治: hazards of its types come into it, each is looked at again, and with none open it ends."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from community import permissions
from community.duties import Power
from community.models import Community, Household
from community.permissions import Scope, require_power
from core.audit import record
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, RepeatedError
from core.language import gettext as _
from core.models import User
from grids.models import Campaign, EBike, Hazard, HazardType, Violation
from grids.models.hazard import UNSAFE
from grids.selectors.doors import scope_of

DAY: Final = timedelta(days=1)
_BESIDE: Final = re.compile(r"[\s.·\-]+")


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """What is looked for, when, and after how many days again."""

    name: str
    types: Iterable[HazardType]
    days: int
    starts_on: date
    ends_on: date


@transaction.atomic
def campaign_set(
    *,
    community: Community,
    plan: CampaignPlan,
    actor: User | None,
    at: datetime,
    campaign_id: int | None = None,
) -> Campaign:
    """Begin a campaign, or change one that is not closed; hazards that are in it stay in it.

    Raises:
        NotAllowedError: `actor` does not run this community's grids.
        InvalidInputError: no type, or one of another community.
        ConflictError: it is closed.
    """
    kept = _locked(campaign_id) if campaign_id else Campaign(community=community)
    path = kept.community.place.path
    trace = permissions.authorise(actor, Power.GRID_RUN, Scope(path), at=at)
    if kept.closed_at is not None:
        raise ConflictError(_("这次整治已经收官。"))
    types = list(plan.types)
    if not types or any(one.community_id not in (None, kept.community_id) for one in types):
        raise InvalidInputError(_("请选择本社区用的隐患类型。"))
    kept.name, kept.days = plan.name.strip(), plan.days
    kept.starts_on, kept.ends_on = plan.starts_on, plan.ends_on
    kept.save()
    kept.types.set(types)
    record(event="campaign.set", actor=actor, subject=kept, at=at, scope_path=path, post=trace)
    return kept


def violation_begin(hazard: Hazard, plate: str, at: datetime) -> Violation | None:
    """The hazard comes into the campaign of its type, if one runs; called in the transaction that files it.

    The lock on the campaign keeps it from being closed meanwhile.
    """
    day = timezone.localdate(hazard.found_at)
    rows = Campaign.objects.filter(
        community=hazard.community_id,
        closed_at=None,
        starts_on__lte=day,
        ends_on__gte=day,
        types=hazard.type_id,
    )
    campaign = rows.order_by("pk").select_for_update(of=("self",), no_key=True).first()
    if campaign is None:
        return None
    plate = plate_of(plate)
    bike = EBike.objects.filter(community=hazard.community_id, plate=plate, removed_at=None).first()
    look_on = max(day, timezone.localdate(at)) + campaign.days * DAY
    return Violation.objects.create(
        hazard=hazard,
        campaign=campaign,
        plate=plate,
        bike=bike if plate else None,
        look_on=look_on,
        sweep_on=look_on,
    )


@transaction.atomic
def violation_look(*, hazard_id: int, is_clear: bool, note: str, actor: User, at: datetime) -> Violation:
    """Somebody other than whoever answered for it looks whether it has come back; if so, again later.

    Raises:
        NotFoundError: in no campaign.
        NotAllowedError: the responsible person, or not this person's grid.
        RepeatedError: it was cleared before.
        ConflictError: the hazard itself is not closed.
        InvalidInputError: too early, or nothing said of what has come back.
    """
    rows = Violation.objects.select_related("hazard__scope", "campaign").select_for_update(of=("self",))
    kept = rows.filter(hazard=hazard_id).first()
    if kept is None:
        raise NotFoundError(_("这处隐患不在专项整治里。"))
    hazard, today = kept.hazard, timezone.localdate(at)
    if hazard.responsible_id == actor.pk:
        raise NotAllowedError(_("复查要由责任人以外的人做。"))
    post = require_power(actor, Power.PETITION_HANDLE, Scope(hazard.scope.path), at=at)
    if kept.cleared_at is not None:
        raise RepeatedError(_("这处隐患已经复查清零。"))
    if today < kept.look_on:
        raise InvalidInputError(_("还没到复查的日子。"))
    if is_clear and Hazard.objects.filter(pk=hazard.pk, state__in=UNSAFE).exists():
        raise ConflictError(_("隐患还没有销号，先整改、复查销号。"))
    if not is_clear and not note.strip():
        raise InvalidInputError(_("请写明又出现了什么。"))
    kept.looks += 1
    kept.note = note.strip()[:300]
    if is_clear:
        kept.cleared_at, kept.cleared_by, kept.sweep_on = at, actor, None
    else:
        kept.look_on = kept.sweep_on = today + kept.campaign.days * DAY
    kept.save()
    event = "violation.cleared" if is_clear else "violation.again"
    record(event=event, actor=actor, subject=hazard, at=at, scope_path=hazard.scope.path, post=post.trace)
    return kept


@transaction.atomic
def campaign_close(*, campaign_id: int, actor: User, at: datetime) -> Campaign:
    """收官, with nothing open.

    Raises:
        NotAllowedError: `actor` does not run this community's grids.
        RepeatedError: it is closed already.
        ConflictError: something is open, and how much.
    """
    kept = _locked(campaign_id)
    path = kept.community.place.path
    post = require_power(actor, Power.GRID_RUN, Scope(path), at=at)
    if kept.closed_at is not None:
        raise RepeatedError(_("这次整治已经收官。"))
    left = kept.violations.filter(cleared_at=None).count()
    if left:
        raise ConflictError(_("还有 %d 处没有复查清零，不能收官。") % left)
    kept.closed_at, kept.closed_by = at, actor
    kept.save(update_fields=["closed_at", "closed_by"])
    record(event="campaign.closed", actor=actor, subject=kept, at=at, scope_path=path, post=post.trace)
    return kept


@transaction.atomic
def e_bike_register(*, household: Household, plate: str, actor: User, at: datetime) -> EBike:
    """Enter the plate of a household's electric bicycle.

    Raises:
        NotAllowedError: not this person's door.
        InvalidInputError: no plate.
        ConflictError: it is registered already.
    """
    scope, place = scope_of(household)
    post = require_power(actor, Power.HOME_VISIT, scope, at=at)
    typed = plate_of(plate)
    if not 4 <= len(typed) <= 12:
        raise InvalidInputError(_("请照车牌填写，4 到 12 个字。"))
    community = Community.objects.get(pk__in=[*household.place.ancestor_ids, household.place_id])
    if EBike.objects.filter(community=community, plate=typed, removed_at=None).exists():
        raise ConflictError(_("这个车牌已经登记过。"))
    bike = EBike.objects.create(
        community=community, household=household, plate=typed, registered_by=actor, registered_at=at
    )
    record(
        event="e_bike.registered", actor=actor, subject=bike, at=at, scope_path=place.path, post=post.trace
    )
    return bike


@transaction.atomic
def e_bike_remove(*, bike_id: int, actor: User, at: datetime) -> EBike:
    """Sold or scrapped: the plate is free again.

    Raises:
        NotFoundError: there is none.
        NotAllowedError: not this person's door.
    """
    rows = EBike.objects.select_related("household__place").select_for_update(of=("self",))
    bike = rows.filter(pk=bike_id, removed_at=None).first()
    if bike is None:
        raise NotFoundError(_("没有找到这辆车。"))
    scope, place = scope_of(bike.household)
    post = require_power(actor, Power.HOME_VISIT, scope, at=at)
    bike.removed_at = at
    bike.save(update_fields=["removed_at"])
    record(event="e_bike.removed", actor=actor, subject=bike, at=at, scope_path=place.path, post=post.trace)
    return bike


def plate_of(typed: str) -> str:
    """A plate in its one kept form, however it was typed."""
    return _BESIDE.sub("", typed).upper()[:12]


def _locked(campaign_id: int) -> Campaign:
    rows = Campaign.objects.select_related("community__place").select_for_update(of=("self",))
    found = rows.filter(pk=campaign_id).first()
    if found is None:
        raise NotFoundError(_("没有找到这次整治。"))
    return found
