"""随手拍: staff look whether it is so, within a limit; only then it goes on (P-39)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from community.duties import Duty, Power
from community.workflow import Clock
from core import outbox, reminders
from core.batches import rows_update
from core.errors import ConflictError, RepeatedError
from core.language import gettext as _
from core.models import User
from core.outbox import Message
from core.sweeps import sweep_all
from petitions import deadlines, notices, workflow
from petitions.actions.base import Work, text_of, work_on
from petitions.models import Petition, SnapReport
from petitions.selectors.holders import holders_of
from petitions.workflow import Audience, Event

BATCH: Final = 200
WORDS_MAX: Final = 200
SOON, LATE = "soon", "late"


def snap_begin(work: Work, started: datetime) -> None:
    """In the transaction of the filing, once the matter is saved: the clock of looking begins."""
    minutes = workflow.VERIFY_MINUTES
    by = deadlines.after(started, minutes, Clock.WORKING, work.clock).at
    soon = deadlines.after(started, minutes // 2, Clock.WORKING, work.clock).at
    SnapReport.objects.create(petition=work.petition, verify_by=by, sweep_at=soon)


@transaction.atomic
def snap_verify(*, petition_id: int, actor: User, is_true: bool, words: str, at: datetime) -> Petition:
    """Somebody has looked; whoever took the picture hears what was found.

    Raises:
        InvalidInputError: not so, and nothing is said about it.
        RepeatedError: somebody has looked.
        ConflictError: it is no 随手拍, or older than the step.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_HANDLE, at=at)
    snap = SnapReport.objects.select_for_update().filter(petition=work.petition).first()
    if snap is None:
        raise ConflictError(_("这件诉求不是随手拍，不用核实。"))
    if snap.verified_at is not None:
        raise RepeatedError(_("已经核实过。"))
    said = text_of(words, limit=WORDS_MAX, name=_("看到的情况"), required=not is_true)
    snap.verified_at, snap.verified_by, snap.is_true, snap.sweep_at = at, actor, is_true, None
    snap.save()
    work.petition.is_unverified = False
    result = _("属实") if is_true else _("不属实")
    line = _("%(result)s。%(words)s") % {"result": result, "words": said}
    work.note(Event.VERIFIED, line, audience=Audience.REPORTER)
    work.tell(notices.snap_verified(work.reporters, work.petition, said, is_true=is_true, at=at))
    return work.finish(["verified"])


def snaps_sweep(*, at: datetime, batch: int = BATCH) -> int:
    """Remind of what nobody has looked at: at half the time, and when it is over the next tier too."""
    due = SnapReport.objects.filter(sweep_at__lte=at)
    return sweep_all(due, lambda rows, size: _sweep_batch(rows, at, size), batch)


@transaction.atomic
def _sweep_batch(due: QuerySet[SnapReport], at: datetime, batch: int) -> int:
    rows = due.order_by("sweep_at").select_for_update(of=("self",), skip_locked=True)
    found = list(rows.select_related("petition__community")[:batch])
    waiting: dict[str, list[SnapReport]] = defaultdict(list)
    for snap in found:
        step = LATE if snap.verify_by <= at else SOON
        if snap.petition.is_open and snap.petition.spam_marked_at is None:
            waiting[step].append(snap)
        snap.sweep_at = snap.verify_by if step == SOON and snap.petition.is_open else None
    holders = holders_of([snap.petition.scope for snap in found], at)
    said: list[Message] = []
    for step, snaps in waiting.items():
        mine = reminders.claim("petition.snap", step, [snap.pk for snap in snaps], at)
        for petition in (snap.petition for snap in snaps if snap.pk in mine):
            people = [petition.assignee_id]
            if step == LATE:
                people.append(holders.from_tier(petition.scope, Duty.GRID_LEADER).user_id)
            said += notices.snap_waits(petition, people, is_late=step == LATE, at=at)
    rows_update(found, ("sweep_at",))
    outbox.send(said)
    return len(found)
