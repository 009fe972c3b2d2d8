"""What projects hold about a person: their comments on drawings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.registries import DataSubject
from petitions.models import DrawingComment

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


def commented(subject: DataSubject) -> Sequence[Row]:
    names = ("written_at", "drawing__project__title", "text", "name", "phone", "answer")
    return [dict(zip(COMMENTED, row, strict=True)) for row in comments_of(subject).values_list(*names)]
