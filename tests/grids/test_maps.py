"""Maps behind grids and checkpoints: off unless there are tiles, and then only those may be asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from grids import actions
from tests.cast import NOW
from tests.grids.patrols import planned, point
from tests.grids.test_boundaries import square

pytestmark = pytest.mark.django_db
TILES = "https://tiles.example.org/{z}/{x}/{y}.png"


@pytest.fixture
def drawn(grid):
    actions.boundary_set(grid_id=grid.pk, geojson=json.dumps(square()), actor=None, at=NOW)
    planned(grid)
    point(grid, "东门")
    return grid


@pytest.fixture
def pages(drawn, client, secretary, grid_worker):
    """The grid's page at the desk and the worker's patrol."""

    def read():
        client.force_login(secretary)
        desk = client.get(reverse("admin:grids_grid_change", args=[drawn.pk])).content.decode()
        client.force_login(grid_worker)
        return desk, client.get(reverse("grids:patrol")).content.decode()

    return read


def test_without_tiles_there_is_no_map_and_no_script_of_one(pages):
    for shown in pages():
        assert "data-map" not in shown
        assert "leaflet" not in shown


def test_with_tiles_outline_and_points_are_on_both_pages(pages, settings):
    settings.TILE_URL, settings.TILE_ATTRIBUTION = TILES, "© 地图 <b>"

    for shown in pages():
        assert f'data-tiles="{TILES}"' in shown
        assert 'data-shape="{&quot;type&quot;: &quot;Polygon&quot;' in shown
        assert "[[&quot;东门&quot;, " in shown
        assert "© 地图 &lt;b&gt;" in shown
        assert "js_lib_leaflet/leaflet.js" in shown


def test_leaflet_is_in_an_installed_package():
    for name in ("leaflet.js", "leaflet.css"):
        assert finders.find(f"js_lib_leaflet/{name}")


def policy(url: str) -> subprocess.CompletedProcess[str]:
    """What a portal that starts with this address lets images come from."""
    code = "from config import settings as s; print(*s.CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src'])"
    given = {**os.environ, "TILE_URL": url}
    return subprocess.run(
        [sys.executable, "-c", code], env=given, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("url", "sources"),
    [
        ("", "'self' data:"),
        (TILES, "'self' data: https://tiles.example.org"),
        ("https://{s}.t.example.org/{z}/{x}/{y}.png", "'self' data: https://*.t.example.org"),
    ],
)
def test_policy_lets_tiles_in_only_when_they_are_set(url, sources):
    assert policy(url).stdout.strip() == sources


@pytest.mark.parametrize("url", ["http://t.example.org/{z}/{x}/{y}.png", "https://t.example.org/", "x"])
def test_address_that_is_none_is_refused_at_the_start(url):
    failed = policy(url)

    assert failed.returncode != 0
    assert "TILE_URL" in failed.stderr
