"""Boundaries: what may be drawn, and which grid a position lies in, in every process (G-01)."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from core.errors import ConflictError, InvalidInputError
from grids import actions, shapes
from grids.models import GridBoundary
from grids.models.grid import Tier
from grids.selectors import position
from grids.selectors.position import grid_at, grounds_at
from tests.cast import grid_in_force
from tests.database import address

WEST, SOUTH = 110.70, 35.58
STEP = 0.004


def square(column=0, row=0, size=STEP):
    """A square of some 400 metres, so many squares to the east and to the north."""
    west, south = WEST + column * STEP, SOUTH + row * STEP
    ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size]]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def draw(grid, shape, at, actor=None):
    return actions.boundary_set(grid_id=grid.pk, geojson=json.dumps(shape), actor=actor, at=at)


def middle(column=0, row=0):
    return {"longitude": WEST + (column + 0.5) * STEP, "latitude": SOUTH + (row + 0.5) * STEP}


def test_position_finds_its_grid(grid, other_grid, secretary, at):
    draw(grid, square(0), at, secretary)
    draw(other_grid, square(1), at, secretary)

    assert grid_at(**middle(0)) == grid
    assert grid_at(**middle(1)) == other_grid
    assert grid_at(**middle(2)) is None


def test_position_belongs_to_the_lowest_tier_and_then_to_the_smaller(diecui, grid, other_grid, at):
    low = grid_in_force(diecui.community, "低", [], tier=Tier.LEVEL_2, parent=grid)
    draw(grid, square(size=3 * STEP), at)
    draw(other_grid, square(size=2 * STEP), at)
    draw(low, square(), at)

    assert [ground.grid_id for ground in grounds_at(**middle())] == [low.pk, other_grid.pk, grid.pk]


def test_position_is_asked_within_one_community(diecui, fuxi, grid, at):
    draw(grid, square(), at)

    assert grid_at(**middle(), community=diecui.community) == grid
    assert grid_at(**middle(), community=fuxi.community) is None


def test_closed_or_retiered_or_erased_grid_is_seen_at_once(grid, secretary, at):
    draw(grid, square(), at)
    assert grid_at(**middle()) == grid

    actions.grid_deactivate(grid_id=grid.pk, actor=secretary, at=at)
    assert grid_at(**middle()) is None


def test_redrawn_grid_is_seen_at_once(grid, at):
    draw(grid, square(), at)
    assert grid_at(**middle()) == grid

    draw(grid, square(1), at)

    assert grid_at(**middle()) is None
    assert grid_at(**middle(1)) == grid


def test_position_costs_one_statement_while_nothing_changes(grid, at, django_assert_num_queries):
    draw(grid, square(), at)
    grounds_at(**middle())

    with django_assert_num_queries(1):
        assert grounds_at(**middle())


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_another_process_sees_a_change_with_its_next_question(grid, at):
    """A process that has read its index hears of the change through the database alone."""
    draw(grid, square(), at)
    code = (
        "import django, sys; django.setup()\n"
        "from django.db import connection\n"
        "from grids.selectors.position import grounds_at\n"
        "for line in sys.stdin:\n"
        "    x, y = map(float, line.split())\n"
        "    print([ground.grid_id for ground in grounds_at(longitude=x, latitude=y)], flush=True)\n"
    )
    with other_process(code) as (ask, _process):
        assert ask(middle()) == str([grid.pk])
        draw(grid, square(1), at)
        assert ask(middle()) == "[]"
        assert ask(middle(1)) == str([grid.pk])


class other_process:
    """A second Python with the same database, which answers line by line."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __enter__(self):
        url = address(connection.settings_dict["NAME"])
        environment = {**os.environ, "DATABASE_URL": url}
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        return self.ask, self.process

    def ask(self, where):
        self.process.stdin.write(f"{where['longitude']} {where['latitude']}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def __exit__(self, *_failure):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


def test_boundary_comes_bare_or_as_a_single_feature(grid, at):
    feature = {"type": "Feature", "properties": {}, "geometry": square()}
    for given in (square(), feature, {"type": "FeatureCollection", "features": [feature]}):
        assert draw(grid, given, at).square_metres == pytest.approx(161_000, rel=0.02)


def test_grid_may_lie_in_two_parts(grid, at):
    parts = [square(0)["coordinates"], square(3)["coordinates"]]

    draw(grid, {"type": "MultiPolygon", "coordinates": parts}, at)

    assert grid_at(**middle(0)) == grid_at(**middle(3)) == grid
    assert grid_at(**middle(1)) is None


RING = square()["coordinates"][0]
WRONG = {
    "no JSON": "边界在这里",
    "no polygon": {"type": "Point", "coordinates": [WEST, SOUTH]},
    "a list": [],
    "two features": {"type": "FeatureCollection", "features": [{}, {}]},
    "no coordinates": {"type": "Polygon"},
    "words for coordinates": {"type": "Polygon", "coordinates": "x"},
    "words in coordinates": {"type": "Polygon", "coordinates": [[["a", "b"]] * 4]},
    "empty": {"type": "Polygon", "coordinates": []},
    "two points": {"type": "Polygon", "coordinates": [RING[:2]]},
    "nowhere": '{"type": "Polygon", "coordinates": [[[NaN, 1], [2, 2], [3, 1], [NaN, 1]]]}',
    "crossing itself": {"type": "Polygon", "coordinates": [[RING[0], RING[2], RING[1], RING[3], RING[0]]]},
    "in metres": {"type": "Polygon", "coordinates": [[[500000, 0], [500100, 0], [500100, 90], [500000, 0]]]},
    "a whole country": {"type": "Polygon", "coordinates": [[[100, 30], [110, 30], [110, 40], [100, 30]]]},
    "a dot": square(size=1e-6),
    "too many points": {
        "type": "Polygon",
        "coordinates": [
            [*([WEST + n * 1e-6, SOUTH] for n in range(5001)), [WEST, SOUTH + 0.01], [WEST, SOUTH]]
        ],
    },
    "too long": " " * (shapes.LARGEST_TEXT + 1),
}


@pytest.mark.parametrize("given", WRONG.values(), ids=WRONG)
def test_unusable_boundary_is_refused_with_a_sentence(grid, at, given):
    text = given if isinstance(given, str) else json.dumps(given)

    with pytest.raises(InvalidInputError) as refused:
        actions.boundary_set(grid_id=grid.pk, geojson=text, actor=None, at=at)

    assert str(refused.value).endswith("。")
    assert not GridBoundary.objects.exists()


def test_boundary_alone_is_ground_enough(diecui, grid, secretary, at):
    draw(grid, square(), at, secretary)
    actions.grid_assign_buildings(grid_id=grid.pk, buildings=[], actor=secretary, at=at)

    with pytest.raises(ConflictError, match="请先停用网格"):
        actions.boundary_remove(grid_id=grid.pk, actor=secretary, at=at)

    assert grid_at(**middle()) == grid


def test_drawing_has_north_at_the_top_and_keeps_its_shape():
    drawn = shapes.drawing_of(square())

    assert drawn.path.startswith("M 4.0,316.0 ")
    assert drawn.width < drawn.height
    assert drawn.path.endswith(" Z")


def test_index_is_kept_between_questions(grid, at):
    draw(grid, square(), at)
    grounds_at(**middle())
    before = position._KEPT.index

    grounds_at(**middle())

    assert position._KEPT.index is before
