"""Columns over a table of pairs, one row a need with an offer: distance, closeness, sets.

Beside the fields (`需.公差`, `供.公差`) such a table has, for each point, its degrees (`供.所在地#lon`, `…#lat`) and, for
each text whose closeness is asked, its signature (`供.说明#0` … see `grams`). Missing ones are null.
"""

from __future__ import annotations

import functools
import operator

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from jiqun.rules import cells as c
from jiqun.rules.cells import Cell
from jiqun.rules.frames import Column, Frame
from jiqun.rules.geo import DEGREE, EARTH_RADIUS
from jiqun.rules.grams import WORDS
from jiqun.rules.nodes import Type


def longitude(column: str) -> str:
    """The column of a point's degrees east."""
    return f"{column}#lon"


def latitude(column: str) -> str:
    """The column of a point's degrees north."""
    return f"{column}#lat"


def signature(column: str) -> list[str]:
    """The columns of a text's signature."""
    return [f"{column}#{word}" for word in range(WORDS)]


_TEXTS = dt.Array(dt.string)


@ibis.udf.scalar.builtin(signature=((dt.int64,), dt.int8))
def bit_count(word):  # type: ignore[no-untyped-def]
    """The number of bits set."""


@ibis.udf.scalar.builtin(signature=((_TEXTS, _TEXTS), _TEXTS))
def array_intersect(left, right):  # type: ignore[no-untyped-def]
    """What two sets have in common; Ibis writes it with a lambda that DuckDB no longer reads."""


def distance(frame: Frame, left: str, right: str) -> Column:
    """Metres between two points, step by step as `geo.great_circle`."""
    lon_a, lat_a, lon_b, lat_b = (frame.own(name(x)) for x in (left, right) for name in (longitude, latitude))
    degree, across_earth = c.floating(DEGREE), c.floating(2 * EARTH_RADIUS)

    def value(t: ir.Table) -> ir.Value:
        up = ((lat_b(t) - lat_a(t)) * degree / 2.0).sin()
        across = ((lon_b(t) - lon_a(t)) * degree / 2.0).sin()
        h = up * up + (lat_a(t) * degree).cos() * (lat_b(t) * degree).cos() * (across * across)
        # Not LEAST, which skips nulls.
        return ibis.ifelse(h > 1.0, c.floating(1.0), h).sqrt().asin() * across_earth

    return value


def closeness(frame: Frame, left: str, right: str) -> Column:
    """The cosine of two signatures as `grams.cosine`."""
    a, b = ([frame.own(x) for x in signature(side)] for side in (left, right))

    def count(parts: list[ir.Value]) -> ir.Value:
        return functools.reduce(operator.add, (bit_count(p).cast("int64") for p in parts))

    def value(t: ir.Table) -> ir.Value:
        x, y = [w(t) for w in a], [w(t) for w in b]
        common = count([p & q for p, q in zip(x, y, strict=True)])
        sizes = count(x) * count(y)
        return ibis.ifelse(sizes == 0, c.floating(0.0), common.cast("float64") / sizes.nullif(0).cast("float64").sqrt())

    return value


def includes(held: Cell, wanted: Cell) -> Column:
    """Whether a set has a text or all of another set; call it where both are known."""
    if wanted.type.kind == "text":
        return lambda t: held.value(t).contains(wanted.value(t))
    return lambda t: array_intersect(held.value(t), wanted.value(t)).length() == wanted.value(t).length()


def shares_any(left: Cell, right: Cell) -> Column:
    """Whether two sets have a text in common; call it where both are known."""
    return lambda t: array_intersect(left.value(t), right.value(t)).length() > 0


def where_known(value: Column, type_: Type, *cells: Cell) -> Column:
    """The value where every one of the cells is known, null elsewhere: backends differ in lists with null."""

    def guarded(t: ir.Table) -> ir.Value:
        absent = functools.reduce(operator.or_, (cell.value(t).isnull() for cell in cells))
        return ibis.ifelse(absent, c.null(type_), value(t))

    return guarded
