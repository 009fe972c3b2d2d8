"""民情日记: written once, reviewed every week, left with a reason; the share that became matters (G-32)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.errors import ConflictError, InvalidInputError, NotAllowedError, RepeatedError
from core.models import InboxItem
from grids.actions.diary import KEPT, Heard, diary_expire, diary_note, diary_review, diary_write
from grids.models import OpinionDiaryEntry, Settled
from grids.selectors.diary import Share, diary_share, diary_shown, pages_kept
from tests.cast import NOW
from tests.grids.test_errands import bring
from tests.parallel import overlapping

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def write(place, actor, text="想要一张乒乓球桌。", **given):
    at, key = given.pop("at", NOW), given.pop("key", uuid4())
    return diary_write(heard=Heard(text, place, **given), key=key, actor=actor, at=at)


def note(entry, actor, reason="物业已答应。", at=NOW):
    return diary_note(entry_id=entry.pk, reason=reason, actor=actor, at=at)


@pytest.fixture
def building(diecui):
    return diecui.buildings[0]


def test_entry_is_kept_with_author_place_words_and_people(building, grid, grid_worker):
    entry = write(building, grid_worker, people_count=6, spot="槐树下")

    assert (entry.author, entry.scope, entry.people_count, entry.settled_at) == (
        grid_worker,
        grid.place,
        6,
        None,
    )


@pytest.mark.parametrize("given", [{"text": " "}, {"people_count": 0}, {"heard_at": NOW + DAY}])
def test_entry_without_sense_is_refused(building, grid_worker, given):
    with pytest.raises(InvalidInputError):
        write(building, grid_worker, **given)


@pytest.mark.parametrize("who", ["worker_of_another_grid", "outsider", "secretary_of_another_community"])
def test_others_neither_write_nor_settle(request, building, grid, grid_worker, who):
    other, entry = request.getfixturevalue(who), write(building, grid_worker)

    for step in (lambda: write(building, other), lambda: note(entry, other)):
        with pytest.raises(NotAllowedError):
            step()


def test_same_key_is_one_entry_and_nobody_elses(building, grid_worker, grid_leader):
    key = uuid4()

    assert write(building, grid_worker, key=key) == write(building, grid_worker, key=key)
    with pytest.raises(ConflictError):
        write(building, grid_leader, key=key)


def test_entry_is_left_with_a_reason_by_who_leads_once(building, grid_worker, grid_leader):
    entry = write(building, grid_worker)

    with pytest.raises(NotAllowedError):
        note(entry, grid_worker)
    with pytest.raises(InvalidInputError):
        note(entry, grid_leader, " ")
    assert note(entry, grid_leader).settled_as == Settled.NOTED
    with pytest.raises(RepeatedError):
        note(entry, grid_leader)


def test_secretary_hears_once_a_week_of_what_nobody_has_settled(
    building, grid_worker, grid_leader, secretary
):
    write(building, grid_worker)
    write(building, grid_worker)
    note(write(building, grid_worker), grid_leader)

    assert [diary_review(at=NOW), diary_review(at=NOW + DAY), diary_review(at=NOW + 7 * DAY)] == [1, 0, 1]

    said = InboxItem.objects.filter(kind="diary.review", user=secretary)
    assert said.count() == 2
    assert "有 2 篇" in said[0].body


def test_week_without_anything_waiting_is_silent(building, grid_worker, grid_leader, secretary):
    note(write(building, grid_worker), grid_leader)

    assert diary_review(at=NOW) == 0


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_reviews_at_once_tell_once(building, grid_worker, secretary):
    write(building, grid_worker)

    assert overlapping(*[lambda: diary_review(at=NOW)] * 2) == [1, 0]


def test_words_are_erased_after_three_years(building, grid_worker):
    entry = write(building, grid_worker)

    assert [diary_expire(NOW + KEPT), diary_expire(NOW + KEPT + DAY), diary_expire(NOW + KEPT + DAY)] == [
        0,
        1,
        0,
    ]
    entry.refresh_from_db()
    assert entry.text == "—"


# Pages.


def page(name, *args):
    return reverse(f"grids:{name}", args=args)


def test_list_shows_what_waits_first_and_the_share(client, building, grid_worker, grid_leader):
    note(write(building, grid_worker, "甲", at=timezone.now()), grid_leader, at=timezone.now())
    write(building, grid_worker, "乙", at=timezone.now())
    client.force_login(grid_worker)

    shown = client.get(page("diary"))

    assert [one.text for one in shown.context["entries"]] == ["乙", "甲"]
    assert shown.context["share"] == Share(entries=2, promoted=0)


def test_list_costs_the_same_with_many(building, grid_worker):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            diary_shown(grid_worker, at=NOW)
            diary_share(grid_worker, at=NOW)
        return len(asked)

    write(building, grid_worker)
    few = cost()
    for _number in range(30):
        write(building, grid_worker)

    assert cost() == few == 2


def test_pages_write_and_settle(client, building, grid_worker, grid_leader):
    client.force_login(grid_worker)
    form = client.get(page("diary_new")).context["form"]
    sent = {"key": form.initial["key"], "place": building.pk, "text": "想要球桌。", "people_count": 6}

    assert client.post(page("diary_new"), {**sent, "text": ""}).status_code == 422
    shown = client.post(page("diary_new"), sent)["Location"]
    entry = OpinionDiaryEntry.objects.get()
    assert shown == page("diary_entry", entry.pk)
    assert client.post(shown, {"reason": "好"}).status_code == 403
    client.force_login(grid_leader)
    assert client.post(shown, {"reason": "物业已答应。"}).status_code == 302
    assert "物业已答应。" in client.get(shown).content.decode()


def test_other_grids_people_find_nothing(client, building, grid_worker, worker_of_another_grid):
    entry = write(building, grid_worker)
    client.force_login(worker_of_another_grid)

    assert entry.text not in client.get(page("diary")).content.decode()
    assert client.get(page("diary_entry", entry.pk)).status_code == 404


def test_strangers_sign_in_and_outsiders_are_refused(client, outsider):
    assert client.get(page("diary")).status_code == 302
    client.force_login(outsider)
    assert client.get(page("diary")).status_code == 403


def test_todays_tile_counts_what_nobody_has_settled(client, building, grid_worker, grid_leader):
    write(building, grid_worker)
    note(write(building, grid_worker), grid_leader)
    client.force_login(grid_worker)

    assert next(one for one in client.get("/today/").context["tiles"] if one.code == "diary").count == 1


def test_entry_from_the_phone_lands_at_the_time_it_was_heard(client, rf, diecui, building, grid_worker):
    client.force_login(grid_worker)
    sent = {"community": diecui.community.slug, "place": building.pk, "text": "想要球桌。", "people_count": 3}

    assert bring(client, "grids.diary", **sent).status_code == 201
    assert bring(client, "grids.diary", **{**sent, "place": "9999999"}).status_code == 422

    late = timezone.now() - OpinionDiaryEntry.objects.get().heard_at
    assert timedelta(minutes=18) < late < timedelta(minutes=22)
    request = rf.get("/")
    request.user = grid_worker
    assert page("diary_new") in pages_kept(request)


def test_desk_filters_and_settles(client, building, grid_worker, secretary):
    entry = write(building, grid_worker)
    client.force_login(secretary)
    base = "/admin/grids/opiniondiaryentry/"

    assert entry.text in client.get(f"{base}?settled=no").content.decode()
    assert client.post(f"{base}{entry.pk}/note/", {"reason": "物业已答应。"}).status_code == 302
    assert entry.text not in client.get(f"{base}?settled=no").content.decode()
