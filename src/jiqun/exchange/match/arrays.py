"""The columns of one side as plain arrays for the fast way: figures, sets as bits, signatures of texts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiqun.exchange.match.query import duckdb_tables
from jiqun.exchange.match.shapes import NEED, Column, NoShape, Shapes
from jiqun.exchange.match.sides import SideTable
from jiqun.rules import nodes as n
from jiqun.rules.cells import as_float
from jiqun.rules.compiler import Compiler
from jiqun.rules.facts import Subject, Value, World
from jiqun.rules.frames import Frame, Source
from jiqun.rules.geo import DEGREE, Point
from jiqun.rules.grams import WORDS, signatures
from jiqun.rules.nodes import Node
from jiqun.rules.pairs import latitude, longitude
from jiqun.rules.reference import Evaluator, Item
from jiqun.rules.timing import When
from jiqun.rules.vocabulary import Vocabulary

Floats = npt.NDArray[np.float64]
Bits = npt.NDArray[np.uint64]
EPOCH = date(1970, 1, 1)
WHOLE = 2.0**53
"""Up to here every whole number is a float."""
_TOP = np.uint64(1)


@dataclass(frozen=True)
class SideArrays:
    """One row a need or an offer."""

    figures: Floats
    """Shape (rows, columns of the side)."""
    masks: Bits
    """Shape (rows, words of all masks)."""
    texts: Bits
    """Signatures, shape (rows, 16 × texts compared)."""
    sizes: Floats
    """Bits set in each signature; shape (rows, texts compared)."""


Domains = Mapping[str, Mapping[str, int]]
"""For each column of the offers, its texts with their numbers, from 1; 0 stands for what no offer has."""


def offer_domains(shapes: Shapes, offers: SideTable) -> Domains:
    """Numbers for the texts of every offers' column that is compared as codes or sets."""
    columns = {m.offer.column for m in shapes.masks} | {c.codes for c in shapes.offer if c.form == "code"}
    found = {}
    for column in sorted(columns):
        values = offers.table[column].combine_chunks()
        flat = values.flatten() if pa.types.is_list(values.type) else values
        found[column] = {text: i for i, text in enumerate(sorted(pc.unique(flat.drop_null()).to_pylist()), 1)}
    return found


