"""What matching found, in columns: for each need its offers, best first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jiqun.programme.exchange import SCORE_DIGITS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
UNIT = 10**SCORE_DIGITS


@dataclass(frozen=True)
class Matches:
    """One row a match, ordered by need and rank; `need` and `offer` are rows of the tables matched.

    `scores` are whole units of 10^-8. `terms` holds the value of each term of the score, 0 to 1, NaN where missing:
    shape (matches, terms).
    """

    need: Ints
    offer: Ints
    rank: Ints
    scores: Ints
    terms: Floats

    @classmethod
    def of_table(cls, table: pa.Table, terms: int) -> Matches:
        """From a query's result."""
        values = [table[f"t{i}"].to_numpy(zero_copy_only=False).astype(np.float64) for i in range(terms)]
        shaped = np.column_stack(values) if values else np.zeros((table.num_rows, 0))
        need, offer, rank, score = (np.asarray(table[c]).astype(np.int64) for c in ("need", "offer", "rank", "score"))
        return cls(need, offer, rank, score, shaped)

    def __len__(self) -> int:
        return len(self.need)

    def of_need(self, need: int) -> slice:
        """The rows of one need."""
        low, high = np.searchsorted(self.need, [need, need + 1])
        return slice(int(low), int(high))

    def same(self, other: Matches) -> bool:
        """Whether both name the same offers with the same scores in the same order."""
        return all(
            np.array_equal(a, b)
            for a, b in ((self.need, other.need), (self.offer, other.offer), (self.scores, other.scores))
        )

    def as_table(self, needs: Sequence[str], offers: Sequence[str], names: Sequence[str]) -> pa.Table:
        """The matches with ids and the names of the terms, the score from 0 to 1 and ranks from 1."""
        columns = {
            "need": pa.array([needs[i] for i in self.need], pa.string()),
            "rank": pa.array(self.rank + 1),
            "offer": pa.array([offers[i] for i in self.offer], pa.string()),
            "score": pa.array(self.scores / UNIT),
        }
        for i, name in enumerate(names):
            columns[f"得分·{name}"] = pa.array(self.terms[:, i], from_pandas=True)
        return pa.table(columns)
