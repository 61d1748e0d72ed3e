"""Figures as rows of the observation table: who reported what, as text, in which state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jiqun.base.periods import Period
from jiqun.rules.vocabulary import Vocabulary
from jiqun.sample.figures import Block, Mask, Numbers, Values, draw_figures
from jiqun.sample.model import FigureSpec, Weights
from jiqun.sample.names import pick
from jiqun.sample.streams import Streams
from jiqun.sample.subjects import Subjects

CHUNK = 1 << 16
"""Firms drawn together: row numbers fit 16 bits, so that rows are put in order by radix sort."""
SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("subject_kind", "subject", "indicator", "period", "value", "state")]
)


@dataclass(frozen=True)
class Reporting:
    """Who reports, and how completely."""

    groups: dict[str, Mask]
    """all, full, applicants -> a mask over the subjects."""
    silent: float
    states: Weights
    years: tuple[int, int]


@dataclass(frozen=True)
class _Cells:
    """One indicator in one period: the rows that report it and what they report."""

    rows: npt.NDArray[np.uint16]
    texts: pa.StringArray
    indicator: str
    period: str
    settled: bool
    """All approved: nothing of it is still on its way."""


def observations(
    specs: Sequence[FigureSpec], subjects: Subjects, reporting: Reporting, vocabulary: Vocabulary, streams: Streams
) -> Iterator[pa.Table]:
    """The observation rows of all subjects, chunk by chunk, in the order of the subjects."""
    years = range(subjects.first_year, subjects.first_year + subjects.revenue.shape[1])
    for number, start in enumerate(range(0, len(subjects), CHUNK)):
        part = slice(start, min(start + CHUNK, len(subjects)))
        block = Block(
            number=number,
            purpose=subjects.kind,
            years=years,
            quality=subjects.quality[part],
            revenue=subjects.revenue[part],
            employees=subjects.employees[part],
            founded=subjects.founded[part],
            awarded={title: held[part] for title, held in subjects.awarded.items()},
        )
        values = draw_figures(specs, block, streams)
        groups = {name: mask[part] for name, mask in reporting.groups.items()}
        cells = list(_cells(specs, values, block, groups, reporting, vocabulary, streams))
        if cells:
            yield _table(cells, subjects.ids[part.start : part.stop], subjects.kind, reporting, number, streams)


def _cells(
    specs: Sequence[FigureSpec],
    values: Values,
    block: Block,
    groups: dict[str, Mask],
    reporting: Reporting,
    vocabulary: Vocabulary,
    streams: Streams,
) -> Iterator[_Cells]:
    silent = streams.at("silent", block.purpose, block.number).random((len(block), len(block.years)))
    for spec in specs:
        if spec.hidden:
            continue
        rng = streams.at("missing", block.purpose, spec.indicator, block.number)
        for column, period in _columns(spec, block, reporting, vocabulary):
            column_values = values[spec.indicator][:, column]
            year = period.calendar_year - block.years.start
            known = groups[spec.reporters] & ~np.isnan(column_values) & ~np.isnan(block.revenue[:, year])
            if not spec.complete:
                known &= (rng.random(len(block)) >= spec.missing) & (silent[:, year] >= reporting.silent)
            rows = np.flatnonzero(known)
            shown = _cumulated(values[spec.indicator], column, period, spec, vocabulary)[rows]
            settled = spec.complete or year < reporting.years[1] - block.years.start
            yield _Cells(rows.astype(np.uint16), _texts(spec, shown), spec.indicator, str(period), settled)


def _columns(
    spec: FigureSpec, block: Block, reporting: Reporting, vocabulary: Vocabulary
) -> Iterator[tuple[int, Period]]:
    """The columns of an indicator's values that are reported, and their periods."""
    if spec.run is None:
        first = max(spec.from_year or reporting.years[0], reporting.years[0])
        for year in range(first, reporting.years[1] + 1):
            yield year - block.years.start, Period.year(year)
        return
    period, last = Period.parse(spec.run.first), Period.parse(spec.run.last)
    per_year = 12 if period.grain == "month" else 4
    while period <= last:
        yield period.index - block.years.start * per_year, period
        period = period.shift(1)


def _cumulated(values: Numbers, column: int, period: Period, spec: FigureSpec, vocabulary: Vocabulary) -> Numbers:
    indicator = vocabulary.indicator(spec.indicator)
    if spec.run is None or indicator is None or not indicator.cumulative:
        return values[:, column]
    total: Numbers = values[:, column - period.ordinal + 1 : column + 1].sum(axis=1)
    return total


def _texts(spec: FigureSpec, values: Numbers) -> pa.StringArray:
    if spec.flag:
        return pa.array(["否", "是"]).take(pa.array(values.astype(np.int8)))
    if spec.choice:
        return pa.array(list(spec.choice.weights)).take(pa.array(values.astype(np.int8)))
    rounded = np.rint(values / spec.to) * spec.to
    if spec.digits == 0:
        return pa.array(np.rint(rounded).astype(np.int64)).cast(pa.string())
    return pa.array(np.round(values, spec.digits) + 0.0).cast(pa.string())


def _table(
    cells: Sequence[_Cells], ids: pa.StringArray, kind: str, reporting: Reporting, number: int, streams: Streams
) -> pa.Table:
    rows = np.concatenate([c.rows for c in cells])
    order = np.argsort(rows, kind="stable")
    which = np.repeat(np.arange(len(cells)), [len(c.rows) for c in cells])[order]
    open_ = np.array([not c.settled for c in cells])[which]
    n = len(order)
    return pa.table(
        {
            "subject_kind": pa.array([kind]).take(pa.array(np.zeros(n, dtype=np.int8))),
            "subject": ids.take(pa.array(rows[order])),
            "indicator": pa.array([c.indicator for c in cells]).take(pa.array(which)),
            "period": pa.array([c.period for c in cells]).take(pa.array(which)),
            "value": pa.concat_arrays([c.texts for c in cells]).take(pa.array(order)),
            "state": _states(open_, reporting.states, streams.at("state", kind, number)),
        },
        schema=SCHEMA,
    )


def _states(open_: Mask, weights: Weights, rng: np.random.Generator) -> pa.StringArray:
    """Approved, but for some of the open ones."""
    names = ["approved", *(name for name in weights if name != "approved")]
    drawn = pick(rng, {name: weights.get(name, 0.0) for name in names}, len(open_))
    return pa.array(names).take(pa.array(np.where(open_, drawn, 0)))
