"""Written values of offers and needs: what `quantities` reads, and sets and points."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from jiqun.base.errors import did_you_mean
from jiqun.programme.pack import Pack, PackKey
from jiqun.programme.quantities import ValueFault, read_value
from jiqun.rules.facts import Value
from jiqun.rules.geo import Point
from jiqun.rules.vocabulary import Field

EMPTY_SET = "无"
_BREAK = re.compile(r"[、，,；;]")
_DEGREES = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*[,，\s]\s*(-?\d+(?:\.\d+)?)\s*")


def read_side_value(value: object, field: Field, points: Mapping[str, Point]) -> Value:
    """A field's value as the engines hold it; ValueFault where it does not fit.

    A set is a list or a text with 、 between its items (`无` for an empty one). A point is `经度,纬度` in degrees or
    the name or code of a place in `points`.
    """
    if field.kind == "set":
        return _set(value, field)
    if field.kind == "point":
        return _point(value, points)
    return read_value(value, field.kind, field.unit, field.choices)


def _set(value: object, field: Field) -> frozenset[str]:
    items: Iterable[object] = value if isinstance(value, tuple) else _BREAK.split(str(value))
    texts = [str(item).strip() for item in items]
    if texts == [EMPTY_SET] and EMPTY_SET not in field.choices:
        return frozenset()
    if not all(texts) and texts:
        raise ValueFault("有一项是空的", "各项之间只用一个顿号，如 碳钢、不锈钢")
    for text in texts:
        if field.choices and text not in field.choices:
            near = did_you_mean(text, field.choices)
            raise ValueFault(f"没有“{text}”这一项", f"{near or ''}可写：{'、'.join(field.choices)}")
    return frozenset(texts)


def _point(value: object, points: Mapping[str, Point]) -> Point:
    if isinstance(value, tuple):
        value = ",".join(map(str, value))
    text = str(value).strip()
    if text in points:
        return points[text]
    match = _DEGREES.fullmatch(text)
    if match is None:
        near = did_you_mean(text, points)
        raise ValueFault("应为地点", f"{near or ''}请写成 经度,纬度（如 114.51,38.04）或区划名称")
    lon, lat = float(match[1]), float(match[2])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueFault("经纬度超出范围", "经度在前，-180 到 180；纬度在后，-90 到 90")
    return Point(lon, lat)


def place_points(pack: Pack) -> Mapping[str, Point]:
    """A point for each place of the pack that its map knows, by name and by code: its label, or its middle."""
    return _place_points(PackKey(pack))


@lru_cache(maxsize=4)
def _place_points(key: PackKey) -> Mapping[str, Point]:
    pack = key.pack
    path = pack.root / pack.programme.map if pack.programme.map else None
    if path is None or not path.is_file():
        return {}
    found: dict[str, Point] = {}
    try:
        features = json.loads(path.read_text(encoding="utf-8-sig"))["features"]
        middles = {str(f["properties"]["code"]): _middle(f) for f in features}
    except (ValueError, KeyError, TypeError):
        return {}  # the check of references has told what is wrong with the map
    for place in pack.places:
        point = middles.get(place.code)
        if point is not None:
            found |= {place.code: point, place.name: point}
    return found


def _middle(feature: Mapping[str, Any]) -> Point:
    label = feature["properties"].get("cp")
    if label:
        return Point(float(label[0]), float(label[1]))
    corners = list(_corners(feature["geometry"]["coordinates"]))
    lons, lats = [c[0] for c in corners], [c[1] for c in corners]
    return Point((min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2)


def _corners(tree: Any) -> Iterable[tuple[float, float]]:
    if isinstance(tree[0], int | float):
        yield float(tree[0]), float(tree[1])
    else:
        for branch in tree:
            yield from _corners(branch)
