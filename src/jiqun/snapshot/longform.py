"""Observations in their long form: sorted, canonical texts, written as they stream by."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiqun.snapshot.observations import CELL_STEP, SUBJECT_STEP, Cell
from jiqun.snapshot.tables import STATES, SUBJECT_KINDS
from jiqun.snapshot.wide import Keys, Numbers
from jiqun.snapshot.write import LONG_GROUP, TableWriter

_CODED = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(
    [
        ("subject_kind", _CODED),
        ("subject", _CODED),
        ("row", pa.int64()),
        ("indicator", _CODED),
        ("period", _CODED),
        ("value", pa.string()),
        ("state", _CODED),
    ]
)
"""As it is handed to Parquet; it is read back as plain texts."""
_CODES = {"money": 0, "number": 1, "share": 1, "flag": 2, "date": 3, "text": 4}
_AHEAD = 3
"""Pieces that may wait for the worker, so that memory stays small."""
_WHOLE_BELOW = 1e15
_FLAG_TEXTS = pa.array(["否", "是"])


class LongForm:
    """Takes sorted observations, finds those that report a cell twice, and writes them in groups."""

    def __init__(
        self,
        writer: TableWriter,
        worker: Executor,
        ids: pa.StringArray,
        firsts: Sequence[int],
        cells: Sequence[Cell],
        texts: Sequence[str],
    ) -> None:
        """`ids` of all subjects by number; `firsts` the number of the first subject of each kind; one worker thread."""
        self._writer, self._ids, self._firsts = writer, ids, np.array(firsts)
        self._kinds = np.array([_CODES[c.kind] for c in cells], dtype=np.int8)
        self._texts = pa.array(texts, pa.string())
        self._indicators, self._indicator_of = _numbered([c.indicator.name for c in cells])
        self._periods, self._period_of = _numbered([str(c.period) for c in cells])
        # Keys and numbers, with what they stand for, say all that the table says, in a third of its bytes.
        meaning = [[c.indicator.name, str(c.period), c.kind] for c in cells]
        self._digests = [
            hashlib.sha256(json.dumps([meaning, list(texts)], ensure_ascii=False).encode()),
            hashlib.sha256(),
            hashlib.sha256(),
        ]
        self._pending: list[tuple[Keys, Numbers]] = []
        self._waiting = 0
        self._worker = worker
        self._writing: deque[Future[None]] = deque()
        self._last = -1
        self.twice = False
        """Whether a cell of a subject was reported more than once."""

    def add(self, keys: Keys, numbers: Numbers) -> None:
        """The next observations in the order of their keys."""
        if not len(keys):
            return
        reported = keys // CELL_STEP
        self.twice = self.twice or bool(reported[0] == self._last or (reported[1:] == reported[:-1]).any())
        self._last = int(reported[-1])
        self._pending.append((keys, numbers))
        self._waiting += len(keys)
        if self._waiting >= LONG_GROUP:
            self._hand_over(whole_groups=True)

    def finish(self) -> str:
        """Write what is left; returns the digest of the contents."""
        self._hand_over(whole_groups=False)
        while self._writing:
            self._writing.popleft().result()
        return hashlib.sha256("\n".join(d.hexdigest() for d in self._digests).encode()).hexdigest()

    def _hand_over(self, *, whole_groups: bool) -> None:
        """Give what waits to the worker, who writes while the next observations are sorted and pivoted."""
        if not self._pending:
            return
        keys = np.concatenate([k for k, _ in self._pending])
        numbers = np.concatenate([n for _, n in self._pending])
        end = len(keys) // LONG_GROUP * LONG_GROUP if whole_groups else len(keys)
        self._writing.append(self._worker.submit(self._write, keys[:end], numbers[:end]))
        self._pending = [(keys[end:], numbers[end:])]
        self._waiting = len(keys) - end
        if len(self._writing) > _AHEAD:
            self._writing.popleft().result()

    def _write(self, keys: Keys, numbers: Numbers) -> None:
        self._digests[1].update(keys.data)
        self._digests[2].update(numbers.data)
        for start in range(0, len(keys), LONG_GROUP):
            part = slice(start, start + LONG_GROUP)
            self._writer.write(self._table(keys[part], numbers[part]))

    def _table(self, keys: Keys, numbers: Numbers) -> pa.Table:
        subjects = keys // SUBJECT_STEP
        cells = keys % SUBJECT_STEP // CELL_STEP
        kinds = np.searchsorted(self._firsts, subjects, side="right") - 1
        return pa.table(
            {
                "subject_kind": _coded(kinds, pa.array(SUBJECT_KINDS)),
                "subject": self._subject(subjects, kinds),
                "row": pa.array(subjects - self._firsts[kinds]),
                "indicator": _coded(self._indicator_of[cells], self._indicators),
                "period": _coded(self._period_of[cells], self._periods),
                "value": value_texts(self._kinds[cells], numbers, self._texts),
                "state": _coded(keys % CELL_STEP, pa.array(STATES)),
            },
            schema=SCHEMA,
        )

    def _subject(self, subjects: Keys, kinds: npt.NDArray[np.int64]) -> pa.Array:
        starts = np.concatenate([[True], subjects[1:] != subjects[:-1]])
        names = self._ids.take(pa.array(subjects[starts]))
        coded = _coded(np.cumsum(starts) - 1, names)
        # A dictionary must not hold a text twice, and subjects of two kinds may share an id.
        return coded if kinds[0] == kinds[-1] else coded.cast(pa.string()).dictionary_encode()


def _numbered(texts: Sequence[str]) -> tuple[pa.Array, npt.NDArray[np.int64]]:
    names = sorted(set(texts))
    place = {n: i for i, n in enumerate(names)}
    return pa.array(names, pa.string()), np.array([place[t] for t in texts], dtype=np.int64)


def _coded(indices: npt.NDArray[np.int64], names: pa.Array) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(indices, pa.int32()), names)


def value_texts(kinds: npt.NDArray[np.int8], numbers: Numbers, texts: pa.Array) -> pa.Array:
    """Each value as the one text for it: 1200, 1200.50 (yuan), 0.35, 是, 2025-07-22; null where it is missing."""
    missing = np.isnan(numbers)
    shown = np.where(kinds == _CODES["money"], numbers / 100, numbers)
    whole = (kinds <= _CODES["number"]) & (shown == np.floor(shown)) & (np.abs(shown) < _WHOLE_BELOW)
    found = pa.array(np.where(whole, shown, 0).astype(np.int64), mask=~whole).cast(pa.string())
    for kind in np.unique(kinds[~whole & ~missing]):
        at = (kinds == kind) & ~whole & ~missing
        found = pc.replace_with_mask(found, pa.array(at), _texts_of(int(kind), numbers[at], texts))
    return found


def _texts_of(kind: int, numbers: Numbers, texts: pa.Array) -> pa.Array:
    if kind == _CODES["number"]:
        return pa.array(numbers).cast(pa.string())
    whole = pa.array(numbers.astype(np.int64))
    if kind == _CODES["money"]:
        return pc.multiply(whole.cast(pa.decimal128(19, 0)), pa.scalar(Decimal("0.01"))).cast(pa.string())
    if kind == _CODES["flag"]:
        return _FLAG_TEXTS.take(whole)
    if kind == _CODES["date"]:
        return whole.cast(pa.int32()).cast(pa.date32()).cast(pa.string())
    return texts.take(whole)
