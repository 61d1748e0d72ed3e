"""One subject out of a million in milliseconds: the tables are sorted, so row-group statistics name the one to read."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.base.money import from_fen
from jiqun.rules.vocabulary import SUBJECT_IDS
from jiqun.snapshot.observations import Cell
from jiqun.snapshot.tables import ENTRY, SUBJECT_KINDS, CellKind
from jiqun.snapshot.wide import Numbers, period_values

Row = dict[str, Any]
_LINKS = {"cluster_row": ("cluster", "cluster"), "county_row": ("county", "place"), "parent_row": ("parent", "place")}
_EPOCH = date(1970, 1, 1)
_INDEXED = 5_000_000
"""Tables of up to so many rows have an index in memory, of four bytes a row."""


@dataclass(frozen=True)
class _Groups:
    """The row groups that may hold a text in a sorted column."""

    first: Sequence[str]
    last: Sequence[str]

    def holding(self, text: str) -> range:
        return range(bisect_left(self.last, text), bisect_right(self.first, text))


class _File:
    """A Parquet file whose footer is read once, opened anew by each thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.metadata = pq.read_metadata(path)
        self.names = pq.read_schema(path).names
        self._threads = threading.local()

    def read(self, group: int, columns: Sequence[str]) -> pa.Table:
        """Some columns of a row group."""
        file = getattr(self._threads, "file", None)
        if file is None:
            file = self._threads.file = pq.ParquetFile(
                self._path, metadata=self.metadata, memory_map=True, pre_buffer=False
            )
        return file.read_row_group(group, columns=list(columns), use_threads=False)

    def bounds(self, column: str) -> list[tuple[str, str]]:
        """The least and the greatest text of a column in each row group."""
        place = self.names.index(column)
        found = (self.metadata.row_group(g).column(place).statistics for g in range(self.metadata.num_row_groups))
        # Only the one group of an empty table has no statistics.
        return [("", "") if s is None else (s.min, s.max) for s in found]


class _SubjectFile(_File):
    """A wide table, found by its key or by its row."""

    def __init__(self, path: Path, kind: str) -> None:
        super().__init__(path)
        self.key = SUBJECT_IDS[kind]
        self.attributes = [n for n in self.names if "@" not in n]
        bounds = self.bounds(self.key)
        self._groups = _Groups([b[0] for b in bounds], [b[1] for b in bounds])
        counts = [self.metadata.row_group(g).num_rows for g in range(self.metadata.num_row_groups)]
        self._starts = np.cumsum([0, *counts])

    def by_key(self, key: str) -> Row | None:
        for group in self._groups.holding(key):
            rows = self.read(group, self.attributes)
            place = rows[self.key].index(key).as_py()
            if place >= 0:
                return _row(rows, place)
        return None

    def by_row(self, row: int) -> Row:
        group = int(np.searchsorted(self._starts, row, side="right")) - 1
        return _row(self.read(group, self.attributes), row - int(self._starts[group]))


def _row(rows: pa.Table, place: int) -> Row:
    found: list[Row] = rows.slice(place, 1).to_pylist()
    return found[0]


class _EventFile(_File):
    """A table sorted by subject_kind and subject."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._shown = [n for n in self.names if n not in ("subject_kind", "subject", "row")]
        self._index = _Index(self) if self.metadata.num_rows <= _INDEXED else _Statistics(self)

    def of(self, kind: str, id: str, row: int) -> Iterator[Row]:
        """The events of a subject, in the order of the table."""
        for group, start, stop in self._index.find(kind, id, row):
            yield from self.read(group, self._shown).slice(start, stop - start).to_pylist()


class _Index:
    """Where each subject's events stand, in memory: for tables that are not too large."""

    def __init__(self, file: _File) -> None:
        groups = [file.read(g, ["subject_kind", "row"]) for g in range(file.metadata.num_row_groups)]
        kinds = np.concatenate([np.zeros(0, "O"), *(g["subject_kind"].to_numpy() for g in groups)])
        rows = np.concatenate([np.zeros(0, np.int64), *(g["row"].to_numpy() for g in groups)])
        self._starts = np.cumsum([0, *(g.num_rows for g in groups)])
        self._first = {k: int(np.searchsorted(kinds, k)) for k in SUBJECT_KINDS}
        self._rows = {
            k: rows[self._first[k] : np.searchsorted(kinds, k, "right")].astype(np.int32) for k in SUBJECT_KINDS
        }

    def find(self, kind: str, id: str, row: int) -> Iterator[tuple[int, int, int]]:
        """Groups with the first and the last place in them."""
        low, high = np.searchsorted(self._rows[kind], np.array([row, row + 1], np.int32)) + self._first[kind]
        while low < high:
            group = int(np.searchsorted(self._starts, low, "right")) - 1
            start = int(self._starts[group])
            end = min(int(high), int(self._starts[group + 1]))
            yield group, int(low) - start, end - start
            low = end


