"""A diary entry becomes a matter once; who comes second hears which (G-32)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.errors import ConflictError, IllegalMoveError, NotAllowedError
from grids.models import Settled
from grids.selectors.diary import Share, diary_share
from petitions.actions.promoting import petition_file_from_diary
from petitions.models import DiaryPromotion, Petition
from tests.cast import NOW
from tests.grids.test_diary import note, write
from tests.parallel import overlapping
from tests.petitions.loop import file

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(diecui, grid, grid_worker):
    return write(diecui.buildings[0], grid_worker, people_count=6)


def promote(entry, actor):
    return petition_file_from_diary(
        entry_id=entry.pk, text="小广场缺一张乒乓球桌。", topic="other", actor=actor, at=NOW
    )


def test_entry_becomes_a_matter_of_its_place_and_channel(entry, grid_worker):
    petition = promote(entry, grid_worker)

    entry.refresh_from_db()
    assert (petition.place, petition.channel, entry.settled_as) == (entry.place, "diary", Settled.PETITION)
    assert diary_share(grid_worker, at=NOW) == Share(entries=1, promoted=1)


def test_second_time_is_refused_and_names_the_matter(entry, grid_worker, grid_leader):
    petition = promote(entry, grid_worker)

    with pytest.raises(ConflictError, match=petition.number):
        promote(entry, grid_leader)

    assert Petition.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_matter_and_the_second_hears_which(entry, grid_worker, grid_leader):
    first, second = overlapping(lambda: promote(entry, grid_worker), lambda: promote(entry, grid_leader))

    assert isinstance(second, ConflictError)
    assert first.number in str(second.message)
    assert Petition.objects.count() == 1


def test_database_itself_refuses_a_second_matter(diecui, entry, grid_worker):
    promote(entry, grid_worker)
    other = file(diecui)

    with pytest.raises(IntegrityError), transaction.atomic():
        DiaryPromotion.objects.create(entry=entry, petition=other)


def test_entry_that_was_left_becomes_no_matter(entry, grid_worker, grid_leader):
    note(entry, grid_leader)

    with pytest.raises(IllegalMoveError):
        promote(entry, grid_worker)


@pytest.mark.parametrize("who", ["worker_of_another_grid", "outsider", "secretary_of_another_community"])
def test_others_make_no_matter_of_it(request, entry, who):
    with pytest.raises(NotAllowedError):
        promote(entry, request.getfixturevalue(who))

    assert not Petition.objects.exists()


def test_page_offers_it_makes_the_matter_and_shows_its_number(client, entry, grid_worker):
    client.force_login(grid_worker)
    shown, form = (
        reverse("grids:diary_entry", args=[entry.pk]),
        reverse("petitions:diary_petition", args=[entry.pk]),
    )

    assert form in client.get(shown).content.decode()
    sent = {"text": "小广场缺一张乒乓球桌。", "topic": "other"}
    assert client.get(form).status_code == 200
    assert client.post(form, sent).status_code == 302
    petition = Petition.objects.get()
    again = client.post(form, sent)
    assert (again.status_code, petition.number in again.content.decode()) == (409, True)
    assert petition.number in client.get(shown).content.decode()


def test_other_grids_people_find_no_form(client, entry, worker_of_another_grid):
    client.force_login(worker_of_another_grid)

    assert client.get(reverse("petitions:diary_petition", args=[entry.pk])).status_code == 404
