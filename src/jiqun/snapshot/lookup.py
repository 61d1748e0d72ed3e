"""One subject out of a million in milliseconds: the tables are sorted, so it is known which row group to read.

Files are opened once by each thread and stay open; of a row group only the columns that are asked for are read.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from math import inf
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jiqun.rules.vocabulary import SUBJECT_IDS
from jiqun.snapshot.observations import Cell
from jiqun.snapshot.tables import OBSERVATION, STATES, SUBJECT_KINDS, CellKind
from jiqun.snapshot.wide import period_values

F = TypeVar("F")
Row = dict[str, Any]
Places = npt.NDArray[np.int64]
_EPOCH = date(1970, 1, 1)
_REPORTED = ("subject_kind", "row", "indicator", "period", "value", "state")
_KEPT = 50_000
"""Tables of up to so many rows stay in memory."""


class _File:
    """A Parquet file whose footer is read once, opened anew by each thread."""

    def __init__(self, path: Path, key: str | None = None) -> None:
        self._path, self._metadata = path, pq.read_metadata(path)
        schema = self._metadata.schema.to_arrow_schema()
        self.names: list[str] = schema.names
        self.groups = [self._metadata.row_group(g) for g in range(self._metadata.num_row_groups)]
        self._starts = np.cumsum([0, *(g.num_rows for g in self.groups)])
        texts = {f.name for f in schema if pa.types.is_string(f.type) and f.name != key}
        # Texts that repeat are left in their code: thousands are decoded to find the few that are asked for.
        chunks = [group.column(i) for group in self.groups[:1] for i in range(len(self.names))]
        self._coded = [
            c.path_in_schema for c in chunks if c.path_in_schema in texts and "RLE_DICTIONARY" in c.encodings
        ]
        self._threads = threading.local()

    @cached_property
    def _kept(self) -> pa.Table | None:
        return self._open().read(use_threads=False).combine_chunks() if self._metadata.num_rows <= _KEPT else None

    def _open(self) -> pq.ParquetFile:
        file = getattr(self._threads, "file", None)
        if file is None:
            file = self._threads.file = pq.ParquetFile(
                self._path, metadata=self._metadata, memory_map=True, pre_buffer=False, read_dictionary=self._coded
            )
        return file

    def group(self, number: int, columns: Sequence[str]) -> pa.Table:
        """Some columns of a row group."""
        if self._kept is not None:
            start = int(self._starts[number])
            return self._kept.select(columns).slice(start, self.groups[number].num_rows)
        return self._open().read_row_group(number, columns=list(columns), use_threads=False)

    def column(self, name: str) -> pa.ChunkedArray:
        """All of a column."""
        return self._open().read([name], use_threads=False)[name]

    def bounds(self, column: str) -> list[tuple[Any, Any]]:
        """The least and the greatest value of a column in each row group, None where that is not known."""
        place = self.names.index(column)
        found = (group.column(place).statistics for group in self.groups)
        return [(None, None) if s is None or not s.has_min_max else (s.min, s.max) for s in found]

    def rows(self, places: Places, columns: Sequence[str]) -> Iterator[Row]:
        """Some columns of the rows at these places, which ascend."""
        groups = np.searchsorted(self._starts, places, "right") - 1
        for number in np.unique(groups).tolist():
            own = places[groups == number] - self._starts[number]
            table, first = self.group(number, columns), int(own[0])
            together = len(own) == int(own[-1]) - first + 1
            yield from (table.slice(first, len(own)) if together else table.take(own)).to_pylist()


class _SubjectFile(_File):
    """A wide table, sorted by its key: a subject's row is its place."""

    def __init__(self, path: Path, kind: str, cells: Collection[str], unwanted: Collection[str]) -> None:
        super().__init__(path, SUBJECT_IDS[kind])
        self._key = SUBJECT_IDS[kind]
        self._columns = [name for name in self.names if name not in unwanted]
        self._attributes = [name for name in self._columns if name not in cells]
        # Only the one group of an empty table has no least key.
        self._firsts = [least for least, _ in self.bounds(self._key) if least is not None]

    def by_key(self, key: str) -> Row | None:
        """The attributes of the subject with this key."""
        found = self._found(key, self._attributes)
        return None if found is None else found[1].slice(found[2], 1).to_pylist()[0]

    def place(self, key: str) -> int | None:
        """The row of the subject with this key."""
        found = self._found(key, [self._key])
        return None if found is None else int(self._starts[found[0]]) + found[2]

    def _found(self, key: str, columns: Sequence[str]) -> tuple[int, pa.Table, int] | None:
        """The row group that holds the key, these columns of it, and the place in it."""
        number = bisect_right(self._firsts, key) - 1
        if number < 0:
            return None
        table = self.group(number, columns)
        place = pc.index(table[self._key], key).as_py()
        return None if place < 0 else (number, table, place)

    def at(self, places: Places) -> Iterator[Row]:
        """The attributes and values of the subjects with these rows."""
        return self.rows(places, self._columns)

    def linked(self, column: str, row: int) -> Places:
        """The rows of the subjects that link to this one."""
        return np.flatnonzero(self._links[column] == row)

    @cached_property
    def _links(self) -> dict[str, npt.NDArray[np.int32]]:
        names = (n for n in self.names if n.endswith("_row"))
        return {n: self.column(n).fill_null(-1).to_numpy().astype(np.int32) for n in names}


