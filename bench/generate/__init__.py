"""Fills an empty, migrated database with a county by COPY. One module per app; later apps add theirs here."""

from __future__ import annotations

from datetime import datetime, timedelta

from bench.generate import community, core, petitions
from bench.generate.community import County
from bench.generate.copying import bulk_load, vacuum

YEAR = timedelta(days=365)


def county(*, petitions_count: int, at: datetime) -> County:
    """A county with everything that its portal has gathered over four years, up to `at`."""
    with bulk_load(core.MODELS + community.MODELS + petitions.MODELS):
        made = community.fill(petitions_count, at)
        petitions.fill(made, petitions_count, at)
        core.fill(at - YEAR)
    vacuum()
    return made


def open_county(*, petitions_count: int, at: datetime) -> County:
    """A county in which every petition is open and being handled: what the sweeps look through."""
    with bulk_load(core.MODELS + community.MODELS + petitions.MODELS):
        made = community.fill(petitions_count, at)
        petitions.fill_open(made, petitions_count, at)
    vacuum()
    return made
