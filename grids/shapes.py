"""Outlines as GeoJSON: read, checked, measured and drawn. Asks no database."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import shapely
from shapely.geometry import MultiPolygon, Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry

from core.errors import InvalidInputError
from core.language import gettext as _

LARGEST_TEXT: Final = 512 * 1024
MOST_POINTS: Final = 5_000
LARGEST: Final = 500e6
"""Square metres. A county's largest community is smaller; degrees swapped or in metres are far larger."""
SMALLEST: Final = 50.0
METRES_A_DEGREE: Final = 111_320.0
EARTH: Final = 6_371_000.0
"""Its radius in metres."""
DIGITS: Final = 7
"""Of a degree: about a centimetre."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A checked boundary: as it is kept, and its size."""

    shape: dict[str, Any]
    square_metres: float


def outline_of(text: str) -> Outline:
    """Read one polygon (or several parts of one grid) from GeoJSON, bare or as a feature.

    Raises:
        InvalidInputError: no GeoJSON, no polygon, outside the world, crossing itself, or of an unlikely size.
    """
    if len(text) > LARGEST_TEXT:
        raise InvalidInputError(_("边界文件太大，请先简化到 5000 个点以内。"))
    found = _geometry(_loaded(text))
    if shapely.get_num_coordinates(found) > MOST_POINTS:
        raise InvalidInputError(_("边界文件太大，请先简化到 5000 个点以内。"))
    west, south, east, north = found.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        raise InvalidInputError(_("坐标超出范围。边界要用经纬度，经度在前，纬度在后。"))
    if not found.is_valid:
        raise InvalidInputError(_("边界线自己交叉或重叠，请改好再传。"))
    found = shapely.force_2d(shapely.transform(found, lambda points: points.round(DIGITS)))
    size = square_metres(found)
    if not SMALLEST <= size <= LARGEST:
        raise InvalidInputError(_("边界的面积不合理，请检查坐标：经度在前，纬度在后。"))
    return Outline(json.loads(json.dumps(mapping(found))), size)


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise InvalidInputError(_("这不是 GeoJSON，请检查内容。")) from None


def _geometry(given: Any) -> BaseGeometry:
    """The polygon in a geometry, a feature, or a collection of a single feature."""
    node = given
    if isinstance(node, Mapping) and node.get("type") == "FeatureCollection":
        features = node.get("features")
        if not isinstance(features, list) or len(features) != 1:
            raise InvalidInputError(_("文件里要正好有一个多边形。"))
        node = features[0]
    if isinstance(node, Mapping) and node.get("type") == "Feature":
        node = node.get("geometry")
    if not isinstance(node, Mapping) or node.get("type") not in ("Polygon", "MultiPolygon"):
        raise InvalidInputError(_("边界要是多边形（Polygon 或 MultiPolygon）。"))
    try:
        found = shape({"type": node["type"], "coordinates": node["coordinates"]})
        if found.is_empty or not _is_finite(found):
            raise ValueError
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, shapely.errors.ShapelyError):
        raise InvalidInputError(_("多边形的坐标不完整，请检查内容。")) from None
    return found


def _is_finite(found: BaseGeometry) -> bool:
    return bool(shapely.get_num_coordinates(found)) and all(math.isfinite(edge) for edge in found.bounds)


def square_metres(found: BaseGeometry) -> float:
    """The area on the ground, close enough for something as small as a grid."""
    middle = math.radians((found.bounds[1] + found.bounds[3]) / 2)
    return float(found.area) * METRES_A_DEGREE**2 * math.cos(middle)


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """How far two positions (longitude, latitude) lie apart on the ground."""
    east = math.radians(other[0] - one[0]) / 2
    north = math.radians(other[1] - one[1]) / 2
    level = math.cos(math.radians(one[1])) * math.cos(math.radians(other[1]))
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(math.sin(north) ** 2 + level * math.sin(east) ** 2)))


@dataclass(frozen=True, slots=True)
class Drawing:
    """An outline as an SVG path in a box, north at the top."""

    width: int
    height: int
    path: str


def drawing_of(kept: Mapping[str, Any], *, size: int = 320) -> Drawing:
    """A kept boundary, drawn so that its longer side takes `size` units."""
    found = shape(dict(kept))
    west, south, east, north = found.bounds
    squeeze = math.cos(math.radians((south + north) / 2))
    wide, high = (east - west) * squeeze, north - south
    scale = (size - 8) / max(wide, high, 1e-9)
    rings = [
        " ".join(
            f"{4 + (x - west) * squeeze * scale:.1f},{4 + (north - y) * scale:.1f}" for x, y, *_z in ring
        )
        for ring in _rings(found)
    ]
    path = " ".join(f"M {ring} Z" for ring in rings)
    return Drawing(math.ceil(wide * scale) + 8, math.ceil(high * scale) + 8, path)


def _rings(found: BaseGeometry) -> Iterator[list[tuple[float, ...]]]:
    parts = found.geoms if isinstance(found, MultiPolygon) else [found]
    for part in parts:
        assert isinstance(part, Polygon)
        yield list(part.exterior.coords)
        yield from (list(hole.coords) for hole in part.interiors)
