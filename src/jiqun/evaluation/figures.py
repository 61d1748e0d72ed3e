"""The figures of a pack's index out of a snapshot: one panel a day, and those of the years around it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from jiqun.evaluation.declared import Declared
from jiqun.evaluation.framework import Floats
from jiqun.evaluation.panel import Panel
from jiqun.evaluation.run import Periods
from jiqun.programme.models import EvaluationFile
from jiqun.programme.pack import Pack
from jiqun.rules import parse_rule
from jiqun.rules.frames import Source
from jiqun.rules.query import Bound, Measured, ask, measure
from jiqun.rules.vocabulary import SUBJECT_IDS
from jiqun.snapshot.engines import Engine


def panel_of(backend: Engine, snapshot: Path, pack: Pack, declared: Declared, as_of: date) -> Panel:
    """The measures of every subject that takes part, as of a day, from a snapshot."""
    file, source = declared.file, Source(backend.tables, pack.vocabulary)
    measures = [
        (leaf.id, parse_rule(leaf.measure, pack.vocabulary, subject=file.subject, expect="number").node)
        for pillar in file.pillars
        for leaf in pillar.indicators
    ]
    expression, found = measure(source, file.subject, measures, as_of)
    table = backend.table(expression).sort_by("row")
    rows = table["row"].to_pylist()
    values = np.column_stack([_column(table[m.value].to_pylist(), m) for m in found])
    key = SUBJECT_IDS[file.subject]
    with pq.ParquetFile(snapshot / f"{file.subject}.parquet") as parquet:
        names = parquet.read(columns=["row", key, "name"]).sort_by("row")
    ids, titles = names[key].to_pylist(), names["name"].to_pylist()
    panel = Panel(
        tuple(str(ids[r]) for r in rows), tuple(m.id for m in found), values, tuple(str(titles[r]) for r in rows)
    )
    return panel if file.condition is None else panel.only(_taking_part(backend, pack, file, rows, as_of))


def _column(values: list[object], measured: Measured) -> Floats:
    scale = measured.scale or 0
    return np.array([np.nan if v is None else float(Decimal(str(v)).scaleb(-scale)) for v in values])


def _taking_part(backend: Engine, pack: Pack, file: EvaluationFile, rows: list[int], as_of: date) -> list[int]:
    rule = parse_rule(str(file.condition), pack.vocabulary, subject=file.subject, expect="flag")
    source = Source(backend.tables, pack.vocabulary)
    expression, asked = ask(source, file.subject, [Bound("condition", rule.node)], as_of)
    answers = backend.table(expression)
    chosen = {r for r, yes in zip(answers["row"].to_pylist(), answers[asked[0].value].to_pylist(), strict=True) if yes}
    return [i for i, row in enumerate(rows) if row in chosen]


class Years:
    """Panels as of a day and of the same day of the years before, each asked for once."""

    def __init__(self, backend: Engine, snapshot: Path, pack: Pack, declared: Declared, as_of: date) -> None:
        self._declared = declared
        self._panel = cache(lambda back: panel_of(backend, snapshot, pack, declared, years_before(as_of, back)))

    def panel(self, back: int) -> Panel:
        """The panel of so many years before the day."""
        return self._panel(back)

    def around(self, back: int) -> Periods:
        """What the plan's filling over time needs: years before and, to interpolate towards, years after up to the day."""
        rule = self._declared.plan.over_time
        if rule is None:
            return Periods()
        earlier = tuple(self._panel(back + k) for k in range(rule.longest, 0, -1))
        later = range(back - 1, -1, -1) if rule.how == "linear" else ()
        return Periods(earlier, tuple(self._panel(k) for k in later))


def years_before(day: date, years: int) -> date:
    """The same day of an earlier year; 28 February for 29 February."""
    if years == 0:
        return day
    return day.replace(year=day.year - years, day=28 if (day.month, day.day) == (2, 29) else day.day)
