"""What is said around visits; every function returns messages, the action queues them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute
from core.language import in_house
from core.models import User
from core.outbox import Message
from grids.models import Outcome, Visit

KINDS: Final = {
    "visit.found": gettext_lazy("走访发现的情况"),
    "visit.unfollowed": gettext_lazy("走访发现的情况还没有跟进"),
    "visit.followed": gettext_lazy("走访发现的情况已跟进"),
}


def _desk(visit: Visit) -> str:
    """Where it is followed up: an offer of help has a page of its own."""
    page = "partnerlead" if visit.outcome == Outcome.RESOURCE else "visit"
    return absolute(reverse(f"admin:grids_{page}_change", args=[visit.pk]))


@in_house
def found(visit: Visit, assignee: User, *, at: datetime) -> list[Message]:
    """To whoever follows it up: a visit found a need, a hazard, or somebody who offers help."""
    body = _("%(who)s 走访时发现：%(what)s（%(outcome)s）请跟进，并写明结果。") % {
        "who": visit.worker,
        "what": visit.finding,
        "outcome": visit.get_outcome_display(),
    }
    message = Message(
        kind="visit.found",
        dedupe_key=f"visit.found.{visit.pk}",
        title=_("走访发现了情况，请跟进"),
        body=body,
        at=at,
        url=_desk(visit),
    )
    return message.to_each([assignee.pk])


@in_house
def unfollowed(visits: Sequence[Visit], user_id: int, week: str, *, at: datetime) -> list[Message]:
    """To whoever follows up: so many visits of a week ago and longer wait; a single one has its own page."""
    body = _("还有 %(number)d 次走访发现的情况没有跟进，最早的一次：%(what)s请跟进，并写明结果。") % {
        "number": len(visits),
        "what": visits[0].finding,
    }
    waiting = absolute(f"{reverse('admin:grids_visit_changelist')}?open=yes")
    message = Message(
        kind="visit.unfollowed",
        dedupe_key=f"visit.unfollowed.{week}",
        title=_("走访发现的情况还没有跟进"),
        body=body,
        at=at,
        url=_desk(visits[0]) if len(visits) == 1 else waiting,
    )
    return message.to_each([user_id])


@in_house
def followed(visit: Visit, *, at: datetime) -> list[Message]:
    """To the visitor, who tells the household."""
    body = _("您走访时发现的“%(what)s”已跟进：%(how)s请转告住户。") % {
        "what": visit.finding,
        "how": visit.follow_up,
    }
    message = Message(
        kind="visit.followed",
        dedupe_key=f"visit.followed.{visit.pk}",
        title=_("走访发现的情况已跟进"),
        body=body,
        at=at,
    )
    return message.to_each([visit.worker_id])
