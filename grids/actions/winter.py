"""燃煤取暖: noted at the door; each winter lists a visit to each, and another while risk remains (G-25)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from community import permissions
from community.duties import LADDER, Power
from community.models import Community, Household, Resident
from community.permissions import Scope, require_power
from core import outbox, reminders
from core.audit import record
from core.display import moment
from core.errors import InvalidInputError, NotFoundError, RepeatedError
from core.language import gettext as _
from core.models import User
from core.sweeps import sweep_all
from grids import safety_notices, season_notices
from grids.models import CoalHousehold, Device, SafetyVisit, WinterPlan
from grids.querysets import visited_households
from grids.selectors.buildings import grids_of
from grids.selectors.doors import scope_of
from grids.selectors.ladder import first_of, held_over

BATCH: Final = 20
SHARE: Final = 4
WITHIN: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Winter:
    """When, and after how many days again where risk remains."""

    name: str
    starts_on: date
    ends_on: date
    revisit_days: int = 7


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody looked at and explained at a door; `happened_at` where it is entered later."""

    checked: Sequence[str]
    advice: str
    is_risky: bool
    happened_at: datetime | None = None


@transaction.atomic
def coal_note(*, household: Household, heats: bool, actor: User, at: datetime) -> None:
    """Whether a household heats with coal; in a winter that runs it is put on the list at once.

    Raises:
        NotAllowedError: not this person's door.
    """
    scope, place = scope_of(household)
    post = require_power(actor, Power.HOME_VISIT, scope, at=at)
    if heats:
        CoalHousehold.objects.get_or_create(household=household, defaults={"noted_by": actor, "noted_at": at})
        today = timezone.localdate(at)
        for plan in WinterPlan.objects.filter(
            community__in=[*household.place.ancestor_ids], starts_on__lte=today, ends_on__gte=today
        ):
            _list(plan, [household], today)
    else:
        CoalHousehold.objects.filter(household=household).delete()
        SafetyVisit.objects.filter(household=household, done_at=None).delete()
    event = "coal.noted" if heats else "coal.ended"
    record(event=event, actor=actor, subject=household, at=at, scope_path=place.path, post=post.trace)


@transaction.atomic
def winter_plan(*, community: Community, winter: Winter, actor: User | None, at: datetime) -> WinterPlan:
    """Plan a winter; on its first day every coal-heating household is listed.

    Raises:
        NotAllowedError: `actor` does not run this community's grids.
        InvalidInputError: it is over.
    """
    path = community.place.path
    trace = permissions.authorise(actor, Power.GRID_RUN, Scope(path), at=at)
    if winter.ends_on <= timezone.localdate(at):
        raise InvalidInputError(_("止日要在今天以后。"))
    plan = WinterPlan.objects.create(
        community=community,
        name=winter.name.strip(),
        starts_on=winter.starts_on,
        ends_on=winter.ends_on,
        revisit_days=winter.revisit_days,
        sweep_on=winter.starts_on,
    )
    record(event="winter.planned", actor=actor, subject=plan, at=at, scope_path=path, post=trace)
    return plan


def winters_begin(*, at: datetime, batch: int = BATCH) -> int:
    """List the households of every winter that has begun; how many winters."""
    due = WinterPlan.objects.filter(sweep_on__lte=timezone.localdate(at))
    return sweep_all(due, lambda rows, size: _begin(rows, at, size), batch, by="sweep_on")


@transaction.atomic
def safety_visit_do(*, visit_id: int, seen: Seen, actor: User, at: datetime) -> SafetyVisit:
    """Somebody was there: what was looked at and explained. Where risk remains, one goes again.

    Raises:
        NotFoundError: no such visit.
        NotAllowedError: not this person's grid.
        InvalidInputError: nothing looked at, or a time that cannot be.
        RepeatedError: somebody was there before.
    """
    related = ("plan", "scope", "household", "done_by")
    rows = SafetyVisit.objects.select_related(*related).select_for_update(of=("self",))
    visit = rows.filter(pk=visit_id).first()
    if visit is None:
        raise NotFoundError(_("没有找到这次走访。"))
    post = require_power(actor, Power.HOME_VISIT, Scope(visit.scope.path), at=at)
    if visit.done_at is not None:
        told = {"who": visit.done_by, "when": moment(visit.done_at)}
        raise RepeatedError(_("这一户 %(who)s 已在 %(when)s 去过，这次走访已经记过。") % told)
    known = [one for one in seen.checked if one in Device.values]
    if not known:
        raise InvalidInputError(_("请勾选查看了哪些。"))
    done_at = seen.happened_at or at
    if not at - WITHIN <= done_at <= at:
        raise InvalidInputError(_("走访时间须在最近 31 天内，不能晚于现在。"))
    visit.checked, visit.advice, visit.is_risky = known, seen.advice.strip()[:300], seen.is_risky
    visit.done_at, visit.done_by = done_at, actor
    visit.save()
    if seen.is_risky:
        SafetyVisit.objects.create(
            plan=visit.plan,
            household=visit.household,
            scope=visit.scope,
            round=visit.round + 1,
            due_on=timezone.localdate(done_at) + timedelta(days=visit.plan.revisit_days),
        )
    path = visit.scope.path
    record(
        event="safety_visit.done",
        actor=actor,
        subject=visit.household,
        at=at,
        scope_path=path,
        post=post.trace,
    )
    return visit


@transaction.atomic
def _begin(due: QuerySet[WinterPlan], at: datetime, batch: int) -> int:
    """One visit each, whatever ran before; each worker is told once how many doors are theirs."""
    today = timezone.localdate(at)
    rows = due.order_by("sweep_on", "pk").select_for_update(of=("self",), skip_locked=True)
    found = list(rows.select_related("community__place")[:batch])
    for plan in found:
        homes = visited_households().filter(place__path__startswith=plan.community.place.path)
        listed = _list(plan, list(homes.exclude(coal=None).select_related("place")), today)
        plan.sweep_on = None
        plan.save(update_fields=["sweep_on"])
        if reminders.claim("winter", "begins", [plan.pk], at):
            outbox.send(_told(plan, listed, today, at))
            outbox.send(season_notices.winter_safety(plan, _living_in(plan.community), at=at))
    return len(found)


def _living_in(community: Community) -> list[int]:
    """The accounts of who lives in a community and may be written to; one statement."""
    there = Resident.objects.present().filter(user__is_active=True, refuses_messages=False)
    within = there.filter(household__place__path__startswith=community.place.path)
    return [pk for pk in within.order_by("pk").values_list("user_id", flat=True) if pk is not None]


def _list(plan: WinterPlan, households: Sequence[Household], today: date) -> list[SafetyVisit]:
    """A first visit to each, within the first quarter of what is left of the winter."""
    grids = grids_of([one.place for one in households])
    due_on = max(plan.starts_on, today)
    due_on += (plan.ends_on - due_on) / SHARE
    rows = [
        SafetyVisit(
            plan=plan,
            household=one,
            scope=grids[one.place_id].place if one.place_id in grids else one.place,
            due_on=due_on,
        )
        for one in households
    ]
    SafetyVisit.objects.bulk_create(rows, ignore_conflicts=True)
    return rows


def _told(plan: WinterPlan, listed: Sequence[SafetyVisit], today: date, at: datetime) -> list[outbox.Message]:
    held = held_over((one.scope for one in listed), LADDER, today)
    doors: dict[int, int] = {}
    for one in listed:
        user = first_of(one.scope, LADDER, held)
        if user is not None:
            doors[user] = doors.get(user, 0) + 1
    return [safety_notices.winter_begins(plan, user, number, at=at) for user, number in doors.items()]
