"""需求和事件: seen to, handed up, solved, and over only with a word to whoever asked (G-06, G-12, G-13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from community import permissions
from community.clocks import clock_of
from community.duties import Power
from community.models import Community, Household, Place, Resident
from community.permissions import Scope
from core import outbox
from core.audit import record
from core.errors import ConflictError, IllegalMoveError, InvalidInputError, RepeatedError
from core.language import gettext as _
from core.models import User
from grids import need_notices
from grids.actions.doors import lock_household
from grids.deadlines import Climb, climbs
from grids.models import Need, NeedKind, NeedResult, NeedTier, Visit
from grids.models.need import IN_GRID
from grids.selectors.doors import scope_of
from grids.selectors.needs import may_respond, tier_holders
from grids.selectors.rungs import rungs_over

WITHIN: Final = timedelta(days=31)
FEEDBACK_WITHIN: Final = timedelta(days=1)
LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody needs or what has happened. `keeps_it`: the worker can solve it without the leader."""

    text: str
    kind: NeedKind = NeedKind.NEED
    is_urgent: bool = False
    keeps_it: bool = False
    resident: Resident | None = None
    spot: str = ""
    reported_at: datetime | None = None
    visit: Visit | None = None


@transaction.atomic
def need_report(
    *,
    household_id: int | None,
    grid_place: Place | None,
    report: Report,
    key: UUID,
    actor: User,
    at: datetime,
) -> Need:
    """Open a need of a household, or an incident somewhere in a grid; the same key again gives the same one.

    Raises:
        NotFoundError: no such door in use.
        NotAllowedError: `actor` holds no post over that grid.
        InvalidInputError: no words, no place, a time that cannot be.
        ConflictError: the key is of somebody else's.
    """
    household = lock_household(household_id) if household_id else None
    if household is not None:
        scope, place = scope_of(household)
    elif grid_place is not None:
        scope, place = Scope(grid_place.path), grid_place
    else:
        raise InvalidInputError(_("请写明在哪里。"))
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.pk)  # two taps, one by one
    known = Need.objects.filter(key=key).first()
    trace = permissions.authorise(actor, Power.HOME_VISIT, scope, at=at)
    if known is not None:
        if known.reporter_id != actor.pk:
            raise ConflictError(_("这个编号的记录是别人的。"))
        return known
    return need_open(household, place, report, key=key, actor=actor, trace=trace, at=at)


def need_open(
    household: Household | None,
    place: Place,
    report: Report,
    *,
    key: UUID,
    actor: User,
    trace: str,
    at: datetime,
) -> Need:
    """Write a need whose door is locked, by somebody whose power was checked; the leader hears at once.

    Raises:
        InvalidInputError: as for `need_report`.
    """
    text, reported_at = report.text.strip(), report.reported_at or at
    if not text:
        raise InvalidInputError(_("请写明是什么情况。"))
    if household is None and not report.spot.strip():
        raise InvalidInputError(_("请写明在哪里。"))
    if reported_at > at or reported_at < at - WITHIN:
        raise InvalidInputError(_("上报时间须在最近 31 天内，不能晚于现在。"))
    community = Community.objects.get(pk__in=[place.pk, *place.ancestor_ids])
    steps = climbs(reported_at, is_urgent=report.is_urgent, clock=clock_of(community))
    need = Need.objects.create(
        key=key,
        kind=report.kind,
        is_urgent=report.is_urgent,
        community=community,
        place=place,
        household=household,
        resident=report.resident,
        spot=report.spot.strip()[:100],
        visit=report.visit,
        text=text[:LONGEST],
        reporter=actor,
        reported_at=reported_at,
        tier=NeedTier.WORKER if report.keeps_it else NeedTier.LEADER,
        due_at=next(moment for moment, climb in steps if climb == Climb.SECRETARY),
        sweep_at=steps[0][0],
    )
    record(event="need.reported", actor=actor, subject=need, at=at, scope_path=place.path, post=trace)
    if need.tier == NeedTier.LEADER:
        told = tier_holders(need, NeedTier.LEADER, rungs_over([place], at=at))
        outbox.send(need_notices.reported(need, [pk for pk in told if pk != actor.pk], at=at))
    return need


@transaction.atomic
def need_respond(*, need_id: int, words: str, actor: User, at: datetime) -> Need:
    """Somebody sees to it: from now on it climbs no further until the close of business.

    Whoever reported it does not answer for those whom the report went to.

    Raises:
        NotAllowedError: `actor` holds no post over that grid.
        ConflictError: somebody has, it is solved, or the reporter waits for others.
        InvalidInputError: not a word of how.
    """
    need, trace = _locked(need_id, actor, at)
    _must_be_open(need)
    if need.responded_at is not None:
        raise RepeatedError(_("已经有人响应了。"))
    if not may_respond(need, actor, at=at):
        raise IllegalMoveError(_("这是您上报的，要由接到的人来响应。自己解决了，请直接记怎样解决的。"))
    if not words.strip():
        raise InvalidInputError(_("请写明怎样响应的。"))
    _respond(need, actor, at, words.strip()[:200])
    record(event="need.responded", actor=actor, subject=need, at=at, scope_path=need.place.path, post=trace)
    return need


