"""The index that a pack declares, as tree and plan: weights from its judgements, figures by its measures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from jiqun.base.errors import InputError, Place, Problem
from jiqun.evaluation.errors import EvaluationError
from jiqun.evaluation.framework import Aggregate, Floats, Framework, Indicator
from jiqun.evaluation.panel import Panel
from jiqun.evaluation.plan import Aggregation, Impute, Normalise, Plan, Screen, Treat
from jiqun.evaluation.robust.uncertainty import Uncertainty
from jiqun.evaluation.weights import ahp
from jiqun.programme.models import EvaluationFile, Judgement
from jiqun.programme.pack import Pack
from jiqun.rules import parse_rule
from jiqun.rules.build import parse_constant
from jiqun.rules.frames import Source
from jiqun.rules.query import Bound, Measured, ask, measure
from jiqun.rules.vocabulary import SUBJECT_IDS
from jiqun.snapshot.engines import Engine

ROOT = "index"
RANGES = {"rank": (1.0, 0.0), "percentile_rank": (0.0, 1.0), "z_score": (10.0, 2.0), "min_max": (0.0, 100.0)}
"""The low and high of each way of normalising, as the step takes them."""


@dataclass(frozen=True)
class Declared:
    """The pack's index: tree (with weights from the judgements), plan, uncertainty, and how the judgements hold."""

    file: EvaluationFile
    tree: Framework
    plan: Plan
    uncertainty: Uncertainty
    judged: dict[str, ahp.Judged]
    """By parent; only where the pack judges."""


def declare(pack: Pack) -> Declared:
    """Read the pack's index; InputError where it has none, or where its judgements do not make weights."""
    file = pack.evaluation
    if file is None:
        mend = "请在方案包里写 evaluation.yaml"
        raise InputError([Problem("方案包没有评价体系", Place("evaluation.yaml"), mend=mend)], "评价无法计算")
    judged, problems = {}, []
    for parent, part, items, judgements in _judgements(file):
        try:
            judged[parent] = ahp.judge(items, ahp.from_pairs(items, _pairs(judgements)))
        except EvaluationError as error:
            problems += [Problem(p.message, part, mend=p.mend) for p in error.problems]
    if problems:
        raise InputError(problems, "评价体系有误")
    plan = _plan(file)
    return Declared(file, _tree(file, judged), plan, _uncertainty(file), judged)


def faults(pack: Pack) -> list[Problem]:
    """What is wrong with the pack's judgements, contradiction among them; nothing where it has no index."""
    if pack.evaluation is None:
        return []
    try:
        declared = declare(pack)
    except InputError as error:
        return list(error.problems)
    found = []
    for parent, _, _, judgements in _judgements(pack.evaluation):
        judged = declared.judged[parent]
        if judged.consistent:
            continue
        for doubt in judged.doubts:
            place = next(j.place("times") for j in judgements if {j.one, j.other} == {doubt.one, doubt.other})
            message = f"判断互相矛盾，一致性比率 {judged.ratio:.2f}，应小于 {ahp.ACCEPTABLE:g}"
            mend = f"按其余判断，“{doubt.one}”约是“{doubt.other}”的 {doubt.fits:.2g} 倍"
            found.append(Problem(message, place, found=f"{doubt.said:.3g}", mend=mend))
    return found


def _judgements(file: EvaluationFile) -> Iterator[tuple[str, Place, tuple[str, ...], tuple[Judgement, ...]]]:
    if file.judgements:
        yield ROOT, file.place("judgements"), tuple(p.id for p in file.pillars), file.judgements
    for pillar in file.pillars:
        if pillar.judgements:
            yield pillar.id, pillar.place("judgements"), tuple(i.id for i in pillar.indicators), pillar.judgements


def _pairs(judgements: Sequence[Judgement]) -> dict[tuple[str, str], str]:
    return {(j.one, j.other): j.times for j in judgements}


def _tree(file: EvaluationFile, judged: dict[str, ahp.Judged]) -> Framework:
    def weight(parent: str, code: str) -> float:
        found = judged.get(parent)
        return 1.0 if found is None else float(found.weights[found.items.index(code)])

    indicators = tuple(
        Indicator(i.id, i.name, p.id, -1 if i.less_is_better else 1, weight(p.id, i.id), i.unit)
        for p in file.pillars
        for i in p.indicators
    )
    pillars = tuple(Aggregate(p.id, p.name, ROOT, weight(ROOT, p.id)) for p in file.pillars)
    return Framework(indicators, (*pillars, Aggregate(ROOT, file.title, None)))


def _plan(file: EvaluationFile) -> Plan:
    method = file.method
    low, high = RANGES.get(method.normalise, (0.0, 100.0))
    low = 1.0 if method.aggregate == "geometric" and method.normalise == "min_max" else low
    special = {ROOT: Aggregation(how="geometric")} if method.aggregate == "geometric" else {}
    return Plan(
        denominate=False,
        screen=Screen(least_known=_share(method.least_known)),
        impute=Impute(how=method.impute) if method.impute else None,
        treat=Treat(winsorise=method.winsorise, then=method.transform),
        normalise=Normalise(how=method.normalise, low=low, high=high),
        aggregate_special=special,
    )


def _uncertainty(file: EvaluationFile) -> Uncertainty:
    doubts = file.doubts
    ways = tuple(_positive(how) for how in doubts.normalisations)
    means = tuple(Aggregation(how=how) for how in doubts.aggregations)
    return Uncertainty(
        _share(doubts.weights), normalisations=ways, aggregations=means, each_level=False, errors=_share(doubts.errors)
    )


def _positive(how: str) -> Normalise:
    """A scale above zero throughout, so that it goes with a geometric mean too."""
    if how == "min_max":
        return Normalise(how=how, low=1.0, high=100.0)
    low, high = RANGES[how]
    return Normalise(how=how, low=low, high=high)


def _share(text: str) -> float:
    value = parse_constant(text).value
    assert isinstance(value, Decimal | float), "checked with the pack"
    return float(value)


# --- figures --------------------------------------------------------------------------------------------------


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
