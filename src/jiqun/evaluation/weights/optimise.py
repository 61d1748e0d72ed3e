"""Weights such that each element matters as much as wished: its correlation with the index in the wished proportion.

Nominal weights are not importance (Paruolo, Saisana & Saltelli 2013). The weights stay within [0, 1] and sum to one;
where the wishes cannot be met, the nearest that can is given and how far it is off is said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats
from jiqun.evaluation.threads import one_thread

MET = 1e-3
"""Largest difference of shares that counts as met."""


@dataclass(frozen=True)
class Optimised:
    """Weights, the shares of importance reached, and the wishes."""

    weights: Floats
    reached: Floats
    wished: Floats

    @property
    def off(self) -> float:
        """The largest difference between reached and wished."""
        return float(np.abs(self.reached - self.wished).max())

    @property
    def met(self) -> bool:
        """Whether the wishes are met."""
        return self.off <= MET


def importance(table: Floats, weights: Floats) -> Floats:
    """The correlation of each element (column) with their weighted sum, in shares of the sum of all.

    NaN where the sum does not vary or the correlations cancel out: there are no shares then.
    """
    index = table @ weights
    deviations, own = table - table.mean(axis=0), index - index.mean()
    length = np.sqrt((deviations**2).sum(axis=0) * (own @ own))
    nothing = np.full(len(length), np.nan)
    correlation = np.divide(deviations.T @ own, length, out=nothing.copy(), where=length > 1e-12)
    total = float(correlation.sum())
    shares: Floats = correlation / total if abs(total) > 1e-9 else nothing
    return shares


def optimise(table: Floats, wishes: Floats | None = None, starts: int = 8, seed: int = 0) -> Optimised:
    """Weights of the columns (units × elements) for wished shares of importance; equal shares where none are given.

    Least squares by SLSQP from several starts, the best kept. EvaluationError for missing figures, a constant column,
    columns that cancel each other out, or wishes that are negative or all zero.
    """
    size = table.shape[1]
    wished = np.full(size, 1 / size) if wishes is None else np.asarray(wishes, float)
    if size < 2 or len(table) < 3:
        raise fault(f"只有 {len(table)} 个单位、{size} 个指标，无法优化权重", "至少需要 3 个单位、2 个指标")
    if not np.isfinite(table).all() or (np.ptp(table, axis=0) == 0).any():
        raise fault("有缺失数据或没有差别的指标，无法优化权重", "请先补值，并删去没有差别的指标")
    if len(wished) != size or (wished < 0).any() or wished.sum() <= 0:
        raise fault("期望的重要程度应不小于 0 且不全为 0", f"请为 {size} 个指标各写一个")
    wished = wished / wished.sum()
    random = np.random.default_rng(seed)
    points = [np.full(size, 1 / size), *random.dirichlet(np.ones(size), starts - 1)]
    with one_thread():
        solved = [_solve(table, wished, point) for point in points]
    best = min(solved, key=lambda weights: _missed(table, wished, weights))
    if not np.isfinite(importance(table, best)).all():
        raise fault("各指标相互抵消，无法优化权重", "请核对指标的方向，或删去与其他指标相反的指标")
    return Optimised(best, importance(table, best), wished)


def _missed(table: Floats, wished: Floats, weights: Floats) -> float:
    """A thousand times the squared distance to the wishes; a large number where there are no shares."""
    missed = 1e3 * float(((importance(table, weights) - wished) ** 2).sum())
    return missed if np.isfinite(missed) else 1e9


def _solve(table: Floats, wished: Floats, start: Floats) -> Floats:
    found = minimize(
        lambda weights: _missed(table, wished, weights),
        start,
        bounds=[(0.0, 1.0)] * len(start),
        constraints={"type": "eq", "fun": lambda weights: weights.sum() - 1.0},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    weights = np.clip(found.x, 0.0, None)
    shares: Floats = weights / weights.sum()
    return shares
