"""Which choice moves the ranking: variance-based (Sobol) indices of the mean shift in rank and of each unit's rank.

The design is A, B and one AB_i for each factor (Saltelli et al. 2010); the estimators are those COINr prints:
Si = mean(yB (yABi − yA)) / V (Saltelli 2010, table 2b) and STi = Σ (yA − yABi)² / (2 N V) (Jansen 1999), with V the
sample variance of yA and yB together. Where nothing varies (V = 0) the indices are missing, never NaN by accident.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc

from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats, Ints
from jiqun.evaluation.robust.replicate import Draws, Replications, replicate
from jiqun.evaluation.robust.uncertainty import Uncertainty
from jiqun.evaluation.run import Result
from jiqun.evaluation.steps.aggregate import mean_shift, ranks

FACTORS = {
    "treat": "离群值处理", "normalise": "标准化方法", "weighting": "赋权方法", "weights": "权重", "aggregate": "汇总方法",
}  # fmt: skip


@dataclass(frozen=True)
class Indices:
    """First-order and total indices by factor; `low` and `high` are bootstrap bounds (5 % and 95 %) of each."""

    factors: tuple[str, ...]
    first: Floats
    total: Floats
    first_bounds: Floats
    """2 × factors."""
    total_bounds: Floats


@dataclass(frozen=True)
class Sensitivity:
    """Indices of the mean |rank − nominal rank| over ranked units, and of the rank of each unit (units × factors).

    Those of a unit that is never ranked are missing.
    """

    shift: Indices
    unit_first: Floats
    unit_total: Floats
    runs: int
    failed: int
    reasons: Counter[str]


def sobol_indices(y: Floats, factors: int) -> tuple[Floats, Floats]:
    """First-order and total indices (… × factors) of outputs in the order A, B, AB_1 … AB_k along the last axis.

    Rows (triples of A, B and all AB) in which a run failed are left out.
    """
    size = y.shape[-1] // (factors + 2)
    blocks = y.reshape(*y.shape[:-1], factors + 2, size)
    whole = np.asarray(~np.isnan(blocks).any(axis=-2))
    blocks = np.where(whole[..., None, :], blocks, 0.0)
    count = whole.sum(axis=-1)
    a, b, mixed = blocks[..., 0, :], blocks[..., 1, :], blocks[..., 2:, :]
    mean = (a + b).sum(axis=-1) / (2 * np.maximum(count, 1))
    spread = np.where(whole, (a - mean[..., None]) ** 2 + (b - mean[..., None]) ** 2, 0.0).sum(axis=-1)
    variance = spread / np.maximum(2 * count - 1, 1)
    known = (variance > 0) & (count > 1)
    divisor = np.where(known, variance, np.nan)[..., None]
    n = np.maximum(count, 1)[..., None]
    first = (b[..., None, :] * (mixed - a[..., None, :])).sum(axis=-1) / n / divisor
    total = ((a[..., None, :] - mixed) ** 2).sum(axis=-1) / (2 * n) / divisor
    return first, total


def bootstrap(y: Floats, factors: int, samples: int, seed: int) -> tuple[Floats, Floats]:
    """5 % and 95 % quantiles (2 × factors) of both indices over resampled rows of the design."""
    random = np.random.default_rng(seed)
    blocks = y.reshape(factors + 2, -1)
    size = blocks.shape[1]
    picked = random.integers(size, size=(samples, size))
    first, total = sobol_indices(blocks[:, picked].transpose(1, 0, 2).reshape(samples, -1), factors)
    known = ~np.isnan(total).any(axis=1)
    if not known.any():
        nothing = np.full((2, factors), np.nan)
        return nothing, nothing
    low_high = [5.0, 95.0]
    return np.percentile(first[known], low_high, axis=0), np.percentile(total[known], low_high, axis=0)


def analyse(
    base: Result,
    uncertainty: Uncertainty,
    size: int = 1024,
    seed: int = 0,
    samples: int = 200,
    *,
    quasi: bool = True,
) -> Sensitivity:
    """Sobol analysis of `size` rows, (factors + 2) × size runs.

    Rows are those of a scrambled Sobol sequence and their number a power of two, or (not `quasi`) drawn at random, as
    COINr does, and any number.
    """
    factors, draws = design(base, uncertainty, size, seed, quasi=quasi)
    found = replicate(base, uncertainty.alternatives(base), draws)
    return indices_of(base, found, factors, samples, seed)


def indices_of(base: Result, found: Replications, factors: tuple[str, ...], samples: int, seed: int) -> Sensitivity:
    """The indices of replications that were run in the order of a design."""
    places = ranks(found.scores)
    shift = mean_shift(places, ranks(base.index))
    first, total = sobol_indices(shift, len(factors))
    bounds = bootstrap(shift, len(factors), samples, seed)
    unit_first, unit_total = sobol_indices(places, len(factors))
    indices = Indices(factors, first, total, *bounds)
    failed = int(found.failed.sum())
    return Sensitivity(indices, unit_first, unit_total, len(found.failed), failed, found.reasons)


def design(
    base: Result, uncertainty: Uncertainty, size: int, seed: int, *, quasi: bool = True
) -> tuple[tuple[str, ...], Draws]:
    """The factors that vary, and the draws of A, B, AB_1 … by a scrambled Sobol sequence or at random."""
    if size < 2 or (quasi and size & (size - 1)):
        raise fault(f"敏感性分析的样本数是 {size}", "请写 2 的幂，如 1024")
    dimensions = _dimensions(base, uncertainty)
    factors = tuple(dimensions)
    width = sum(len(columns) for columns in dimensions.values())
    if not factors:
        raise fault("没有可变动的选择，无法做敏感性分析", "请至少允许权重浮动，或给出两种以上的方法")
    random = np.random.default_rng(seed)
    points = qmc.Sobol(2 * width, scramble=True, rng=random).random(size) if quasi else random.random((size, 2 * width))
    a, b = points[:, :width], points[:, width:]
    blocks = [a, b]
    for columns in dimensions.values():
        mixed = a.copy()
        mixed[:, columns] = b[:, columns]
        blocks.append(mixed)
    return factors, _draws(base, uncertainty, dimensions, np.vstack(blocks))


def _dimensions(base: Result, uncertainty: Uncertainty) -> dict[str, Ints]:
    """The columns of the design that belong to each factor that varies."""
    ways = uncertainty.alternatives(base)
    levels = base.tree.level(base.tree.root) - 1
    sizes = {
        "treat": int(len(ways.treats) > 1),
        "normalise": int(len(ways.normalisations) > 1),
        "weighting": int(len(uncertainty.weightings) > 1),
        "weights": len(base.weights) if uncertainty.weights > 0 else 0,
        "aggregate": (levels if uncertainty.each_level else 1) if len(ways.aggregations) > 1 else 0,
    }
    found, at = dict[str, Ints](), 0
    for factor, size in sizes.items():
        if size:
            found[factor] = np.arange(at, at + size)
            at += size
    return found


def _draws(base: Result, uncertainty: Uncertainty, dimensions: dict[str, Ints], points: Floats) -> Draws:
    ways, runs = uncertainty.alternatives(base), len(points)
    levels = base.tree.level(base.tree.root) - 1

    def choice(factor: str, options: int) -> Ints:
        columns = dimensions.get(factor)
        if columns is None:
            return np.zeros((runs, 1), np.int64)
        return np.minimum((points[:, columns] * options).astype(np.int64), options - 1)

    found = uncertainty.weights_of(base)
    weights = found[choice("weighting", len(found))[:, 0]]
    if "weights" in dimensions:
        weights = weights * (1.0 + (2.0 * points[:, dimensions["weights"]] - 1.0) * uncertainty.weights)
    return Draws(
        choice("treat", len(ways.treats))[:, 0],
        choice("normalise", len(ways.normalisations))[:, 0],
        weights,
        np.broadcast_to(choice("aggregate", len(ways.aggregations)), (runs, levels)),
    )
