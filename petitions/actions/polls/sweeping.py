"""What falls due around polls, each exactly once: opening, the one reminder, closing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core import outbox, reminders
from core.language import in_house
from petitions import poll_notices
from petitions.actions.polls.base import leave_line, shown_anew
from petitions.actions.polls.putting import poll_open
from petitions.models import Poll, PollState, PollTally
from petitions.selectors.electors import silent_people
from petitions.selectors.tally import outcome_of


def polls_sweep(*, at: datetime) -> int:
    """Open, remind and close what is due, one transaction a poll; how many were looked at."""
    swept = 0
    while _sweep_one(at):
        swept += 1
    return swept


@transaction.atomic
def _sweep_one(at: datetime) -> bool:
    due = Poll.objects.filter(sweep_at__lte=at).order_by("sweep_at", "pk")
    rows = due.select_for_update(of=("self",), skip_locked=True).select_related("community__place")
    poll = rows.first()
    if poll is None:
        return False
    if poll.state == PollState.PLANNED:
        poll_open(poll, at=at)
    elif at >= poll.closes_at:
        _close(poll, at)
    else:
        _remind(poll, at)
    return True


def _remind(poll: Poll, at: datetime) -> None:
    """Whoever may still vote hears of it once; the claim stands with the messages or not at all."""
    if reminders.claim("poll.reminder", "once", [poll.pk], at):
        outbox.send(poll_notices.reminded(poll, silent_people(poll), at=at))
    poll.sweep_at = poll.closes_at
    poll.save(update_fields=["sweep_at"])


@in_house
def _close(poll: Poll, at: datetime) -> None:
    poll.state, poll.closed_at, poll.sweep_at = PollState.CLOSED, at, None
    poll.save(update_fields=["state", "closed_at", "sweep_at"])
    votes = list(PollTally.objects.filter(poll=poll).values_list("votes", flat=True))
    leave_line(poll, "closed", actor=None, at=at, fields=["state"])
    outbox.send(poll_notices.closed(poll, outcome_of(poll, votes).sentence, at=at))
    shown_anew(poll)
