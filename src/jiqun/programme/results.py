"""Decisions as one long Parquet file, written from the wide answers of a query.

A million firms make over forty million rows, so nothing is done a row at a time: within a batch of subjects each rule's
column goes out as it came, and every text is an index into a dictionary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jiqun.rules.query import Asked

if TYPE_CHECKING:
    from jiqun.programme.decisions import DecisionRule
    from jiqun.programme.evaluate import SubjectIds

OUTCOMES = ("符合", "不符合", "待定")
AMOUNT = pa.decimal128(18, 2)
_WORDS = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(
    [pa.field("subject_kind", _WORDS, nullable=False), pa.field("subject", _WORDS, nullable=False),
     pa.field("rule", _WORDS, nullable=False), pa.field("outcome", _WORDS, nullable=False), ("amount", AMOUNT),
     ("payee_kind", _WORDS), ("payee", _WORDS), pa.field("missing", pa.list_(_WORDS), nullable=False)]
)  # fmt: skip


@dataclass
class Summary:
    """What a rule came to: how many subjects of each outcome, and the money."""

    yes: int = 0
    no: int = 0
    open: int = 0
    amount: Decimal = Decimal(0)


class DecisionWriter:
    """Writes batches of answers; use it as a context manager."""

    def __init__(self, path: Path, rules: Sequence[DecisionRule]) -> None:
        self.summaries = {r.id: Summary() for r in rules}
        self._rules = {r.id: r for r in rules}
        self._writer = pq.ParquetWriter(
            path, SCHEMA, compression="zstd", compression_level=1, write_statistics=False,
            dictionary_pagesize_limit=16 << 20, store_schema=False,
        )  # fmt: skip

    def __enter__(self) -> DecisionWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._writer.close()

    def shape(self, kind: str, subjects: SubjectIds, asked: Sequence[Asked], batch: pa.RecordBatch) -> pa.Table:
        """The answers of a batch of subjects as rows, rule after rule; counts them."""
        rows = batch.column("row")
        ids, counties = subjects.ids.take(rows), subjects.counties.take(rows)
        columns: dict[str, list[pa.Array]] = {name: [] for name in SCHEMA.names}
        words = _Words(ids, counties, asked)
        for each in asked:
            answer = _Answer.of(each, batch, words.facts)
            self._count(each.rule.id, answer)
            rule = self._rules[each.rule.id]
            for name, column in words.row_block(kind, rule).items():
                columns[name].append(column)
            columns["outcome"].append(pa.DictionaryArray.from_arrays(answer.codes, words.outcomes))
            columns["amount"].append(answer.amount)
            columns["missing"].append(answer.missing)
        names = pa.array([a.rule.id for a in asked], pa.string())
        columns["rule"] = [
            pa.DictionaryArray.from_arrays(np.full(len(ids), i, np.int32), names) for i in range(len(asked))
        ]
        return pa.Table.from_arrays(
            [pa.chunked_array(columns[n], SCHEMA.field(n).type) for n in SCHEMA.names], schema=SCHEMA
        )

    def write(self, table: pa.Table) -> None:
        """Write rows as one group."""
        self._writer.write_table(table, row_group_size=len(table))

    def _count(self, rule_id: str, answer: _Answer) -> None:
        summary = self.summaries[rule_id]
        yes, no = (int(np.count_nonzero(answer.codes == code)) for code in (0, 1))
        summary.yes += yes
        summary.no += no
        summary.open += len(answer.codes) - yes - no
        summary.amount += answer.total


class _Words:
    """The dictionaries that the rows of one batch share."""

    def __init__(self, ids: pa.Array, counties: pa.Array, asked: Sequence[Asked]) -> None:
        size = len(ids)
        self.facts = {label: i for i, label in enumerate(dict.fromkeys(x for a in asked for x in a.bits.labels))}
        self.outcomes = pa.array(OUTCOMES)
        zero = np.zeros(size, np.int32)
        self._subject = pa.DictionaryArray.from_arrays(np.arange(size, dtype=np.int32), ids)
        self._county = counties.dictionary_encode()
        self._none = pa.nulls(size, _WORDS)
        self._kinds = {k: pa.DictionaryArray.from_arrays(zero, pa.array([k])) for k in ("party", "cluster", "place")}

    def row_block(self, kind: str, rule: DecisionRule) -> dict[str, pa.Array]:
        """What does not depend on the answers: whose decision it is and who is paid."""
        if rule.amount is None:
            payee_kind, payee = self._none, self._none
        elif rule.payee == "county":
            payee_kind, payee = self._kinds["place"], self._county
        else:
            payee_kind, payee = self._kinds[kind], self._subject
        return {"subject_kind": self._kinds[kind], "subject": self._subject, "payee_kind": payee_kind, "payee": payee}


@dataclass(frozen=True)
class _Answer:
    """One rule's answers for a batch: outcome codes, amounts, missing facts."""

    codes: np.ndarray[Any, np.dtype[np.int32]]
    amount: pa.Array
    missing: pa.Array
    total: Decimal

    @classmethod
    def of(cls, asked: Asked, batch: pa.RecordBatch, facts: Mapping[str, int]) -> _Answer:
        known, yes = _truth(batch.column(asked.value))
        if asked.amount is not None:
            paid = batch.column(asked.amount)
            if paid.null_count:  # what cannot be computed is not known
                known = known & ~(yes & pc.is_null(paid).to_numpy(zero_copy_only=False))
        codes = (2 - known - (known & yes).view(np.uint8)).astype(np.int32)
        amount, total = pa.nulls(len(codes), AMOUNT), Decimal(0)
        if asked.amount is not None:
            amount, total = _money(_integers(paid), known & yes, asked.scale)
        return cls(codes, amount, _missing(asked, batch, ~known, facts), total)


