"""代办: over only once the household has been told, asked after once, entered from the phone (G-07)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community.models import Household, Resident
from community.models.people import Standing
from core.errors import ConflictError, IllegalMoveError, InvalidInputError, NotAllowedError, RepeatedError
from core.models import InboxItem
from core.registries import DataSubject
from grids.actions.errands import errand_finish
from grids.actions.errands_expiring import KEPT, errands_expire
from grids.actions.errands_sweeping import errands_sweep
from grids.models import Errand, ErrandState, Visit
from grids.selectors.errands import errands_asked, errands_closed, errands_open, pages_kept
from tests.cast import NOW, make_resident
from tests.grids.errands import HOUR, finish, helped, take, tell
from tests.grids.test_visits import bring as bring_visit
from tests.grids.visits import purpose, visit
from tests.parallel import overlapping

DAY = timedelta(days=1)


@pytest.fixture
def door(diecui):
    return diecui.households[0]


def told_of(kind):
    return list(InboxItem.objects.filter(kind=kind).values_list("user__username", flat=True))


# Over only once they know.


def test_errand_that_is_done_awaits_a_word_and_is_over_with_it(door, grid_worker):
    errand = take(door, grid_worker)

    assert finish(errand, grid_worker).state == ErrandState.AWAITING
    assert tell(errand, grid_worker, reply="知道了。").state == ErrandState.CLOSED


def test_errand_that_is_not_done_cannot_be_told(door, grid_worker):
    errand = take(door, grid_worker)

    with pytest.raises(IllegalMoveError):
        tell(errand, grid_worker)

    errand.refresh_from_db()
    assert errand.state == ErrandState.DOING


def test_database_itself_refuses_told_before_done(door, grid_worker):
    errand = take(door, grid_worker)

    with pytest.raises(IntegrityError, match="errand_told_once_done"), transaction.atomic():
        Errand.objects.filter(pk=errand.pk).update(told_at=NOW, told_by=grid_worker, told_how="phone")


def test_what_cannot_be_done_has_to_be_told_as_well_and_counts_for_nothing(door, grid_worker):
    errand = finish(take(door, grid_worker), grid_worker, in_vain=True)

    assert errand.state == ErrandState.AWAITING
    tell(errand, grid_worker)
    assert errands_closed(grid_worker, at=NOW + DAY) == 0


def test_what_else_they_need_becomes_the_next_errand(door, grid_worker):
    errand = finish(take(door, grid_worker), grid_worker)

    tell(errand, grid_worker, more="再帮买一袋米。")

    assert [one.text for one in errands_open(grid_worker, at=NOW)] == ["再帮买一袋米。"]


def test_done_without_a_word_of_how_is_refused(door, grid_worker):
    errand = take(door, grid_worker)

    with pytest.raises(InvalidInputError, match="办得怎样"):
        errand_finish(errand_id=errand.pk, result=" ", is_in_vain=False, actor=grid_worker, at=NOW)


def test_told_at_an_impossible_time_is_refused(door, grid_worker):
    errand = finish(take(door, grid_worker), grid_worker)

    with pytest.raises(InvalidInputError, match="告知时间"):
        tell(errand, grid_worker, told_at=NOW - HOUR)


@pytest.mark.parametrize("who", ["worker_of_another_grid", "outsider", "secretary_of_another_community"])
def test_others_neither_take_nor_finish_nor_tell(request, door, grid_worker, who):
    other, errand = request.getfixturevalue(who), take(door, grid_worker)

    for step in (lambda: take(door, other), lambda: finish(errand, other), lambda: tell(errand, other)):
        with pytest.raises(NotAllowedError):
            step()
    assert errands_open(grid_worker, at=NOW) == [errand]


def test_somebody_from_behind_another_door_asked_for_nothing_here(diecui, door, grid_worker):
    stranger = make_resident(diecui.households[2], "外人", "13900000009")

    with pytest.raises(InvalidInputError, match="这一户"):
        take(door, grid_worker, resident=stranger)


def test_same_key_is_one_errand_and_nobody_elses(door, grid_worker, grid_leader):
    key = uuid4()

    assert take(door, grid_worker, key=key) == take(door, grid_worker, key=key)
    with pytest.raises(ConflictError):
        take(door, grid_leader, key=key)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_told_twice_at_once_counts_once(door, grid_worker, grid_leader):
    errand = finish(take(door, grid_worker), grid_worker)

    first, second = overlapping(
        lambda: tell(errand, grid_worker, more="再买袋米。"), lambda: tell(errand, grid_leader)
    )

    assert isinstance(first, Errand)
    assert isinstance(second, RepeatedError)
    assert Errand.objects.get(pk=errand.pk).told_by == grid_worker


# Asked after.


def test_whoever_took_it_hears_when_somebody_else_has_done_it(door, grid_worker, secretary):
    finish(take(door, grid_worker), secretary)

    assert told_of("errand.done") == [grid_worker.username]


def test_household_that_knows_nothing_is_asked_after_once(door, grid_worker):
    errand = finish(take(door, grid_worker), grid_worker)

    assert errands_sweep(at=NOW + HOUR + DAY - timedelta(minutes=1)) == 0
    assert errands_sweep(at=NOW + HOUR + DAY) == 1
    assert errands_sweep(at=NOW + 5 * DAY) == 0

    assert told_of("errand.tell") == [grid_worker.username]
    errand.refresh_from_db()
    assert errand.state == ErrandState.AWAITING


def test_household_that_was_told_is_not_asked_after(door, grid_worker):
    tell(finish(take(door, grid_worker), grid_worker), grid_worker)

    assert errands_sweep(at=NOW + 5 * DAY) == 0


def test_nobody_is_asked_to_tell_the_dead(door, grid_worker):
    person = make_resident(door, "张婆婆", "13900000009")
    finish(take(door, grid_worker, resident=person), grid_worker)
    Resident.objects.filter(pk=person.pk).update(standing=Standing.DECEASED)

    errands_sweep(at=NOW + 2 * DAY)

    assert told_of("errand.tell") == []


def test_worker_who_left_is_not_asked_but_who_answers_for_the_grid(door, grid_worker, grid_leader):
    finish(take(door, grid_worker), grid_worker)
    grid_worker.posts.update(ends_on=NOW.date())

    errands_sweep(at=NOW + 2 * DAY)

    assert told_of("errand.tell") == [grid_leader.username]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_ask_once(door, grid_worker):
    finish(take(door, grid_worker), grid_worker)

    assert overlapping(*[lambda: errands_sweep(at=NOW + 2 * DAY)] * 2) == [1, 0]

    assert told_of("errand.tell") == [grid_worker.username]


def test_errand_that_is_due_a_second_time_is_asked_after_of_nobody_else(door, grid_worker, grid_leader):
    finish(take(door, grid_worker), grid_worker)
    errands_sweep(at=NOW + 2 * DAY)
    grid_worker.posts.update(ends_on=NOW.date())
    Errand.objects.update(remind_at=NOW + 3 * DAY)

    assert errands_sweep(at=NOW + 3 * DAY) == 1

    assert told_of("errand.tell") == [grid_worker.username]


# Pages.


def page(name, *args):
    return reverse(f"grids:{name}", args=args)


def test_list_shows_what_waits_for_a_word_first_and_counts_the_month(client, door, grid_worker):
    now = timezone.now()
    for told in (None, False):
        helped(door, grid_worker, told, now - 4 * HOUR)
    tell(finish(take(door, grid_worker, at=now), grid_worker, now), grid_worker, now)
    client.force_login(grid_worker)

    shown = client.get(page("errands"))

    assert [one.state for one in shown.context["errands"]] == ["awaiting", "doing"]
    assert shown.context["closed"] == 1


def test_list_costs_the_same_with_many(diecui, grid_worker):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            errands_open(grid_worker, at=NOW)
            errands_closed(grid_worker, at=NOW)
        return len(asked)

    for household in diecui.households[:2]:
        take(household, grid_worker)
    few = cost()
    for number in range(30):
        take(Household.objects.create(place=diecui.entrances[0], room=f"9{number}"), grid_worker)

    assert cost() == few == 2


def test_errand_is_taken_from_a_visit_in_the_same_tap(client, door, grid_worker):
    client.force_login(grid_worker)
    sent = {
        "key": uuid4(),
        "household": door.pk,
        "purpose": purpose().pk,
        "outcome": "none",
        "errand": "帮取药。",
        "happened_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}",
    }

    for _twice in range(2):
        client.post(page("visit", door.pk), sent)

    assert Visit.objects.get().errand.text == "帮取药。"
    assert "帮取药。" in client.get(page("home", door.pk)).content.decode()


def test_pages_take_an_errand_through_to_its_end(client, door, grid_worker):
    client.force_login(grid_worker)
    form = client.get(f"{page('errand_new')}?door={door.pk}").context["form"]
    sent = {"key": form.initial["key"], "household": door.pk, "text": "帮取药。", "kind": "shopping"}

    assert client.post(page("errand_new"), {**sent, "text": ""}).status_code == 422
    taken = client.post(page("errand_new"), sent)["Location"]
    errand = Errand.objects.get()
    assert taken == page("errand", errand.pk)
    assert client.post(page("errand_told", errand.pk), {"how": "phone"}).status_code == 409
    client.post(page("errand_done", errand.pk), {"result": "取来了。"})
    assert "待告知居民" in client.get(taken).content.decode()
    client.post(page("errand_told", errand.pk), {"how": "phone", "reply": "好。"})
    errand.refresh_from_db()
    assert (errand.state, errand.kind) == (ErrandState.CLOSED, "shopping")


def test_other_grids_people_find_nothing(client, door, grid_worker, worker_of_another_grid):
    errand = take(door, grid_worker)
    client.force_login(worker_of_another_grid)

    assert errand.text not in client.get(page("errands")).content.decode()
    for name in ("errand", "errand_done", "errand_told"):
        assert client.get(page(name, errand.pk)).status_code == 404
    assert client.get(f"{page('errand_new')}?door={door.pk}").status_code == 404


def test_strangers_sign_in_and_outsiders_are_refused(client, outsider):
    assert client.get(page("errands")).status_code == 302
    client.force_login(outsider)
    assert client.get(page("errands")).status_code == 403


def test_todays_tile_counts_what_is_not_over(client, door, grid_worker):
    now = timezone.now()
    for told in (None, False, True):
        helped(door, grid_worker, told, now - 4 * HOUR)
    client.force_login(grid_worker)

    tile = next(one for one in client.get("/today/").context["tiles"] if one.code == "errands")

    assert (tile.count, tile.text) == (2, "待告知居民 1 件")


# From the phone.


def bring(client, sort, **fields):
    at = timezone.now()
    sent = {
        "entry.id": str(uuid4()),
        "entry.kind": sort,
        "entry.captured_at": (at - timedelta(minutes=20)).isoformat(),
        "entry.sent_at": at.isoformat(),
        **fields,
    }
    return client.post("/work/entries/", sent, headers={"Accept": "application/json"})


def test_errand_from_the_phone_lands_at_the_time_it_was_taken(client, door, grid_worker):
    client.force_login(grid_worker)

    assert bring(client, "grids.errand", household=door.pk, text="帮取药。", kind="other").status_code == 201

    late = timezone.now() - Errand.objects.get().taken_at
    assert timedelta(minutes=18) < late < timedelta(minutes=22)


def test_word_from_the_phone_ends_the_errand(client, door, grid_worker):
    client.force_login(grid_worker)
    errand = finish(take(door, grid_worker, at=timezone.now() - HOUR), grid_worker, timezone.now() - HOUR)

    assert bring(client, "grids.errand_told", errand=errand.pk, how="in_person").status_code == 201

    errand.refresh_from_db()
    assert errand.state == ErrandState.CLOSED


def test_word_from_the_phone_is_refused_for_the_reasons_of_its_page(client, door, grid_worker, diecui):
    client.force_login(grid_worker)
    errand = take(door, grid_worker)

    assert bring(client, "grids.errand_told", errand=errand.pk, how="in_person").status_code == 409
    assert bring(client, "grids.errand_told", errand="x", how="in_person").status_code == 422
    assert bring(client, "grids.errand", household=diecui.households[2].pk, text="x").status_code == 404


def test_visit_from_the_phone_brings_its_errand(client, door, grid_worker):
    client.force_login(grid_worker)

    assert bring_visit(client, door, errand="帮取药。").status_code == 201

    assert Errand.objects.get().visit == Visit.objects.get()


def test_phone_keeps_the_list_the_form_and_whom_to_tell(rf, door, grid_worker, outsider):
    waiting = finish(take(door, grid_worker), grid_worker)
    request = rf.get("/")
    request.user = grid_worker

    kept = pages_kept(request)

    assert {page("errands"), page("errand_new"), page("errand_told", waiting.pk)} <= {*kept}
    request.user = outsider
    assert pages_kept(request) == []


# Personal data, and the desk.


def test_household_has_its_errands_among_its_own_data(door, resident, grid_worker):
    Resident.objects.filter(user=resident).update(household=door)
    take(door, grid_worker)

    assert [row["what"] for row in errands_asked(DataSubject(user_id=resident.pk))] == ["给孩子办身份证。"]
    assert errands_asked(DataSubject(phone="1")) == []


def test_words_are_erased_three_years_after_the_end(door, grid_worker):
    errand = tell(finish(take(door, grid_worker), grid_worker), grid_worker)

    assert errands_expire(NOW + KEPT) == 0
    assert errands_expire(NOW + KEPT + DAY) == 1
    errand.refresh_from_db()
    assert (errand.text, errand.result) == ("—", "—")
    assert errands_expire(NOW + KEPT + DAY) == 0


def test_desk_finishes_and_filters(client, door, grid_worker, secretary):
    errand = take(door, grid_worker, at=timezone.now())
    client.force_login(secretary)

    assert client.post(f"/admin/grids/errand/{errand.pk}/done/", {"result": "办好了。"}).status_code == 302

    for state, shown in (("doing", False), ("awaiting", True), ("closed", False), ("month", False)):
        found = client.get(f"/admin/grids/errand/?state={state}").content.decode()
        assert (errand.text in found) is shown, state
    assert visit(door, grid_worker).pk
