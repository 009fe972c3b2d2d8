"""Marks for tests, made as a worker makes them."""

from __future__ import annotations

from datetime import datetime

from community.models import Community, Resident
from core.models import User
from grids.actions.registers.tagging import tag_set
from grids.models import ResidentTag, SchemeColour
from tests.cast import NOW


def colour(word: str, community: Community | None = None) -> SchemeColour:
    rows = SchemeColour.objects.select_related("scheme").filter(word=word, scheme__kind="register")
    return (rows.filter(scheme__community=community) if community else rows.order_by("scheme"))[0]


def mark(
    resident: Resident, word: str, actor: User | None, at: datetime = NOW, **given: object
) -> ResidentTag:
    """A mark from today on; of the resident's own community unless another is given."""
    pk = given.pop("community", None) or Community.objects.get(pk__in=resident.household.place.ancestor_ids)
    given.setdefault("since_on", at.date())
    return tag_set(resident_id=resident.pk, colour_id=colour(word, pk).pk, actor=actor, at=at, **given)
