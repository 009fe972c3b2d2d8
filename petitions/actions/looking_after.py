"""What supervision brings by the clock: looks that are due, the week's list, supervisors who have left."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from community.duties import Duty
from community.models import Post
from core import outbox, reminders
from core.batches import rows_update
from core.language import gettext as _
from core.outbox import Message
from core.sweeps import sweep_all
from petitions import watching_notices, workflow
from petitions.actions.base import work_by_itself
from petitions.actions.supervising import supervise
from petitions.models import Petition
from petitions.workflow import Event

BATCH: Final = 200


def supervisors_remind(*, at: datetime, batch: int = BATCH) -> int:
    """Remind supervisors of matters that they have not looked after for so long; once a period."""
    due = Petition.objects.filter(supervise_at__lte=at)
    return sweep_all(due, lambda rows, size: _remind_batch(rows, at, size), batch, by="supervise_at")


@transaction.atomic
def tracked_lists_send(*, at: datetime) -> int:
    """Once a week: to each supervisor the list of the matters that they follow all the way."""
    rows = Petition.objects.open().genuine().filter(is_tracked=True).order_by("supervisor", "due_at", "pk")
    tracked: dict[int, list[str]] = defaultdict(list)
    for supervisor_id, number in rows.values_list("supervisor_id", "number"):
        tracked[supervisor_id].append(number)
    week = f"{timezone.localdate(at):%G-%V}"
    claimed = reminders.claim("petition.tracked_list", week, sorted(tracked), at)
    lists = [watching_notices.tracked_list(pk, tracked[pk], week, at=at) for pk in sorted(claimed)]
    outbox.send([message for messages in lists for message in messages])
    return len(claimed)


def supervisors_replaced(*, at: datetime) -> int:
    """Once a day: matters supervised by somebody without any post go to the subdistrict, or who stands in."""
    in_post = Post.objects.held_on(timezone.localdate(at)).filter(user=OuterRef("supervisor"))
    left = Petition.objects.open().filter(supervisor__isnull=False).exclude(Exists(in_post))
    ids = list(left.order_by("pk").values_list("pk", flat=True))
    for petition_id in ids:
        _replace_one(petition_id, at)
    return len(ids)


@transaction.atomic
def _remind_batch(due: QuerySet[Petition], at: datetime, batch: int) -> int:
    late = due.order_by("supervise_at").select_for_update(of=("self",), skip_locked=True)
    rows = list(late[:batch])
    by_day: dict[str, list[int]] = defaultdict(list)
    for petition in rows:
        if petition.is_open and petition.spam_marked_at is None and petition.supervise_at is not None:
            by_day[f"{timezone.localdate(petition.supervise_at):%Y-%m-%d}"].append(petition.pk)
            every = workflow.look_every(is_tracked=petition.is_tracked)
            petition.supervise_at = _next(petition.supervise_at, every, at)
        else:
            petition.supervise_at = None
    claimed: dict[int, str] = {}
    for day, ids in by_day.items():
        claimed |= dict.fromkeys(reminders.claim("petition.supervise", day, ids, at), day)
    messages: list[Message] = []
    for petition in rows:
        if petition.pk in claimed:
            messages += watching_notices.look_after(petition, claimed[petition.pk], at=at)
    rows_update(rows, ("supervise_at",))
    outbox.send(messages)
    return len(rows)


def _next(due: datetime, period: timedelta, at: datetime) -> datetime:
    """The next moment of the same rhythm after `at`; what was missed is not made up for one by one."""
    return due + period * ((at - due) // period + 1)


@transaction.atomic
def _replace_one(petition_id: int, at: datetime) -> None:
    work = work_by_itself(petition_id, at=at)
    petition = work.petition
    next_one = work.holders.from_tier(petition.scope, Duty.SUPERVISOR).user_id
    if next_one is None or not petition.is_open or petition.supervisor_id in {None, next_one}:
        return
    petition.supervisor_id = next_one
    assert petition.supervisor is not None
    supervise(work, petition.supervisor)
    work.tell(watching_notices.supervised(petition, at=at))
    work.note(Event.SUPERVISED, _("原督办人已离任，由 %s 接着督办") % petition.supervisor.display_name)
    work.finish(["supervisor"])
