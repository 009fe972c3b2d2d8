"""What household polls hold about a person: where their household may vote, and whether it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from core.registries import DataSubject
from petitions.models import PollHousehold, VoteWay

Row = Mapping[str, Any]
VOTED: Final = {
    "question": _("表决"),
    "address": _("住户"),
    "closes_at": _("截止"),
    "voted_at": _("投票时间"),
    "way": _("方式"),
}


def households_of(subject: DataSubject) -> QuerySet[PollHousehold]:
    """The polls of the household in which the account lives; nobody's without an account."""
    if subject.user_id is None:
        return PollHousehold.objects.none()
    mine = Q(household__residents__user_id=subject.user_id)
    return PollHousehold.objects.filter(mine).order_by("-poll__closes_at", "-pk")


def voted(subject: DataSubject) -> Sequence[Row]:
    """A row for each poll. What was chosen is stored with no household, so nobody can tell it."""
    rows = households_of(subject).annotate(
        question=F("poll__question"),
        address=Concat("household__place__name", Value(" "), "household__room"),
        closes_at=F("poll__closes_at"),
        voted_at=F("tick__voted_at"),
        way=F("tick__way"),
    )
    ways = dict(VoteWay.choices)
    return [{**row, "way": ways.get(row["way"], "")} for row in rows.values(*VOTED)]
