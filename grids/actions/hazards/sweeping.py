"""Hazards are asked after until somebody has seen that they are gone, each step exactly once (G-19)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from community.duties import LADDER, Duty
from core import outbox, reminders
from core.batches import rows_update
from core.sweeps import sweep_all
from grids import hazard_notices
from grids.models import Hazard
from grids.selectors.hazard_days import climbs, first_on, step_of
from grids.selectors.ladder import Held, first_of, held_over, nearest

BATCH: Final = 200


def hazards_sweep(*, at: datetime, batch: int = BATCH) -> int:
    """Remind of every hazard whose next day has come; how many."""
    due = Hazard.objects.unsafe().filter(sweep_on__lte=timezone.localdate(at))
    return sweep_all(due, lambda rows, size: _sweep_batch(rows, at, size), batch, by="sweep_on")


@transaction.atomic
def _sweep_batch(due: QuerySet[Hazard], at: datetime, batch: int) -> int:
    """Next day, claim and message stand together; of what a late sweep missed only the latest is said."""
    day = timezone.localdate(at)
    rows = due.order_by("sweep_on", "pk").select_for_update(of=("self",), skip_locked=True)
    found = list(
        rows.select_related("scope", "place__parent", "type", "responsible", "responsible_body")[:batch]
    )
    by_stage: dict[tuple[int, int], list[Hazard]] = defaultdict(list)
    for hazard in found:
        assert hazard.rectify_by is not None
        step = step_of(hazard.rectify_by, day)
        if step is not None:
            by_stage[hazard.round, step].append(hazard)
        hazard.sweep_on = first_on(hazard.rectify_by, day)
    rows_update(found, ("sweep_on",))
    places = [place for one in found for place in (one.scope, one.place)]
    held, messages = held_over(places, (*LADDER, Duty.PROPERTY_REP), day), []
    for (number, step), hazards in sorted(by_stage.items()):
        ids = sorted(hazard.pk for hazard in hazards)
        claimed = reminders.claim("hazard", f"{number}.{step}", ids, at)
        for hazard in (one for one in hazards if one.pk in claimed):
            messages += hazard_notices.nudge(hazard, step, told(hazard, step, held), at=at)
    outbox.send(messages)
    return len(found)


def told(hazard: Hazard, step: int, held: Held) -> Iterable[int | None]:
    """Who hears of this step: whoever answers for it, and once it is overdue the ladder."""
    leader, secretary, subdistrict = climbs(step)
    yield _answering(hazard, held)
    if leader:
        yield first_of(hazard.scope, LADDER[1:], held)
    if secretary:
        yield first_of(hazard.scope, LADDER[2:], held)
    if subdistrict:
        yield first_of(hazard.scope, LADDER[3:], held)


def _answering(hazard: Hazard, held: Held) -> int | None:
    """The responsible person; who represents a company; for somebody without account the worker."""
    if hazard.responsible_id is not None:
        return hazard.responsible_id
    rep = nearest(hazard.place, Duty.PROPERTY_REP, held) if hazard.responsible_body_id else None
    return rep or first_of(hazard.scope, LADDER, held)
