"""How large a county is, and what its places are called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from community.shipped import SHIPPED
from grids.models.grid import Tier

TIERS: Final = {Tier.LEVEL_1: 2397, Tier.LEVEL_2: 7284, Tier.LEVEL_3: 1316, Tier.DEDICATED: 1409}
"""The grids of a county as they were published (G-02, F5): 12,406 in all."""
GRIDS: Final = sum(TIERS.values())
HOUSEHOLDS: Final = 200_000
PETITIONS: Final = 1_000_000
MOST_COMMUNITIES: Final = 120
LEAST_COMMUNITIES: Final = len(SHIPPED)
"""One for each brand that comes with the portal."""
PETITIONS_PER_COMMUNITY: Final = PETITIONS // MOST_COMMUNITIES
SPREAD: Final = 7919
"""A prime: multiples of it go through all grids, so that every community has some of each tier."""

HEADS: Final = "安永康福祥文明瑞兴春华和"
TAILS: Final = "平乐宁泰顺昌盛源景园"
SUBDISTRICTS: Final = (
    *("城东街道", "城西街道", "城南街道", "城北街道", "新城街道", "河湾街道"),
    *("桥头街道", "东塬镇", "西塬镇", "柳林镇", "清泉镇", "双桥镇"),
)
ESTATES: Final = (
    *("书香苑", "锦绣园", "翠竹里", "丰收巷", "槐荫院", "向阳小区", "滨河花园", "金秋家园", "枫林苑"),
    *("梧桐里", "杏花村", "同心小区", "银河苑", "育才院", "如意家园", "新风里", "玉泉小区", "朝霞苑"),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """What one community is made of; buildings are dealt out evenly to estates and to grids."""

    grids: int
    estates: int
    buildings: int
    entrances: int


@dataclass(frozen=True, slots=True)
class Names:
    """What places are called, each by its number from 0."""

    county: str
    subdistrict: Callable[[int], str]
    community: Callable[[int], str]
    estate: Callable[[int, int], str]
    """The community's number, and the estate's within it."""


@dataclass(frozen=True, slots=True)
class Scale:
    """One county. `layout` answers for the community of a number."""

    petitions: int
    communities: int
    subdistricts: int
    names: Names
    layout: Callable[[int], Layout]
    brands: tuple[str, ...] = tuple(SHIPPED)
    """The profiles of the communities, in turn."""
    households: int = 0
    grids: int = 0
    pictures: int = 1
    """So many of each drawn place, before and after."""

    def tier(self, n: int) -> Tier:
        """The tier of the n-th grid; in a plain county all are of the first."""
        return tier_of(n, self.grids) if self.grids else Tier.LEVEL_1


def share(total: int, parts: int, n: int) -> int:
    """What the n-th of so many parts gets when a total is dealt out evenly; all together get all of it."""
    return total * (n + 1) // parts - total * n // parts


def county_scale(*, petitions: int = PETITIONS, one_in: int = 1) -> Scale:
    """The county of the demo, or one so many times smaller in everything but its brands."""
    petitions, grids = max(1, petitions // one_in), max(2 * LEAST_COMMUNITIES, GRIDS // one_in)
    wanted = min(petitions // PETITIONS_PER_COMMUNITY, grids // 20)
    communities = max(LEAST_COMMUNITIES, min(MOST_COMMUNITIES, wanted))

    def layout(n: int) -> Layout:
        here = share(grids, communities, n)
        return Layout(grids=here, estates=max(1, here // 12), buildings=here, entrances=2)

    return Scale(
        petitions=petitions,
        communities=communities,
        subdistricts=max(1, communities // 10),
        names=Names(
            county="禾川县",
            subdistrict=lambda n: SUBDISTRICTS[n],
            community=lambda n: f"{HEADS[n % len(HEADS)]}{TAILS[n // len(HEADS)]}社区",
            estate=lambda town, n: ESTATES[(town * 5 + n) % len(ESTATES)],
        ),
        layout=layout,
        households=max(2 * grids, HOUSEHOLDS // one_in),
        grids=grids,
        pictures=2 if one_in == 1 else 1,
    )


def tier_of(n: int, grids: int) -> Tier:
    """The tier of the n-th grid of so many; all together they come to the published shares."""
    place = n * SPREAD % grids * GRIDS // grids
    for tier, below in zip(TIERS, accumulate(TIERS.values()), strict=True):
        if place < below:
            return tier
    return Tier.DEDICATED
