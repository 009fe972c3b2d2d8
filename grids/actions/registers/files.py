"""一人一档: sections written as new versions, read with a line on the trail, told of when stale (G-28)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from community.duties import Power
from core import outbox, reminders
from core.audit import record
from core.errors import InvalidInputError
from core.language import gettext as _
from core.models import User
from grids import register_notices as notices
from grids.actions.registers.care import held_subject
from grids.actions.registers.tagging import authorised
from grids.models import CareFile, CareFileEntry, CareSubject, FileSection
from grids.selectors.registers.told import answering_for

FRESH: Final = timedelta(days=180)


def file_power(subject: CareSubject) -> Power:
    """What it takes to read a file: of a child the post for children, else a post over the grid."""
    return Power.CHILD_CARE if subject.scheme.for_children else Power.REGISTER_KEEP


@transaction.atomic
def file_write(*, subject_id: int, section: str, text: str, actor: User, at: datetime) -> CareFileEntry:
    """Write a section anew; what it said before stays as its earlier version.

    Raises:
        NotFoundError: no such subject in care.
        NotAllowedError: `actor` may not read that file.
        InvalidInputError: no section, or nothing in it.
    """
    subject, place, trace = held_subject(subject_id, actor, at)
    if subject.scheme.for_children:
        trace = authorised(subject.resident, actor, at, Power.CHILD_CARE)[1]
    text = text.strip()[:2000]
    if section not in FileSection.values or not text:
        raise InvalidInputError(_("请选择一个部分，写明内容。"))
    file, _is_new = CareFile.objects.get_or_create(subject=subject)
    last = file.entries.filter(section=section).aggregate(last=Max("version"))["last"] or 0
    entry = CareFileEntry.objects.create(
        file=file, section=section, version=last + 1, text=text, by=actor, at=at
    )
    latest = file.entries.order_by().values_list("section").annotate(latest=Max("at"))
    days = [timezone.localdate(moment) for _section, moment in latest]
    file.filled, file.stale_on = len(days), min(days) + FRESH
    file.save(update_fields=["filled", "stale_on"])
    record(
        event="care.file_written",
        actor=actor,
        subject=subject,
        at=at,
        scope_path=place.path,
        post=trace,
        fields=[section],
    )
    return entry


@transaction.atomic
def file_read(*, subject: CareSubject, actor: User, at: datetime) -> None:
    """A file was opened, with what visits found.

    Raises:
        NotAllowedError: `actor` may not read it.
    """
    place, trace = authorised(subject.resident, actor, at, file_power(subject))
    record(
        event="care.file_read",
        actor=actor,
        subject=subject,
        at=at,
        scope_path=place.path,
        post=trace,
        fields=["care_file"],
        audience="charge",
    )


@transaction.atomic
def files_tell(today: date, at: datetime) -> int:
    """Files with a section that nobody has looked at for half a year: told once for each such day."""
    rows = CareFile.objects.filter(stale_on__lte=today, subject__in=CareSubject.objects.active())
    stale = list(rows.select_related("subject__scheme", "subject__resident__household__place").order_by("pk"))
    new = reminders.claim_each("care.file_stale", {one.pk: f"{one.stale_on}" for one in stale}, at)
    subjects = [one.subject for one in stale if one.pk in new]
    answering = answering_for([one.resident.household for one in subjects], at=at)
    counts: dict[int, int] = {}
    for subject in subjects:
        worker = answering.worker(subject.resident.household)
        told: list[int | None] = [*answering.readers(subject)]
        for pk in told or [worker]:
            if pk is not None:
                counts[pk] = counts.get(pk, 0) + 1
    outbox.send([notices.files_stale(pk, n, day=today, at=at) for pk, n in sorted(counts.items())])
    return len(new)