class _ObservationFile(_File):
    """The figures as reported, sorted by kind and row of their subjects, found by the statistics of the row groups."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        known = zip(self.bounds("subject_kind"), self.bounds("row"), strict=True)
        bounds = [
            (*kinds, *rows) for kinds, rows in known if kinds[0] is not None
        ]  # of an empty table nothing is known
        self._lows = [(kind, low if kind == last else -1) for kind, last, low, _ in bounds]
        self._highs = [(last, high if kind == last else inf) for kind, last, _, high in bounds]
        # Where two kinds meet, the statistics mix their rows: the groups of one kind beside it know where it lies.
        pure = [kind == last for kind, last, *_ in bounds]
        for group in (g for g in range(len(bounds)) if not pure[g]):
            if group and pure[group - 1]:
                self._lows[group] = self._highs[group - 1]
            if group + 1 < len(bounds) and pure[group + 1]:
                self._highs[group] = self._lows[group + 1]

    def of(self, kind: str, row: int) -> Iterator[Row]:
        """The approved figures of a subject."""
        key = (kind, row)
        for number in range(bisect_left(self._highs, key), bisect_right(self._lows, key)):
            table = self.group(number, _REPORTED)
            own = table["row"].to_numpy() == row
            for each in table.filter(pa.array(own)).to_pylist() if own.any() else ():
                if each["state"] == STATES[0] and each["subject_kind"] == kind:
                    yield each


class _EventFile(_File):
    """A table sorted by kind and row of its subjects; where each one's events stand is kept in memory."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._columns = [n for n in self.names if n not in ("subject_kind", "subject")]
        counts = {c["values"]: c["counts"] for c in self.column("subject_kind").value_counts().to_pylist()}
        rows = self.column("row").to_numpy().astype(np.int32)
        ends = np.cumsum([counts.get(kind, 0) for kind in SUBJECT_KINDS])
        self._first = {k: int(end) - counts.get(k, 0) for k, end in zip(SUBJECT_KINDS, ends, strict=True)}
        self._rows = dict(zip(SUBJECT_KINDS, np.split(rows, ends[:-1]), strict=True))

    def of(self, kind: str, rows: Sequence[int]) -> dict[int, list[Row]]:
        """The events of subjects, given in their order, by the subject's row, in the order of the table."""
        asked = np.array(rows, np.int32)
        lows, highs = (np.searchsorted(self._rows[kind], asked, side) for side in ("left", "right"))
        spans = [np.arange(low, high) for low, high in zip(lows, highs, strict=True) if low < high]
        found: dict[int, list[Row]] = {}
        for event in self.rows(np.concatenate(spans) + self._first[kind], self._columns) if spans else ():
            found.setdefault(event.pop("row"), []).append(event)
        return found


