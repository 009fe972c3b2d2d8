"""疏忽提示: what a higher tier should know of, told once a matter and reason, by a sweep (P-17, P-42).

A step that may be a sign of neglect leaves `neglect_at` on the row that it saves anyhow; nothing is searched
for, and no step waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from community.duties import LADDER, Duty
from core import audit, outbox, reminders
from core.batches import rows_update
from core.language import kept
from core.outbox import Message
from core.sweeps import sweep_all
from petitions import watching_notices
from petitions.models import NeglectSignal, Petition, PetitionEvent
from petitions.selectors.holders import Holders, holders_of
from petitions.selectors.neglect import neglect_reasons
from petitions.workflow import Audience, Event, Neglect

BATCH: Final = 200


def neglect_sweep(*, at: datetime, batch: int = BATCH) -> int:
    """Tell the next tier of what looks neglected since the last sweep; how many matters were looked at."""
    due = Petition.objects.filter(neglect_at__lte=at)
    return sweep_all(due, lambda rows, size: _sweep_batch(rows, at, size), batch, by="neglect_at")


@transaction.atomic
def _sweep_batch(due: QuerySet[Petition], at: datetime, batch: int) -> int:
    rows = (
        due.order_by("neglect_at")
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("community")
    )
    found = list(rows[:batch])
    reasons = _claimed(neglect_reasons([petition.pk for petition in found]), at) if found else {}
    told = [petition for petition in found if petition.pk in reasons]
    holders = holders_of([petition.scope for petition in told], at) if told else Holders({})
    for petition in found:
        petition.neglect_at = None
        if petition.pk in reasons:
            petition.neglected_at = petition.neglected_at or at
    rows_update(found, ("neglect_at", "neglected_at"))
    NeglectSignal.objects.bulk_create(
        NeglectSignal(petition=petition, reason=reason, noticed_at=at)
        for petition in told
        for reason in reasons[petition.pk]
    )
    PetitionEvent.objects.bulk_create(_line(petition, reasons[petition.pk], at) for petition in told)
    audit.record_each(
        event="petition.neglected",
        actor=None,
        traces=[audit.Trace(petition, petition.grid_path or petition.place_path) for petition in told],
        at=at,
    )
    outbox.send([one for petition in told for one in _tell(petition, reasons[petition.pk], holders, at)])
    return len(found)


def _claimed(reasons: dict[int, list[Neglect]], at: datetime) -> dict[int, list[Neglect]]:
    """Those of them that nobody was told of yet."""
    mine: dict[int, list[Neglect]] = {}
    for reason in Neglect:
        ids = [pk for pk, found in reasons.items() if reason in found]
        for pk in reminders.claim("petition.neglect", reason, ids, at):
            mine.setdefault(pk, []).append(reason)
    return mine


def _line(petition: Petition, reasons: Sequence[Neglect], at: datetime) -> PetitionEvent:
    return PetitionEvent(
        petition=petition,
        at=at,
        event=Event.NEGLECTED,
        stage=petition.stage,
        round=petition.round,
        audience=Audience.STAFF,
        note="；".join(kept(reason.label) for reason in reasons),
    )


def _tell(petition: Petition, reasons: Sequence[Neglect], holders: Holders, at: datetime) -> list[Message]:
    next_up = holders.from_tier(petition.scope, _tier_above(petition)).user_id
    return watching_notices.neglected([next_up, petition.supervisor_id], petition, reasons, at=at)


def _tier_above(petition: Petition) -> Duty:
    """One above whoever holds it; the desk of a community counts as its secretary."""
    if petition.tier not in LADDER:
        return Duty.SUPERVISOR
    return LADDER[min(LADDER.index(Duty(petition.tier)) + 1, len(LADDER) - 1)]
