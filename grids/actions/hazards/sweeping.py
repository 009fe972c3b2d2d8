"""Hazards are asked after until somebody has seen that they are gone, each step exactly once (G-19)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from community.duties import LADDER
from core import outbox, reminders
from core.batches import rows_update
from core.outbox import Message
from core.sweeps import sweep_all
from grids import hazard_notices
from grids.models import Hazard, HazardState
from grids.selectors.companies import reps_of
from grids.selectors.hazard_days import Tier, climbs, first_on, recheck_step, step_of
from grids.selectors.ladder import Held, first_of, held_over
from grids.selectors.rechecking import Checkers, checkers_of

BATCH: Final = 200
RUNGS: Final = {Tier.LEADER: LADDER[1:], Tier.SECRETARY: LADDER[2:], Tier.SUBDISTRICT: LADDER[3:]}


def hazards_sweep(*, at: datetime, batch: int = BATCH) -> int:
    """Remind of every hazard whose next day has come; how many."""
    due = Hazard.objects.unsafe().filter(sweep_on__lte=timezone.localdate(at))
    return sweep_all(due, lambda rows, size: _sweep_batch(rows, at, size), batch, by="sweep_on")


@transaction.atomic
def _sweep_batch(due: QuerySet[Hazard], at: datetime, batch: int) -> int:
    """Next day, claims and messages stand together; of what a late sweep missed only the latest is said."""
    day = timezone.localdate(at)
    rows = due.order_by("sweep_on", "pk").select_for_update(of=("self",), skip_locked=True)
    found = list(
        rows.select_related("scope", "place__parent", "type", "responsible", "responsible_body")[:batch]
    )
    ears = _Ears(found, at)
    by_stage: dict[str, list[int]] = defaultdict(list)
    for hazard in found:
        for stage, _user in ears.due(hazard):
            by_stage[stage].append(hazard.pk)
        assert hazard.rectify_by is not None
        is_done = hazard.state == HazardState.DONE
        hazard.sweep_on = day + timedelta(days=1) if is_done else first_on(hazard.rectify_by, day)
    rows_update(found, ("sweep_on",))
    claimed = {
        (pk, stage)
        for stage, ids in sorted(by_stage.items())
        for pk in reminders.claim("hazard", stage, sorted(ids), at)
    }
    outbox.send([message for hazard in found for message in ears.messages(hazard, claimed)])
    return len(found)


class _Ears:
    """Who hears of each hazard of a batch on a day, and by which claim."""

    def __init__(self, found: list[Hazard], at: datetime) -> None:
        self.at, self.day = at, timezone.localdate(at)
        self.held: Held = held_over([one.scope for one in found], LADDER, self.day)
        self.reps = reps_of(found, self.day)
        done = [one for one in found if one.state == HazardState.DONE]
        self.checkers: Checkers = checkers_of(done, self.held, self.day)

    def due(self, hazard: Hazard) -> Iterator[tuple[str, int | None]]:
        """What has to be said by today: the claim, and to whom.

        Once it is said to be put right, whoever answers for it is left in peace; whoever looks again is told
        anew when that has become somebody else.
        """
        assert hazard.rectify_by is not None
        if hazard.state == HazardState.DONE:
            checker = self.checkers[hazard.pk]
            yield f"{hazard.round}.checker.{checker or 0}", checker
            step = self._waited(hazard)
            if step is not None:
                yield f"{hazard.round}.recheck.{step}", checker
        else:
            step = step_of(hazard.rectify_by, self.day)
            if step is not None:
                yield f"{hazard.round}.{step}", self._answering(hazard)
        for climb in climbs(hazard.rectify_by, self.day):
            yield f"{hazard.round}.{climb.stage}", first_of(hazard.scope, RUNGS[climb.tier], self.held)

    def messages(self, hazard: Hazard, claimed: set[tuple[int, str]]) -> list[Message]:
        """One message to each of those whose claim was won."""
        told = [user for stage, user in self.due(hazard) if (hazard.pk, stage) in claimed]
        assert hazard.rectify_by is not None
        if hazard.state == HazardState.DONE:
            return hazard_notices.still_to_recheck(hazard, told, at=self.at)
        step = step_of(hazard.rectify_by, self.day)
        if step is None:
            return []
        reps = self.reps.get(hazard.pk, ()) if (hazard.pk, f"{hazard.round}.{step}") in claimed else ()
        return hazard_notices.nudge(hazard, step, told, reps, at=self.at)

    def _waited(self, hazard: Hazard) -> int | None:
        assert hazard.done_at is not None
        return recheck_step(timezone.localdate(hazard.done_at), self.day)

    def _answering(self, hazard: Hazard) -> int | None:
        """The responsible person; for somebody without account, or a company without anybody, the worker."""
        if hazard.responsible_id is not None:
            return hazard.responsible_id
        return None if self.reps.get(hazard.pk) else first_of(hazard.scope, LADDER, self.held)
