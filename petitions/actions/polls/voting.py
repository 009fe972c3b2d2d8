"""One vote a household, on the web or on paper; what it chose is added up and forgotten at once (P-45)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from community.duties import Power
from community.permissions import require_power
from core.errors import ConflictError, InvalidInputError, NotAllowedError, RepeatedError
from core.language import gettext as _
from core.models import User
from petitions.actions.polls.base import leave_line, lock_poll
from petitions.models import Poll, PollHousehold, PollTally, PollTick, VoteWay
from petitions.selectors.electors import home_of


def poll_vote(*, poll_id: int, actor: User, choice: int, at: datetime) -> None:
    """A grown-up of a household votes for it on the web; there is no second vote and no other choice later.

    Raises:
        NotAllowedError: the account is on no roll, or its household is not asked.
        ConflictError: not open, or the household has voted.
    """
    try:
        with transaction.atomic():
            poll = _open_poll(poll_id, choice, at)
            home = home_of(actor)
            if home is None:
                raise NotAllowedError(_("只有本社区登记在册、手机号核实过的住户可以网上投票。"))
            elector = _elector(poll, home)
            if elector is None:
                raise NotAllowedError(_("这次表决的范围不包括您家。"))
            _count(poll, elector, choice, VoteWay.ONLINE, None, at)
            leave_line(poll, "voted", actor=actor, at=at)
    except IntegrityError as failure:
        raise _twice(None) from failure


def poll_paper(*, poll_id: int, actor: User, household_id: int, choice: int, at: datetime) -> None:
    """Staff enter the paper vote of a household; it stays marked as paper, with who entered it.

    Raises:
        NotAllowedError: `actor` runs no polls here.
        RepeatedError: the household has voted, on the web or on paper.
    """
    try:
        with transaction.atomic():
            poll = _open_poll(poll_id, choice, at)
            post = require_power(actor, Power.POLL_RUN, poll.scope, at=at)
            elector = _elector(poll, household_id)
            if elector is None:
                raise InvalidInputError(_("这一户不在这次表决的范围内。"))
            _count(poll, elector, choice, VoteWay.PAPER, actor, at)
            leave_line(poll, "paper_entered", actor=actor, at=at, post=post.trace)
    except IntegrityError as failure:
        raise _twice(None) from failure


def _open_poll(poll_id: int, choice: int, at: datetime) -> Poll:
    poll = lock_poll(poll_id)
    if not poll.takes_votes(at):
        raise ConflictError(_("现在不能投票：还没有开始，或已经结束。"))
    if not 0 <= choice < len(poll.options):
        raise InvalidInputError(_("请选择一个选项。"))
    return poll


def _elector(poll: Poll, household_id: int) -> PollHousehold | None:
    return PollHousehold.objects.filter(poll=poll, household_id=household_id).select_related("tick").first()


def _count(
    poll: Poll, elector: PollHousehold, choice: int, way: VoteWay, entered_by: User | None, at: datetime
) -> None:
    """The household's tick and the option's count, in one transaction and without a key between them."""
    tick: PollTick | None = getattr(elector, "tick", None)
    if tick is not None:
        raise _twice(tick)
    PollTick.objects.create(elector=elector, way=way, voted_at=at, entered_by=entered_by)
    PollTally.objects.filter(poll=poll, position=choice).update(votes=F("votes") + 1)
    column = "cast_online" if way == VoteWay.ONLINE else "cast_paper"
    setattr(poll, column, getattr(poll, column) + 1)
    poll.save(update_fields=[column])


def _twice(tick: PollTick | None) -> RepeatedError:
    if tick is None:
        return RepeatedError(_("这一户已经投过票，一户一票，不能再投。"))
    if tick.way == VoteWay.ONLINE:
        return RepeatedError(_("这一户已经在网上投过票，一户一票，不能再投。"))
    return RepeatedError(_("这一户已经投过纸质票，一户一票，不能再投。"))