class Lookup:
    """Finds single subjects in a snapshot's tables, with their values of some indicators, or of all.

    A row has the columns of its table: money is whole fen, and a value stands in its column `指标@期间`. The values of
    one subject come from the figures as reported, which lie together; those of many come from the wide table.
    """

    def __init__(
        self, tables: Mapping[str, Path], cells: Mapping[str, Cell], indicators: Collection[str] | None = None
    ) -> None:
        self._tables = tables
        self._cells = {c: cell for c, cell in cells.items() if indicators is None or cell.indicator.name in indicators}
        self._unwanted = cells.keys() - self._cells.keys()
        self._opening = threading.Lock()
        self._files: dict[str, Any] = {}

    def subject(self, kind: str, id: str) -> Row | None:
        """The subject with this key; None where there is none."""
        found = self._subjects(kind).by_key(id)
        return None if found is None else found | self._values(kind, found["row"])

    def row(self, kind: str, id: str) -> int | None:
        """The number of the subject with this key; None where there is none."""
        return self._subjects(kind).place(id)

    def reported(self, kind: str, row: int) -> list[Row]:
        """The approved figures of a subject as they were reported."""
        return list(self._observations.of(kind, row))

    def at(self, kind: str, row: int) -> Row:
        """The subject with this number, to which others link."""
        return next(self._subjects(kind).at(np.array([row])))

    def members(self, kind: str, row: int) -> list[Row]:
        """The firms of a cluster or of a county, in their order."""
        file = self._subjects("party")
        return list(file.at(file.linked("cluster_row" if kind == "cluster" else "county_row", row)))

    def events(self, table: str, kind: str, rows: Sequence[int]) -> dict[int, list[Row]]:
        """The events in a table of subjects, given in their order, by the subject's row."""
        return self._file(table, _EventFile).of(kind, rows)

    def _subjects(self, kind: str) -> _SubjectFile:
        return self._file(kind, lambda path: _SubjectFile(path, kind, self._cells.keys(), self._unwanted))

    @property
    def _observations(self) -> _ObservationFile:
        return self._file(OBSERVATION.name, _ObservationFile)

    def _values(self, kind: str, row: int) -> Row:
        """The values of the periods, by the same rule that fills the wide tables."""
        reported = ((f"{o['indicator']}@{o['period']}", o["value"]) for o in self._observations.of(kind, row))
        texts = {self._cells[c]: text for c, text in reported if text is not None and c in self._cells}
        numbers = {c: np.array([_number(c.kind, text)]) for c, text in texts.items() if c.kind != "text"}
        found: Row = {c.column: text for c, text in texts.items() if c.kind == "text"}
        return found | {c.column: _stored(c.kind, v[0]) for c, v in period_values(numbers) if not np.isnan(v[0])}

    def _file(self, table: str, kind: Callable[[Path], F]) -> F:
        with self._opening:
            if table not in self._files:
                self._files[table] = kind(self._tables[table])
            file: F = self._files[table]
            return file


def _number(kind: CellKind, text: str) -> float:
    if kind == "money":
        return float(Decimal(text).scaleb(2))
    if kind == "flag":
        return float(text == "是")
    if kind == "date":
        return float((date.fromisoformat(text) - _EPOCH).days)
    return float(text)


def _stored(kind: CellKind, number: float) -> int | float | bool | date:
    if kind == "money":
        return int(number)
    if kind == "flag":
        return bool(number)
    if kind == "date":
        return date.fromordinal(_EPOCH.toordinal() + int(number))
    return float(number)
