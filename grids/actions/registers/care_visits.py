"""A visit to somebody in care: entered once, plans the next, and fulfils its month (G-27)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core.audit import record
from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _
from core.models import User
from grids.actions.registers.care import held_subject, plan_next
from grids.care_days import GRACE, month_of
from grids.models import CareMonth, CareSubject, CareVisit

WITHIN: Final = timedelta(days=31)


@transaction.atomic
def care_visit_record(
    *, subject_id: int, key: UUID, visited_on: date, findings: str, actor: User, at: datetime
) -> CareVisit:
    """Enter a visit; the same key again gives the same visit. One that is entered late makes good a month
    or a day that was counted as missed.

    Raises:
        NotFoundError: no such subject in care.
        NotAllowedError: `actor` holds no post over that grid.
        InvalidInputError: a day to come, or more than a month ago.
        ConflictError: died or moved away; the key is of somebody else's visit.
    """
    subject, place, trace = held_subject(subject_id, actor, at)
    known = CareVisit.objects.filter(key=key).first()
    if known is not None:
        if (known.by_id, known.subject_id) != (actor.pk, subject.pk):
            raise ConflictError(_("这个编号的记录是别人的。"))
        return known
    today = timezone.localdate(at)
    if not today - WITHIN <= visited_on <= today:
        raise InvalidInputError(_("走访日期须在最近 31 天内，不能晚于今天。"))
    if subject.resident.is_silent:
        raise ConflictError(_("这个人已故或已搬离。"))
    visit = CareVisit.objects.create(
        key=key,
        subject=subject,
        visited_on=visited_on,
        by=actor,
        recorded_at=at,
        findings=findings.strip()[:1000],
    )
    subject.last_on = max(visited_on, subject.last_on or visited_on)
    plan_next(subject, today)
    subject.save(update_fields=["last_on", "next_on"])
    _fulfil(subject, visited_on)
    subject.misses.filter(due_on__gte=visited_on - GRACE).delete()  # entered late, made in time
    record(event="care.visited", actor=actor, subject=visit, at=at, scope_path=place.path, post=trace)
    return visit


def _fulfil(subject: CareSubject, visited_on: date) -> None:
    if not subject.scheme.is_monthly:
        return
    done = {"visited_on": visited_on, "missed_at": None}
    CareMonth.objects.update_or_create(subject=subject, month=month_of(visited_on), defaults=done)
