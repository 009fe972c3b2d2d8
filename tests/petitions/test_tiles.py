"""What the tiles of a day ask is written once for everybody with posts of the same kinds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from community.duties import Duty
from community.selectors.stand_in import stand_in_for
from core.models import User
from core.registries import Asking, AskingTile, today_tiles
from core.tiles import StandIn, Written, written
from tests.cast import NOW, make_staff, put_in_post

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=70, hours=9)


def asked_by(asking: Asking) -> Written | None:
    tiles = ((name, tile) for name, tile in today_tiles.items() if isinstance(tile, AskingTile))
    asked = {name: tile.ask(asking) for name, tile in tiles}
    return written({name: rows for name, rows in asked.items() if rows is not None}, asking.at)


def stood_in(user: User, at: Any) -> tuple[StandIn, Any]:
    return stand_in_for(User.objects.get(pk=user.pk), at=at)


@pytest.fixture
def of_many(grid, other_grid, fuxi):
    user = make_staff("many", "多职", Duty.GRID_LEADER, grid.place)
    put_in_post(user, Duty.GRID_WORKER, grid.place)
    put_in_post(user, Duty.GRID_WORKER, other_grid.place)
    put_in_post(user, Duty.SECRETARY, fuxi.place)
    return user


@pytest.fixture
def child_officer(diecui):
    return make_staff("children", "儿童主任", Duty.CHILD_OFFICER, diecui.place)


WHO = ("grid_worker", "grid_leader", "secretary", "clerk", "supervisor", "child_officer", "of_many")


@pytest.mark.parametrize("at", [NOW, LATER])
@pytest.mark.parametrize("who", WHO)
def test_stand_in_asks_what_the_person_would_ask(request, who, at):
    user = request.getfixturevalue(who)
    stand_in, values = stood_in(user, at)

    own, kept = asked_by(Asking(User.objects.get(pk=user.pk), at)), asked_by(stand_in.asking)

    assert kept.sql == own.sql
    assert sorted(map(str, kept.parameters(values, at))) == sorted(map(str, own.given))


def test_stand_in_is_one_for_posts_of_the_same_kinds_and_another_for_others(grid, other_grid, diecui):
    first = make_staff("first", "一", Duty.GRID_WORKER, grid.place)
    second = make_staff("second", "二", Duty.GRID_WORKER, other_grid.place)
    third = make_staff("third", "三", Duty.CLERK, diecui.place)

    forms = [stood_in(user, NOW)[0] for user in (first, second, third)]

    assert forms[0] == forms[1]
    assert forms[0] != forms[2]
