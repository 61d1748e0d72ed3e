"""What a place is good at and what lies near: location quotients, proximity, density, complexity, fitness.

Matrices are places × activities of money or persons, never negative. Conventions are named, for the literature has many.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse.linalg import eigsh

from jiqun.chain.errors import fault

Floats = npt.NDArray[np.float64]


def location_quotients(table: Floats) -> Floats:
    """LQ (revealed comparative advantage; Balassa 1965): the share of an activity here over its share everywhere.

    ChainError for negative or missing figures, a place without anything, or an activity that nobody has.
    """
    if table.ndim != 2 or not np.isfinite(table).all() or (table < 0).any():
        raise fault("区位商要求数值完整且不为负", "请核对数据，未知的行业请先剔除")
    empty, idle = np.flatnonzero(table.sum(axis=1) == 0), np.flatnonzero(table.sum(axis=0) == 0)
    if len(empty) or len(idle):
        what = f"第 {empty[0] + 1} 个地区没有任何产业" if len(empty) else f"第 {idle[0] + 1} 个产业没有任何地区"
        raise fault(what, "请剔除全为 0 的行和列")
    share = table / table.sum(axis=1, keepdims=True)
    quotients: Floats = share / (table.sum(axis=0) / table.sum())
    return quotients


def presence(quotients: Floats, least: float = 1.0) -> Floats:
    """1 where a place has an activity to more than its share (LQ ≥ 1), else 0."""
    return (quotients >= least).astype(float)


def proximity(present: Floats) -> Floats:
    """The smaller of the two conditional probabilities of having one activity given the other (Hidalgo et al. 2007).

    activities × activities, 1 on the diagonal; 0 for an activity that no place has.
    """
    together = present.T @ present
    count = np.maximum(np.maximum(np.diag(together)[:, None], np.diag(together)[None, :]), 1.0)
    near: Floats = together / count
    return near


def relatedness_probability(present: Floats) -> Floats:
    """Co-occurrence over what chance would give (probabilistic affinity; Steijn 2021, as EconGeo's `prob`), 0 on the diagonal."""
    together = present.T @ present
    np.fill_diagonal(together, 0.0)
    sums = together.sum(axis=0)
    total = sums.sum()
    mine, other = sums[:, None], sums[None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = (mine / total * other / (total - mine) + other / total * mine / (total - other)) * total / 2
        related = np.where(chance > 0, together / chance, 0.0)
    np.fill_diagonal(related, 0.0)
    result: Floats = related
    return result


def density(present: Floats, near: Floats) -> Floats:
    """How much of what lies near an activity a place already has, 0 to 1 (Hidalgo et al. 2007), places × activities."""
    total = near.sum(axis=0)
    share: Floats = np.divide(present @ near, total, out=np.zeros((len(present), near.shape[1])), where=total > 0)
    return share


@dataclass(frozen=True)
class Complexity:
    """Economic complexity of places and product complexity of activities, standardised over the places."""

    places: Floats
    activities: Floats


def complexity(present: Floats) -> Complexity:
    """ECI and PCI by the eigenvector method (Hausmann et al. 2014; Mealy, Farmer & Teytelboym 2019).

    The second eigenvector of the place-to-place transition matrix, positive where diversity is; places to mean 0 and
    standard deviation 1 (n), activities as the mean of the places that have them. ChainError where a row or column is
    empty, or the matrix falls into parts that have nothing in common.
    """
    diversity, ubiquity = present.sum(axis=1), present.sum(axis=0)
    if (diversity == 0).any() or (ubiquity == 0).any():
        raise fault("有地区没有优势产业，或有产业没有优势地区，无法计算复杂度", "请剔除全为 0 的行和列")
    if len(present) < 3:
        raise fault(f"只有 {len(present)} 个地区，无法计算复杂度", "至少需要 3 个地区")
    half = present / np.sqrt(diversity)[:, None] / np.sqrt(ubiquity)
    wide = len(present) <= present.shape[1]
    symmetric = half @ half.T if wide else half.T @ half
    weight = np.sqrt(diversity if wide else ubiquity)
    values, vectors = _two_largest(symmetric, weight)
    if values[0] > 1 - 1e-9:
        raise fault("地区分成互不相干的几块，无法比较复杂度", "请只比较有共同产业的地区")
    scores = vectors / weight if wide else (present / diversity[:, None]) @ (vectors / weight)
    sign = np.sign(np.corrcoef(scores, diversity)[0, 1]) if np.ptp(diversity) > 0 else 1.0
    scores = scores * (sign or 1.0)
    places = (scores - scores.mean()) / scores.std()
    return Complexity(places, (present / ubiquity).T @ places)


def _two_largest(symmetric: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """The second largest eigenvalue (in an array of one) and its vector, by Lanczos from a fixed start."""
    n = len(symmetric)
    if n <= 200:
        values, vectors = np.linalg.eigh(symmetric)
        return values[-2:-1], vectors[:, -2]
    start = weight + 1e-3 * np.arange(n)
    values, vectors = eigsh(symmetric, k=2, which="LA", v0=start)
    second = int(np.argsort(values)[0])
    return values[second : second + 1], vectors[:, second]


@dataclass(frozen=True)
class Fitness:
    """Fitness of places and complexity of activities, each to a mean of 1."""

    places: Floats
    activities: Floats
    rounds: int


def fitness(present: Floats, rounds: int = 1000, close: float = 1e-9) -> Fitness:
    """The nonlinear map F = Σ M Q, Q = 1 / Σ M / F (Tacchella et al. 2012), until ranks of F settle or `rounds` are over.

    Stops where no fitness moves by more than `close` of itself; places whose fitness tends to 0 keep falling.
    """
    if (present.sum(axis=1) == 0).any() or (present.sum(axis=0) == 0).any():
        raise fault("有地区没有优势产业，或有产业没有优势地区，无法计算适合度", "请剔除全为 0 的行和列")
    places, activities = np.ones(len(present)), np.ones(present.shape[1])
    for done in range(1, rounds + 1):
        new = present @ activities
        hard = 1.0 / (present.T @ (1.0 / np.maximum(places, 1e-300)))
        new, hard = new / new.mean(), hard / hard.mean()
        moved = np.abs(new - places).max()
        places, activities = new, hard
        if moved < close:
            return Fitness(places, activities, done)
    return Fitness(places, activities, rounds)