class _Statistics:
    """The row groups that may hold a subject's events, by the statistics in the footer: for the largest tables."""

    def __init__(self, file: _File) -> None:
        self._file = file
        kinds, subjects = file.bounds("subject_kind"), file.bounds("subject")
        self._mixed = [g for g, (low, high) in enumerate(kinds) if low != high]
        self._pure = {k: [g for g, (low, high) in enumerate(kinds) if low == high == k] for k in SUBJECT_KINDS}
        self._groups = {
            k: _Groups([subjects[g][0] for g in groups], [subjects[g][1] for g in groups])
            for k, groups in self._pure.items()
        }

    def find(self, kind: str, id: str, row: int) -> Iterator[tuple[int, int, int]]:
        """Groups with the first and the last place in them."""
        groups = [self._pure[kind][g] for g in self._groups[kind].holding(id)]
        for group in sorted([*groups, *self._mixed]):
            found = self._file.read(group, ["row"])["row"].to_numpy() == row
            if found.any() and group in self._mixed:
                found &= self._file.read(group, ["subject_kind"])["subject_kind"].to_numpy() == kind
            if found.any():
                first, last = np.flatnonzero(found)[[0, -1]]
                yield group, int(first), int(last) + 1


class Lookup:
    """Finds single subjects in a snapshot's tables."""

    def __init__(self, tables: Mapping[str, Path], cells: Mapping[str, Cell]) -> None:
        self._tables, self._cells = tables, cells

    @cached_property
    def _subjects(self) -> dict[str, _SubjectFile]:
        return {kind: _SubjectFile(self._tables[kind], kind) for kind in SUBJECT_KINDS}

    @cached_property
    def _events(self) -> dict[str, _EventFile]:
        return {table: _EventFile(path) for table, path in self._tables.items() if table not in SUBJECT_KINDS}

    @cached_property
    def _money(self) -> dict[str, frozenset[str]]:
        """The money fields of each register: the only whole numbers there besides the row."""
        return {
            table: frozenset(f.name for f in pq.read_schema(path) if pa.types.is_int64(f.type) and f.name != "row")
            for table, path in self._tables.items()
            if table.startswith(ENTRY)
        }

    def rows_for(self, kind: str, id: str) -> dict[str, list[Row]]:
        """See `Snapshot.rows_for`."""
        subject = self._subjects[kind].by_key(id)
        if subject is None:
            raise KeyError(f"no {kind} {id}")
        found: dict[str, list[Row]] = {"subject": [subject]}
        for column, (relation, of_kind) in _LINKS.items():
            if subject.get(column) is not None:
                found[relation] = [self._subjects[of_kind].by_row(subject[column])]
        for table, file in self._events.items():
            money = self._money.get(table, frozenset())
            found[table] = [_in_yuan(row, money) for row in file.of(kind, id, subject["row"])]
        found["observation"] = [o for o in found["observation"] if o["state"] == "approved"]
        found["value"] = list(_values(found["observation"], self._cells))
        return found


def _in_yuan(row: Row, money: frozenset[str]) -> Row:
    return {n: from_fen(v) if n in money and v is not None else v for n, v in row.items()}


def _values(observations: Sequence[Row], cells: Mapping[str, Cell]) -> Iterator[Row]:
    """The typed values of the periods, by the same rule that fills the wide tables."""
    texts = {cells[f"{o['indicator']}@{o['period']}"]: o["value"] for o in observations if o["value"] is not None}
    held = [c for c in texts if c.kind == "text"]
    numbers = {c: np.array([_number(c.kind, t)]) for c, t in texts.items() if c.kind != "text"}
    for cell, value in period_values(numbers):
        if not np.isnan(value[0]):
            yield {"indicator": cell.indicator.name, "period": str(cell.period), "value": _value(cell.kind, value)}
    for cell in held:
        yield {"indicator": cell.indicator.name, "period": str(cell.period), "value": texts[cell]}


def _number(kind: CellKind, text: str) -> float:
    if kind == "money":
        return float(Decimal(text).scaleb(2))
    if kind == "flag":
        return float(text == "是")
    if kind == "date":
        return float((date.fromisoformat(text) - _EPOCH).days)
    return float(text)


def _value(kind: CellKind, number: Numbers) -> Decimal | float | bool | date:
    if kind == "money":
        return from_fen(int(number[0]))
    if kind == "flag":
        return bool(number[0])
    if kind == "date":
        return date.fromordinal(_EPOCH.toordinal() + int(number[0]))
    return float(number[0])
