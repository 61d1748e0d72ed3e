"""Outliers: pull in the few, else bend the scale. Whether a column needs it is told by its skew and kurtosis.

The rule is that of the OECD/JRC handbook (Nardo et al. 2008) as COINr runs it: a column passes where |skew| < 2 or
kurtosis < 3.5; else the furthest figures are set to the next one, up to a number of them; else its logarithm is taken.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats

FEWEST = 4
"""Figures that kurtosis needs."""


@dataclass(frozen=True)
class Treatment:
    """What was done to one column."""

    column: str
    skew: float | None
    kurtosis: float | None
    winsorised: int = 0
    transform: str | None = None
    skew_after: float | None = None
    kurtosis_after: float | None = None
    passed: bool = True


def skewness(known: Floats) -> float | None:
    """Sample skewness G1 (Joanes & Gill 1998, type 2); None where it is not defined."""
    n, deviations = len(known), known - known.mean() if len(known) else known
    squares = float((deviations**2).sum())
    if n < FEWEST or squares == 0:
        return None
    moment = math.sqrt(n) * float((deviations**3).sum()) / squares**1.5
    return float(moment * math.sqrt(n * (n - 1)) / (n - 2))


def excess_kurtosis(known: Floats) -> float | None:
    """Sample excess kurtosis G2 (Joanes & Gill 1998, type 2); None where it is not defined."""
    n, deviations = len(known), known - known.mean() if len(known) else known
    squares = float((deviations**2).sum())
    if n < FEWEST or squares == 0:
        return None
    moment = n * float((deviations**4).sum()) / squares**2
    return float(((n + 1) * (moment - 3) + 6) * (n - 1) / ((n - 2) * (n - 3)))


@dataclass(frozen=True)
class Limits:
    """When a column passes; a column whose skew is not defined (constant, under four figures) passes."""

    skew: float = 2.0
    kurtosis: float = 3.5

    def pass_(self, known: Floats) -> bool:
        """Whether the known figures of a column need no treatment."""
        skew, kurtosis = skewness(known), excess_kurtosis(known)
        return skew is None or kurtosis is None or abs(skew) < self.skew or kurtosis < self.kurtosis


def winsorise(column: Floats, most: int, limits: Limits | None = None) -> tuple[Floats, int]:
    """Set the furthest figures to the next one, high or low by the sign of the skew, until the column passes.

    Stops once `most` figures or more were moved (figures of one value move together). Returns the column and how many.
    """
    limits = limits or Limits()
    treated, high, low = column.copy(), 0, 0
    while high + low < most:
        known = treated[~np.isnan(treated)]
        skew = skewness(known)
        if skew is None or limits.pass_(known):
            break
        end = known.max() if skew >= 0 else known.min()
        rest = known[known != end]
        moved = treated == end
        treated[moved] = rest.max() if skew >= 0 else rest.min()
        if skew >= 0:
            high = int(moved.sum())
        else:
            low = int(moved.sum())
    return treated, high + low


def shifted_log(column: Floats) -> Floats:
    """log(x - min + 0.01 (max - min)), which is defined for any column that is not constant."""
    low, high = np.nanmin(column), np.nanmax(column)
    bent: Floats = np.log(column - low + 0.01 * (high - low))
    return bent


def box_cox(column: Floats) -> Floats:
    """Box-Cox transform of the column shifted as in `shifted_log`, λ by maximum likelihood (Box & Cox 1964)."""
    low, high = np.nanmin(column), np.nanmax(column)
    shifted = column - low + 0.01 * (high - low)
    known = ~np.isnan(shifted)
    bent = np.full_like(column, np.nan)
    bent[known], _ = stats.boxcox(shifted[known])
    return bent


TRANSFORMS = {"log": shifted_log, "box_cox": box_cox}


def treat(
    values: Floats, columns: tuple[str, ...], most: int = 5, then: str | None = "log", limits: Limits | None = None
) -> tuple[Floats, tuple[Treatment, ...]]:
    """Treat each column that does not pass: winsorise at most about `most` figures, else transform the original.

    A column that still does not pass keeps the transform and says so (`passed` false).
    """
    if then is not None and then not in TRANSFORMS:
        raise fault(f"没有“{then}”这种变换", "可用 log、box_cox，或不变换")
    limits, treated, done = limits or Limits(), values.copy(), []
    for i, name in enumerate(columns):
        treated[:, i], what = _treat_one(values[:, i], name, most, then, limits)
        done.append(what)
    return treated, tuple(done)


def _treat_one(column: Floats, name: str, most: int, then: str | None, limits: Limits) -> tuple[Floats, Treatment]:
    known = column[~np.isnan(column)]
    before = skewness(known), excess_kurtosis(known)
    if limits.pass_(known):
        return column, Treatment(name, *before)
    pulled, count = winsorise(column, most, limits)
    transform = None
    if not limits.pass_(pulled[~np.isnan(pulled)]) and then is not None:
        pulled, count, transform = TRANSFORMS[then](column), 0, then
    after = pulled[~np.isnan(pulled)]
    what = Treatment(
        name, *before, count, transform, skewness(after), excess_kurtosis(after), passed=limits.pass_(after)
    )
    return pulled, what
