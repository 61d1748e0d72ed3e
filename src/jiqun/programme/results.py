"""Decisions as one long Parquet file, written from the wide answers of a query.

A million firms make over forty million rows, so nothing is done a row at a time: within a batch of subjects each rule's
column goes out as it came, and every text is an index into a dictionary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
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
    [("subject_kind", _WORDS), ("subject", _WORDS), ("rule", _WORDS), ("outcome", _WORDS), ("amount", AMOUNT),
     ("payee_kind", _WORDS), ("payee", _WORDS), ("missing", pa.list_(pa.string()))]
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

    def add(self, kind: str, subjects: SubjectIds, asked: Sequence[Asked], batch: pa.RecordBatch) -> None:
        """Write the answers of a batch of subjects, rule after rule."""
        rows = batch.column("row")
        ids, counties = subjects.ids.take(rows), subjects.counties.take(rows)
        columns: dict[str, list[pa.Array]] = {name: [] for name in SCHEMA.names}
        words = _Words(ids, counties)
        for each in asked:
            answer = _Answer.of(each, batch)
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
        table = pa.Table.from_arrays(
            [pa.chunked_array(columns[n], SCHEMA.field(n).type) for n in SCHEMA.names], schema=SCHEMA
        )
        self._writer.write_table(table, row_group_size=len(table))

    def _count(self, rule_id: str, answer: _Answer) -> None:
        summary = self.summaries[rule_id]
        counts = np.bincount(answer.codes, minlength=3)
        summary.yes += int(counts[0])
        summary.no += int(counts[1])
        summary.open += int(counts[2])
        summary.amount += answer.total


class _Words:
    """The dictionaries that the rows of one batch share."""

    def __init__(self, ids: pa.Array, counties: pa.Array) -> None:
        size = len(ids)
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
    def of(cls, asked: Asked, batch: pa.RecordBatch) -> _Answer:
        value = batch.column(asked.value)
        size = len(value)
        yes = pc.fill_null(value, False).to_numpy(zero_copy_only=False)
        known = pc.is_valid(value).to_numpy(zero_copy_only=False)
        codes = np.where(known, np.where(yes, 0, 1), 2).astype(np.int32)
        amount, total = pa.nulls(size, AMOUNT), Decimal(0)
        if asked.amount is not None:
            paid = batch.column(asked.amount)
            codes[(codes == 0) & ~pc.is_valid(paid).to_numpy(zero_copy_only=False)] = 2
            amount, total = _money(pc.fill_null(paid, 0).to_numpy(zero_copy_only=False), codes == 0, asked.scale)
        return cls(codes, amount, _missing(asked, batch, codes), total)


def money_of(asked: Asked, batch: pa.RecordBatch) -> Any:
    """The fen that a rule pays each subject of a batch; 0 where it does not hold or cannot be told."""
    assert asked.amount is not None
    holds = pc.fill_null(batch.column(asked.value), False).to_numpy(zero_copy_only=False)
    fen = _fen(pc.fill_null(batch.column(asked.amount), 0).to_numpy(zero_copy_only=False), holds, asked.scale)
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


def _missing(asked: Asked, batch: pa.RecordBatch, codes: Any) -> pa.Array:
    """The names of the missing facts of each subject, as lists; empty where the answer is known."""
    size = len(codes)
    nothing = _lists(np.zeros(size + 1, np.int32), pa.array([], pa.string()))
    if asked.mask is None or not asked.bits.labels:
        return nothing
    mask = pc.if_else(pa.array(codes == 2), batch.column(asked.mask), None).dictionary_encode()
    names = [asked.bits.names(m) for m in mask.dictionary.to_pylist()]
    if not any(names):
        return nothing
    names.append([])  # for the rows whose answer is known
    which = mask.indices.fill_null(len(names) - 1).to_numpy(zero_copy_only=False)
    lengths = np.array([len(x) for x in names], np.int32)[which]
    offsets = np.zeros(size + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    order = {label: i for i, label in enumerate(asked.bits.labels)}
    width = max(len(x) for x in names)
    padded = np.array([[order[x] for x in each] + [0] * (width - len(each)) for each in names], np.int32)
    indices = padded.reshape(len(names), width)[which][np.arange(width) < lengths[:, None]]
    return _lists(offsets, pa.array(asked.bits.labels, pa.string()).take(pa.array(indices)))


def _lists(offsets: Any, values: pa.Array) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)
