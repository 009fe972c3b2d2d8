"""Somebody of two grids leaves one: what was entered there before waits for the leader of that grid (G-12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from community import actions
from community.duties import Duty
from community.models import Post
from core.models import AuditEntry, InboxItem, User
from grids.actions.errands import Asked, errand_take
from grids.actions.patrol import Done, patrol_end, patrol_start
from grids.models import (
    EntryState,
    ErrandKind,
    FieldEntry,
    GiftCampaign,
    GiftPack,
    Grid,
    OpinionDiaryEntry,
    SafetyVisit,
    Visit,
    WinterPlan,
)
from petitions.models import Petition
from tests.cast import Town, make_staff, put_in_post
from tests.grids.hazards import a_type, in_hand
from tests.grids.test_sweeps import planned
from tests.grids.visits import purpose
from tests.petitions.loop import *  # noqa: F403
from tests.petitions.loop import Loop

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
Fields = Callable[[Town], dict[str, Any]]


def of_door(town: Town, **more: Any) -> dict[str, Any]:
    return {"household": town.households[0].pk, **more}


def of_place(town: Town, **more: Any) -> dict[str, Any]:
    return {"community": town.community.slug, "place": town.buildings[0].pk, **more}


def of_winter(town: Town) -> SafetyVisit:
    day = timezone.localdate()
    plan = WinterPlan.objects.create(
        community=town.community, name="今冬", starts_on=day - 9 * DAY, ends_on=day + 9 * DAY
    )
    home, scope = town.households[0], town.grids[0].place
    return SafetyVisit.objects.create(plan=plan, household=home, scope=scope, due_on=day)


def of_gifts(town: Town) -> GiftPack:
    day = timezone.localdate()
    days = {"starts_on": day - 9 * DAY, "ends_on": day + 9 * DAY}
    campaign = GiftCampaign.objects.create(community=town.community, name="暖冬", items="米", **days)
    return GiftPack.objects.create(campaign=campaign, household=town.households[0])


KINDS: dict[str, Fields] = {
    "grids.visit": lambda town: of_door(town, purpose=purpose().pk, outcome="none", happened_at=""),
    "grids.errand": lambda town: of_door(town, text="买药", kind="other"),
    "grids.need": lambda town: {"grid": town.grids[0].pk, "kind": "need", "text": "轮椅坏了。"},
    "grids.diary": lambda town: of_place(town, text="想装路灯。", people_count=1),
    "grids.hazard": lambda town: of_place(town, type=a_type().pk, text="飞线。", name="住户"),
    "grids.hazard_step": lambda town: {
        "hazard": in_hand(town.buildings[0], make_staff("finder", "发现人", Duty.CLERK, town.place)).pk,
        "step": "recheck",
        "passed": "no",
        "note": "还没清走。",
        "rectify_by": f"{timezone.localdate() + 9 * DAY}",
    },
    "grids.patrol_start": lambda town: {"grid": town.grids[0].pk},
    "grids.care_visit": lambda town: of_door(town, name="孤老", findings="尚好。"),
    "grids.gift": lambda town: {"pack": of_gifts(town).pk, "signed_by": "张奶奶"},
    "grids.safety_visit": lambda town: {"visit": of_winter(town).pk, "checked": "stove", "risky": "no"},
    "petitions.filing": lambda town: of_place(town, text="灯不亮。", channel="patrol", received_at=""),
}


def bring(user: User, kind: str, fields: dict[str, Any], *, days_ago: int = 2, **more: Any) -> Any:
    """An entry as the phone sends it; entered on a day when its worker was in post everywhere."""
    now = timezone.now()
    sent = {
        "entry.id": str(uuid4()),
        "entry.kind": kind,
        "entry.title": "记录",
        "entry.captured_at": (now - days_ago * DAY).isoformat(),
        "entry.sent_at": now.isoformat(),
        "key": str(uuid4()),
        **fields,
        **more,
    }
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client.post("/work/entries/", sent, headers={"Accept": "application/json"})


def leave(user: User, *grids: Grid, days_ago: int = 1) -> None:
    """Yesterday was the last day there."""
    now = timezone.now()
    last_day = timezone.localdate(now) - days_ago * DAY
    for post in Post.objects.filter(user=user, place__in=[grid.place_id for grid in grids]):
        actions.post_end(post_id=post.pk, last_day=last_day, actor=None, at=now)


def told() -> set[User]:
    return {item.user for item in InboxItem.objects.filter(kind="entry.held")}


@pytest.fixture
def worker(grid_worker: User, other_grid: Grid, grid_leader, leader_of_another_grid) -> User:
    """Of both grids, each with a leader of its own."""
    put_in_post(grid_worker, Duty.GRID_WORKER, other_grid.place)
    return grid_worker


@pytest.mark.parametrize("kind", KINDS)
def test_entry_about_the_grid_that_was_left_waits_for_its_leader(diecui, grid, worker, grid_leader, kind):
    leave(worker, grid)
    answer = bring(worker, kind, KINDS[kind](diecui))

    assert answer.status_code == 202, answer.content.decode()
    kept = FieldEntry.objects.get()
    assert (kept.state, kept.place) == (EntryState.HELD, grid.place)
    assert told() == {grid_leader}


@pytest.mark.parametrize("kind", KINDS)
def test_entered_on_the_morning_before_the_post_was_ended_as_of_yesterday_it_waits(
    diecui, grid, worker, grid_leader, kind
):
    leave(worker, grid)
    answer = bring(worker, kind, KINDS[kind](diecui), days_ago=0)

    assert answer.status_code == 202, answer.content.decode()
    assert FieldEntry.objects.get().place == grid.place
    assert told() == {grid_leader}


@pytest.mark.parametrize("kind", KINDS)
def test_entered_after_the_end_it_is_refused(diecui, grid, worker, kind):
    leave(worker, grid, days_ago=2)
    answer = bring(worker, kind, KINDS[kind](diecui), days_ago=0)

    assert answer.status_code in {403, 404, 422}
    assert not FieldEntry.objects.exists()


def test_leader_of_that_grid_accepts_it(diecui, grid, worker, client, grid_leader):
    leave(worker, grid)
    bring(worker, "grids.visit", KINDS["grids.visit"](diecui))
    client.force_login(grid_leader)
    kept = FieldEntry.objects.get()
    client.post(f"/work/held/{kept.pk}/", {"accept": "1"})

    assert Visit.objects.get().household == diecui.households[0]


def test_leader_of_the_other_grid_finds_nothing(diecui, grid, worker, client, leader_of_another_grid):
    leave(worker, grid)
    bring(worker, "grids.visit", KINDS["grids.visit"](diecui))
    client.force_login(leader_of_another_grid)

    assert client.get(f"/work/held/{FieldEntry.objects.get().pk}/").status_code == 404


def test_entry_about_the_grid_that_was_kept_lands(diecui, grid, other_grid, worker):
    leave(worker, grid)
    answer = bring(
        worker, "grids.visit", {**KINDS["grids.visit"](diecui), "household": diecui.households[2].pk}
    )

    assert answer.status_code == 201, answer.content.decode()
    assert FieldEntry.objects.get().place == other_grid.place


def test_in_post_in_both_each_lands_where_it_belongs(diecui, grid, other_grid, worker):
    for number in (0, 2):
        given = {**KINDS["grids.visit"](diecui), "household": diecui.households[number].pk}
        assert bring(worker, "grids.visit", given, days_ago=0).status_code == 201

    places = FieldEntry.objects.order_by("received_at").values_list("place", flat=True)
    assert list(places) == [grid.pk, other_grid.pk]


def test_whoever_left_both_has_each_entry_with_the_leader_of_its_grid(
    diecui, grid, other_grid, worker, grid_leader, leader_of_another_grid
):
    leave(worker, grid, other_grid)
    for number, leader in ((0, grid_leader), (2, leader_of_another_grid)):
        InboxItem.objects.all().delete()
        given = {**KINDS["grids.visit"](diecui), "household": diecui.households[number].pk}
        assert bring(worker, "grids.visit", given).status_code == 202
        assert told() == {leader}


def test_handed_over_by_hand_it_goes_to_the_leader_of_its_grid(diecui, grid, other_grid, worker, grid_leader):
    more = {"entry.to_leader": "on", "entry.objection": "不会填"}
    bring(worker, "grids.diary", KINDS["grids.diary"](diecui), days_ago=0, **more)

    assert told() == {grid_leader}
    assert not OpinionDiaryEntry.objects.exists()


def test_grid_in_which_somebody_never_was_is_refused(diecui, grid, worker_of_another_grid):
    answer = bring(worker_of_another_grid, "grids.visit", KINDS["grids.visit"](diecui))

    assert answer.status_code == 404
    assert not FieldEntry.objects.exists()


def test_power_that_another_post_gives_books_it_at_once(diecui, grid, worker):
    put_in_post(worker, Duty.CLERK, diecui.place)
    leave(worker, grid)

    assert bring(worker, "petitions.filing", KINDS["petitions.filing"](diecui)).status_code == 201
    assert Petition.objects.exists()


def test_progress_of_a_matter_there_waits_for_its_leader(loop: Loop, grid, worker, grid_leader):
    petition = loop.triage().claim().refresh()
    leave(worker, grid)
    given = {"number": petition.number, "step": "progress", "note": "下午换灯。"}

    assert bring(worker, "petitions.step", given).status_code == 202
    assert told() == {grid_leader}


def test_word_about_an_errand_there_waits_for_its_leader(diecui, grid, worker, grid_leader):
    at = timezone.now()
    errand = errand_take(
        household_id=diecui.households[0].pk,
        asked=Asked("买药", ErrandKind.OTHER, None, at),
        key=uuid4(),
        actor=worker,
        at=at,
    )
    leave(worker, grid)

    assert bring(worker, "grids.errand_told", {"errand": errand.pk, "how": "in_person"}).status_code == 202
    assert told() == {grid_leader}


def test_end_of_a_patrol_there_waits_for_its_leader(grid, worker, grid_leader):
    at: datetime = timezone.now() - 2 * DAY
    patrol_start(grid_id=grid.pk, key=uuid4(), done=Done(worker, worker, at, at))
    leave(worker, grid)

    assert bring(worker, "grids.patrol_end", {"note": "平安。"}).status_code == 202
    assert told() == {grid_leader}


def test_note_of_a_patrol_there_waits_for_its_leader_also_when_the_walk_is_over(grid, worker, grid_leader):
    at: datetime = timezone.now() - 2 * DAY
    patrol_start(grid_id=grid.pk, key=uuid4(), done=Done(worker, worker, at, at))
    patrol_end(done=Done(worker, worker, at, at))
    leave(worker, grid)

    answer = bring(worker, "grids.patrol_note", {"text": "平安。", "kind": "help"})
    assert answer.status_code == 202
    assert told() == {grid_leader}


def test_stop_of_a_sweep_there_waits_for_its_leader_unless_one_takes_part(grid, worker, grid_leader):
    now = timezone.now()
    sweep = planned(grid.place, grid_leader, [grid_leader], at=now)
    leave(worker, grid)
    given = {"stop": sweep.stops.get().pk, "result": "nothing"}

    assert bring(worker, "grids.stop", given).status_code == 202
    sweep.participants.add(worker)
    assert bring(worker, "grids.stop", given).status_code == 201


@pytest.mark.parametrize("garbage", ["", "x", "99999", "9" * 40, "-1"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_names_nothing_is_refused_in_a_sentence(diecui, grid, worker, kind, garbage):
    leave(worker, grid)
    given = {name: garbage for name in KINDS[kind](diecui)}
    answer = bring(worker, kind, given)

    assert answer.status_code in {403, 404, 422}
    assert answer.json()["message"].endswith("。")


def test_words_of_a_kept_visit_stand_in_no_list_and_each_look_at_it_is_noted(
    diecui, grid, grid_worker, grid_leader
):
    leave(grid_worker, grid)
    secret = "老人说钱不够买药。"
    bring(
        grid_worker,
        "grids.visit",
        {**KINDS["grids.visit"](diecui), "note": secret},
        **{"entry.title": secret},
    )
    entry, client = FieldEntry.objects.get(), Client()
    client.force_login(grid_leader)
    listed = client.get("/work/held/").content.decode()
    looks = AuditEntry.objects.filter(event="visit.notes_read", audience="charge", actor=grid_leader)

    assert (secret in listed, looks.count()) == (False, 0)
    assert secret in client.get(f"/work/held/{entry.pk}/").content.decode()
    assert looks.count() == 1
