"""入户走访: somebody was at a door, each visit once; it plans the next, and what it found is followed up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from community import permissions
from community.duties import Duty, Power
from community.models import Household
from community.permissions import Scope
from community.selectors.holders import ladder_holder
from core import outbox
from core.audit import record
from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _
from core.models import User
from core.prepared import Prepared, PreparedModel
from core.rows import rows_insert
from grids import visit_notices
from grids.actions.doors import lock_household
from grids.actions.errands import Asked, errand_open
from grids.actions.leads import lead_open
from grids.actions.needs import Report, need_open, needs_visited
from grids.actions.registers.marks import marks_visited
from grids.models import FestivalVisit, Need, Outcome, ResidentTag, StandingVisit, Visit, VisitPurpose
from grids.selectors.doors import scope_of

WITHIN: Final = timedelta(days=31)
FOLLOWED_BY: Final = {
    Outcome.NEED: Duty.GRID_LEADER,
    Outcome.HAZARD: Duty.GRID_LEADER,
    Outcome.RESOURCE: Duty.SECRETARY,
}
"""Who follows up what was found: the leader what is amiss in the grid, staff an offer of help (G-35)."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the visitor says of a visit."""

    purpose: VisitPurpose
    happened_at: datetime
    outcome: Outcome = Outcome.NONE
    finding: str = ""
    note: str = ""
    companion: User | None = None
    is_urgent: bool = False
    keeps_it: bool = False
    """Of a need: whether somebody has to come the same day, and whether the visitor can solve it."""
    errand: str = ""
    """What the visitor will see to for the household; an errand of its own (G-07)."""


_KNOWN: Final = PreparedModel(
    lambda key: Visit.objects.select_related("household", "purpose").filter(key=key), key=UUID(int=0)
)
_WAITING: Final = Prepared(
    lambda pk: Household.objects.filter(pk=pk).values_list(
        Exists(StandingVisit.objects.filter(household=OuterRef("pk"))),
        Exists(ResidentTag.objects.in_force().filter(resident__household=OuterRef("pk"))),
        Exists(FestivalVisit.objects.filter(household=OuterRef("pk"), visit=None)),
        Exists(Need.objects.filter(household=OuterRef("pk"), closed_at=None)),
    ),
    pk=-1,
)


def visit_record(*, household_id: int, told: Told, key: UUID, actor: User, at: datetime) -> Visit:
    """Enter a visit; the same key again gives the same visit.

    Raises:
        NotFoundError: no such door in use.
        NotAllowedError: `actor` holds no post over that grid.
        InvalidInputError: nobody along where two must go, a finding without words, a time that cannot be.
        ConflictError: the key is of somebody else's visit.
    """
    with transaction.atomic():
        return visit_book(household_id=household_id, told=told, key=key, actor=actor, at=at)


def visit_book(*, household_id: int, told: Told, key: UUID, actor: User, at: datetime) -> Visit:
    """The same in a caller's transaction, which ends with any error raised here."""
    household = lock_household(household_id)
    known = _KNOWN.first(key=key)
    scope, place = scope_of(household)
    trace = permissions.authorise(actor, Power.HOME_VISIT, scope, at=at)
    if known is not None:
        if known.worker_id != actor.pk:
            raise ConflictError(_("这个编号的记录是别人的。"))
        return known
    _check(household, told, actor, at)
    assignee = _assignee(told.outcome, scope, at)
    visit = Visit(
        key=key,
        household=household,
        place=place,
        purpose=told.purpose,
        needs_two=told.purpose.needs_two,
        worker=actor,
        companion=told.companion,
        happened_at=told.happened_at,
        recorded_at=at,
        outcome=told.outcome,
        finding=told.finding if told.outcome != Outcome.NONE else "",
        note=told.note,
        assignee=assignee,
    )
    rows_insert([visit])
    _answer(household, visit)
    record(event="visit.recorded", actor=actor, subject=visit, at=at, scope_path=place.path, post=trace)
    if told.errand.strip():
        asked = Asked(text=told.errand, taken_at=told.happened_at, visit=visit)
        errand_open(household, place, asked, key=uuid5(key, "errand"), actor=actor, trace=trace, at=at)
    if told.outcome == Outcome.NEED:
        report = Report(
            told.finding,
            is_urgent=told.is_urgent,
            keeps_it=told.keeps_it,
            reported_at=told.happened_at,
            visit=visit,
        )
        need_open(household, place, report, key=uuid5(key, "need"), actor=actor, trace=trace, at=at)
    elif told.outcome == Outcome.RESOURCE:
        lead_open(visit, at=at)
    if assignee is not None and told.outcome != Outcome.NEED:
        outbox.send(visit_notices.found(visit, assignee, at=at))
    return visit


