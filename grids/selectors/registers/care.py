"""Care as the posts over a grid read it: colours to choose from, one person's place in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from community.duties import Power
from community.models import Resident
from community.permissions import powers_anywhere
from core.errors import NotFoundError
from core.language import gettext as _
from core.models import User
from grids.models import (
    CareSubject,
    CareVisit,
    CensusEntry,
    CensusState,
    ColourChange,
    HelperPairing,
    ProtectionReferral,
    SchemeColour,
    SchemeKind,
)
from grids.selectors.kept import by_grid, kept_grids
from grids.selectors.registers.people import DOOR, person_for

VISITS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Cared:
    """Somebody in a scheme of care: who helps, when somebody was there, and how the colour came about."""

    subject: CareSubject
    helper: User | None
    visits: Sequence[CareVisit]
    changes: Sequence[ColourChange]
    referrals: Sequence[ProtectionReferral]
    is_pending: bool
    """Whether a round that is open waits for them."""


def care_colours_of(community_id: int) -> list[SchemeColour]:
    """The colours of a community's schemes of care; one statement."""
    rows = SchemeColour.objects.filter(
        scheme__community=community_id, scheme__kind=SchemeKind.CARE, scheme__is_active=True
    )
    return list(rows.filter(is_active=True).select_related("scheme").order_by("scheme", "pk"))


def care_of(resident: Resident) -> list[Cared]:
    """Where somebody stands in the ledger; six statements, whatever the number of schemes."""
    pairings = HelperPairing.objects.helping().select_related("helper")
    changes = ColourChange.objects.select_related("before__scheme", "after__scheme", "by")
    waiting = CensusEntry.objects.filter(state=CensusState.PENDING, round__closed_at=None)
    rows = resident.care.filter(closed_at=None).select_related("colour__scheme", "scheme")
    rows = rows.order_by("pk").prefetch_related(
        Prefetch("pairings", queryset=pairings, to_attr="helping"),
        Prefetch("changes", queryset=changes, to_attr="history"),
        Prefetch("census", queryset=waiting, to_attr="waiting"),
        "referrals",
        Prefetch("visits", queryset=CareVisit.objects.select_related("by").defer("findings")),
    )
    found: list[Any] = list(rows)
    return [
        Cared(
            subject=one,
            helper=next((pairing.helper for pairing in one.helping), None),
            visits=list(one.visits.all())[:VISITS_SHOWN],
            changes=one.history,
            referrals=list(one.referrals.all()),
            is_pending=bool(one.waiting),
        )
        for one in found
    ]


def pages_kept(request: HttpRequest) -> Sequence[str]:
    """The form for a visit to somebody who is named by hand; never who is in care."""
    at = timezone.now()
    if Power.REGISTER_KEEP not in powers_anywhere(request.user, at):
        return []
    grids = kept_grids(request.user, at=at)
    return by_grid(reverse("grids:care_visit"), grids) if grids else []


def subject_for(user: User, subject_id: int, *, at: datetime) -> CareSubject:
    """Somebody in care behind a door of one's grids.

    Raises:
        NotFoundError: nobody, or nobody of theirs to know.
    """
    rows = CareSubject.objects.filter(closed_at=None).select_related("colour__scheme", "scheme")
    found = rows.select_related(f"resident__{DOOR}").filter(pk=subject_id).first()
    if found is None:
        raise NotFoundError(_("没有找到这个关爱对象，或者已经结束。"))
    found.resident = person_for(user, found.resident_id, at=at)
    return found
