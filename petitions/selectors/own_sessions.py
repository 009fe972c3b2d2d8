"""What sessions hold about a person: where they signed up and in, and what they proposed to talk about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.registries import DataSubject
from petitions.models import AgendaItem, Participant

Row = Mapping[str, Any]
ATTENDED: Final = {
    "starts_at": _("时间"),
    "session": _("议事会"),
    "name": _("姓名"),
    "phone": _("手机号"),
    "signed_up_at": _("报名"),
    "declined_at": _("答复不来"),
    "signed_in_at": _("签到"),
}
PROPOSED: Final = {
    "proposed_at": _("时间"),
    "title": _("议题"),
    "text": _("说明"),
    "proposer_name": _("称呼"),
    "proposer_phone": _("手机号"),
}


def participants_of(subject: DataSubject) -> QuerySet[Participant]:
    """The person's rows in sessions; nobody's for a person without account and proved number."""
    mine = Q(user_id=subject.user_id) if subject.user_id is not None else Q(pk=None)
    if subject.phone:
        mine |= Q(phone=subject.phone)
    return Participant.objects.filter(mine).order_by("-pk")


def topics_of(subject: DataSubject) -> QuerySet[AgendaItem]:
    """What the person proposed to talk about."""
    mine = Q(proposer_id=subject.user_id) if subject.user_id is not None else Q(pk=None)
    if subject.phone:
        mine |= Q(proposer_phone=subject.phone)
    return AgendaItem.objects.filter(mine).order_by("-pk")


def attended(subject: DataSubject) -> Sequence[Row]:
    names = ("session__starts_at", "session__name", "name", "phone")
    moments = ("signed_up_at", "declined_at", "signed_in_at")
    rows = participants_of(subject).values_list(*names, *moments)
    return [dict(zip(ATTENDED, row, strict=True)) for row in rows]


def proposed(subject: DataSubject) -> Sequence[Row]:
    return list(topics_of(subject).values(*PROPOSED))
