"""Everything a ranking says: this period and the one before, how sure it is, and why it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from jiqun.evaluation.advice import Advice, Hinge, advise, hinges, models_of
from jiqun.evaluation.declared import Declared
from jiqun.evaluation.errors import EvaluationError
from jiqun.evaluation.figures import Years
from jiqun.evaluation.improve.change import Change, explain_change, plain_change
from jiqun.evaluation.robust.redundancy import Pair, flags
from jiqun.evaluation.robust.sensitivity import Sensitivity, analyse
from jiqun.evaluation.robust.uncertainty import Distribution, simulate
from jiqun.evaluation.run import Result, names_of, run
from jiqun.programme.pack import Pack
from jiqun.snapshot.engines import Engine

T = TypeVar("T")
SOBOL = 1024
"""Rows of the sensitivity design."""


@dataclass(frozen=True)
class Ranking:
    """A ranking with its doubts; what could not be told is None, with the reason in `notes`."""

    declared: Declared
    as_of: date
    result: Result
    before: Result | None
    change: Change | None
    distribution: Distribution | None
    sensitivity: Sensitivity | None
    redundant: tuple[Pair, ...]
    models: tuple[str, ...]
    """The units that others are held against."""
    advice: tuple[Advice, ...]
    hinges: tuple[Hinge, ...]
    notes: tuple[str, ...]


def rank(
    backend: Engine,
    snapshot: Path,
    pack: Pack,
    declared: Declared,
    as_of: date,
    *,
    replications: int = 1000,
    seed: int = 0,
    beside: Sequence[str] = (),
    progress: Callable[[str], None] = lambda stage: None,
) -> Ranking:
    """Rank the subjects as of a day, beside the same day of the year before; 0 replications: no doubts are worked out.

    `beside` names the advanced units (by code or name) that others are held against; the pack's `models` where
    none is named, else the first three. Faults call indicators and units by their names.
    """
    years = Years(backend, snapshot, pack, declared, as_of)
    progress("计算各项指标")
    names = names_of(declared.tree, years.panel(0))
    try:
        return _rank(years, declared, as_of, replications, seed, beside, progress)
    except EvaluationError as error:
        raise error.renamed(names) from None


def _rank(
    years: Years,
    declared: Declared,
    as_of: date,
    replications: int,
    seed: int,
    beside: Sequence[str],
    progress: Callable[[str], None],
) -> Ranking:
    result = run(declared.plan, declared.tree, years.panel(0), years.around(0))
    models = models_of(result, beside or declared.file.models)
    notes: list[str] = list(_unmet(result))
    progress("与上年同期比较")
    before = _or_note(notes, "上年同期无法评价", result, lambda: _year_before(result, years))
    change = None
    if before is not None:
        former = before
        change = _or_note(notes, "名次变化只列位次，不列来源", result, lambda: explain_change(former, result))
        change = change or plain_change(former, result)
    distribution = sensitivity = None
    if replications > 0:
        progress(f"模拟 {replications:,} 次")
        distribution = simulate(result, declared.uncertainty, replications, seed)
        progress("分析敏感性")
        ways = declared.uncertainty
        sensitivity = _or_note(notes, "敏感性无法分析", result, lambda: analyse(result, ways, SOBOL, seed))
    progress("找长短板和提升路径")
    advice, hanging = advise(result, models, distribution), hinges(result, notes)
    return Ranking(
        declared, as_of, result, before, change, distribution, sensitivity, flags(result), models, advice, hanging,
        tuple(notes),
    )  # fmt: skip


def _year_before(result: Result, years: Years) -> Result:
    """The same plan a year before; weights that it found from this year's figures hold for both years."""
    weights = result.weights if result.plan.found_weights else None
    return run(result.plan, result.tree, years.panel(1), years.around(1), weights)


def _unmet(result: Result) -> Iterator[str]:
    """Where optimised weights do not reach what was wished."""
    for each in result.weighed:
        if not each.met:
            name = result.tree.nodes[each.node].name
            yield f"“{name}”下级的重要程度达不到期望，最大相差 {each.facts['off'] * 100:.1f} 个百分点，已取最接近的权重"


def _or_note(notes: list[str], what: str, result: Result, work: Callable[[], T]) -> T | None:
    try:
        return work()
    except EvaluationError as error:
        notes.append(f"{what}：{error.renamed(result.names).problems[0].message}")
        return None
