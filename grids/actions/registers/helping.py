"""我帮扶的人: a helper sees whom they help, with a line on the trail, and enters a visit (G-08)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from core.audit import record
from core.errors import NotFoundError
from core.language import gettext as _
from core.models import User
from grids.actions.registers.care_visits import Seen, care_visit_enter
from grids.actions.registers.tagging import lock_resident
from grids.models import CareVisit, HelperPairing
from grids.selectors.doors import scope_of
from grids.selectors.registers.helping import pairing_of


@transaction.atomic
def helped_read(*, actor: User, at: datetime) -> HelperPairing:
    """Who it is, where they live and what is due was shown to their helper.

    Raises:
        NotFoundError: `actor` helps nobody now.
    """
    pairing = pairing_of(actor)
    place = scope_of(pairing.subject.resident.household)[1]
    record(
        event="care.helped_read",
        actor=actor,
        subject=pairing.subject,
        at=at,
        scope_path=place.path,
        fields=["resident", "next_on"],
        audience="charge",
    )
    return pairing


@transaction.atomic
def helped_visit_record(
    *, key: UUID, visited_on: date, findings: str, actor: User, at: datetime
) -> CareVisit:
    """Enter a visit by the helper; the same key again gives the same visit.

    Raises:
        NotFoundError: `actor` helps nobody now.
        InvalidInputError: a day to come, or more than a month ago.
        ConflictError: the key is of somebody else's visit.
    """
    resident = lock_resident(pairing_of(actor).subject.resident_id)
    subject = pairing_of(actor, locked=True).subject  # as it stands once nobody else may change it
    if subject.resident_id != resident.pk:
        raise NotFoundError(_("您现在没有结对帮扶的人。"))
    subject.resident = resident
    place = scope_of(resident.household)[1]
    seen = Seen(key, visited_on, findings)
    return care_visit_enter(subject, place, seen, trace="", actor=actor, at=at)
