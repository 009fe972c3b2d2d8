"""现场查看: what must be looked at on the spot before it is handled, and nobody has, is said aloud (G-34)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef

from community.models import WorkflowProfile
from community.workflow import Gate, Stage
from core import outbox, reminders
from core.sweeps import go_through
from petitions import limit_notices, workflow
from petitions.actions.sweeping import Clocks
from petitions.models import Petition, PetitionEvent
from petitions.querysets import PetitionQuerySet
from petitions.selectors.holders import holders_of
from petitions.workflow import Event

BATCH: Final = 200
WITHIN: Final = timedelta(days=14)
"""What waits for longer is long since under the reminders of its handling limit."""


def uninspected_sweep(*, at: datetime, batch: int = BATCH) -> int:
    """Tell of what nobody has looked at within its limit; how many matters were told of."""
    return go_through(_waiting(at), lambda found: _tell(found, at), batch)


def _waiting(at: datetime) -> PetitionQuerySet:
    brands = WorkflowProfile.objects.filter(gates__contains=[Gate.SITE_INSPECTION])
    looked = PetitionEvent.objects.filter(petition=OuterRef("pk"), event=Event.INSPECTED)
    rows = Petition.objects.genuine().filter(
        ~Exists(looked),
        community__in=brands.values("pk"),
        topic__in=sorted(workflow.BUILDING_TOPICS),
        stage__in=[Stage.TRIAGED, Stage.DISPATCHED, Stage.ACCEPTED],
        paused_at=None,
        triaged_at__gt=at - WITHIN,
    )
    return rows.select_related("community__profile").select_for_update(of=("self",), skip_locked=True)


def _tell(found: list[Petition], at: datetime) -> int:
    clocks, steps = Clocks(), dict[int, int]()
    for petition in found:
        assert petition.triaged_at is not None
        waited = clocks.of(petition).minutes_between(petition.triaged_at, at)
        reached = [step for step in workflow.INSPECTED_WITHIN if step <= waited]
        if reached:
            steps[petition.pk] = reached[-1]
    stages = {pk: f"{minutes}" for pk, minutes in steps.items()}
    new = reminders.claim_each("petition.uninspected", stages, at)
    if not new:
        return 0
    told = [petition for petition in found if petition.pk in new]
    holders = holders_of([petition.scope for petition in told], at)
    outbox.send(
        [
            message
            for petition in told
            for message in limit_notices.uninspected(petition, steps[petition.pk], holders, at=at)
        ]
    )
    return len(told)
