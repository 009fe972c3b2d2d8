"""A hazard becomes a matter, and a matter a hazard, each once; both say so (G-18, G-19)."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from django.core.files.base import File
from django.db import transaction

from community.duties import Power
from community.permissions import HeldPost, Scope, require_power
from community.workflow import Channel
from core.errors import ConflictError, IllegalMoveError, NotFoundError
from core.language import gettext as _
from core.models import StoredImage, User
from core.uploads import image_store
from grids.actions.hazards.filing import PHOTOS, Answerable, Found, hazard_file
from grids.models import Hazard, HazardPhoto
from grids.models.hazard import UNSAFE
from petitions.actions.base import Work, refuse_closed
from petitions.actions.filing import MAX_PHOTOS, Person, Report, petition_file
from petitions.actions.locking import lock
from petitions.models import Origin, Petition, PetitionSource
from petitions.workflow import Event

TAKEN_ALONG: Final = min(PHOTOS, MAX_PHOTOS)


@transaction.atomic
def petition_file_from_hazard(
    *, hazard_id: int, text: str, topic: str, actor: User, at: datetime
) -> Petition:
    """A hazard that nobody can put right alone becomes a matter, with copies of its photos.

    Raises:
        NotFoundError: there is none.
        NotAllowedError: not this person's grid.
        ConflictError: it belongs to a matter already, and to which.
        IllegalMoveError: it is closed.
    """
    hazard = _locked(hazard_id)
    held = require_power(actor, Power.PETITION_ENTER, Scope(hazard.scope.path), at=at)
    known = PetitionSource.objects.select_related("petition").filter(hazard=hazard).first()
    if known is not None:
        raise ConflictError(_("这处隐患已经有诉求：%s。") % known.petition.number)
    if hazard.state not in UNSAFE:
        raise IllegalMoveError(_("这处隐患已经销号，不用再转为诉求。"))
    filed = petition_file(
        community=hazard.community,
        report=Report(
            text=text,
            place=hazard.place,
            channel=Channel.PATROL,
            spot=hazard.spot,
            topic=topic,
            photos=_copied(hazard, actor, at),
            origin=Origin.PROACTIVE,
        ),
        person=Person(),
        key=uuid5(hazard.key, "petition"),
        actor=actor,
        at=at,
    )
    _link(filed.petition, hazard, actor, at, is_hazard_first=True)
    _say(filed.petition, hazard, actor, held, at)
    return filed.petition


@transaction.atomic
def hazard_file_from_petition(
    *, petition_id: int, found: Found, answerable: Answerable | None, key: UUID, actor: User, at: datetime
) -> Hazard:
    """What people reported turns out to be dangerous: it comes into the ledger beside the matter.

    Raises:
        NotFoundError: there is no such matter.
        NotAllowedError: not this person's.
        ConflictError: it belongs to a hazard already, and to which.
        IllegalMoveError: the matter is closed.
        InvalidInputError: no photo, or neither fixed nor in somebody's hands with a day.
    """
    petition = lock(petition_id)
    held = require_power(actor, Power.PETITION_ENTER, petition.scope, at=at)
    known = PetitionSource.objects.filter(petition=petition).first()
    if known is not None and known.hazard is not None:
        raise ConflictError(_("这件诉求已经有隐患：%s。") % known.hazard.number)
    refuse_closed(petition)
    hazard = hazard_file(found=found, answerable=answerable, key=key, actor=actor, at=at)
    _link(petition, hazard, actor, at, is_hazard_first=False)
    _say(petition, hazard, actor, held, at)
    return hazard


def _locked(hazard_id: int) -> Hazard:
    rows = Hazard.objects.locked().select_related("scope", "community__profile", "place")
    hazard = rows.filter(pk=hazard_id).first()
    if hazard is None:
        raise NotFoundError(_("没有找到这处隐患。"))
    return hazard


def _link(petition: Petition, hazard: Hazard, actor: User, at: datetime, *, is_hazard_first: bool) -> None:
    PetitionSource.objects.update_or_create(
        petition=petition,
        defaults={
            "hazard": hazard,
            "is_hazard_first": is_hazard_first,
            "linked_at": at,
            "linked_by": actor,
        },
    )


def _say(petition: Petition, hazard: Hazard, actor: User, held: HeldPost, at: datetime) -> None:
    work = Work(petition, actor, held, at)
    work.note(Event.HAZARD_LINKED, f"{hazard.number} {hazard.type}")
    work.record(["source"])


def _copied(hazard: Hazard, actor: User, at: datetime) -> list[StoredImage]:
    """Photos of what was found, as files of the matter's own, so that neither side ends with the other."""
    rows = HazardPhoto.objects.filter(hazard=hazard, kind="filed").select_related("image")
    copies = []
    there = [row for row in rows[:TAKEN_ALONG] if row.image.file.storage.exists(str(row.image.file.name))]
    for row in there:
        with row.image.file.open("rb") as opened:
            copies.append(image_store(file=File(opened, name="hazard.jpg"), by=actor, at=at))
    return copies
