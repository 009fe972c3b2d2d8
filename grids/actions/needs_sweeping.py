"""Needs that nobody sees to climb from tier to tier, each step told exactly once (G-06, G-13)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from community.clocks import hours_of
from core import outbox, reminders
from core.batches import rows_update
from core.sweeps import sweep_all
from core.workdays import WorkingClock, load_overrides
from grids import need_notices
from grids.deadlines import Climb, climbs
from grids.models import Need, NeedTier
from grids.models.need import IN_GRID
from grids.selectors.needs import is_silenced, tier_holders
from grids.selectors.rungs import RUNGS, Rungs, rungs_over

BATCH: Final = 200


def needs_sweep(*, at: datetime, batch: int = BATCH) -> int:
    """Every need whose next moment has come; how many."""
    due = Need.objects.open().filter(sweep_at__lte=at)
    return sweep_all(due, lambda rows, size: _sweep_batch(rows, at, size), batch)


@transaction.atomic
def _sweep_batch(due: QuerySet[Need], at: datetime, batch: int) -> int:
    """NeedTier, next moment, claim and message stand together."""
    rows = due.order_by("sweep_at", "pk").select_for_update(of=("self",), skip_locked=True)
    found = list(
        rows.select_related("place", "community", "household__place__parent__parent", "resident")[:batch]
    )
    overrides = load_overrides() if found else {}
    by_climb: dict[Climb, list[Need]] = defaultdict(list)
    for need in found:
        clock = WorkingClock(hours_of(need.community), overrides)
        for climb in _step(need, clock, at):
            by_climb[climb].append(need)
    rows_update(found, ("tier", "sweep_at"))
    rungs, messages = rungs_over([need.place for need in found], at=at), []
    for climb, needs in sorted(by_climb.items()):
        claimed = reminders.claim("need", climb, sorted(need.pk for need in needs), at)
        for need in (one for one in needs if one.pk in claimed and not is_silenced(one)):
            messages += need_notices.climbed(need, climb, _told(need, climb, rungs), at=at)
    outbox.send(messages)
    return len(found)


def _step(need: Need, clock: WorkingClock, at: datetime) -> list[Climb]:
    """What is due of a need by now; its tier goes up, its next moment is set. A late sweep loses nothing."""
    if need.solved_at is not None:
        need.sweep_at = None
        return [Climb.FEEDBACK]
    steps = climbs(need.reported_at, is_urgent=need.is_urgent, clock=clock)
    last = need.sweep_at or need.reported_at
    reached = [climb for moment, climb in steps if last <= moment <= at]
    need.sweep_at = next((moment for moment, _climb in steps if moment > at), None)
    due = [climb for climb in reached if _is_due(need, climb)]
    for climb in due:
        need.tier = _tier_after(need, climb)
    return due


def _is_due(need: Need, climb: Climb) -> bool:
    """The close of business asks whether it is solved; what comes before, whether anybody sees to it."""
    if climb == Climb.SECRETARY:
        return True
    if need.responded_at is not None:
        return False
    return need.tier in IN_GRID


def _tier_after(need: Need, climb: Climb) -> str:
    reached = {
        Climb.LEADER: NeedTier.LEADER,
        Climb.COMMUNITY: NeedTier.COMMUNITY,
        Climb.SECRETARY: NeedTier.SECRETARY,
    }[climb]
    order = [*NeedTier.values]
    return max(need.tier, reached, key=order.index)


def _told(need: Need, climb: Climb, rungs: Rungs) -> Iterable[int | None]:
    if climb == Climb.FEEDBACK:
        assert need.solved_by_id is not None
        return [rungs.who_tells(need.place, need.solved_by_id)]
    given = [need.handler_id] if need.handler_id and rungs.holds(need.handler_id, need.place, RUNGS) else []
    return [*tier_holders(need, NeedTier(need.tier), rungs), *given]
