"""A grid is drawn, staffed and handed over at the desk."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from grids.models import GridBoundary
from tests.browser.flaws import desk_flaws
from tests.cast import make_user
from tests.grids.test_boundaries import square

pytestmark = pytest.mark.urls("tests.browser.urls")


def test_progress_of_every_community_reads_well(sit, world, supervisor, secretary):
    page = sit(supervisor, desk=True)
    page.goto(reverse("admin:grids_grid_overview"))
    page.get_by_role("link", name="看各社区和没启用的网格").click()
    page.get_by_role("heading", name="没启用的网格").wait_for()
    assert not desk_flaws(page)


def test_grid_gets_its_outline_and_its_next_worker(sit, world, secretary, grid, grid_worker):
    make_user("newcomer", "接任人")
    page = sit(secretary, desk=True)
    page.goto(reverse("admin:grids_grid_overview"))
    page.get_by_role("link", name=grid.name, exact=True).click()

    page.get_by_role("link", name="画边界", exact=True).click()
    page.get_by_label("或粘贴内容").fill(json.dumps(square()))
    page.get_by_role("button", name="画边界").click()
    page.get_by_role("img", name="轮廓").wait_for()
    assert not desk_flaws(page)

    page.get_by_role("link", name="交接任职").click()
    page.get_by_label("接任人用户名").fill("newcomer")
    page.get_by_role("button", name="交接任职").click()
    page.get_by_role("cell", name="接任人").wait_for()
    assert GridBoundary.objects.filter(grid=grid).exists()
