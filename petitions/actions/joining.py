"""收事 by joining: a neighbour stands behind a matter that is open already.

A typed phone proves nothing, so whoever types one learns nothing from it: not that this phone is behind the
matter already, nor the code of whoever is. What there is to learn goes to the phone (decision 0012).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Q

from core import ratelimits
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.language import gettext as _
from core.models import StoredImage
from core.phones import phone_of
from petitions import notices
from petitions.actions.base import Work, refuse_closed
from petitions.actions.filing import Person, check_photos, limit_floods, reporter_add
from petitions.actions.locking import lock
from petitions.models import Petition, PetitionReporter, PhotoKind
from petitions.selectors.following import reporters_behind
from petitions.workflow import UNANSWERED, Audience, Event

AGAIN_PER_HOUR: Final = 1
"""How often a phone that is behind a matter already is sent its code because somebody typed it there."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The outcome of joining. Only where `shows_receipt` may the answer depend on who was there before."""

    petition: Petition
    reporter: PetitionReporter
    shows_receipt: bool


def petition_join(
    *,
    petition_id: int,
    person: Person,
    words: str,
    key: UUID,
    at: datetime,
    photos: Sequence[StoredImage] = (),
) -> Joined:
    """A neighbour joins an open, public matter: informed like the first, and asked to judge.

    Whoever is behind it already stays there once: nothing is added, and the phone is sent its code again.
    Words and photos are read by those who handle it alone.

    Raises:
        NotFoundError: there is none that strangers may know of.
        ConflictError: it has been answered meanwhile.
        InvalidInputError: no consent, a phone that is none, too many photos.
    """
    limit_floods(person)
    person, is_proven = _proven(person)
    with transaction.atomic():
        petition = lock(petition_id)
        _check(petition, person, photos)
        joining_key = uuid5(key, f"petition.join.{petition_id}")
        before = _before(petition, person, joining_key)
        if before is None:
            reporter = _add(petition, person, joining_key, words, photos, at)
        else:
            reporter = before
            _join_again(petition, reporter, photos, at, is_same_form=before.joining_key == joining_key)
    return Joined(petition, reporter, shows_receipt=is_proven or not person.phone)


def _proven(person: Person) -> tuple[Person, bool]:
    """The person with a phone in one form, and whether it is the account's own.

    With somebody else's phone the account stays out of it: its own list would tell whether they were there.
    """
    phone = phone_of(person.phone) if person.phone else ""
    user = person.user
    is_own = user is not None and (not phone or (user.phone_verified and user.phone == phone))
    return replace(person, phone=phone, user=user if is_own else None), is_own


def _check(petition: Petition, person: Person, photos: Sequence[StoredImage]) -> None:
    if petition.is_private or petition.spam_marked_at is not None:
        raise NotFoundError(_("没有找到这件诉求。"))
    check_photos(photos)
    refuse_closed(petition)
    if petition.stage not in UNANSWERED:
        raise ConflictError(_("这件事已经答复，如果问题还在，请重新反映。"))
    if not person.has_consented:
        raise InvalidInputError(_("请先阅读并同意个人信息使用说明。"))


def _before(petition: Petition, person: Person, key: UUID) -> PetitionReporter | None:
    """Who of those behind the matter this is: by form, phone or account."""
    same = Q(joining_key=key)
    if person.phone:
        same |= Q(phone=person.phone)
    if person.user is not None:
        same |= Q(user=person.user)
    return reporters_behind(petition).filter(same).first()


def _add(
    petition: Petition, person: Person, key: UUID, words: str, photos: Sequence[StoredImage], at: datetime
) -> PetitionReporter:
    reporter = reporter_add(petition, person, key, is_first=False, at=at, words=words)
    petition.reporters_count += 1
    work = Work(petition, None, None, at, reporter)
    work.attach(photos, PhotoKind.BEFORE)
    work.note(Event.JOINED, audience=Audience.REPORTER)
    work.tell(notices.received(reporter, petition, at=at))
    work.finish(["reporters_count"])
    return reporter


def _join_again(
    petition: Petition,
    reporter: PetitionReporter,
    photos: Sequence[StoredImage],
    at: datetime,
    *,
    is_same_form: bool,
) -> None:
    """The same answer without a second place; what was sent is gone as it would be, had it been taken."""
    StoredImage.objects.free().filter(pk__in=[photo.pk for photo in photos]).delete()
    work = Work(petition, None, None, at)
    if not is_same_form and reporter.phone and _may_send(petition, reporter):
        work.note(Event.CODE_SENT)
        work.tell(notices.code_again(reporter, petition, at=at))
    work.record(["code"])


def _may_send(petition: Petition, reporter: PetitionReporter) -> bool:
    key = f"{petition.pk}/{reporter.phone}"
    return ratelimits.allows("petition.join.again", key, limit=AGAIN_PER_HOUR, seconds=3600)
