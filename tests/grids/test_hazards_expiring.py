"""Photos, words and names leave a hazard long after its end; what it was, where and when stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core.models import AuditEntry, StoredImage
from core.registries import DataSubject
from grids.actions.hazards.expiring import hazards_expire, person_erase
from grids.actions.hazards.rectifying import hazard_close, hazard_done
from grids.models import Hazard, HazardEvent, HazardPhoto, HazardState
from grids.selectors.emergency import months_later
from grids.selectors.hazards_own import hazards_mine
from tests.cast import NOW
from tests.grids.hazards import DAY, TODAY, in_hand, photo

pytestmark = pytest.mark.django_db


def closed(place, worker, person=None) -> Hazard:
    hazard = in_hand(place, worker, person)
    hazard_done(hazard_id=hazard.pk, note="张三拆了线。", photos=[photo()], actor=worker, at=NOW)
    return hazard_close(hazard_id=hazard.pk, note="看过。", photos=[photo()], actor=worker, at=NOW)


@pytest.fixture
def later(community):
    """The first morning on which what ended at `NOW` is older than the community keeps it."""
    return NOW + (months_later(TODAY, community.keep_matters_months) - TODAY) + DAY


def test_closed_one_is_emptied_when_its_time_is_over_and_its_tombstone_stays(
    building, grid_worker, later, community
):
    hazard = closed(building, grid_worker)
    kept = (hazard.number, hazard.type, hazard.place, hazard.filed_at, hazard.closed_at, hazard.found_by)

    assert hazards_expire(later - 2 * DAY) == 0
    assert (hazards_expire(later), hazards_expire(later)) == (1, 0)

    left = Hazard.objects.get()
    assert (left.text, left.spot, left.responsible_name) == ("—", "", "—")
    assert (left.photo, left.recheck_photo, left.state) == (None, None, HazardState.CLOSED)
    assert (left.number, left.type, left.place, left.filed_at, left.closed_at, left.found_by) == kept
    assert not HazardPhoto.objects.exists()
    assert not HazardEvent.objects.exclude(note="").exists()
    assert not StoredImage.objects.filter(discarded_at=None).exists()
    assert AuditEntry.objects.filter(event="hazard.anonymised").count() == 1


def test_open_one_is_kept_however_old(building, grid_worker, later):
    in_hand(building, grid_worker)

    assert hazards_expire(later + 999 * DAY) == 0


def test_page_of_an_emptied_one_still_opens(client, building, grid_worker, later):
    hazard = closed(building, grid_worker)
    hazards_expire(later)
    client.force_login(grid_worker)

    assert client.get(f"/work/hazards/{hazard.pk}/").status_code == 200


def test_database_refuses_one_without_photo_before_its_end(building, grid_worker):
    hazard = in_hand(building, grid_worker)

    for change in ({"photo": None}, {"photo": None, "anonymised_at": NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Hazard.objects.filter(pk=hazard.pk).update(**change)


def test_who_answered_for_it_is_taken_out_when_they_ask_and_an_open_one_waits(
    building, grid_worker, grid_leader
):
    done, waiting = closed(building, grid_worker, grid_leader), in_hand(building, grid_worker, grid_leader)
    subject = DataSubject(user_id=grid_leader.pk)
    assert [row["number"] for row in hazards_mine(subject)] == [waiting.number, done.number]

    waits = person_erase(subject, NOW + timedelta(days=1))

    assert waits == [f"{waiting.number} 销号后删除"]
    assert list(Hazard.objects.filter(responsible=grid_leader)) == [waiting]
    done.refresh_from_db()
    assert (done.responsible, done.responsible_name) == (None, "—")


def test_of_somebody_without_account_there_is_nothing_to_take_out(db):
    assert (person_erase(DataSubject(phone="13900000000"), NOW), hazards_mine(DataSubject())) == ([], [])
