"""From sorted observations to wide tables: one row a subject, one column an indicator in a period.

The rows come sorted by subject, so only one group of subjects is in memory at a time: its cells are scattered into
an array with a row for each column, running totals are turned into the values of their periods, and the array
becomes typed columns beside the subjects' attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jiqun.snapshot.observations import CELL_STEP, SUBJECT_STEP, Cell
from jiqun.snapshot.tables import ARROW_TYPES, SUBJECT_KINDS, CellKind
from jiqun.snapshot.write import WIDE_GROUP

Keys = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
_ARITHMETIC: tuple[CellKind, ...] = ("money", "number", "share")
_LARGE_SHARE = 10.0
_EXAMPLES = 3
_ROUNDED_BELOW = 1e9
"""Differences of measures are rounded to six decimals below this; beyond it a double has no more to give."""


@dataclass
class Doubt:
    """Something in a column that is odd but no error: how often, and the first subjects."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, at: npt.NDArray[np.bool_], ids: pa.Array) -> None:
        """The subjects where it is."""
        where = np.flatnonzero(at)
        self.count += len(where)
        self.examples += ids.take(pa.array(where[: _EXAMPLES - len(self.examples)])).to_pylist()


@dataclass
class Doubts:
    """What a pass found odd, by column."""

    falling: dict[Cell, Doubt] = field(default_factory=dict)
    """A running total that is lower than that of the period before."""
    large_shares: dict[Cell, Doubt] = field(default_factory=dict)
    """A share above 10, likely a percentage written without its sign."""


@dataclass(frozen=True)
class Subjects:
    """The subjects of a kind in their order: the number of the first, and their attributes."""

    kind: str
    first: int
    attributes: pa.Table
    key: str
    cells: tuple[int, ...]
    """The cells that become columns."""

    def schema(self, cells: Sequence[Cell]) -> pa.Schema:
        """The columns of the wide table."""
        schema = self.attributes.schema
        for number in self.cells:
            schema = schema.append(pa.field(cells[number].column, ARROW_TYPES[cells[number].kind]))
        return schema


def period_values(cells: Mapping[Cell, Numbers]) -> Iterator[tuple[Cell, Numbers]]:
    """The columns with running totals turned into the values of their periods; NaN is missing.

    The first period of a year stands as it is; a later one is the total less that of the period before, and is
    missing where that is: it is never guessed.
    """
    for cell, total in cells.items():
        if not cell.indicator.cumulative or cell.period.ordinal == 1 or cell.kind not in _ARITHMETIC:
            yield cell, total
            continue
        before = cells.get(Cell(cell.indicator, cell.period.shift(-1)))
        yield cell, np.full_like(total, np.nan) if before is None else _difference(cell.kind, total, before)


def _difference(kind: CellKind, total: Numbers, before: Numbers) -> Numbers:
    difference = total - before
    if kind == "money":  # whole fen within 2^53: exact
        return difference
    # 0.3 less 0.2 is 0.1, not 0.09999999999999998.
    return np.where(np.abs(difference) < _ROUNDED_BELOW, np.round(difference, 6), difference)


def typed(kind: CellKind, numbers: Numbers, texts: pa.Array) -> pa.Array:
    """The numbers of a column as values of its kind; NaN is null."""
    missing = np.isnan(numbers)
    if kind in ("number", "share"):
        return pa.array(numbers, mask=missing)
    whole = np.where(missing, 0, numbers).astype(np.int64)
    if kind == "money":
        return pa.array(whole, mask=missing)
    if kind == "flag":
        return pa.array(whole.astype(np.bool_), mask=missing)
    if kind == "date":
        return pa.array(whole.astype(np.int32), mask=missing).cast(pa.date32())
    return texts.take(pa.array(whole, mask=missing))


class Pivot:
    """Takes sorted observations and gives the wide tables, group by group of each kind."""

    def __init__(
        self,
        subjects: Sequence[Subjects],
        cells: Sequence[Cell],
        texts: Sequence[str],
        sink: Callable[[str, pa.Table], None],
    ) -> None:
        self._cells, self._texts, self._sink = cells, pa.array(texts, pa.string()), sink
        self.doubts = Doubts()
        ordered = sorted(subjects, key=lambda s: SUBJECT_KINDS.index(s.kind))
        self._groups = [
            (s, start, min(start + WIDE_GROUP, s.attributes.num_rows))
            for s in ordered
            for start in range(0, s.attributes.num_rows, WIDE_GROUP)
        ]
        self._open(0)

    def _open(self, number: int) -> None:
        self._number = number
        if number == len(self._groups):
            return
        own, start, stop = self._groups[number]
        self._first, self._stop = own.first + start, own.first + stop
        self._values = np.full((len(own.cells), stop - start), np.nan)
        self._position = np.full(len(self._cells), -1)
        self._position[list(own.cells)] = np.arange(len(own.cells))

    def add(self, keys: Keys, numbers: Numbers) -> None:
        """The next observations in the order of their keys; only approved values count."""
        approved = (keys % CELL_STEP == 0) & ~np.isnan(numbers)
        keys, numbers = keys[approved], numbers[approved]
        subjects = keys // SUBJECT_STEP
        cells = keys % SUBJECT_STEP // CELL_STEP
        begin = 0
        while begin < len(subjects):
            while subjects[begin] >= self._stop:
                self._close()
            end = int(np.searchsorted(subjects, self._stop))
            part = slice(begin, end)
            self._values[self._position[cells[part]], subjects[part] - self._first] = numbers[part]
            begin = end

    def finish(self) -> None:
        """No more observations: give what is left."""
        while self._number < len(self._groups):
            self._close()

    def _close(self) -> None:
        own, start, stop = self._groups[self._number]
        attributes = own.attributes.slice(start, stop - start)
        ids = attributes[own.key].combine_chunks()
        raw = {self._cells[n]: self._values[i] for i, n in enumerate(own.cells)}
        columns = []
        for cell, numbers in period_values(raw):
            self._doubt(cell, numbers, ids)
            columns.append(typed(cell.kind, numbers, self._texts))
        schema = own.schema(self._cells)
        self._sink(own.kind, pa.Table.from_arrays([*attributes.columns, *columns], schema=schema))
        self._open(self._number + 1)

    def _doubt(self, cell: Cell, numbers: Numbers, ids: pa.Array) -> None:
        if cell.indicator.cumulative and cell.period.ordinal > 1 and (falls := numbers < 0).any():
            self.doubts.falling.setdefault(cell, Doubt()).add(falls, ids)
        if cell.indicator.unit == "%" and (large := np.abs(numbers) > _LARGE_SHARE).any():
            self.doubts.large_shares.setdefault(cell, Doubt()).add(large, ids)
