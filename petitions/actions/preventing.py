"""长效机制: what keeps a settled matter from coming back, recorded and looked after (P-20)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from community.duties import Duty, Power
from community.permissions import require_power
from core import outbox, reminders
from core.batches import rows_update
from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _
from core.models import User
from core.outbox import Message
from core.sweeps import sweep_all
from petitions import watching_notices
from petitions.actions.base import Work, text_of, work_on
from petitions.actions.erasing import months_before
from petitions.actions.evaluating import settle
from petitions.actions.locking import lock
from petitions.actions.walls import walls_changed
from petitions.models import Every, Petition, PreventionCheck, PreventionMeasure
from petitions.selectors.holders import Holders, holders_of
from petitions.workflow import Event

TEXT_MAX: Final = 300
BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Measure:
    """What is done so that it does not come back, who looks after it, and how often, in months."""

    text: str
    responsible: User
    every_months: int = Every.NEVER


@transaction.atomic
def prevention_record(*, petition_id: int, actor: User, measure: Measure, at: datetime) -> Petition:
    """Record the measure; a matter that waited for nothing else is archived at once.

    Raises:
        ConflictError: one is recorded already.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_HANDLE, at=at)
    petition = work.petition
    if petition.prevented_at is not None:
        raise ConflictError(_("这件诉求已经记录了长效机制。"))
    if measure.every_months not in Every.values:
        raise InvalidInputError(_("请选择多久检查一次。"))
    require_power(measure.responsible, Power.PETITION_READ, petition.scope, at=at)
    PreventionMeasure.objects.create(
        petition=petition,
        text=text_of(measure.text, limit=TEXT_MAX, name=_("长效措施")),
        every_months=measure.every_months,
        responsible=measure.responsible,
        check_at=_next(at, measure.every_months),
        recorded_by=actor,
        recorded_at=at,
    )
    petition.prevented_at = at
    work.note(Event.PREVENTED, measure.text[:TEXT_MAX])
    settle(work)
    walls_changed(petition.community_id)
    return work.finish(["prevention"])


@transaction.atomic
def prevention_check(*, petition_id: int, actor: User, holds: bool, words: str, at: datetime) -> Petition:
    """Somebody looked whether the measure still holds; also long after the matter was closed.

    Raises:
        ConflictError: there is no measure that is looked after from time to time.
    """
    petition = lock(petition_id)
    held = require_power(actor, Power.PETITION_HANDLE, petition.scope, at=at)
    measure = PreventionMeasure.objects.select_for_update().filter(petition=petition).first()
    if measure is None or not measure.every_months:
        raise ConflictError(_("这件诉求没有需要定期检查的长效机制。"))
    work = Work(petition, actor, held, at)
    text = text_of(words, limit=TEXT_MAX, name=_("检查情况"))
    work.refuse_repeat(Event.MEASURE_CHECKED, text)
    PreventionCheck.objects.create(measure=measure, checked_by=actor, checked_at=at, holds=holds, words=text)
    measure.checked_at, measure.check_at = at, _next(at, measure.every_months)
    measure.save(update_fields=["checked_at", "check_at"])
    work.note(Event.MEASURE_CHECKED, text)
    if not holds:
        secretary = work.holders.from_tier(petition.scope, Duty.SECRETARY)
        work.tell(watching_notices.measure_failed(secretary.user_id, petition, text, at=at))
    work.record(["prevention"])
    walls_changed(petition.community_id)
    return petition


def preventions_remind(*, at: datetime, batch: int = BATCH) -> int:
    """Remind whoever looks after a measure, or the secretary if they have left; once a check."""
    due = PreventionMeasure.objects.filter(check_at__lte=at)
    return sweep_all(due, lambda rows, size: _remind_batch(rows, at, size), batch, by="check_at")


@transaction.atomic
def _remind_batch(due: QuerySet[PreventionMeasure], at: datetime, batch: int) -> int:
    late = due.order_by("check_at").select_for_update(of=("self",), skip_locked=True)
    found = list(late.select_related("petition__community")[:batch])
    if not found:
        return 0
    holders = holders_of([measure.petition.scope for measure in found], at)
    by_day: dict[str, list[PreventionMeasure]] = defaultdict(list)
    for measure in found:
        by_day[f"{timezone.localdate(measure.check_at):%Y-%m-%d}"].append(measure)
        while measure.check_at is not None and measure.check_at <= at:
            measure.check_at = _next(measure.check_at, measure.every_months)
    messages: list[Message] = []
    for day, measures in by_day.items():
        mine = reminders.claim("petition.prevention", day, [measure.pk for measure in measures], at)
        for measure in measures:
            if measure.pk in mine:
                messages += watching_notices.measure_due(_whom(measure, holders), measure, day, at=at)
    rows_update(found, ("check_at",))
    outbox.send(messages)
    return len(found)


def _whom(measure: PreventionMeasure, holders: Holders) -> int | None:
    scope = measure.petition.scope
    if holders.covers(scope, measure.responsible_id):
        return measure.responsible_id
    return holders.from_tier(scope, Duty.SECRETARY).user_id


def _next(at: datetime, months: int) -> datetime | None:
    return months_before(at, -months) if months else None
