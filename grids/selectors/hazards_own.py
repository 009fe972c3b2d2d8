"""The hazards that a person has to put right, as they read it of themselves, and how long words are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import Community
from core.registries import DataSubject
from grids.models import Hazard

HEADS: Final = {
    "number": gettext_lazy("编号"),
    "type": gettext_lazy("类型"),
    "at": gettext_lazy("登记时间"),
    "closed_at": gettext_lazy("销号时间"),
}


def hazards_kept(community: Community) -> str:
    """As long as matters, counted from the end of the hazard."""
    return _("销号后 %s；到期抹去照片、文字和姓名，只留编号、类型、地点和日期") % community.matters_kept


def hazards_mine(subject: DataSubject) -> Sequence[Mapping[str, Any]]:
    """Hazards that the person behind an account answers for; one statement."""
    if subject.user_id is None:
        return []
    rows = Hazard.objects.filter(responsible=subject.user_id).select_related("type").order_by("-pk")
    return [
        {"number": one.number, "type": one.type.name, "at": one.filed_at, "closed_at": one.closed_at}
        for one in rows
    ]