def mask_offsets(shapes: Shapes, domains: Domains) -> list[int]:
    """Where each mask's words begin, and where the last ends."""
    offsets = [0]
    for mask in shapes.masks:
        offsets.append(offsets[-1] + len(domains[mask.offer.column]) // 64 + 1)
    return offsets


def arrays_of(shapes: Shapes, side: SideTable, domains: Domains, as_of: date) -> SideArrays:
    """A whole table of needs or offers as arrays."""
    columns = shapes.need if side.side == NEED else shapes.offer
    figures = _figures(columns, side, domains, as_of)
    offsets = mask_offsets(shapes, domains)
    masks = np.zeros((len(side), offsets[-1]), dtype=np.uint64)
    for mask, low in zip(shapes.masks, offsets, strict=False):
        own = mask.need if side.side == NEED else mask.offer
        _set_bits(masks, low, side.table[own.column].combine_chunks(), domains[mask.offer.column])
    fields = [pair[0 if side.side == NEED else 1] for pair in shapes.close]
    texts = [signatures(side.table[f.column].to_pylist()).view(np.uint64) for f in fields]
    joined = np.concatenate(texts, axis=1) if texts else np.zeros((len(side), 0), dtype=np.uint64)
    sizes = [np.bitwise_count(t).sum(axis=1).astype(np.float64) for t in texts]
    stacked = np.column_stack(sizes) if sizes else np.zeros((len(side), 0))
    return SideArrays(figures, masks, np.ascontiguousarray(joined), stacked)


def _figures(columns: Sequence[Column], side: SideTable, domains: Domains, as_of: date) -> Floats:
    """The figures of every row by one query."""
    table, made = side.table, np.empty((len(side), len(columns)))
    computed = [(i, c) for i, c in enumerate(columns) if c.form in ("float", "exact", "flag", "days")]
    if computed:
        with duckdb_tables(pair=table) as (connection, tables):
            frame = Frame(Source(tables, Vocabulary()), "pair", tables["pair"])
            compiler, when = Compiler(), When(as_of)
            cells = [(i, c, compiler.cell(c.node, frame, when)) for i, c in computed]
            t = frame.table
            values = {}
            for i, column, cell in cells:
                if column.form == "float":
                    values[f"v{i}"] = as_float(cell)(t)
                elif column.form == "exact":
                    assert cell.type.exact is not None
                    values[f"v{i}"] = cell.scaled(10 ** (column.scale - cell.type.exact.scale))(t)
                else:
                    values[f"v{i}"] = cell.value(t)
            found = connection.to_pyarrow(t.select(row=t["row"], **values).order_by("row"))
        for i, column in computed:
            made[:, i] = _as_floats(found[f"v{i}"].combine_chunks(), column)
    for i, column in enumerate(columns):
        if column.form in ("code", "known", "lon", "lat", "cos"):
            made[:, i] = _plain(column, table, domains)
    return made


def _as_floats(values: pa.Array, column: Column) -> Floats:
    if pa.types.is_date(values.type):
        values = values.cast(pa.date32()).cast(pa.int32())
    found: Floats = np.asarray(values.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
    if column.form == "exact" and len(found) and np.nanmax(np.abs(found), initial=0.0) > WHOLE:
        raise NoShape(column.node.source)  # too large to compare exactly as floats
    return found


def _plain(column: Column, table: pa.Table, domains: Domains) -> Floats:
    """Codes, whether something is known, degrees: straight from the table."""
    field = column.node
    assert isinstance(field, n.SideField)
    if column.form in ("lon", "lat", "cos"):
        name = (longitude if column.form == "lon" else latitude)(field.column)
        degrees = np.asarray(table[name].combine_chunks().to_numpy(zero_copy_only=False), dtype=np.float64)
        if column.form != "cos":
            return degrees
        return np.array([math.cos(x * DEGREE) for x in degrees])  # the same cosine as for one need
    values = table[field.column].combine_chunks()
    known = pc.is_valid(values).to_numpy(zero_copy_only=False)
    if column.form == "known":
        return np.where(known, 1.0, np.nan)
    return np.where(known, _codes(values, domains[column.codes]), np.nan)


def _codes(texts: pa.Array, domain: Mapping[str, int]) -> npt.NDArray[np.int64]:
    """The number of each text; 0 where no offer has it."""
    place = pc.index_in(texts, value_set=pa.array(list(domain), pa.string()))
    return np.asarray(pc.fill_null(pc.add(place, 1), 0).to_numpy(zero_copy_only=False), dtype=np.int64)


def _set_bits(masks: Bits, low: int, values: pa.Array, domain: Mapping[str, int]) -> None:
    if pa.types.is_list(values.type):
        rows = np.asarray(pc.list_parent_indices(values).to_numpy(zero_copy_only=False), dtype=np.int64)
        codes = _codes(values.flatten(), domain)
    else:
        rows = np.flatnonzero(pc.is_valid(values).to_numpy(zero_copy_only=False))
        codes = _codes(values, domain)[rows]
    np.bitwise_or.at(masks, (rows, low + codes // 64), _TOP << (codes % 64).astype(np.uint64))


def arrays_of_one(shapes: Shapes, values: Mapping[str, Value], domains: Domains, as_of: date) -> SideArrays:
    """One need as arrays, without a database: the figures by the reference evaluator."""
    subject = Subject("pair", "", {f"{NEED}.{name}": v for name, v in values.items()})
    engine, item, when = Evaluator(World([subject])), Item(subject), When(as_of)
    figures = np.empty((1, len(shapes.need)))
    for i, column in enumerate(shapes.need):
        figures[0, i] = _one_figure(column, values, domains, engine, item, when)
    offsets = mask_offsets(shapes, domains)
    masks = np.zeros((1, offsets[-1]), dtype=np.uint64)
    for mask, low in zip(shapes.masks, offsets, strict=False):
        value = values.get(mask.need.field_.name)
        domain = domains[mask.offer.column]
        texts_of: Any = (value,) if isinstance(value, str) else value or ()
        for text in texts_of:
            code = domain.get(text, 0)
            masks[0, low + code // 64] |= _TOP << np.uint64(code % 64)
    texts = [signatures([values.get(need.field_.name)]).view(np.uint64) for need, _ in shapes.close]  # type: ignore[list-item]
    joined = np.concatenate(texts, axis=1) if texts else np.zeros((1, 0), dtype=np.uint64)
    sizes = np.array([[float(np.bitwise_count(t).sum()) for t in texts]]) if texts else np.zeros((1, 0))
    return SideArrays(figures, masks, joined, sizes)


_NOT_PLAIN = object()


def _plain_value(node: Node, values: Mapping[str, Value]) -> Any:
    """What a bare field, or whether it was left open, comes to: most columns are no more, and answers must be quick."""
    match node:
        case n.SideField():
            value = values.get(node.field_.name)
            return value * n.fact_factor(node) if isinstance(value, float) else value
        case n.Not(body=n.IsKnown(body=n.SideField() as given)):
            return values.get(given.field_.name) is None
    return _NOT_PLAIN


def _one_figure(
    column: Column, values: Mapping[str, Value], domains: Domains, engine: Evaluator, item: Item, when: When
) -> float:
    if column.form in ("code", "known", "lon", "lat", "cos"):
        assert isinstance(column.node, n.SideField)
        value: Any = values.get(column.node.field_.name)
        if value is None:
            return math.nan
        if isinstance(value, Point):
            return {"lon": value.lon, "lat": value.lat, "cos": math.cos(value.lat * DEGREE)}[column.form]
        return 1.0 if column.form == "known" else float(domains[column.codes].get(str(value), 0))
    found: Any = _plain_value(column.node, values)
    if found is _NOT_PLAIN:
        found = engine.value(column.node, item, when).value
    if found is None:
        return math.nan
    if isinstance(found, date):
        return float((found - EPOCH).days)
    if column.form == "exact":
        assert isinstance(found, Decimal)
        whole = float(int(found.scaleb(column.scale)))
        if abs(whole) > WHOLE:
            raise NoShape(column.node.source)
        return whole
    return float(found)


__all__ = ["WORDS", "Domains", "SideArrays", "arrays_of", "arrays_of_one", "mask_offsets", "offer_domains"]