def needs_visited(visit: Visit) -> None:
    """Whoever else comes to a door has responded to what was needed there. In the visit's transaction."""
    waiting = Need.objects.locked().filter(
        household=visit.household_id,
        closed_at=None,
        solved_at=None,
        responded_at=None,
        reported_at__lte=visit.happened_at,
    )
    for need in waiting.exclude(reporter=visit.worker_id).order_by("pk"):
        _respond(need, visit.worker, visit.happened_at, "")


@transaction.atomic
def need_hand_up(*, need_id: int, words: str, actor: User, at: datetime) -> Need:
    """One tier up: the worker to the leader, the leader to the community.

    Raises:
        NotAllowedError: not this person's grid, or not theirs to hand on.
        ConflictError: solved, or with the community already.
        InvalidInputError: not a word of why.
    """
    need, trace = _locked(need_id, actor, at)
    _must_be_open(need)
    if need.tier not in IN_GRID:
        raise IllegalMoveError(_("已经在社区了。"))
    if need.tier == NeedTier.LEADER:
        trace = permissions.authorise(actor, Power.GRID_RUN, Scope(need.place.path), at=at)
    if not words.strip():
        raise InvalidInputError(_("请写明为什么要交上一级。"))
    tier = NeedTier.LEADER if need.tier == NeedTier.WORKER else NeedTier.COMMUNITY
    need.tier = tier
    need.save(update_fields=["tier"])
    record(event="need.handed_up", actor=actor, subject=need, at=at, scope_path=need.place.path, post=trace)
    told = tier_holders(need, tier, rungs_over([need.place], at=at))
    outbox.send(need_notices.handed_up(need, told, words.strip()[:200], actor, at=at))
    return need


@transaction.atomic
def need_solve(*, need_id: int, solution: str, actor: User, at: datetime) -> Need:
    """Say how it was solved; who asked has to hear of it, within a day.

    Raises:
        NotAllowedError: `actor` holds no post over that grid.
        ConflictError: solved already.
        InvalidInputError: not a word of how.
    """
    need, trace = _locked(need_id, actor, at)
    _solve(need, solution, actor, at)
    record(event="need.solved", actor=actor, subject=need, at=at, scope_path=need.place.path, post=trace)
    return need


@transaction.atomic
def need_close(
    *, need_id: int, result: NeedResult, feedback: str, solution: str = "", actor: User, at: datetime
) -> Need:
    """Met or explained, and whoever asked has heard it in these words; `solution` where it is not solved yet.

    Raises:
        NotAllowedError: `actor` holds no post over that grid.
        ConflictError: closed already.
        InvalidInputError: no feedback, however it was solved (G-13); or not a word of how.
    """
    need, trace = _locked(need_id, actor, at)
    if need.closed_at is not None:
        raise RepeatedError(_("这件事已经办结了。"))
    if not feedback.strip():
        raise InvalidInputError(_("请写明怎样反馈的，没有反馈不能办结。"))
    if need.solved_at is None:
        _solve(need, solution, actor, at)
    need.result, need.feedback = result, feedback.strip()[:LONGEST]
    need.closed_at, need.closed_by, need.sweep_at = at, actor, None
    need.save(update_fields=["result", "feedback", "closed_at", "closed_by", "sweep_at"])
    record(event="need.closed", actor=actor, subject=need, at=at, scope_path=need.place.path, post=trace)
    if need.visit_id is not None:
        Visit.objects.filter(pk=need.visit_id, followed_at=None).update(
            followed_at=at, followed_by=actor, follow_up=need.feedback
        )
    if need.reporter_id != actor.pk:
        outbox.send(need_notices.closed(need, at=at))
    return need


def _respond(need: Need, actor: User, at: datetime, words: str) -> None:
    need.responded_at, need.responded_by, need.response = at, actor, words
    need.save(update_fields=["responded_at", "responded_by", "response"])


def _solve(need: Need, solution: str, actor: User, at: datetime) -> None:
    _must_be_open(need)
    if not solution.strip():
        raise InvalidInputError(_("请写明怎样解决的。"))
    need.solution, need.solved_at, need.solved_by = solution.strip()[:LONGEST], at, actor
    need.is_in_grid, need.sweep_at = need.tier in IN_GRID, at + FEEDBACK_WITHIN
    need.save(update_fields=["solution", "solved_at", "solved_by", "is_in_grid", "sweep_at"])


def _must_be_open(need: Need) -> None:
    if need.closed_at is not None:
        raise RepeatedError(_("这件事已经办结了。"))
    if need.solved_at is not None:
        raise RepeatedError(_("这件事已经解决了，只差反馈。"))


def _locked(need_id: int, actor: User, at: datetime) -> tuple[Need, str]:
    rows = Need.objects.locked().select_related("place", "household__place__parent__parent")
    need = rows.get(pk=need_id)
    trace = permissions.authorise(actor, Power.HOME_VISIT, Scope(need.place.path), at=at)
    return need, trace
