"""Who sees which matter is one rule: in the database for lists, in hand for a page."""

from __future__ import annotations

import pytest

from community.duties import Duty
from core.errors import NotFoundError
from petitions.models import Petition
from petitions.querysets import is_visible
from petitions.selectors.matter import matter_of
from tests.cast import NOW, make_staff, make_user
from tests.petitions.loop import file

STAFF = ("grid_worker", "worker_of_another_grid", "grid_leader", "secretary", "supervisor")


@pytest.fixture
def matters(diecui, fuxi):
    """One in each building of two communities, and one of a community at large."""
    places = [*diecui.buildings, *fuxi.buildings]
    towns = [diecui, diecui, fuxi, fuxi]
    return [
        file(diecui, place=diecui.place),
        *(file(town, place=place) for town, place in zip(towns, places, strict=True)),
    ]


@pytest.mark.parametrize("who", STAFF)
def test_page_shows_what_the_list_shows(who, matters, request):
    user = request.getfixturevalue(who)

    listed = set(Petition.objects.visible_to(user, at=NOW))

    assert {petition for petition in matters if is_visible(petition, user, at=NOW)} == listed
    assert listed
    assert len(listed) == len(matters) or who != "supervisor"


def test_powers_without_reading_show_nothing(matters, diecui):
    nobody, keeper = make_user("nobody"), make_staff("keeper", "何管", Duty.ADMINISTRATOR, diecui.place)

    assert not any(is_visible(petition, user, at=NOW) for petition in matters for user in (nobody, keeper))


@pytest.mark.parametrize("whole", [True, False])
def test_matter_out_of_sight_is_not_found_by_key_or_number(whole, matters, grid_worker):
    seen = Petition.objects.visible_to(grid_worker, at=NOW).get()
    unseen = matters[-1]

    found = matter_of(grid_worker, pk=seen.pk, at=NOW, whole=whole)

    assert found.petition == seen
    for which in ({"pk": unseen.pk}, {"number": unseen.number}, {"number": "20000101-0000"}, {"pk": 0}):
        with pytest.raises(NotFoundError):
            matter_of(grid_worker, at=NOW, whole=whole, **which)
