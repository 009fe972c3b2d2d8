"""Hazards are asked after until somebody has seen that they are gone, each step exactly once (G-19)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from community.duties import LADDER, Duty
from community.models import Place, Post
from core import outbox, reminders
from core.batches import rows_update
from core.sweeps import sweep_all
from grids import hazard_notices
from grids.models import Hazard
from grids.selectors.hazard_days import climbs, first_on, step_of

BATCH: Final = 200
Held = Mapping[tuple[int, Duty], int]


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
    held, messages = _held(found, day), []
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
        yield _up(hazard, LADDER[1:], held)
    if secretary:
        yield _up(hazard, LADDER[2:], held)
    if subdistrict:
        yield _up(hazard, LADDER[3:], held)


def _answering(hazard: Hazard, held: Held) -> int | None:
    """The responsible person; who represents a company; for somebody without account the worker."""
    if hazard.responsible_id is not None:
        return hazard.responsible_id
    rep = _nearest(hazard.place, Duty.PROPERTY_REP, held) if hazard.responsible_body_id else None
    return rep or _up(hazard, LADDER, held)


def _up(hazard: Hazard, duties: Sequence[Duty], held: Held) -> int | None:
    found = (_nearest(hazard.scope, duty, held) for duty in duties)
    return next((pk for pk in found if pk is not None), None)


def _nearest(place: Place, duty: Duty, held: Held) -> int | None:
    found = (held.get((pk, duty)) for pk in (place.pk, *reversed(place.ancestor_ids)))
    return next((pk for pk in found if pk is not None), None)


def _held(hazards: Iterable[Hazard], day: date) -> Held:
    """Who holds which rung over the places of these hazards, deputies first; one statement."""
    ids = {
        pk for one in hazards for place in (one.scope, one.place) for pk in (place.pk, *place.ancestor_ids)
    }
    posts = Post.objects.held_on(day).filter(
        place_id__in=ids, duty__in=(*LADDER, Duty.PROPERTY_REP), user__is_active=True
    )
    found: dict[tuple[int, Duty], int] = {}
    for place_id, duty, user_id in posts.order_by("deputises_id", "pk").values_list(
        "place_id", "duty", "user_id"
    ):
        found.setdefault((place_id, Duty(duty)), user_id)
    return found
