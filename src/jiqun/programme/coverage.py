"""Coverage matrices: whether each cluster of a coverage target's whole is covered, and which condition fails.

A coverage target with `matrix` is a column. A cell tells how many records the coverage looks at, how many meet all its
conditions, and how many meet each condition by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.programme.models import Target
from jiqun.programme.pack import Pack
from jiqun.programme.targets import target_node
from jiqun.rules.frames import Source
from jiqun.rules.nodes import And, Exact, Node, OverSet, Type
from jiqun.rules.query import Bound, ask, measure
from jiqun.rules.units import COUNT
from jiqun.snapshot.engines import Engine

COVERAGE = "coverage.parquet"
KINDS = {"party": "企业", "cluster": "集群", "place": "县（市、区）"}
_COUNT = Type("number", COUNT, Exact(0, 10**9), "个")
_CONDITION = pa.struct([("text", pa.string()), ("meet", pa.int64())])
SCHEMA = pa.schema(
    [("target", pa.string()), ("cluster", pa.string()), ("covered", pa.bool_()), ("records_of", pa.string()),
     ("records", pa.int64()), ("meet", pa.int64()), ("conditions", pa.list_(_CONDITION))]
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A coverage target taken apart: whom it must cover, what covers one, and the conditions on the records."""

    target: str
    whole: Node | None
    covering: Node
    records: OverSet | None
    conditions: tuple[Node, ...]


def columns_of(pack: Pack) -> list[Column]:
    """The columns that the pack declares, in its order."""
    return [_column(target, target_node(pack, target)) for target in pack.targets.values() if target.matrix]


def is_column(node: Node) -> bool:
    """Whether a measure is a coverage over clusters, and so can be a column."""
    return (
        isinstance(node, OverSet)
        and node.op == "share"
        and node.source_set.kind == "cluster"
        and node.value is None
        and node.among is not None
    )


def _column(target: Target, node: Node) -> Column:
    assert is_column(node) and isinstance(node, OverSet) and node.among is not None, "checked with the pack"
    records = next((part for part in node.among.walk() if isinstance(part, OverSet)), None)
    where = records.where if records else None
    conditions = where.items if isinstance(where, And) else (where,) if where is not None else ()
    return Column(target.id, node.where, node.among, records, conditions)


def measure_coverage(backend: Engine, pack: Pack, as_of: date) -> list[dict[str, Any]]:
    """The cells as rows of SCHEMA, one for each cluster that a column must cover."""
    columns = columns_of(pack)
    if not columns:
        return []
    covered, counted = _asked(backend, pack, columns, as_of)
    table = backend.tables["cluster"]
    ids = {row["row"]: row["id"] for row in backend.table(table.select("row", "id")).to_pylist()}
    return [
        cell
        for number, column in enumerate(columns)
        for row in sorted(ids)
        if covered[row][f"whole{number}"]
        for cell in [_cell(column, number, ids[row], covered[row], counted[row])]
    ]


def _asked(
    backend: Engine, pack: Pack, columns: Sequence[Column], as_of: date
) -> tuple[dict[int, dict[str, Any]], dict[int, dict[str, Any]]]:
    rules = [
        Bound(f"{part}{number}", node)
        for number, column in enumerate(columns)
        for part, node in (("whole", column.whole), ("covered", column.covering))
        if node is not None
    ]
    expression, asked = ask(Source(backend.tables, pack.vocabulary), "cluster", rules, as_of)
    flags = {
        row["row"]: {f"whole{n}": True for n in range(len(columns))} | {a.rule.id: row[a.value] for a in asked}
        for row in backend.table(expression).to_pylist()
    }
    counts = [(f"{number}-{i}", node) for number, column in enumerate(columns) for i, node in _counts(column)]
    if not counts:
        return flags, {row: {} for row in flags}
    expression, found = measure(Source(backend.tables, pack.vocabulary), "cluster", counts, as_of)
    rows = backend.table(expression).to_pylist()
    return flags, {row["row"]: {m.id: int(row[m.value] or 0) for m in found} for row in rows}


def _counts(column: Column) -> Iterator[tuple[str, Node]]:
    """How many records there are, how many meet everything, and how many meet each condition alone."""
    if column.records is None:
        return
    wholes: dict[str, Node | None] = {"records": None, "meet": column.records.where}
    for i, condition in enumerate(column.conditions):
        wholes[str(i)] = condition
    for name, where in wholes.items():
        yield name, replace(column.records, type=_COUNT, op="count", value=None, among=None, where=where)


def _cell(column: Column, number: int, cluster: str, flags: dict[str, Any], counts: dict[str, int]) -> dict[str, Any]:
    source = column.records.source_set if column.records else None
    name = (source.register.name if source.register else KINDS[source.kind]) if source else None
    return {
        "target": column.target,
        "cluster": cluster,
        "covered": flags[f"covered{number}"],
        "records_of": name,
        "records": counts.get(f"{number}-records"),
        "meet": counts.get(f"{number}-meet"),
        "conditions": [
            {"text": node.source, "meet": counts[f"{number}-{i}"]} for i, node in enumerate(column.conditions)
        ],
    }


def write_coverage(backend: Engine, pack: Pack, as_of: date, folder: Path) -> None:
    """Write the cells beside the other results."""
    pq.write_table(pa.Table.from_pylist(measure_coverage(backend, pack, as_of), schema=SCHEMA), folder / COVERAGE)
