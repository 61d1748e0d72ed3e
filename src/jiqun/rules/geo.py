"""Points on the earth and how far apart they are."""

from __future__ import annotations

import math
from typing import NamedTuple

EARTH_RADIUS = 6_371_008.8
"""Mean radius R1 of the earth in metres (IUGG, GRS 80)."""
DEGREE = math.pi / 180


class Point(NamedTuple):
    """A place by its degrees east and north."""

    lon: float
    lat: float


def great_circle(a: Point, b: Point) -> float:
    """Metres between two points on a sphere of the earth's mean radius, by the haversine formula.

    Every engine does these steps in this order, so that they agree to the last bit where their sine does.
    """
    north, east = (b.lat - a.lat) * DEGREE / 2, (b.lon - a.lon) * DEGREE / 2
    up, across = math.sin(north), math.sin(east)
    h = up * up + math.cos(a.lat * DEGREE) * math.cos(b.lat * DEGREE) * (across * across)
    return math.asin(math.sqrt(min(h, 1.0))) * (2 * EARTH_RADIUS)
