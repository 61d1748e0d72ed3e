"""Columns of a snapshot's table straight from its file, for whoever wants every row of many columns.

A database makes vectors of its own of what it reads, and Arrow columns of these; the file is nearly Arrow already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.rules.vector.fields import origin, over

PIECE = 49_152
"""Rows that are read at once, or a row group where that is larger: numbers of them and of all places fit 16 bits."""
Piece = Callable[[], pa.Table]


def scan(
    projection: ir.Table, paths: Mapping[str, Path], compute: Callable[[ir.Table], pa.Table]
) -> list[Piece] | None:
    """A projection of one table in pieces, in the order of its file; None where it is of something else.

    Whatever is more than a column of the file is computed for all rows at once: `compute` keeps their order.
    """
    base = origin(projection.op())
    if not isinstance(base, ops.UnboundTable) or base.name not in paths:
        return None
    values = {name: over(value, base) for name, value in projection.op().fields.items()}
    stored = {name: value.name for name, value in values.items() if isinstance(value, ops.Field)}
    others = {name: value.to_expr() for name, value in values.items() if name not in stored}
    computed = compute(base.to_expr().select(**others)) if others else None
    return _Scan(paths[base.name], projection.schema().to_pyarrow(), stored, computed).pieces()


class _Scan:
    def __init__(self, path: Path, schema: pa.Schema, stored: Mapping[str, str], computed: pa.Table | None) -> None:
        self._path, self._schema, self._stored, self._computed = path, schema, stored, computed
        with pq.ParquetFile(path) as file:
            self._metadata = file.metadata
        if computed is not None and computed.num_rows != self._metadata.num_rows:
            raise ValueError("computed columns have a value for each row of the file")

    def pieces(self) -> list[Piece]:
        """Row groups, as many as make a piece."""
        found, groups, rows, start = list[Piece](), list[int](), 0, 0
        for group in range(self._metadata.num_row_groups):
            size = self._metadata.row_group(group).num_rows
            if groups and rows + size > PIECE:
                found.append(partial(self._read, groups, start))
                groups, rows, start = [], 0, start + rows
            groups.append(group)
            rows += size
        return [*found, partial(self._read, groups, start)] if rows else found

    def _read(self, groups: list[int], start: int) -> pa.Table:
        with pq.ParquetFile(self._path, metadata=self._metadata, memory_map=True) as file:
            read = file.read_row_groups(groups, columns=sorted(set(self._stored.values())), use_threads=False)
        computed = self._computed.slice(start, read.num_rows) if self._computed is not None else None
        columns = [
            read[self._stored[name]] if computed is None or name in self._stored else computed[name]
            for name in self._schema.names
        ]
        return pa.Table.from_arrays(columns, schema=self._schema)
