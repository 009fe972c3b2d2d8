"""The county on which `make bench` measures. Its rows stay the same: see `bench.database.ROWS`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from petitions.demo.county import petitions, places, staff, trail
from petitions.demo.county.copying import bulk_load, vacuum
from petitions.demo.county.places import County
from petitions.demo.county.scale import Layout, Names, Scale

YEAR: Final = timedelta(days=365)
PETITIONS_PER_COMMUNITY: Final = 16_000
LEAST_COMMUNITIES, MOST_COMMUNITIES = 6, 60
MODELS: Final = (*places.MODELS, *staff.MODELS, *petitions.MODELS)
NAMES: Final = Names(
    county="河津市",
    subdistrict=lambda n: f"第{n + 1}街道",
    community=lambda n: f"{n + 1}号社区",
    estate=lambda _town, n: f"{n + 1}号小区",
)
BRANDS: Final = ("diecui", "fuxi", "xijiao", "dali", "jiwang", "fuqian", "yongji")
LAYOUT: Final = Layout(grids=18, estates=9, buildings=9 * 14, entrances=3)


def plain_scale(count: int) -> Scale:
    """Up to sixty communities, all alike."""
    return Scale(
        petitions=count,
        communities=max(LEAST_COMMUNITIES, min(MOST_COMMUNITIES, count // PETITIONS_PER_COMMUNITY)),
        subdistricts=6,
        names=NAMES,
        layout=lambda _n: LAYOUT,
        brands=BRANDS,
    )


def ground(count: int, at: datetime) -> County:
    """Places, grids and everybody in post."""
    made = places.fill(plain_scale(count), at)
    staff.appoint(made, at)
    return made


def settle() -> None:
    """Statistics, and nothing left that the server would write to disk meanwhile."""
    vacuum()
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")


def county(*, petitions_count: int, at: datetime) -> County:
    """A county with everything that its portal has gathered over four years, up to `at`."""
    with bulk_load((*MODELS, *trail.MODELS)):
        made = ground(petitions_count, at)
        petitions.fill(made, petitions_count, at)
        trail.fill(at - YEAR)
    settle()
    return made


def open_county(*, petitions_count: int, at: datetime) -> County:
    """A county in which every petition is open and being handled: what the sweeps look through."""
    with bulk_load((*MODELS, *trail.MODELS)):
        made = ground(petitions_count, at)
        petitions.fill_open(made, petitions_count, at)
    settle()
    return made
