"""Weights from the spread of the data: entropy and CRITIC."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats


def entropy(table: Floats, columns: Sequence[str] = ()) -> Floats:
    """Weights 1 − e of Shannon's entropy e = −Σ p ln p / ln n, p = x / Σ x (units × criteria; Zeleny 1982).

    A zero counts as p ln p = 0. EvaluationError for missing or negative figures, a column of zeros, a single unit, or
    where no column varies.
    """
    _whole(table, columns)
    names = _names(table, columns)
    if (table < 0).any():
        bad = [names[j] for j in np.flatnonzero((table < 0).any(axis=0))]
        raise fault("熵权法要求数值不为负", "请先按 min_max 标准化", columns=bad)
    zero = [names[j] for j in np.flatnonzero(table.sum(axis=0) == 0)]
    if zero:
        raise fault("整列都是 0，熵权法无法计算", "请删去这些指标", columns=zero)
    shares = table / table.sum(axis=0)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    spread = 1.0 + (shares * logs).sum(axis=0) / np.log(len(table))
    spread[np.ptp(table, axis=0) == 0] = 0.0
    return _shared(spread, names)


def critic(table: Floats, directions: Floats | None = None, columns: Sequence[str] = ()) -> Floats:
    """CRITIC (Diakoulaki et al. 1995): σ_j Σ_k (1 − r_jk) over min-max scaled criteria, σ with n in its divisor.

    A constant column weighs nothing and takes no part in the correlations.
    """
    _whole(table, columns)
    names, signs = _names(table, columns), np.ones(table.shape[1]) if directions is None else directions
    y = table * signs
    varies = np.ptp(y, axis=0) > 0
    information = np.zeros(table.shape[1])
    if varies.any():
        scaled = (y[:, varies] - y[:, varies].min(axis=0)) / np.ptp(y[:, varies], axis=0)
        conflict = (1.0 - np.atleast_2d(np.corrcoef(scaled, rowvar=False))).sum(axis=0)
        information[varies] = scaled.std(axis=0) * (conflict if varies.sum() > 1 else 1.0)
    return _shared(information, names)


def _shared(values: Floats, names: tuple[str, ...]) -> Floats:
    total = float(values.sum())
    if total <= 0:
        raise fault("各单位数值没有差别，无法由数据赋权", "请改用给定权重或等权", columns=names)
    return values / total


def _whole(table: Floats, columns: Sequence[str]) -> None:
    names = _names(table, columns)
    if len(table) < 2:
        raise fault(f"只有 {len(table)} 个单位，无法由数据赋权", "至少需要 2 个单位")
    missing = [names[j] for j in np.flatnonzero(~np.isfinite(table).all(axis=0))]
    if missing:
        raise fault("有缺失数据，无法由数据赋权", "请先补值", columns=missing)


def _names(table: Floats, columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(columns) or tuple(f"第 {j + 1} 列" for j in range(table.shape[1]))
