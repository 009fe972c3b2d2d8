"""What is personal leaves a hazard: long after its end, or for somebody named in it who asks (C-45).

What stays is the tombstone: number, type, place, dates, state, company, and who of staff found and rechecked
it. So no figure changes. The time is the community's for matters, counted from the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Case, CharField, F, Value, When

from community.models import Community
from core.audit import record
from core.language import gettext as _
from core.models import StoredImage
from core.registries import DataSubject
from grids.models import Hazard, HazardEvent, HazardPhoto, Violation
from grids.selectors.emergency import months_later

BATCH: Final = 100
ERASED: Final = "—"


def hazards_expire(at: datetime) -> int:
    """Empty hazards that ended longer ago than their community keeps matters; a batch of one community."""
    for community in Community.objects.order_by("pk"):
        done = _expire(community, at)
        if done:
            return done
    return 0


def kept_since(community: Community, at: datetime) -> datetime:
    """What ended before this moment is kept without words."""
    day = months_later(at.date(), -community.keep_matters_months)
    return datetime.combine(day, at.timetz())


@transaction.atomic
def _expire(community: Community, at: datetime) -> int:
    before = kept_since(community, at)
    old = Hazard.objects.filter(community=community, closed_at__lt=before, anonymised_at=None)
    rows = list(
        old.select_related("scope")
        .order_by("closed_at")
        .select_for_update(of=("self",), skip_locked=True)[:BATCH]
    )
    if rows:
        _empty(rows, at)
    return len(rows)


def _empty(hazards: Sequence[Hazard], at: datetime) -> None:
    """Words, names, plates and photos of these, locked and ended."""
    ids = [hazard.pk for hazard in hazards]
    photos = HazardPhoto.objects.filter(hazard__in=ids)
    images = {*photos.values_list("image_id", flat=True)}
    images |= {
        pk for hazard in hazards for pk in (hazard.photo_id, hazard.recheck_photo_id) if pk is not None
    }
    photos.delete()
    HazardEvent.objects.filter(hazard__in=ids).exclude(note="").update(note="")
    Violation.objects.filter(hazard__in=ids).update(plate="", bike=None)
    name = Case(
        When(responsible_name="", then=F("responsible_name")), default=Value(ERASED), output_field=CharField()
    )
    Hazard.objects.filter(pk__in=ids).update(
        text=ERASED,
        spot="",
        responsible_name=name,
        old_finder="",
        photo=None,
        recheck_photo=None,
        anonymised_at=at,
    )
    StoredImage.objects.filter(pk__in=images).update(discarded_at=at, created_by=None)
    for hazard in hazards:
        record(
            event="hazard.anonymised",
            actor=None,
            subject=hazard,
            at=at,
            scope_path=hazard.scope.path,
            fields=["text"],
            audience="charge",
        )


@transaction.atomic
def person_erase(subject: DataSubject, at: datetime) -> list[str]:
    """Take an account out of the hazards that it answered for; each that is open waits, in a sentence."""
    if subject.user_id is None:
        return []
    mine = Hazard.objects.filter(responsible=subject.user_id).order_by("pk").select_for_update(of=("self",))
    waits = []
    for hazard in mine.select_related("scope"):
        if hazard.closed_at is None:
            waits.append(_("%s 销号后删除") % hazard.number)
            continue
        hazard.responsible, hazard.responsible_name = None, ERASED
        hazard.save(update_fields=["responsible", "responsible_name"])
        record(
            event="hazard.erased",
            actor=None,
            subject=hazard,
            at=at,
            scope_path=hazard.scope.path,
            fields=["responsible"],
            audience="charge",
        )
    return waits
