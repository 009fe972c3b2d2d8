"""A county's grids with a year of the field, but no matters: what field pages and sweeps are measured on."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

GRIDS: Final = 12_406
YEARS: Final = timedelta(days=400)


def rows() -> str:
    """What the rows depend on besides the places: the text of the module that writes them."""
    from petitions.demo.county import field

    return hashlib.sha256(Path(field.__file__).read_bytes()).hexdigest()[:16]


def fill(at: datetime) -> None:
    """Places, people, doors, walks and visits up to `at`."""
    from petitions.demo.county import field, folk, places
    from petitions.demo.county.copying import bulk_load, vacuum
    from petitions.demo.county.scale import county_scale
    from petitions.demo.county.staff import MODELS

    scale, since = county_scale(), (at - YEARS).replace(hour=8, minute=0, second=0, microsecond=0)
    with bulk_load((*places.MODELS, *MODELS, *folk.MODELS, *field.MODELS)):
        made = places.fill(scale, since)
        folk.fill(made, scale, since)
        field.fill(made, since, at, lambda _done, _total: None)
    vacuum()
