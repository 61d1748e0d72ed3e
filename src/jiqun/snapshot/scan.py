"""Columns of a snapshot's table straight from its file, for whoever wants every row of many columns.

A database makes vectors of its own of what it reads, and Arrow columns of these; the file is nearly Arrow already.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.rules.vector.fields import origin, over

PIECE = 49_152
"""Rows that are read at once, or a row group where that is larger: numbers of them and of all places fit 16 bits."""
AHEAD = 16
"""Pieces that are read before anybody asks for them."""
Piece = Callable[[], pa.Table]


class Columns:
    """Columns of a file in pieces of whole row groups. The first pieces are read at once, by a thread of their own."""

    def __init__(self, path: Path, names: Collection[str], ahead: int = 0) -> None:
        self._path, self.names = path, frozenset(names)
        with pq.ParquetFile(path) as file:
            self._metadata = file.metadata
        self.rows = self._metadata.num_rows
        self._groups = list(self._grouped())
        thread = ThreadPoolExecutor(1, "ahead")
        self._begun = {start: thread.submit(self._read, groups) for start, groups in self._groups[:ahead]}
        thread.shutdown(wait=False)

    def _grouped(self) -> Iterator[tuple[int, list[int]]]:
        """Row groups of a piece, with the number of its first row."""
        start, groups, rows = 0, list[int](), 0
        for group in range(self._metadata.num_row_groups):
            size = self._metadata.row_group(group).num_rows
            if groups and rows + size > PIECE:
                yield start, groups
                start, groups, rows = start + rows, [], 0
            groups.append(group)
            rows += size
        if rows:
            yield start, groups

    def pieces(self) -> Iterator[tuple[int, Piece]]:
        """The pieces in the order of the file, each with the number of its first row and to be asked for once."""
        return ((start, partial(self._piece, start, groups)) for start, groups in self._groups)

    def _piece(self, start: int, groups: list[int]) -> pa.Table:
        begun = self._begun.pop(start, None)
        # What still waits for its thread is read by the one that wants it.
        return self._read(groups) if begun is None or begun.cancel() else begun.result()

    def _read(self, groups: list[int]) -> pa.Table:
        with pq.ParquetFile(self._path, metadata=self._metadata, memory_map=True) as file:
            return file.read_row_groups(groups, columns=sorted(self.names), use_threads=False)


def scan(
    projection: ir.Table,
    files: Callable[[str, Collection[str]], Columns | None],
    compute: Callable[[ir.Table], pa.Table],
) -> list[Piece] | None:
    """A projection of one table in pieces, in the order of its file; None where it is of something else.

    `files` opens columns of a table, if it has a file. Whatever is more than a column of the file is computed for all
    rows at once: `compute` keeps their order.
    """
    base = origin(projection.op())
    if not isinstance(base, ops.UnboundTable):
        return None
    values = {name: over(value, base) for name, value in projection.op().fields.items()}
    stored = {name: value.name for name, value in values.items() if isinstance(value, ops.Field)}
    columns = files(base.name, set(stored.values()))
    if columns is None:
        return None
    others = {name: value.to_expr() for name, value in values.items() if name not in stored}
    computed = compute(base.to_expr().select(**others)) if others else None
    if computed is not None and computed.num_rows != columns.rows:
        raise ValueError("computed columns have a value for each row of the file")
    return list(_projected(columns, projection.schema().to_pyarrow(), stored, computed))


def _projected(
    columns: Columns, schema: pa.Schema, stored: Mapping[str, str], computed: pa.Table | None
) -> Iterator[Piece]:
    def projected(piece: Piece, start: int) -> pa.Table:
        read = piece()
        own = computed.slice(start, read.num_rows) if computed is not None else None
        found = [read[stored[name]] if own is None or name in stored else own[name] for name in schema.names]
        return pa.Table.from_arrays(found, schema=schema)

    for start, piece in columns.pieces():
        yield partial(projected, piece, start)
