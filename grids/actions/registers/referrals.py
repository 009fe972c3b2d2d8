"""纳入保障: put forward by an assessment, decided by those who answer for children or the grid (G-30)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from community.duties import Power
from core import outbox, reminders
from core.audit import record
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.language import gettext as _
from core.models import User
from grids import referral_notices as notices
from grids.actions.registers.care import held_subject
from grids.actions.registers.tagging import authorised, lock_resident
from grids.models import CareSubject, ProtectionReferral, ReferralState
from grids.selectors.registers.referrals import AGED, LONG_UNDECIDED, referrals_waiting
from grids.selectors.registers.told import answering_for, care_staff


def decide_power(subject: CareSubject) -> Power:
    """What it takes to decide: for a child the post for children, else to run the grid."""
    return Power.CHILD_CARE if subject.scheme.for_children else Power.GRID_RUN


@transaction.atomic
def referral_raise(
    *, subject_id: int, relief: str, grounds: str, actor: User | None, at: datetime
) -> ProtectionReferral:
    """Put somebody in care forward for a kind of relief.

    Raises:
        NotFoundError: no such subject in care.
        NotAllowedError: `actor` holds no post over that grid.
        InvalidInputError: no relief, no grounds.
        ConflictError: that is waiting for a decision already.
    """
    subject, place, trace = held_subject(subject_id, actor, at)
    relief, grounds = relief.strip()[:40], grounds.strip()[:200]
    if not relief or not grounds:
        raise InvalidInputError(_("请写明纳入哪项保障和理由。"))
    if subject.referrals.filter(relief=relief, state=ReferralState.OPEN).exists():
        raise ConflictError(_("这项保障已经提请，正等决定。"))
    made = ProtectionReferral.objects.create(
        subject=subject, relief=relief, grounds=grounds, raised_at=at, raised_by=actor
    )
    record(event="referral.raised", actor=actor, subject=made, at=at, scope_path=place.path, post=trace)
    told = [pk for pk in care_staff(subject, at=at) if actor is None or pk != actor.pk]
    outbox.send(notices.referred(made, told, at=at))
    return made


@transaction.atomic
def referral_decide(
    *, referral_id: int, is_approved: bool, words: str, actor: User, at: datetime
) -> ProtectionReferral:
    """Decide a referral, once, in words; whoever put it forward hears of it.

    Raises:
        NotFoundError: no such referral.
        NotAllowedError: `actor` does not decide there.
        InvalidInputError: no words.
        ConflictError: it was decided before.
    """
    rows = ProtectionReferral.objects.select_related("subject__scheme", "subject__resident")
    referral = rows.select_for_update(of=("self",)).filter(pk=referral_id).first()
    if referral is None:
        raise NotFoundError(_("没有找到这件提请。"))
    resident = lock_resident(referral.subject.resident_id)
    place, trace = authorised(resident, actor, at, decide_power(referral.subject))
    if referral.state != ReferralState.OPEN:
        raise ConflictError(_("这件提请已经决定了。"))
    if not words.strip():
        raise InvalidInputError(_("请写明决定的说明。"))
    referral.state = ReferralState.APPROVED if is_approved else ReferralState.DECLINED
    referral.decided_at, referral.decided_by, referral.decision = at, actor, words.strip()[:200]
    referral.save(update_fields=["state", "decided_at", "decided_by", "decision"])
    record(event="referral.decided", actor=actor, subject=referral, at=at, scope_path=place.path, post=trace)
    if referral.raised_by_id is not None and referral.raised_by_id != actor.pk:
        outbox.send([notices.referral_decided(referral, at=at)])
    return referral


@transaction.atomic
def referrals_tell(today: date, at: datetime) -> int:
    """Referrals that wait for a week, and for each week more: told once a week to those who decide.

    From the second week on, and at once where nobody decides there, whoever stands above them hears as well:
    how many, and nobody's name.
    """
    rows = referrals_waiting(at - AGED)
    waiting = list(
        rows.select_related("subject__scheme", "subject__resident__household__place").order_by("pk")
    )
    new = set[int]()
    for week in sorted({(at - one.raised_at) // AGED for one in waiting}):
        ids = [one.pk for one in waiting if (at - one.raised_at) // AGED == week]
        new |= reminders.claim("referral.waiting", f"week {week}", ids, at)
    told = [(one, care_staff(one.subject, at=at)) for one in waiting if one.pk in new]
    counts = Counter(pk for _one, staff in told for pk in staff)
    outbox.send([notices.referrals_wait(pk, n, day=today, at=at) for pk, n in sorted(counts.items())])
    _climb([one for one, staff in told if not staff or one.raised_at <= at - LONG_UNDECIDED], today, at)
    return len(new)


def _climb(long: Sequence[ProtectionReferral], today: date, at: datetime) -> None:
    """The subdistrict hears what those who decide leave lying; two statements."""
    doors = [one.subject.resident.household for one in long]
    if not doors:
        return
    above = answering_for(doors, at=at).above
    counts = Counter(pk for door in doors if (pk := above(door)) is not None)
    outbox.send([notices.referrals_left(pk, n, day=today, at=at) for pk, n in sorted(counts.items())])
