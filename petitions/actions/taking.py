"""接诉即办: what waits to be dispatched or taken is said aloud, again and again, each time once (P-24, P-25).

Only brands that have 接单 as a step of its own; the handling limit goes on beside it.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from django.db.models import DateTimeField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from community.models import WorkflowProfile
from community.workflow import Mode, Stage
from core import outbox, reminders
from core.outbox import Message
from core.sweeps import go_through
from petitions import limit_notices, workflow
from petitions.actions.sweeping import Clocks
from petitions.models import Petition, PetitionEvent
from petitions.querysets import PetitionQuerySet
from petitions.selectors.holders import holders_of
from petitions.workflow import Event

BATCH: Final = 200
WITHIN: Final = timedelta(days=7)
"""What waits for longer is long since under the reminders of its handling limit."""
BEGINS: Final = (Event.TRIAGED, Event.APPROVED, Event.DISPATCHED, Event.ASSIGNED, Event.HANDED_OVER)
"""From the latest of these a matter waits for its next step."""


def untaken_sweep(*, at: datetime, batch: int = BATCH) -> int:
    """Tell of what nobody has dispatched or taken in time; how many matters were told of."""
    return go_through(_waiting(at), lambda found: _tell(found, at), batch)


def _waiting(at: datetime) -> PetitionQuerySet:
    brands = WorkflowProfile.objects.filter(stage_modes__accepted=Mode.ON.value)
    begun = PetitionEvent.objects.filter(petition=OuterRef("pk"), event__in=BEGINS).order_by("-at")
    since = Coalesce(Subquery(begun.values("at")[:1]), "triaged_at", output_field=DateTimeField())
    rows = Petition.objects.genuine().filter(
        community__in=brands.values("pk"),
        stage__in=[Stage.TRIAGED, Stage.DISPATCHED],
        claimed_at=None,
        paused_at=None,
        triaged_at__gt=at - WITHIN,
    )
    rows = rows.annotate(waits_since=since).select_related("community__profile")
    return rows.select_for_update(of=("self",), skip_locked=True)


def _tell(found: list[Petition], at: datetime) -> int:
    clocks, steps = Clocks(), {}
    by_claim: dict[tuple[str, int, int], list[int]] = defaultdict(list)
    for petition in found:
        kind = _kind(petition)
        waited = clocks.of(petition).minutes_between(petition.waits_since, at)  # type: ignore[attr-defined]
        for minutes in (step for step in workflow.WAITED[kind] if step <= waited):
            by_claim[kind, petition.clock_serial, minutes].append(petition.pk)
    for (kind, serial, minutes), ids in sorted(by_claim.items()):
        for pk in reminders.claim(f"petition.{kind}", f"{serial}.{minutes}", ids, at):
            steps[pk] = kind, minutes
    if not steps:
        return 0
    holders = holders_of([petition.scope for petition in found if petition.pk in steps], at)
    said: list[Message] = []
    for petition in found:
        if petition.pk in steps:
            said += limit_notices.waiting(petition, *steps[petition.pk], holders, at=at)
    outbox.send(said)
    return len(steps)


def _kind(petition: Petition) -> str:
    """Whether it waits to be dispatched, or to be taken."""
    dispatches = petition.profile.mode(Stage.DISPATCHED) == Mode.ON
    return "undispatched" if dispatches and petition.stage == Stage.TRIAGED else "untaken"
