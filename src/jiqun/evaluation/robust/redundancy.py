"""Whether indicators say the same: correlations, Cronbach's alpha, flags; and what the index is without an element."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats, Framework
from jiqun.evaluation.plan import Plan, Weighting
from jiqun.evaluation.run import Result, run
from jiqun.evaluation.steps.aggregate import mean_shift, ranks

FEWEST = 3
"""Pairs of figures that a correlation needs."""


def correlations(columns: Floats) -> Floats:
    """Pearson correlations of columns over the units that both know; missing where a column does not vary
    (OECD & JRC 2008, step 4)."""
    size = columns.shape[1]
    found = np.full((size, size), np.nan)
    for i in range(size):
        for j in range(i, size):
            both = ~np.isnan(columns[:, i]) & ~np.isnan(columns[:, j])
            a, b = columns[both, i], columns[both, j]
            if both.sum() >= FEWEST and np.ptp(a) > 0 and np.ptp(b) > 0:
                found[i, j] = found[j, i] = 1.0 if i == j else float(np.corrcoef(a, b)[0, 1])
    return found


def cronbach_alpha(columns: Floats) -> float | None:
    """Internal consistency k / (k − 1) × (1 − Σ var / var of the sum) (Cronbach 1951), over units that know all.

    None for a single column or where the sum does not vary.
    """
    whole = columns[~np.isnan(columns).any(axis=1)]
    k = columns.shape[1]
    if k < 2 or len(whole) < 2:
        return None
    total = float(whole.sum(axis=1).var(ddof=1))
    return None if total == 0 else k / (k - 1) * (1 - float(whole.var(axis=0, ddof=1).sum()) / total)


def alpha_of(result: Result, code: str) -> float | None:
    """Cronbach's alpha of the normalised indicators under a node."""
    return cronbach_alpha(result.scores[:, [result.tree.position[leaf] for leaf in result.tree.below(code)]])


@dataclass(frozen=True)
class Pair:
    """Two siblings that correlate too much or against each other."""

    one: str
    other: str
    correlation: float
    kind: str
    """`redundant` or `opposed`."""


def flags(result: Result, high: float = 0.92, low: float = -0.4) -> tuple[Pair, ...]:
    """Siblings with a correlation of at least `high` (they count one thing twice) or at most `low` (they cancel out).

    The bounds are those the JRC's audits use (Saisana & Philippas 2012).
    """
    found = []
    for node in result.tree.ordered:
        columns = result.tree.children[node.code]
        matrix = correlations(result.scores[:, columns])
        for i, j in zip(*np.triu_indices(len(columns), 1), strict=True):
            value = matrix[i, j]
            if value >= high or value <= low:
                codes = (result.tree.codes[columns[i]], result.tree.codes[columns[j]])
                found.append(Pair(*codes, float(value), "redundant" if value >= high else "opposed"))
    return tuple(sorted(found, key=lambda pair: -abs(pair.correlation)))


@dataclass(frozen=True)
class Removal:
    """The index without an element."""

    code: str
    ranks: Floats
    shift: float | None
    """Mean |rank − rank with it| over the units ranked both ways; None where there is none."""


def without_each(result: Result, level: int) -> tuple[Removal, ...]:
    """Leave out each element of a level in turn and rank again; its siblings' weights share what it had
    (as COINr's test of removed elements).

    Weights that the plan finds from the figures are found again without it.
    """
    plan, tree, panel = result.plan, result.tree, result.panel
    codes = tree.at_level(level)
    if len(codes) < 2:
        raise fault(f"第 {level} 层只有 {len(codes)} 个指标，无法逐个剔除", "请选择指标更多的一层")
    nominal = ranks(result.index)
    if np.isnan(nominal).all():
        raise fault("没有单位有总指数，无法逐个剔除", "请先补报数据")
    found = []
    for code in codes:
        mine = ranks(run(_trimmed(plan, tree, code), tree.without(code), panel, result.periods).index)
        shift = float(mean_shift(mine[:, None], nominal)[0])
        found.append(Removal(code, mine, None if np.isnan(shift) else shift))
    return tuple(found)


def _trimmed(plan: Plan, tree: Framework, code: str) -> Plan:
    """The plan without what it says of nodes that are left out."""
    left = set(tree.without(code).codes)

    def weighing(how: Any) -> Any:
        if isinstance(how, dict):
            return {c: w for c, w in how.items() if c in left}
        if isinstance(how, Weighting):
            return how.model_copy(update={"shares": {c: s for c, s in how.shares.items() if c in left}})
        return how

    return plan.model_copy(
        update={
            "screen": None,  # who takes part is settled
            "aggregate_special": {c: how for c, how in plan.aggregate_special.items() if c in left},
            "normalise_special": {c: how for c, how in plan.normalise_special.items() if c in left},
            "weights": weighing(plan.weights),
            "weights_special": {c: weighing(how) for c, how in plan.weights_special.items() if c in left},
        }
    )
