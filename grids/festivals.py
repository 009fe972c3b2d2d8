"""The days of festivals (节日), lunar ones included. Asks no clock and no database.

The lunar ones and those of the sun's terms stand here as a table, year by year; two calendars agree on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

FIXED: Final[Mapping[str, tuple[int, int]]] = {"new_year": (1, 1), "national": (10, 1)}
MOVING: Final = ("spring", "lantern", "dragon_boat", "mid_autumn", "double_ninth", "qingming", "solstice")
_TABLE: Final = """
2025 0129 0212 0531 1006 1029 0404 1221
2026 0217 0303 0619 0925 1018 0405 1222
2027 0206 0220 0609 0915 1008 0405 1222
2028 0126 0209 0528 1003 1026 0404 1221
2029 0213 0227 0616 0922 1016 0404 1221
2030 0203 0217 0605 0912 1005 0405 1222
2031 0123 0206 0624 1001 1024 0405 1222
2032 0211 0225 0612 0919 1012 0404 1221
2033 0131 0214 0601 0908 1001 0404 1221
2034 0219 0305 0620 0927 1020 0405 1222
2035 0208 0222 0610 0916 1009 0405 1222
2036 0128 0211 0530 1004 1027 0404 1221
2037 0215 0301 0618 0924 1017 0404 1221
2038 0204 0218 0607 0913 1007 0405 1222
2039 0124 0207 0527 1002 1026 0405 1222
2040 0212 0226 0614 0920 1014 0404 1221
2041 0201 0215 0603 0910 1003 0404 1221
2042 0122 0205 0622 0928 1022 0404 1222
2043 0210 0224 0611 0917 1011 0405 1222
2044 0130 0213 0531 1005 1029 0404 1221
2045 0217 0303 0619 0925 1018 0404 1221
"""


def _days() -> dict[tuple[int, str], date]:
    found = {}
    for line in _TABLE.split("\n"):
        year, *days = line.split() or [""]
        for festival, day in zip(MOVING, days, strict=False):
            found[int(year), festival] = date(int(year), int(day[:2]), int(day[2:]))
    return found


_DAYS: Final = _days()
LAST_YEAR: Final = max(year for year, _festival in _DAYS)


def festival_on(festival: str, year: int) -> date | None:
    """The day of a festival in a year; None beyond the table."""
    fixed = FIXED.get(festival)
    return date(year, *fixed) if fixed else _DAYS.get((year, festival))


def next_festival(festival: str, day: date) -> date | None:
    """The first such festival on or after a day; None beyond the table."""
    known = (festival_on(festival, year) for year in (day.year, day.year + 1))
    return next((found for found in known if found is not None and found >= day), None)
