"""What every decision method takes: a whole table, weights that sum to one, and which criteria are better when more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats


def checked(table: Floats, weights: Floats, directions: Floats, columns: Sequence[str] = ()) -> Floats:
    """The weights in shares; EvaluationError names what the method cannot take.

    `table` is units × criteria without missing figures, `weights` not negative, `directions` 1 (benefit) or -1 (cost).
    """
    names = tuple(columns) or tuple(f"第 {j + 1} 列" for j in range(table.shape[1]))
    if table.ndim != 2 or len(table) < 2:
        raise fault(f"只有 {len(table)} 个单位，无法比较", "至少需要 2 个单位")
    if weights.shape != (table.shape[1],) or directions.shape != (table.shape[1],):
        raise fault(f"有 {table.shape[1]} 个指标，权重 {weights.size} 个，方向 {directions.size} 个", "三者应一样多")
    missing = [names[j] for j in np.flatnonzero(~np.isfinite(table).all(axis=0))]
    if missing:
        raise fault("有缺失数据，无法比较", "请先补值", columns=missing)
    if (weights < 0).any() or weights.sum() <= 0:
        raise fault("权重应不小于 0 且不全为 0", "请修改权重")
    if not np.isin(directions, (1, -1)).all():
        raise fault("方向应是 1（正向）或 -1（逆向）", "请修改方向")
    shares: Floats = weights / weights.sum()
    return shares
