"""The plates that are registered for a person's own household."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy

from core.registries import DataSubject
from grids.models import EBike

HEADS: Final = {"plate": gettext_lazy("车牌"), "at": gettext_lazy("登记时间")}


def bikes_at(subject: DataSubject) -> Sequence[Mapping[str, Any]]:
    """Plates of the door where the person behind an account lives; one statement."""
    if subject.user_id is None:
        return []
    rows = EBike.objects.filter(household__residents__user=subject.user_id, removed_at=None).order_by("-pk")
    return [{"plate": plate, "at": at} for plate, at in rows.values_list("plate", "registered_at")]
