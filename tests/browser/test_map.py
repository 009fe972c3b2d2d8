"""A map on the worker's phone and at the desk, on tiles that are drawn here."""

from __future__ import annotations

import io
import json

from PIL import Image
from playwright.sync_api import expect

from grids import actions
from tests.browser.flaws import axe, layout
from tests.cast import NOW
from tests.grids.patrols import planned, point
from tests.grids.test_boundaries import square


def tile() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (256, 256), "#eef1ec").save(out, "PNG")
    return out.getvalue()


def test_outline_and_points_are_drawn_on_tiles(sit, grid, grid_worker, secretary, settings, live_server):
    settings.TILE_URL = f"{live_server.url}/tiles/{{z}}/{{x}}/{{y}}.png"
    settings.TILE_ATTRIBUTION = "© 测绘 <b>"
    actions.boundary_set(grid_id=grid.pk, geojson=json.dumps(square()), actor=None, at=NOW)
    planned(grid)
    point(grid, "东门")
    for user, path in ((grid_worker, "/work/patrol/"), (secretary, f"/admin/grids/grid/{grid.pk}/change/")):
        page = sit(user, desk=user == secretary)
        page.route("**/tiles/**", lambda route: route.fulfill(body=tile(), content_type="image/png"))
        page.goto(path)

        drawn = page.locator("[data-map]")
        expect(drawn.locator("img.leaflet-tile-loaded").first).to_be_attached()
        expect(drawn.locator("path.leaflet-interactive")).to_have_count(2)
        expect(drawn.locator(".leaflet-control-attribution")).to_have_text("© 测绘 <b>")
        expect(drawn.get_by_role("button", name="放大")).to_be_visible()
        assert layout(page) == []
        assert [flaw for flaw in axe(page) if "leaflet" in flaw or "data-map" in flaw] == []
