"""Methods that measure the distance to an ideal: TOPSIS, VIKOR, grey relational analysis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jiqun.evaluation.decide.table import checked
from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats, Ints


@dataclass(frozen=True)
class Topsis:
    """Closeness to the ideal and the two distances that it is made of."""

    closeness: Floats
    to_best: Floats
    to_worst: Floats


def topsis(table: Floats, weights: Floats, directions: Floats) -> Floats:
    """The closeness of `topsis_parts`."""
    return topsis_parts(table, weights, directions).closeness


def topsis_parts(table: Floats, weights: Floats, directions: Floats) -> Topsis:
    """Closeness d⁻ / (d⁺ + d⁻) to the ideal, 0 to 1, more is better (Hwang & Yoon 1981).

    Conventions: vector normalisation x / √Σx², weights after it, ideal and anti-ideal from the table, Euclidean
    distance. A column of zeros adds nothing. EvaluationError where all units are alike.
    """
    shares = checked(table, weights, directions)
    length = np.sqrt((table**2).sum(axis=0))
    scaled = np.divide(table, length, out=np.zeros_like(table, float), where=length > 0) * shares * directions
    best = np.sqrt(((scaled - scaled.max(axis=0)) ** 2).sum(axis=1))
    worst = np.sqrt(((scaled - scaled.min(axis=0)) ** 2).sum(axis=1))
    if not (best + worst > 0).any():
        raise fault("各单位完全相同，无法比较", "请核对数据")
    return Topsis(worst / (best + worst), best, worst)


@dataclass(frozen=True)
class Vikor:
    """Group utility S, individual regret R and their compromise Q (less is better), and the compromise set."""

    s: Floats
    r: Floats
    q: Floats
    compromise: Ints
    """Rows of the best compromise: one, where it has an advantage and is stable; else all that are as good."""


def vikor(table: Floats, weights: Floats, directions: Floats, v: float = 0.5) -> Vikor:
    """Compromise ranking with the weight `v` of group utility (Opricovic & Tzeng 2004, equations 1 to 5 and C1, C2).

    A constant criterion adds nothing; where S (or R) does not vary its term of Q is 0.
    """
    shares = checked(table, weights, directions)
    if not 0 <= v <= 1:
        raise fault(f"VIKOR 的 v 是 {v:g}", "请写 0 到 1 之间的数")
    y = table * directions
    span = np.ptp(y, axis=0)
    lost = shares * np.divide(y.max(axis=0) - y, span, out=np.zeros_like(y, float), where=span > 0)
    s, r = lost.sum(axis=1), lost.max(axis=1)
    q = v * _unit(s) + (1 - v) * _unit(r)
    return Vikor(s, r, q, _compromise(s, r, q))


def _unit(values: Floats) -> Floats:
    span = np.ptp(values)
    return (values - values.min()) / span if span > 0 else np.zeros_like(values)


def _compromise(s: Floats, r: Floats, q: Floats) -> Ints:
    order = np.argsort(q, kind="stable")
    first, advantage = order[0], 1.0 / (len(q) - 1)
    close = order[q[order] - q[first] < advantage]
    stable = s[first] == s.min() or r[first] == r.min()
    if len(close) > 1:  # C1 fails
        return np.asarray(close, np.int64)
    return np.asarray(order[:1] if stable else order[:2], np.int64)


def grey_relational(table: Floats, weights: Floats, directions: Floats, rho: float = 0.5) -> Floats:
    """Grey relational grade with the best of each criterion, 0 to 1, more is better (Deng 1982).

    Conventions: min-max scaling by direction, reference 1 everywhere, Δmin and Δmax over the whole table, coefficient
    (Δmin + ρΔmax) / (Δ + ρΔmax). A constant criterion has the coefficient of the reference.
    """
    shares = checked(table, weights, directions)
    if not 0 < rho <= 1:
        raise fault(f"分辨系数是 {rho:g}", "请写大于 0、不大于 1 的数，通常取 0.5")
    y = table * directions
    span = np.ptp(y, axis=0)
    delta = np.divide(y.max(axis=0) - y, span, out=np.zeros_like(y, float), where=span > 0)
    least, most = float(delta.min()), float(delta.max())
    if most == 0:
        raise fault("各单位完全相同，无法比较", "请核对数据")
    grade: Floats = ((least + rho * most) / (delta + rho * most)) @ shares
    return grade
