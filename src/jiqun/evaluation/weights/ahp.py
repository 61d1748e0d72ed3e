"""Weights from pairwise judgements: the analytic hierarchy process (Saaty 1980), with what to think over again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from jiqun.base.errors import Problem
from jiqun.evaluation.errors import EvaluationError, fault
from jiqun.evaluation.framework import Floats

RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Mean consistency index of random matrices of order 1 to 15 (Saaty 1980, table)."""
ACCEPTABLE = 0.1
"""Consistency ratio below which judgements hold together."""


@dataclass(frozen=True)
class Doubt:
    """A judgement that does not fit the others: what was said, and what the weights would say."""

    one: str
    other: str
    said: float
    fits: float


@dataclass(frozen=True)
class Judged:
    """Weights (summing to one), the principal eigenvalue, and how consistent the judgements are."""

    items: tuple[str, ...]
    weights: Floats
    eigenvalue: float
    index: float
    """Consistency index (λ − n) / (n − 1)."""
    ratio: float
    """Consistency ratio: the index over that of random judgements; 0 for up to two items."""
    doubts: tuple[Doubt, ...]
    """The worst misfits, where the ratio is not acceptable."""

    @property
    def consistent(self) -> bool:
        """Whether the ratio is below 0.1."""
        return self.ratio < ACCEPTABLE


def judge(items: Sequence[str], matrix: Floats, revisit: int = 3) -> Judged:
    """Weights from a full reciprocal matrix (a_ij: how many times i outweighs j) by its principal eigenvector.

    EvaluationError names every pair that is not positive, not reciprocal or, on the diagonal, not 1.
    """
    items, n = tuple(items), len(items)
    problems = list(_faults(items, matrix))
    if problems:
        raise EvaluationError(problems, items)
    values, vectors = np.linalg.eig(matrix)
    principal = int(np.argmax(values.real))
    weights = np.abs(vectors[:, principal].real)
    weights = weights / weights.sum()
    eigenvalue = float(values[principal].real)
    index = (eigenvalue - n) / (n - 1) if n > 1 else 0.0
    ratio = max(0.0, index / RANDOM_INDEX[n - 1]) if n > 2 else 0.0
    doubts = _doubts(items, matrix, weights, revisit) if ratio >= ACCEPTABLE else ()
    return Judged(items, weights, eigenvalue, index, ratio, doubts)


def from_pairs(items: Sequence[str], pairs: Mapping[tuple[str, str], float | str | Fraction]) -> Floats:
    """The matrix from judgements of pairs (`3` or `1/3`); each pair once, in either order; all pairs needed."""
    at = {item: i for i, item in enumerate(items)}
    matrix, problems = np.full((len(items), len(items)), np.nan), []
    np.fill_diagonal(matrix, 1.0)
    for (one, other), said in pairs.items():
        unknown = [item for item in (one, other) if item not in at]
        if unknown or one == other:
            what = f"判断里的“{'、'.join(unknown)}”不在被比较的指标中" if unknown else f"“{one}”与自己比较"
            problems.append(Problem(what, mend=f"请比较这些指标：{'、'.join(items)}"))
            continue
        try:
            value = float(Fraction(str(said)))
        except (ValueError, ZeroDivisionError):
            value = 0.0
        if value <= 0:
            mend = "请写 1/9 到 9 之间的数，如 3 或 1/3"
            problems.append(Problem(f"“{one}”对“{other}”的判断“{said}”不是正数", mend=mend))
            value = 1.0  # stands in so that the other judgements are checked too
        if not np.isnan(matrix[at[one], at[other]]):
            problems.append(Problem(f"“{one}”与“{other}”比较了两次", mend="请只保留一次"))
        matrix[at[one], at[other]], matrix[at[other], at[one]] = value, 1.0 / value
    for i, one in enumerate(items):
        for other in list(items)[i + 1 :]:
            if np.isnan(matrix[at[one], at[other]]):
                problems.append(
                    Problem(f"缺少“{one}”与“{other}”的比较", mend="请写出前者是后者的几倍重要，如 3 或 1/3")
                )
    if problems:
        raise EvaluationError(problems, tuple(items))
    return matrix


def _faults(items: tuple[str, ...], matrix: Floats) -> list[Problem]:
    n = len(items)
    if matrix.shape != (n, n):
        raise fault(f"判断矩阵是 {matrix.shape}，应是 {n} × {n}", "请为每两个指标各写一个判断")
    if n > len(RANDOM_INDEX):
        raise fault(f"一次比较 {n} 个指标", f"最多比较 {len(RANDOM_INDEX)} 个，请先分组")
    found = []
    for i in range(n):
        for j in range(i, n):
            one, other, value, back = items[i], items[j], float(matrix[i, j]), float(matrix[j, i])
            if not (np.isfinite([value, back]).all() and value > 0 and back > 0):
                found.append(Problem(f"“{one}”与“{other}”的判断不是正数", mend="请写 1/9 到 9 之间的数"))
            elif i == j and value != 1:
                found.append(Problem(f"“{one}”与自己的判断是 {value:g}", mend="对角线应是 1"))
            elif not np.isclose(value * back, 1.0, rtol=1e-6):
                mend = f"“{other}”对“{one}”应是 {1 / value:.4g}"
                found.append(Problem(f"“{one}”对“{other}”是 {value:g}，反过来是 {back:g}，不互为倒数", mend=mend))
    return found


def _doubts(items: tuple[str, ...], matrix: Floats, weights: Floats, count: int) -> tuple[Doubt, ...]:
    fits = weights[:, None] / weights[None, :]
    misfit = np.abs(np.log(matrix / fits))
    pairs = sorted(zip(*np.triu_indices(len(items), 1), strict=True), key=lambda pair: -misfit[pair])[:count]
    return tuple(Doubt(items[i], items[j], float(matrix[i, j]), float(fits[i, j])) for i, j in pairs)
