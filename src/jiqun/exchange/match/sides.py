"""Offers or needs in columns, as rules about pairs read them (see `jiqun.rules.pairs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jiqun.rules import nodes as n
from jiqun.rules.facts import Value
from jiqun.rules.geo import Point
from jiqun.rules.grams import signatures
from jiqun.rules.nodes import Node
from jiqun.rules.pairs import latitude, longitude, signature
from jiqun.rules.vocabulary import Field

_ARROW = {
    "flag": pa.bool_(), "text": pa.string(), "date": pa.date32(), "set": pa.list_(pa.string()), "number": pa.float64(),
}  # fmt: skip
Columns = Mapping[str, pa.Array | tuple[pa.Array, pa.Array]]
"""A field's values in its own unit, money in fen; a point as its degrees east and north."""


@dataclass(frozen=True)
class SideTable:
    """The needs (需) or the offers (供) of a kind, one row each.

    Columns are named `需.数量` …; a number is in the field's unit, money whole fen, a set a sorted list; null is missing.
    """

    side: str
    fields: Mapping[str, Field]
    ids: tuple[str, ...]
    table: pa.Table

    def __post_init__(self) -> None:
        if len(self.ids) != self.table.num_rows:
            raise ValueError(f"{len(self.ids)} ids for {self.table.num_rows} rows")

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of_rows(
        cls, side: str, fields: Mapping[str, Field], ids: Sequence[str], rows: Sequence[Mapping[str, Value]]
    ) -> SideTable:
        """A table of values as the reference evaluator has them."""
        columns: dict[str, pa.Array | tuple[pa.Array, pa.Array]] = {}
        for name, field in fields.items():
            values: list[Any] = [row.get(name) for row in rows]
            if field.kind == "point":
                columns[name] = (_degrees(values, lambda p: p.lon), _degrees(values, lambda p: p.lat))
            else:
                columns[name] = pa.array([stored(v) for v in values], arrow_type(field))
        return cls.of_columns(side, fields, ids, columns)

    @classmethod
    def of_columns(cls, side: str, fields: Mapping[str, Field], ids: Sequence[str], columns: Columns) -> SideTable:
        """A table of columns that are typed already; a field without a column is missing everywhere."""
        made: dict[str, pa.Array] = {"row": pa.array(range(len(ids)), pa.int64())}
        for name, field in fields.items():
            column = f"{side}.{name}"
            given = columns.get(name)
            if field.kind == "point":
                empty = pa.nulls(len(ids), pa.float64())
                made[longitude(column)], made[latitude(column)] = given if given is not None else (empty, empty)
            else:
                made[column] = given if given is not None else pa.nulls(len(ids), arrow_type(field))
        return cls(side, fields, tuple(ids), pa.table(made))

    def values(self, row: int) -> dict[str, Value]:
        """One row as the reference evaluator has it."""
        found: dict[str, Value] = {}
        for name, field in self.fields.items():
            column = f"{self.side}.{name}"
            if field.kind == "point":
                lon, lat = (self.table[c][row].as_py() for c in (longitude(column), latitude(column)))
                found[name] = None if lon is None or lat is None else Point(lon, lat)
            else:
                found[name] = loaded(self.table[column][row].as_py(), field)
        return found

    def take(self, rows: Sequence[int]) -> SideTable:
        """Some of the rows, numbered anew."""
        table = self.table.take(pa.array(rows, pa.int64()))
        table = table.set_column(0, "row", pa.array(range(len(rows)), pa.int64()))
        return SideTable(self.side, self.fields, tuple(self.ids[r] for r in rows), table)


def arrow_type(field: Field) -> pa.DataType:
    """The type of a field's column."""
    return pa.int64() if field.is_money else _ARROW[field.kind]


def stored(value: Value) -> object:
    """A value as a column holds it."""
    if isinstance(value, Decimal):
        return int(value.scaleb(2).to_integral_value())
    return sorted(value) if isinstance(value, frozenset) else value


def loaded(value: Any, field: Field) -> Value:
    """A column's value as the reference evaluator has it."""
    if value is None:
        return None
    if field.is_money:
        return Decimal(value).scaleb(-2)
    if field.kind == "set":
        return frozenset(value)
    assert isinstance(value, bool | float | str | date)
    return value


def _degrees(values: Iterable[Any], part: Callable[[Point], float]) -> pa.Array:
    return pa.array([None if v is None else part(v) for v in values], pa.float64())


def with_signatures(side: SideTable, nodes: Iterable[Node]) -> SideTable:
    """The table with the signatures of every text whose closeness these rules ask."""
    table = side.table
    for column in sorted(close_texts(nodes)):
        if not column.startswith(f"{side.side}.") or signature(column)[0] in table.column_names:
            continue
        texts = table[column].to_pylist()
        known = pc.is_valid(table[column].combine_chunks())
        for name, words in zip(signature(column), signatures(texts).T, strict=True):
            table = table.append_column(name, pc.if_else(known, pa.array(words), pa.scalar(None, pa.int64())))
    return SideTable(side.side, side.fields, side.ids, table)


def close_texts(nodes: Iterable[Node]) -> set[str]:
    """The columns whose signatures are needed."""
    found = (part for node in nodes for part in node.walk() if isinstance(part, n.Closeness))
    return {field.column for part in found for field in (part.left, part.right)}
