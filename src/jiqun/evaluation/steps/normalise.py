"""One scale for all indicators, so that they can be added. More is better afterwards, whatever the direction.

Each way is named with its convention. `y` is the figure times its direction; minima and maxima are those of the known
figures of the column; NaN stays NaN. Sources: OECD/JRC handbook (Nardo et al. 2008, step 5); names as in COINr 1.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats, Indicator


@dataclass(frozen=True)
class Scale:
    """A way of normalising with what it needs: `low` and `high` of the result, or the mean and spread of z-scores."""

    how: str = "min_max"
    low: float = 0.0
    high: float = 100.0
    reference: str | None = None
    """The unit that others are compared with (distance_to_reference)."""
    cap: bool = False
    """Whether what is beyond the target or reference counts as just reaching it."""


@dataclass(frozen=True)
class Column:
    """A column as the ways see it: figures times direction, the indicator, and the row of the reference unit."""

    y: Floats
    indicator: Indicator
    scale: Scale
    reference: int | None = None

    @property
    def least(self) -> float:
        """The smallest known figure."""
        return float(np.nanmin(self.y))

    @property
    def most(self) -> float:
        """The largest known figure."""
        return float(np.nanmax(self.y))


def min_max(column: Column) -> Floats:
    """Low + (y - min) / (max - min) × (high - low)."""
    return _between(column, column.least, column.most)


def z_score(column: Column) -> Floats:
    """Mean `low`, sample standard deviation `high` (n - 1 in its divisor)."""
    spread = float(np.nanstd(column.y, ddof=1)) if np.count_nonzero(~np.isnan(column.y)) > 1 else 0.0
    if spread == 0 or column.least == column.most:
        raise _constant(column, "rank、goalposts")
    scaled: Floats = (column.y - np.nanmean(column.y)) / spread * column.scale.high + column.scale.low
    return scaled


def rank(column: Column) -> Floats:
    """1 for the worst, n for the best; equal figures share the lowest of their ranks."""
    return _ranks(column.y)


def borda(column: Column) -> Floats:
    """How many units are worse: rank - 1."""
    return _ranks(column.y) - 1


def percentile_rank(column: Column) -> Floats:
    """(rank - 1) / (n - 1): the share of the other units that are worse."""
    known = int(np.count_nonzero(~np.isnan(column.y)))
    if known < 2:
        raise fault("只有一个单位有数据，无法排百分位", "请补报数据，或改用 goalposts", columns=[column.indicator.code])
    return (_ranks(column.y) - 1) / (known - 1)


def distance_to_maximum(column: Column) -> Floats:
    """1 - (max - y) / (max - min)."""
    return 1 - (column.most - column.y) / _span(column, column.least, column.most)


def distance_to_target(column: Column) -> Floats:
    """1 - (target - y) / (target - min); above 1 beyond the target unless capped."""
    if column.indicator.target is None:
        raise fault("指标没有目标值", "请在评价体系中写明目标值，或换一种方法", columns=[column.indicator.code])
    return _towards(column, column.indicator.target * column.indicator.direction)


def distance_to_reference(column: Column) -> Floats:
    """1 - (y of the reference unit - y) / (y of the reference unit - min)."""
    if column.reference is None:
        raise fault("没有指明对照单位", "请在方案中写明 reference", columns=[column.indicator.code])
    aim = float(column.y[column.reference])
    if np.isnan(aim):
        mend = "请补报对照单位的数据，或换一个对照单位"
        raise fault("对照单位缺少数据", mend, columns=[column.indicator.code])
    return _towards(column, aim)


def fraction_of_maximum(column: Column) -> Floats:
    """y / max; for figures that are not negative, so a cost indicator is refused."""
    if column.least < 0 or column.most <= 0:
        mend = "逆向指标或含负数的指标请用 min_max"
        raise fault("与最大值之比要求数值不为负且最大值大于 0", mend, columns=[column.indicator.code])
    return column.y / column.most


def goalposts(column: Column) -> Floats:
    """Low + (y - worst) / (best - worst) × (high - low), cut off at the posts; the posts are of the indicator."""
    posts = column.indicator.goalposts
    if posts is None:
        raise fault("指标没有上下限", "请在评价体系中写明 goalposts", columns=[column.indicator.code])
    ends = sorted(post * column.indicator.direction for post in posts)
    return np.clip(_between(column, *ends), column.scale.low, column.scale.high)


def as_is(column: Column) -> Floats:
    """The figure times its direction."""
    return column.y


WAYS: dict[str, Callable[[Column], Floats]] = {
    "min_max": min_max,
    "z_score": z_score,
    "rank": rank,
    "borda": borda,
    "percentile_rank": percentile_rank,
    "distance_to_maximum": distance_to_maximum,
    "distance_to_target": distance_to_target,
    "distance_to_reference": distance_to_reference,
    "fraction_of_maximum": fraction_of_maximum,
    "goalposts": goalposts,
    "as_is": as_is,
}


def normalise(
    values: Floats,
    indicators: tuple[Indicator, ...],
    units: tuple[str, ...],
    scale: Scale,
    special: dict[str, Scale] | None = None,
) -> Floats:
    """All columns (units × indicators) by one way, single indicators by another (`special`, by code).

    EvaluationError names the column that the way is not defined for; a column of nothing stays missing.
    """
    normal = np.full(values.shape, np.nan)
    for i, indicator in enumerate(indicators):
        mine = (special or {}).get(indicator.code, scale)
        way = WAYS.get(mine.how)
        if way is None:
            raise fault(f"没有“{mine.how}”这种标准化方法", f"可用 {'、'.join(WAYS)}")
        y = values[:, i] * indicator.direction
        if not np.isnan(y).all():
            normal[:, i] = way(Column(y, indicator, mine, _row(units, mine.reference)))
    return normal


def _row(units: tuple[str, ...], reference: str | None) -> int | None:
    if reference is None:
        return None
    if reference not in units:
        raise fault(f"数据里没有对照单位“{reference}”", "请写出数据里的单位代码")
    return units.index(reference)


def _ranks(y: Floats) -> Floats:
    ranks: Floats = stats.rankdata(y, method="min", nan_policy="omit").astype(float)
    return ranks


def _between(column: Column, least: float, most: float) -> Floats:
    scale = column.scale
    return scale.low + (column.y - least) / _span(column, least, most) * (scale.high - scale.low)


def _towards(column: Column, aim: float) -> Floats:
    scaled = 1 - (aim - column.y) / _span(column, column.least, aim)
    return np.minimum(scaled, 1.0) if column.scale.cap else scaled


def _span(column: Column, least: float, most: float) -> float:
    if most <= least:
        raise _constant(column, "rank、goalposts")
    return most - least


def _constant(column: Column, others: str) -> Exception:
    mend = f"请换一种方法（{others}）或删去该指标"
    return fault(f"各单位数值没有差别，无法按“{column.scale.how}”标准化", mend, columns=[column.indicator.code])
