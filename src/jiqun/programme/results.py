"""Decisions as one long Parquet file, written from the wide answers of a query.

A million firms make over forty million rows, so nothing is done a row at a time: a row group holds a batch of subjects,
and in each of its columns every rule has a page, which most columns share with other rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jiqun.base import parquet
from jiqun.base.parquet import Chunk, Page, ParquetFile
from jiqun.programme import spelling
from jiqun.rules.query import Asked
from jiqun.rules.vector.columns import states

if TYPE_CHECKING:
    from jiqun.programme.decisions import DecisionRule
    from jiqun.programme.evaluate import SubjectIds
    from jiqun.snapshot.engines import Batch

OUTCOMES = ("符合", "不符合", "待定")
_OPEN = 2
_CODE_OF_STATE = np.array([1, _OPEN, 0], np.uint8)
COLUMNS = (
    parquet.text("subject_kind", parquet.REQUIRED),
    parquet.text("subject", parquet.REQUIRED),
    parquet.text("rule", parquet.REQUIRED),
    parquet.text("outcome", parquet.REQUIRED),
    parquet.decimal("amount", 18, 2),
    parquet.text("payee_kind", parquet.OPTIONAL),
    parquet.text("payee", parquet.OPTIONAL),
    parquet.texts("missing"),
)


@dataclass(frozen=True)
class Summary:
    """What a rule came to: how many subjects of each outcome, and the money."""

    yes: int = 0
    no: int = 0
    open: int = 0
    amount: Decimal = Decimal(0)

    def __add__(self, other: Summary) -> Summary:
        return Summary(self.yes + other.yes, self.no + other.no, self.open + other.open, self.amount + other.amount)


@dataclass(frozen=True)
class Group:
    """The decisions of a batch of subjects, ready to be written."""

    rows: int
    chunks: Sequence[Chunk]
    summaries: Mapping[str, Summary]


class DecisionWriter:
    """Writes batches of answers; use it as a context manager."""

    def __init__(self, path: Path, rules: Sequence[DecisionRule]) -> None:
        self.summaries = {r.id: Summary() for r in rules}
        self._rules = {r.id: r for r in rules}
        self._file = ParquetFile(path, COLUMNS)

    def __enter__(self) -> DecisionWriter:
        self._file.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.__exit__(kind, error, at)

    def shape(self, kind: str, ids: Future[SubjectIds], asked: Sequence[Asked], compute: Batch) -> Group:
        """The answers of a batch of subjects as a row group, rule after rule; several threads may do so at once."""
        batch, subjects = compute(), ids.result()
        rows = batch.column("row")
        words = _Words(kind, subjects.ids.take(rows), subjects.counties.take(rows), asked)
        pages, summaries = list[tuple[Page, ...]](), dict[str, Summary]()
        for number, each in enumerate(asked):
            answer = _Answer.of(each, batch)
            summaries[each.rule.id] = answer.summary
            payee_kind, payee = words.paid_to(self._rules[each.rule.id])
            pages.append(
                (words.kind, words.subject, words.rule(number), answer.outcome_page, answer.amount_page(words),
                 payee_kind, payee, _missing(each, batch, answer, words))
            )  # fmt: skip
        chunks = [Chunk(column, d) for column, d in zip(zip(*pages, strict=True), words.dictionaries, strict=True)]
        return Group(len(batch) * len(asked), chunks, summaries)

    def write(self, group: Group) -> None:
        """Write a row group and count it."""
        self._file.write(group.rows, group.chunks)
        for rule_id, found in group.summaries.items():
            self.summaries[rule_id] += found


class _Words:
    """The dictionaries that the rows of one batch share, and the pages that are the same for many rules."""

    def __init__(self, kind: str, ids: pa.Array, counties: pa.Array, asked: Sequence[Asked]) -> None:
        self.size = size = len(ids)
        self.facts = {label: i for i, label in enumerate(dict.fromkeys(x for a in asked for x in a.bits.labels))}
        self._counties = counties.dictionary_encode()
        # Subjects and payees have one dictionary, which is the larger part of the file.
        names = parquet.words_page(ids, self._counties.dictionary)
        rules, kinds = pa.array([a.rule.id for a in asked]), pa.array([kind, "place"])
        few = [parquet.words_page(x) for x in (kinds, rules, pa.array(OUTCOMES), pa.array(self.facts, pa.string()))]
        self.dictionaries = [few[0], names, few[1], few[2], None, few[0], names, few[3]]
        self._absent = parquet.levels(parquet.run(0, size, 1))
        self._present = parquet.levels(parquet.run(1, size, 1))
        self.kind = parquet.index_page(size, b"", 8, parquet.run(0, size, 8))
        self.subject = self._numbered(b"", np.arange(size))

    def _numbered(self, levels: bytes, numbers: Any) -> Page:
        width = 16 if self.size + len(self._counties.dictionary) <= 1 << 16 else 32
        return parquet.index_page(self.size, levels, width, parquet.packed(numbers, width))

    def rule(self, number: int) -> Page:
        """The page of one rule's id."""
        return parquet.index_page(self.size, b"", 16, parquet.run(number, self.size, 16))

    def paid_to(self, rule: DecisionRule) -> tuple[Page, Page]:
        """The kind of payee and the payee: nobody, the subject, or its county."""
        if rule.amount is None:
            return self.nobody, self.nobody
        if rule.payee == "county":
            return self._place, self._county
        return self._self

    @cached_property
    def nobody(self) -> Page:
        """A page of texts that are all null."""
        return parquet.index_page(self.size, self._absent, 8, b"")

    @cached_property
    def no_amount(self) -> Page:
        """A page of amounts that are all null."""
        return parquet.plain_page(self.size, self._absent, b"")

    @cached_property
    def nothing_missing(self) -> Page:
        """A page of empty lists."""
        levels = self._absent + parquet.levels(parquet.run(0, self.size, 2))
        return parquet.index_page(self.size, levels, 16, b"")

    @cached_property
    def _self(self) -> tuple[Page, Page]:
        kind = parquet.index_page(self.size, self._present, 8, parquet.run(0, self.size, 8))
        return kind, self._numbered(self._present, np.arange(self.size))

    @cached_property
    def _place(self) -> Page:
        return parquet.index_page(self.size, self._present, 8, parquet.run(1, self.size, 8))

    @cached_property
    def _county(self) -> Page:
        codes = self._counties.indices
        known = parquet.levels(parquet.packed(pc.is_valid(codes).to_numpy(zero_copy_only=False), 1))
        return self._numbered(known, codes.drop_null().to_numpy() + self.size)


