"""What projects hold about a person: their comments on drawings, and talks they were asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.registries import DataSubject
from petitions.models import DrawingComment, PersuasionTask

Row = Mapping[str, Any]
COMMENTED: Final = {
    "written_at": _("时间"),
    "project": _("工程"),
    "text": _("意见"),
    "name": _("称呼"),
    "phone": _("手机号"),
    "answer": _("答复"),
}


def comments_of(subject: DataSubject) -> QuerySet[DrawingComment]:
    """The person's comments; nobody's for a person without account and proved number."""
    mine = Q(user_id=subject.user_id) if subject.user_id is not None else Q(pk=None)
    if subject.phone:
        mine |= Q(phone=subject.phone)
    return DrawingComment.objects.filter(mine).order_by("-pk")


TALKED: Final = {"begun_at": _("安排时间"), "project": _("工程"), "result": _("结果")}


def talked(subject: DataSubject) -> Sequence[Row]:
    """Where the person was asked to talk to a household; nothing of what was said."""
    if subject.user_id is None:
        return []
    rows = PersuasionTask.objects.filter(talker_id=subject.user_id).order_by("-pk")
    names = ("begun_at", "block__project__title", "result")
    return [dict(zip(TALKED, row, strict=True)) for row in rows.values_list(*names)]


def commented(subject: DataSubject) -> Sequence[Row]:
    names = ("written_at", "drawing__project__title", "text", "name", "phone", "answer")
    return [dict(zip(COMMENTED, row, strict=True)) for row in comments_of(subject).values_list(*names)]
