"""The staff's lists, at the desk and by program: first and last page, and every filter that is offered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bench import floors
from bench.cases.stage import Stage
from bench.client import Client
from bench.measure import Case
from petitions.models import Petition

DESK, API = "/admin/petitions/petition/", "/api/v1/petitions/"
AT_MOST = {"times": 4.5, "statements": 6}
QUEUES = ("received", "handling", "late", "resolved", "publish", "visit", "judge", "decision", "spam", "all")
NARROWED = (
    "queue=all&severity=red",
    "severity=yellow",
    "holder=me",
    "holder=nobody",
    "queue=all&holder=supervised",
    "queue=all&grid={grid}",
)
API_FILTERS = (
    *("stage=in_progress", "stage=archived", "stage=returned", "severity=red", "topic=elder_support"),
    *("channel=station", "channel=livestream", "community={slug}", "since={since}"),
)


def cases(stage: Stage) -> list[Case]:
    """The secretary's lists of one community, and the county's over a million."""
    county = stage.signed_in("county-supervisor")
    secretary = stage.signed_in(f"{stage.slug}-secretary")
    return [
        *_desk("desk list, community", secretary, stage),
        *_api("API list, community", secretary, stage),
        *_desk("desk list, county", county, stage),
        *_api("API list, county", county, stage),
        _matter(stage, secretary),
    ]


def _desk(name: str, client: Client, stage: Stage) -> Iterator[Case]:
    filters = ("", *(f"queue={queue}" for queue in QUEUES), *NARROWED, "q={number}")
    yield from _lists(name, DESK, client, stage, filters)


def _api(name: str, client: Client, stage: Stage) -> Iterator[Case]:
    yield from _lists(name, API, client, stage, ("", *API_FILTERS))


def _lists(name: str, address: str, client: Client, stage: Stage, filters: tuple[str, ...]) -> Iterator[Case]:
    grid = Petition.objects.filter(community=stage.community).values_list("grid_id", flat=True)[0]
    number = Petition.objects.filter(community=stage.community).values_list("number", flat=True)[0]
    since = (stage.at - timedelta(days=400)).date().isoformat() + "T00:00:00Z"
    for query in filters:
        asked = query.format(grid=grid, number=number, slug=stage.slug, since=since)
        for page, cursor in (("first", ""), ("last", "cursor=last")):
            path = f"{address}?{'&'.join(part for part in (asked, cursor) if part)}"
            label = f"{name}, {query or 'no filter'}, {page} page"
            yield Case(label, floors.LIST, lambda path=path: client.get(path), group=name, **AT_MOST)


def _matter(stage: Stage, client: Client) -> Case:
    keys = stage.keys()
    return Case("desk, one matter", floors.READ, lambda: client.get(f"{DESK}{next(keys)}/change/"), 6, 6)