@dataclass(frozen=True)
class _Answer:
    """One rule's answers for a batch: outcome codes, and the fen of those who are paid."""

    codes: np.ndarray[Any, np.dtype[np.uint8]]
    fen: np.ndarray[Any, np.dtype[np.int64]] | None

    @classmethod
    def of(cls, asked: Asked, batch: pa.RecordBatch) -> _Answer:
        codes = _CODE_OF_STATE[states(batch.column(asked.value))]
        if asked.amount is None:
            return cls(codes, None)
        paid = batch.column(asked.amount)
        if paid.null_count:  # what cannot be computed is not known
            codes[(codes == 0) & (states(paid) == 1)] = _OPEN
        return cls(codes, _fen(_integers(paid)[codes == 0], asked.scale))

    @property
    def summary(self) -> Summary:
        """The answers counted, and the sum of all amounts."""
        yes, no = (int(np.count_nonzero(self.codes == code)) for code in (0, 1))
        paid = Decimal(0) if self.fen is None else Decimal(int(self.fen.sum())).scaleb(-2)
        return Summary(yes, no, len(self.codes) - yes - no, paid)

    @property
    def outcome_page(self) -> Page:
        """The outcomes."""
        return parquet.index_page(len(self.codes), b"", 2, parquet.packed(self.codes, 2))

    def amount_page(self, words: _Words) -> Page:
        """The amounts, null unless 符合."""
        if self.fen is None or not len(self.fen):
            return words.no_amount
        return parquet.plain_page(
            len(self.codes), parquet.levels(parquet.packed(self.codes == 0, 1)), self.fen.tobytes()
        )


def _integers(column: pa.Array) -> Any:
    """Integers as 64-bit numpy ones (a constant comes in as few bits as it needs), 0 where null."""
    filled = pc.fill_null(column, 0) if column.null_count else column
    return filled.to_numpy(zero_copy_only=False).astype(np.int64, copy=False)


def money_of(asked: Asked, batch: pa.RecordBatch) -> Any:
    """The fen that a rule pays each subject of a batch; 0 where it does not hold or cannot be told."""
    assert asked.amount is not None
    fen, paid = np.zeros(len(batch), np.int64), states(batch.column(asked.value)) == 2
    fen[paid] = _fen(_integers(batch.column(asked.amount))[paid], asked.scale)
    return fen


def _fen(scaled: Any, scale: int) -> Any:
    """Exact amounts at `scale` decimals as whole fen."""
    if scale <= 2:
        return scaled * 10 ** (2 - scale)
    step = 10 ** (scale - 2)
    if bool(np.any(scaled % step)):
        raise ValueError("an amount has fractions of a fen: its clause must round it with 四舍五入(…, 2)")
    return scaled // step


def _missing(asked: Asked, batch: pa.RecordBatch, answer: _Answer, words: _Words) -> Page:
    """The names of the missing facts of each subject, as lists; empty where the answer is known."""
    if asked.mask is None or not asked.bits.labels:
        return words.nothing_missing
    masks, found = _integers(batch.column(asked.mask)), np.zeros(2, np.int64)
    spelling.counts(masks, answer.codes, _OPEN, found)
    places, count = found.tolist()
    if not count:
        return words.nothing_missing
    places_of = [words.facts[name] for name in asked.bits.labels]
    labels = np.array(places_of, np.uint8 if max(places_of) < 1 << 8 else np.uint16)
    repeated, defined = np.zeros(-(-places // 8), np.uint8), np.zeros(-(-places // 4), np.uint8)
    names = np.empty(count, labels.dtype)
    spelling.spell(masks, answer.codes, _OPEN, labels, repeated, defined, names)
    levels = parquet.levels(parquet.packed_bytes(repeated, places, 1))
    levels += parquet.levels(parquet.packed_bytes(defined, places, 2))
    width = 8 * labels.itemsize
    return parquet.index_page(places, levels, width, parquet.packed(names, width))