def _truth(column: pa.Array) -> tuple[Any, Any]:
    """Whether each is known, and whether it is true (of what is not known: false); boolean arrays."""
    if column.null_count == 0:
        return np.ones(len(column), bool), column.to_numpy(zero_copy_only=False)
    known = pc.is_valid(column).to_numpy(zero_copy_only=False)
    return known, pc.fill_null(column, False).to_numpy(zero_copy_only=False)


def _integers(column: pa.Array) -> Any:
    """Integers as numpy, 0 where null."""
    return (pc.fill_null(column, 0) if column.null_count else column).to_numpy(zero_copy_only=False)


def money_of(asked: Asked, batch: pa.RecordBatch) -> Any:
    """The fen that a rule pays each subject of a batch; 0 where it does not hold or cannot be told."""
    assert asked.amount is not None
    holds = pc.fill_null(batch.column(asked.value), False).to_numpy(zero_copy_only=False)
    fen = _fen(_integers(batch.column(asked.amount)), holds, asked.scale)
    return np.where(holds, fen, 0)


def _fen(scaled: Any, paid: Any, scale: int) -> Any:
    if scale <= 2:
        return scaled * 10 ** (2 - scale)
    step = 10 ** (scale - 2)
    if bool(np.any(scaled[paid] % step)):
        raise ValueError("an amount has fractions of a fen: its clause must round it with 四舍五入(…, 2)")
    return scaled // step


def _money(scaled: Any, paid: Any, scale: int) -> tuple[pa.Array, Decimal]:
    """Exact amounts at `scale` decimals as decimal yuan with two, null where not paid; and their sum."""
    fen = _fen(scaled, paid, scale)
    words = np.zeros((len(fen), 2), np.int64)
    words[:, 0], words[:, 1] = fen, fen >> 63
    valid = pa.py_buffer(np.packbits(paid, bitorder="little"))
    array = pa.Array.from_buffers(AMOUNT, len(fen), [valid, pa.py_buffer(words)])
    return array, Decimal(int(fen[paid].sum())).scaleb(-2)


def _missing(asked: Asked, batch: pa.RecordBatch, unknown: Any, facts: Mapping[str, int]) -> pa.Array:
    """The names of the missing facts of each subject, as lists; empty where the answer is known.

    Subjects lack facts in few combinations: each is spelt out once, then copied by its number.
    """
    offsets = np.zeros(len(unknown) + 1, np.int32)
    if asked.mask is None or not asked.bits.labels or not unknown.any():
        return _lists(offsets, np.zeros(0, np.int32), facts)
    masks = pa.array(_integers(batch.column(asked.mask))[unknown]).dictionary_encode()
    combinations = [[facts[name] for name in asked.bits.names(mask)] for mask in masks.dictionary.to_pylist()]
    spelt = np.array(list(chain.from_iterable(combinations)), np.int32)
    sizes = np.array([len(each) for each in combinations], np.int32)
    which = masks.indices.to_numpy()
    lengths = sizes[which]
    offsets[1:][unknown] = lengths
    np.cumsum(offsets, out=offsets)
    # Each list begins where its combination is spelt: a step of one within a list, a jump between two.
    jumps = (np.cumsum(sizes) - sizes)[which] - (np.cumsum(lengths) - lengths)
    values = spelt[np.repeat(jumps, lengths) + np.arange(offsets[-1], dtype=np.int32)]
    return _lists(offsets, values, facts)


def _lists(offsets: Any, values: Any, facts: Mapping[str, int]) -> pa.Array:
    words = pa.DictionaryArray.from_arrays(pa.array(values, pa.int32()), pa.array(facts, pa.string()))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), words)
