"""Before-and-after pictures of the demo, drawn: nothing here was photographed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

from community.workflow import Topic
from petitions.demo.scenes import entrances, indoors, outdoors
from petitions.demo.scenes.canvas import Canvas

VARIANTS: Final = 4
SCENES: Final[dict[str, Callable[..., None]]] = {
    Topic.E_BIKE_CHARGING: outdoors.e_bike_charging,
    Topic.LIFT: indoors.lift,
    Topic.LEAK: indoors.leak,
    Topic.PARKING: outdoors.parking,
    Topic.ROAD: outdoors.road,
    Topic.LAMP: outdoors.lamp,
    Topic.WASTE: outdoors.waste,
    Topic.GREENING: outdoors.greening,
    Topic.CLUTTER: indoors.clutter,
    Topic.WATER_BILL: indoors.water_bill,
    Topic.ELDER_SUPPORT: indoors.elder_support,
    Topic.FALLING_TILES: outdoors.falling_tiles,
    Topic.PROPERTY_FEE: indoors.property_fee,
    Topic.NOISE: outdoors.noise,
    Topic.OTHER: outdoors.other,
    "stair_lamp": indoors.stair_lamp,
    "ramp": entrances.ramp,
    "locker": entrances.locker,
    "dogs": entrances.dogs,
}
"""Scene by topic, and some for what a topic's own picture would not fit."""


@cache
def picture(scene: str, *, after: bool, variant: int) -> bytes:
    """A JPEG of the place before or after the work; the same arguments give the same picture."""
    canvas = Canvas(variant % VARIANTS)
    SCENES[scene](canvas, after=after)
    return canvas.jpeg()
