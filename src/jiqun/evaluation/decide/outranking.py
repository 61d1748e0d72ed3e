"""PROMETHEE II: net flows of pairwise preference (Brans & Vincke 1985), in n log n where the preference is piecewise linear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from jiqun.evaluation.decide.table import checked
from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats

BLOCK = 2_000_000
"""Pairs that are held at once where all pairs must be looked at."""


@dataclass(frozen=True)
class Preference:
    """How a difference d becomes a preference from 0 to 1.

    `usual`: 1 where d > 0. `u_shape`: 1 where d > q. `v_shape`: d / p up to 1. `level`: 0.5 where q < d ≤ p, 1 beyond.
    `linear`: (d − q) / (p − q) between q and p. `gaussian`: 1 − exp(−d² / 2s²).
    """

    kind: str = "usual"
    q: float = 0.0
    p: float = 0.0
    s: float = 0.0

    def __post_init__(self) -> None:
        kinds = ("usual", "u_shape", "v_shape", "level", "linear", "gaussian")
        if self.kind not in kinds:
            raise fault(f"没有“{self.kind}”这种偏好函数", f"可用 {'、'.join(kinds)}")
        if self.q < 0 or (self.kind in ("v_shape", "linear", "level") and self.p <= self.q):
            raise fault(f"偏好函数 {self.kind} 的 q={self.q:g}、p={self.p:g}", "应有 0 ≤ q < p")
        if self.kind == "gaussian" and self.s <= 0:
            raise fault(f"高斯偏好函数的 s={self.s:g}", "s 应大于 0")


@dataclass(frozen=True)
class Flows:
    """How far each unit is preferred to the others (leaving) and they to it (entering), each 0 to 1."""

    leaving: Floats
    entering: Floats

    @property
    def net(self) -> Floats:
        """PROMETHEE II: leaving less entering, −1 to 1."""
        return self.leaving - self.entering


def promethee(
    table: Floats, weights: Floats, directions: Floats, preferences: tuple[Preference, ...] | None = None
) -> Floats:
    """Net flow of each unit, −1 to 1, more is better; `usual` preference on all criteria where none are given."""
    return flows(table, weights, directions, preferences).net


def flows(
    table: Floats, weights: Floats, directions: Floats, preferences: tuple[Preference, ...] | None = None
) -> Flows:
    """φ⁺(a) = Σ_j w_j Σ_b P_j(a, b) / (n − 1), φ⁻(a) the same of P_j(b, a)."""
    shares = checked(table, weights, directions)
    ways = preferences or (Preference(),) * table.shape[1]
    if len(ways) != table.shape[1]:
        raise fault(f"有 {table.shape[1]} 个指标，偏好函数 {len(ways)} 个", "请为每个指标各给一个")
    leaving, entering = np.zeros(len(table)), np.zeros(len(table))
    for column, share, way in zip((table * directions).T, shares, ways, strict=True):
        if share > 0:
            leaving += share * _FLOWS[way.kind](column, way)
            entering += share * _FLOWS[way.kind](-column, way)
    others = len(table) - 1
    return Flows(leaving / others, entering / others)


def _below(ordered: Floats, values: Floats) -> Floats:
    """How many are strictly less than each value."""
    counts: Floats = np.searchsorted(ordered, values, side="left").astype(float)
    return counts


def _steps(column: Floats, limits: tuple[float, ...]) -> Floats:
    ordered = np.sort(column)
    return np.asarray(sum((_below(ordered, column - limit) for limit in limits), np.zeros(len(column)))) / len(limits)


def _slope(column: Floats, q: float, p: float) -> Floats:
    """Σ_b clip((a − b − q) / (p − q), 0, 1) by prefix sums over the sorted column."""
    ordered = np.sort(column - column.min())  # from 0, so that sums lose no digits
    own = column - column.min()
    sums = np.concatenate([[0.0], np.cumsum(ordered)])
    full = np.searchsorted(ordered, own - p, side="right")
    part = np.searchsorted(ordered, own - q, side="left")
    count = part - full
    within: Floats = ((own - q) * count - (sums[part] - sums[full])) / (p - q)
    flow: Floats = full + within
    return flow


def _gaussian(column: Floats, way: Preference) -> Floats:
    """Every pair, in blocks: there is no shorter way for a curve."""
    flow = np.empty(len(column))
    size = max(1, BLOCK // len(column))
    for start in range(0, len(column), size):
        ahead = np.maximum(column[start : start + size, None] - column[None, :], 0.0)
        flow[start : start + size] = (1.0 - np.exp(-(ahead**2) / (2 * way.s**2))).sum(axis=1)
    return flow


_FLOWS: dict[str, Callable[[Floats, Preference], Floats]] = {
    "usual": lambda column, way: _steps(column, (0.0,)),
    "u_shape": lambda column, way: _steps(column, (way.q,)),
    "level": lambda column, way: _steps(column, (way.q, way.p)),
    "v_shape": lambda column, way: _slope(column, 0.0, way.p),
    "linear": lambda column, way: _slope(column, way.q, way.p),
    "gaussian": _gaussian,
}
