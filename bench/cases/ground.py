"""Pages of those who lead grids, over a county's year of walks and visits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from bench import floors
from bench.cases.phone import brought
from bench.cases.stage import Stage
from bench.client import Answer, Client
from bench.measure import Case
from grids.models import Grid
from grids.selectors.homes import households_in
from grids.selectors.homes_page import purposes_for

COVERAGE: Final = "/admin/grids/patrol/coverage/"


def cases(stage: Stage) -> Iterator[Case]:
    """The county's pages, a leader's and a worker's, and the longest lists of the desk."""
    county, leader, worker = (stage.signed_in(name) for name in ("county", "leader", "worker"))
    pages = {
        "patrol coverage, county": (county, COVERAGE, 12),
        "patrol coverage, one community": (county, f"{COVERAGE}?community={stage.community.pk}", 12),
        "grids at a glance, county": (county, "/admin/grids/grid/overview/", 12),
        "四定 by community, county": (county, "/admin/grids/grid/progress/", 12),
        "a leader's grids": (leader, "/work/team/", 12),
        "a worker's doors": (worker, "/work/homes/", 12),
    }
    for name, (client, path, times) in pages.items():
        yield Case(name, floors.READ, lambda client=client, path=path: client.get(path), times)  # type: ignore[misc]
    yield Case("today, a worker", floors.READ, lambda: worker.get("/today/"), 10, 6)
    for kind, reader in (("patrol", county), ("visit", leader), ("grid", county)):
        for page, query in (("first", ""), ("last", "?cursor=last")):
            path = f"/admin/grids/{kind}/{query}"
            name = f"desk list of {kind}s, {page} page"
            yield Case(name, floors.READ, lambda reader=reader, path=path: reader.get(path), 6)  # type: ignore[misc]
    yield Case("sync, a visit", floors.FIVE, _visits(worker), 5, 20, status=(201,))


def _visits(worker: Client) -> Callable[[], Answer]:
    """A phone brings visits to one door of its worker's."""
    worker.get("/work/homes/")
    grid = Grid.objects.select_related("community__place").get(place__posts__user__username="worker")
    [door, *_more] = households_in(grid.pk, grid.community.place.path)
    purpose = purposes_for(grid.community).earliest("pk")
    return lambda: brought(
        worker, "grids.visit", household=str(door), purpose=str(purpose.pk), outcome="none"
    )