@transaction.atomic
def visit_follow_up(*, visit_id: int, words: str, actor: User, at: datetime) -> Visit:
    """Say what became of what a visit found.

    Raises:
        NotAllowedError: `actor` does not run that grid.
        ConflictError: nothing was found, or somebody has followed it up.
        InvalidInputError: no words.
    """
    visit = Visit.objects.locked().select_related("household", "purpose", "place").get(pk=visit_id)
    trace = permissions.authorise(actor, Power.GRID_RUN, Scope(visit.place.path), at=at)
    if hasattr(visit, "need"):
        raise ConflictError(_("走访发现的需求在“需求和事件”里办理、反馈。"))
    if hasattr(visit, "lead"):
        raise ConflictError(_("走访发现的资源在“资源线索”里对接。"))
    if not visit.is_open:
        raise ConflictError(_("这次走访没有待跟进的事，或者已经有人跟进了。"))
    if not words.strip():
        raise InvalidInputError(_("请写明怎样跟进的。"))
    visit.followed_at, visit.followed_by, visit.follow_up = at, actor, words.strip()[:300]
    visit.save(update_fields=["followed_at", "followed_by", "follow_up"])
    record(event="visit.followed", actor=actor, subject=visit, at=at, scope_path=visit.place.path, post=trace)
    if visit.worker_id != actor.pk:
        outbox.send(visit_notices.followed(visit, at=at))
    return visit


@transaction.atomic
def visit_notes_read(*, household: Household, actor: User, at: datetime) -> list[Visit]:
    """What was written about a household, for posts over its grid; each reading is on the trail.

    Raises:
        NotAllowedError: not one of these posts.
    """
    scope, place = scope_of(household)
    trace = permissions.authorise(actor, Power.HOME_VISIT, scope, at=at)
    record(
        event="visit.notes_read",
        actor=actor,
        subject=household,
        at=at,
        scope_path=place.path,
        post=trace,
        fields=["visit_notes"],
        audience="charge",
    )
    rows = household.visits.select_related("purpose", "worker", "companion", "followed_by")
    return list(rows.order_by("-happened_at", "-pk")[:100])


def _check(household: Household, told: Told, actor: User, at: datetime) -> None:
    if told.happened_at > at or told.happened_at < at - WITHIN:
        raise InvalidInputError(_("走访时间须在最近 31 天内，不能晚于现在。"))
    if told.purpose.community_id not in household.place.ancestor_ids or not told.purpose.is_active:
        raise InvalidInputError(_("请选择本社区在用的走访目的。"))
    if told.outcome != Outcome.NONE and not told.finding:
        raise InvalidInputError(_("请写明发现了什么。"))
    if told.companion is not None and told.companion.pk == actor.pk:
        raise InvalidInputError(_("同行人不能是自己。"))
    if told.purpose.needs_two and told.companion is None:
        raise InvalidInputError(_("“%s”须两人同行，请选择同行人。") % told.purpose.name)


def _assignee(outcome: Outcome, scope: Scope, at: datetime) -> User | None:
    duty = FOLLOWED_BY.get(outcome)
    if duty is None:
        return None
    found = ladder_holder(place_path=scope.place_path, grid_path=scope.grid_path, start=duty, at=at)
    return found[1]


def _answer(household: Household, visit: Visit) -> None:
    """What waited for somebody at this door. Most doors wait for nothing, and then nothing more is asked."""
    [(is_standing, is_marked, is_festive, is_needed)] = _WAITING.rows(pk=household.pk)
    if is_marked:
        marks_visited(household)
    if is_standing:
        _plan_next(household)
    if is_festive:
        _fulfil(visit)
    if is_needed:
        needs_visited(visit)


def _fulfil(visit: Visit) -> None:
    """Whoever is at a door before a festival has made the visit of that festival."""
    day = timezone.localdate(visit.happened_at)
    waiting = FestivalVisit.objects.filter(household=visit.household, visit=None, festival_on__gte=day)
    waiting.update(visit=visit)


def _plan_next(household: Household) -> None:
    """From the latest visit on; one that arrives late from a phone pulls nothing back."""
    standing = StandingVisit.objects.get(household=household)
    last: datetime | None = household.visits.aggregate(last=Max("happened_at"))["last"]
    assert last is not None
    planned = timezone.localdate(last) + timedelta(days=standing.every_days)
    if planned > standing.next_on:
        standing.next_on = planned
        standing.save(update_fields=["next_on"])
