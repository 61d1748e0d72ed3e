"""Stand-ins for missing figures. What was put in is flagged; what nothing stands in for stays missing.

Means, medians and groups as in OECD & JRC 2008, step 3 (explicit single imputation).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats

Statistic = Callable[[Floats], float]


def by_column(values: Floats, statistic: Statistic) -> Floats:
    """Fill each column with a statistic of its known figures; a column of nothing stays missing."""
    filled = values.copy()
    for column in filled.T:
        gaps = np.isnan(column)
        if gaps.any() and not gaps.all():
            column[gaps] = statistic(column[~gaps])
    return filled


def by_group(values: Floats, groups: Sequence[str], statistic: Statistic) -> Floats:
    """The same within each group of units; a group of which nothing is known stays missing."""
    filled = values.copy()
    for group in set(groups):
        rows = np.array([g == group for g in groups])
        filled[rows] = by_column(filled[rows], statistic)
    return filled


def by_neighbours(values: Floats, k: int = 5) -> Floats:
    """Fill with the mean of the k nearest units that know the figure, weighted by 1/distance.

    Distance is the root mean square difference of z-scores over the indicators that both know (Troyanskaya et al.
    2001, KNNimpute). A unit with nobody near stays missing.
    """
    some = np.where(np.isnan(values).all(axis=0), 0.0, values)  # a column of nothing has neither mean nor spread
    spread = np.nanstd(some, axis=0) if len(values) else np.zeros(values.shape[1])
    scale = np.where(spread > 0, spread, 1.0)
    scaled = (values - np.nanmean(some, axis=0)) / scale
    known = ~np.isnan(scaled)
    filled = values.copy()
    for row in np.flatnonzero(~known.all(axis=1)):
        shared = known & known[row]
        counts = shared.sum(axis=1)
        differences = np.where(shared, scaled - np.where(known[row], scaled[row], 0.0), 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            distance = np.sqrt((differences**2).sum(axis=1) / counts)
        distance[counts == 0] = np.inf
        distance[row] = np.inf
        for column in np.flatnonzero(~known[row]):
            able = np.flatnonzero(known[:, column] & np.isfinite(distance))
            near = able[np.argsort(distance[able], kind="stable")[:k]]
            if len(near):
                weights = 1.0 / np.maximum(distance[near], 1e-12)
                filled[row, column] = float(weights @ values[near, column] / weights.sum())
    return filled


def over_time(series: Floats, how: str = "linear", longest: int | None = None) -> Floats:
    """Fill gaps along axis 0 (periods × units × indicators), each unit and indicator by itself.

    `linear` interpolates between known periods and carries the last one on; `latest` carries the last one on. A gap is
    filled at most `longest` periods after the last known one. What lies before the first known period stays missing.
    """
    if how not in ("linear", "latest"):
        raise fault(f"没有“{how}”这种按时间补值的方法", "可用 linear（线性内插）或 latest（沿用上期）")
    filled = series.copy()
    flat = filled.reshape(len(series), -1)
    for column in flat.T:
        at = np.flatnonzero(~np.isnan(column))
        if len(at) == 0:
            continue
        gaps = np.flatnonzero(np.isnan(column))
        last = at[np.clip(np.searchsorted(at, gaps) - 1, 0, None)]
        gaps, last = gaps[gaps > at[0]], last[gaps > at[0]]
        if longest is not None:
            near = gaps - last <= longest
            gaps, last = gaps[near], last[near]
        column[gaps] = np.interp(gaps, at, column[at]) if how == "linear" else column[last]
    return filled


def impute(values: Floats, how: str, groups: Sequence[str] | None = None, neighbours: int = 5) -> Floats:
    """One of the five ways by name: mean, median, group_mean, group_median, neighbours."""
    if how in ("mean", "median"):
        return by_column(values, np.mean if how == "mean" else np.median)
    if how in ("group_mean", "group_median"):
        if groups is None:
            raise fault("按组补值需要分组", "请在数据里给出每个单位所属的组")
        return by_group(values, groups, np.mean if how == "group_mean" else np.median)
    if how == "neighbours":
        return by_neighbours(values, neighbours)
    raise fault(f"没有“{how}”这种补值方法", "可用 mean、median、group_mean、group_median、neighbours")
