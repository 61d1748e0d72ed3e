"""RSR 秩和比: ranks summed over criteria, and grades by probit regression (Tian Fengdiao 1988, 1993)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from jiqun.evaluation.decide.table import checked
from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats, Ints

CUTS = {3: (4.0, 6.0), 4: (3.5, 5.0, 6.5), 5: (3.2, 4.4, 5.6, 6.8)}
"""Customary probit bounds between grades (Tian 1993, table of best grading)."""


@dataclass(frozen=True)
class RankSum:
    """The ratio (0 to 1, more is better), what the regression on probits gives, and the grade (1 is the best)."""

    ratio: Floats
    fitted: Floats
    grade: Ints
    slope: float
    intercept: float
    r_squared: float


def rank_sum_ratio(table: Floats, weights: Floats, directions: Floats, grades: int = 3) -> RankSum:
    """Weighted RSR = Σ w_j R_ij / n with mean ranks for ties; its regression on the probit of its cumulative share.

    The last cumulative share is 1 − 1/(4n). EvaluationError where all units are alike.
    """
    shares = checked(table, weights, directions)
    if grades not in CUTS:
        raise fault(f"分为 {grades} 档", f"可分 {'、'.join(map(str, CUTS))} 档")
    n = len(table)
    ratio: Floats = stats.rankdata(table * directions, axis=0) @ shares / n
    values, which, counts = np.unique(ratio, return_inverse=True, return_counts=True)
    if len(values) < 2:
        raise fault("各单位秩和比相同，无法分档", "请核对数据")
    ends = np.cumsum(counts)
    middle = (ends - (counts - 1) / 2) / n  # the mean rank of those that tie
    middle[-1] = 1 - 1 / (4 * n)
    probit = stats.norm.ppf(middle) + 5
    line = stats.linregress(probit, values)
    fitted = line.intercept + line.slope * probit[which]
    bounds = [line.intercept + line.slope * cut for cut in CUTS[grades]]
    grade = grades - np.searchsorted(bounds, fitted, side="right")
    return RankSum(
        ratio, fitted, grade.astype(np.int64), float(line.slope), float(line.intercept), float(line.rvalue**2)
    )  # fmt: skip
