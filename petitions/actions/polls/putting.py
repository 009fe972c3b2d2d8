"""A poll is put to the households, opened at its hour with the roll as it stands, cancelled if need be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from community.duties import Power
from community.models import Community, Place
from community.models.place import PlaceKind
from community.permissions import Scope, require_power
from core import outbox
from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _
from core.models import User
from petitions import poll_notices
from petitions.actions.base import text_of
from petitions.actions.polls.base import leave_line, lock_poll, shown_anew
from petitions.models import Majority, Petition, Poll, PollHousehold, PollState, PollTally
from petitions.models.poll import EXPLANATION_MAX, OPTION_MAX, OPTIONS_MAX, OPTIONS_MIN, QUESTION_MAX
from petitions.selectors.electors import households_in

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Draft:
    """What is asked, of whom, until when, and what it takes. No places: the whole community."""

    question: str
    options: Sequence[str]
    opens_at: datetime
    closes_at: datetime
    explanation: str = ""
    quorum_percent: int = 50
    majority: str = Majority.HALF
    places: Sequence[Place] = ()
    petition: Petition | None = None


@transaction.atomic
def poll_put(*, community: Community, actor: User, draft: Draft, at: datetime) -> Poll:
    """Put a question to the households (P-45); it opens at its hour, or at once where that is past.

    Raises:
        NotAllowedError: `actor` runs no polls here.
        InvalidInputError: too few or equal options, a time that is over, a place or matter from elsewhere.
    """
    post = require_power(actor, Power.POLL_RUN, Scope(community.place.path), at=at)
    _check(community, draft, at)
    poll = Poll(
        community=community,
        petition=draft.petition,
        question=text_of(draft.question, limit=QUESTION_MAX, name=_("问题")),
        explanation=text_of(draft.explanation, limit=EXPLANATION_MAX, name=_("说明"), required=False),
        options=_options(draft.options),
        opens_at=draft.opens_at,
        closes_at=draft.closes_at,
        quorum_percent=draft.quorum_percent,
        majority=draft.majority,
        sweep_at=draft.opens_at,
        created_at=at,
        created_by=actor,
    )
    poll.save(force_insert=True)
    poll.places.set(draft.places)
    leave_line(poll, "put", actor=actor, at=at, post=post.trace)
    if poll.opens_at <= at:
        poll_open(poll, at=at)
    return poll


def poll_open(poll: Poll, *, at: datetime) -> None:
    """Freeze the roll of the scope and let people vote; in the caller's transaction, on a locked poll."""
    paths = list(poll.places.values_list("path", flat=True)) or [poll.community.place.path]
    homes = households_in(paths).values_list("pk", flat=True)
    made = PollHousehold.objects.bulk_create(
        [PollHousehold(poll=poll, household_id=pk) for pk in homes], batch_size=BATCH
    )
    PollTally.objects.bulk_create(PollTally(poll=poll, position=n) for n in range(len(poll.options)))
    poll.state, poll.opened_at, poll.eligible, poll.sweep_at = PollState.OPEN, at, len(made), poll.remind_at
    poll.save(update_fields=["state", "opened_at", "eligible", "sweep_at"])
    leave_line(poll, "opened", actor=None, at=at, fields=["eligible"])
    outbox.send(poll_notices.opened(poll, at=at))
    shown_anew(poll)


@transaction.atomic
def poll_cancel(*, poll_id: int, actor: User, reason: str, at: datetime) -> Poll:
    """Call a poll off before its end, for a reason that everybody reads; the votes are not counted.

    Raises:
        ConflictError: over or cancelled already.
    """
    poll = lock_poll(poll_id)
    post = require_power(actor, Power.POLL_RUN, poll.scope, at=at)
    if poll.state not in {PollState.PLANNED, PollState.OPEN} or at >= poll.closes_at:
        raise ConflictError(_("这次表决已经结束或取消。"))
    poll.cancelled_reason = text_of(reason, limit=100, name=_("取消原因"))
    poll.state, poll.sweep_at = PollState.CANCELLED, None
    poll.save(update_fields=["state", "sweep_at", "cancelled_reason"])
    leave_line(poll, "cancelled", actor=actor, at=at, post=post.trace, fields=["state"])
    shown_anew(poll)
    return poll


def _check(community: Community, draft: Draft, at: datetime) -> None:
    if draft.closes_at <= max(at, draft.opens_at):
        raise InvalidInputError(_("结束时间须晚于开始时间，也晚于现在。"))
    if not 1 <= draft.quorum_percent <= 100:
        raise InvalidInputError(_("有效投票率须在 1 到 100 之间。"))
    if any(not _belongs(place, community) for place in draft.places):
        raise InvalidInputError(_("范围只能是本社区的小区或楼栋。"))
    if draft.petition is not None and draft.petition.community_id != community.pk:
        raise InvalidInputError(_("这件诉求不属于本社区。"))


def _belongs(place: Place, community: Community) -> bool:
    is_home = place.kind in {PlaceKind.ESTATE, PlaceKind.BUILDING}
    return is_home and place.path.startswith(community.place.path)


def _options(typed: Sequence[str]) -> list[str]:
    options = [text_of(one, limit=OPTION_MAX, name=_("选项")) for one in typed if one.strip()]
    if not OPTIONS_MIN <= len(options) <= OPTIONS_MAX:
        raise InvalidInputError(_("请写二到六个选项。"))
    if len(set(options)) < len(options):
        raise InvalidInputError(_("选项不能重复。"))
    return options
