"""Polls for tests, made by the same actions as everything else."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.models import User
from petitions.actions.polls.putting import Draft, poll_put
from petitions.actions.polls.voting import poll_paper, poll_vote
from petitions.models import Poll, PollTally
from tests.cast import NOW, Town

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
OPTIONS = ("同意加装", "不同意", "再商量")


def put(town: Town, actor: User, *, at: datetime = NOW, **fields: object) -> Poll:
    """A poll of the whole community that is open from now on for a week, unless `fields` say otherwise."""
    given = {
        "question": "是否加装电梯",
        "options": OPTIONS,
        "opens_at": at,
        "closes_at": at + 7 * DAY,
        **fields,
    }
    return poll_put(community=town.community, actor=actor, draft=Draft(**given), at=at)


def vote(poll: Poll, user: User, choice: int = 0, at: datetime = NOW + HOUR) -> None:
    poll_vote(poll_id=poll.pk, actor=user, choice=choice, at=at)


def paper(poll: Poll, actor: User, household, choice: int = 0, at: datetime = NOW + HOUR) -> None:
    poll_paper(poll_id=poll.pk, actor=actor, household_id=household.pk, choice=choice, at=at)


def votes(poll: Poll) -> list[int]:
    return list(PollTally.objects.filter(poll=poll).values_list("votes", flat=True))
