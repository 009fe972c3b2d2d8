"""What visits hold about a person, how long, and how a door is called on the trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import Community, Household
from core.registries import DataSubject
from grids.models import Visit

HEADS: Final = {"at": gettext_lazy("走访时间"), "purpose": gettext_lazy("目的")}


def visits_at(subject: DataSubject) -> Sequence[Mapping[str, Any]]:
    """Visits to the door where the person behind an account lives; one statement."""
    if subject.user_id is None:
        return []
    rows = Visit.objects.filter(household__residents__user=subject.user_id).order_by("-happened_at", "-pk")
    return [{"at": at, "purpose": name} for at, name in rows.values_list("happened_at", "purpose__name")]


def visits_kept(_community: Community) -> str:
    """How long the words of a visit are kept, in words."""
    return _("3 年后抹去文字，只留日期")


def door_names(keys: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """Doors as the trail names them, with their pages; one statement."""
    rows = Household.objects.filter(pk__in=keys).select_related("place__parent__parent")
    return {str(row.pk): (row.long_name, reverse("grids:home", args=[row.pk])) for row in rows}


def gift_photos_kept(_community: Community) -> str:
    """How long the proof of a pack is kept, in words."""
    return _("1 年")
