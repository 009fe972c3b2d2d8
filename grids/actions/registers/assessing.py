"""An assessment: another colour, and for whoever is found eligible a referral at once (G-29, G-30)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.models import User
from grids.actions.registers.care import care_colour_change
from grids.actions.registers.referrals import referral_raise
from grids.models import CareSubject


@transaction.atomic
def care_assess(
    *, subject_id: int, colour_id: int, reason: str, relief: str, actor: User | None, at: datetime
) -> CareSubject:
    """Give a subject another colour, and put them forward for the relief they are found eligible for.

    Raises:
        NotFoundError: no such subject in care.
        NotAllowedError: `actor` holds no post over that grid.
        InvalidInputError: a colour of another scheme, no reason.
        ConflictError: it has that colour, or that relief is waiting for a decision already.
    """
    subject = care_colour_change(
        subject_id=subject_id, colour_id=colour_id, reason=reason, actor=actor, at=at
    )
    if relief.strip():
        referral_raise(subject_id=subject_id, relief=relief, grounds=reason, actor=actor, at=at)
    return subject
