"""Around visits: purposes, households that are visited again and again, and who would rather not be."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from community import permissions
from community.duties import Power
from community.models import Community, Household, Resident
from community.permissions import Scope
from core.audit import record
from core.errors import InvalidInputError, NotFoundError
from core.language import gettext as _
from core.models import User
from grids.actions.doors import lock_household
from grids.models import StandingVisit, Trigger, VisitPurpose, VisitWish
from grids.selectors.doors import scope_of

SHIPPED: Final = (
    ("日常走访", False),
    ("看望健康状况", False),
    ("节日走访", False),
    ("安全提醒", False),
    ("困难摸底", False),
    ("夜间调解", True),
    ("经济普查", False),
)
"""The purposes seen in the field (G-35); to a mediation at night two go."""


def purposes_ship(community: Community, _shipped: str, at: datetime) -> None:
    """Give a community the usual purposes; what it has stays as it is."""
    rows = [
        VisitPurpose(community=community, name=name, needs_two=needs_two, order=10 * number)
        for number, (name, needs_two) in enumerate(SHIPPED, 1)
    ]
    VisitPurpose.objects.bulk_create(rows, ignore_conflicts=True)
    record(
        event="visit_purpose.shipped", actor=None, subject=community, at=at, scope_path=community.place.path
    )


@transaction.atomic
def purpose_save(
    *,
    community: Community,
    purpose_id: int | None = None,
    name: str,
    needs_two: bool,
    is_active: bool,
    order: int,
    actor: User | None,
    at: datetime,
) -> VisitPurpose:
    """Add a purpose of a community, or change one. Visits that were made stay as they were.

    Raises:
        NotAllowedError: `actor` does not keep the community's places.
    """
    path = community.place.path
    trace = permissions.authorise(actor, Power.PLACE_MANAGE, Scope(path), at=at)
    given = {"name": name.strip(), "needs_two": needs_two, "is_active": is_active, "order": order}
    if purpose_id is None:
        purpose = VisitPurpose.objects.create(community=community, **given)
    else:
        purpose = VisitPurpose.objects.select_for_update().get(pk=purpose_id, community=community)
        VisitPurpose.objects.filter(pk=purpose_id).update(**given)
        purpose.refresh_from_db()
    record(
        event="visit_purpose.saved",
        actor=actor,
        subject=purpose,
        at=at,
        scope_path=path,
        post=trace,
        fields=[*given],
    )
    return purpose


@transaction.atomic
def standing_set(
    *,
    household_id: int,
    every_days: int | None,
    reason: str = "",
    trigger: str = Trigger.DAYS,
    actor: User | None,
    at: datetime,
) -> StandingVisit | None:
    """Have a household visited every so many days, the next time counted from its last visit; None ends it.

    With the lane as its trigger a patrol that passes calls there besides (G-07).

    Raises:
        NotAllowedError: `actor` holds no post over that grid.
        InvalidInputError: less than a day, more than a year.
    """
    household = lock_household(household_id)
    scope, place = scope_of(household)
    trace = permissions.authorise(actor, Power.HOME_VISIT, scope, at=at)
    record(
        event="visit.standing_set" if every_days else "visit.standing_ended",
        actor=actor,
        subject=household,
        at=at,
        scope_path=place.path,
        post=trace,
    )
    if every_days is None:
        StandingVisit.objects.filter(household=household).delete()
        return None
    if not 1 <= every_days <= 366:
        raise InvalidInputError(_("请填 1 到 366 天。"))
    given = {"every_days": every_days, "reason": reason.strip()[:100], "trigger": Trigger(trigger)}
    given["next_on"] = _next_on(household, every_days, timezone.localdate(at))
    standing, _is_new = StandingVisit.objects.update_or_create(household=household, defaults=given)
    return standing


@transaction.atomic
def wish_note(
    *, resident_id: int, wishes_none: bool, words: str = "", actor: User | None, at: datetime
) -> Resident:
    """Note that a resident wants no visits, or wants them again. What is planned skips them at once.

    Raises:
        NotAllowedError: `actor` holds no post over that grid.
    """
    found = Resident.objects.select_related("household__place").filter(pk=resident_id).first()
    if found is None:
        raise NotFoundError(_("没有找到这位居民。"))
    household = lock_household(found.household_id)
    scope, place = scope_of(household)
    trace = permissions.authorise(actor, Power.HOME_VISIT, scope, at=at)
    if wishes_none:
        given = {"words": words.strip()[:200], "noted_by": actor, "noted_at": at}
        VisitWish.objects.update_or_create(resident=found, defaults=given)
    else:
        VisitWish.objects.filter(resident=found).delete()
    event = "visit.declined" if wishes_none else "visit.welcome_again"
    record(event=event, actor=actor, subject=found, at=at, scope_path=place.path, post=trace)
    return found


def _next_on(household: Household, every_days: int, today: date) -> date:
    last = household.visits.order_by("-happened_at").values_list("happened_at", flat=True).first()
    planned = timezone.localdate(last) + timedelta(days=every_days) if last else today
    return max(today, planned)
