"""Three models of a level or of counts, each giving a predictive distribution any number of steps ahead.

Steps are quarters or years; values are in base units. Nothing random: the same series gives the same figures.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from typing import Protocol

import numpy as np
from scipy import stats


class Predictive(Protocol):
    """What a value may be: its mean, its quantiles, and how likely it reaches a bound."""

    @property
    def mean(self) -> float:
        """The expected value."""
        ...

    def quantile(self, part: float) -> float:
        """The value that is not exceeded with probability `part`."""
        ...

    def reaches(self, bound: float) -> float:
        """The probability of `bound` or more."""
        ...

    def above(self, base: float) -> Predictive:
        """The same distribution moved up by what is certain already."""
        ...


Ahead = Callable[[float], Predictive]
"""A fitted model: the predictive distribution so many steps after the last value."""


@dataclass(frozen=True)
class Spread:
    """A symmetric distribution: Student's t, or the normal where `df` is infinite."""

    mean: float
    scale: float
    df: float = inf

    def quantile(self, part: float) -> float:
        """See `Predictive`."""
        return float(stats.t.ppf(part, self.df, self.mean, self.scale)) if self.scale else self.mean

    def reaches(self, bound: float) -> float:
        """See `Predictive`."""
        if not self.scale:
            return float(self.mean >= bound)
        return float(stats.t.sf(bound, self.df, self.mean, self.scale))

    def above(self, base: float) -> Spread:
        """See `Predictive`."""
        return Spread(self.mean + base, self.scale, self.df)


@dataclass(frozen=True)
class Counts:
    """A known count plus a negative binomial number of new ones, given by its mean and variance; never below `base`."""

    base: float
    new: float
    variance: float

    @property
    def mean(self) -> float:
        """See `Predictive`."""
        return self.base + self.new

    def quantile(self, part: float) -> float:
        """See `Predictive`."""
        return self.base + (float(stats.nbinom.ppf(part, *self._shape)) if self.new else 0.0)

    def reaches(self, bound: float) -> float:
        """See `Predictive`."""
        short = bound - self.base
        if short <= 1e-9:
            return 1.0
        return float(stats.nbinom.sf(np.ceil(short - 1e-9) - 1, *self._shape)) if self.new else 0.0

    def above(self, base: float) -> Counts:
        """See `Predictive`."""
        return Counts(self.base + base, self.new, self.variance)

    @property
    def _shape(self) -> tuple[float, float]:
        size = self.new**2 / (self.variance - self.new)
        return size, self.new / self.variance


def drift(values: Sequence[float]) -> Ahead:
    """A random walk with drift: the last value plus the mean change a step; at least three values.

    Hyndman & Athanasopoulos, Forecasting: Principles and Practice (3rd ed.), 5.2 and table 5.2:
    ŷ(T+h) = y(T) + h·(y(T) − y(1))/(T − 1), σ(h) = σ̂·√(h·(1 + h/(T − 1))), σ̂ of the residuals with T − 2 degrees of
    freedom; the interval takes Student's t with these, which is exact for normal steps, where the book takes the
    normal.
    """
    steps = np.diff(np.asarray(values, float))
    slope, sigma = float(np.mean(steps)), float(np.std(steps, ddof=1))
    last, n = float(values[-1]), len(steps)
    return lambda h: Spread(last + h * slope, sigma * sqrt(h * (1 + h / n)), n - 1)


def counts(new: Sequence[float]) -> Ahead:
    """New ones a step as over-dispersed Poisson counts; the distribution is that of their sum over h steps.

    With x in n steps the rate is λ̂ = (x + ½)/n (Jeffreys' prior); the sum has mean hλ̂ and variance φ̂·(hλ̂ + h²λ̂/n)
    (Menssen & Schaarschmidt 2022, Prediction intervals for overdispersed Poisson data, the quasi-Poisson case), taken
    as a negative binomial. φ̂ is Pearson's χ²/(n − 1), not below 1; with φ̂ = 1 this is exactly the Bayesian predictive
    distribution of a Poisson count (Gelman et al., Bayesian Data Analysis, 2.6).
    """
    seen = np.asarray(new, float)
    n, total = len(seen), float(np.sum(seen))
    mean = total / n
    pearson = float(np.sum((seen - mean) ** 2) / mean / (n - 1)) if mean > 0 and n > 1 else 1.0
    rate, phi = (total + 0.5) / n, max(1.0, pearson)
    return lambda h: Counts(0.0, h * rate, phi * (h * rate + h * h * rate / n))


def seasonal(values: Sequence[float], period: int = 4) -> Ahead:
    """ETS(A,Ad,A): damped Holt–Winters with additive seasons, intervals of the state space model; h a whole number.

    Hyndman et al., Forecasting with Exponential Smoothing (2008), chapter 6; fitted by statsmodels.
    """
    import pandas as pd  # here, because the two take seconds to import and few series are seasonal
    from statsmodels.tools.sm_exceptions import ConvergenceWarning
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    series = pd.Series(np.asarray(values, float))
    model = ETSModel(series, error="add", trend="add", damped_trend=True, seasonal="add", seasonal_periods=period)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the back-test tells whether the fit is of use
        fitted = model.fit(disp=False)

    # Four smoothing parameters, level, trend and the free seasons were estimated: the residuals have that much less
    # freedom, for which the maximum-likelihood variance of the library makes no allowance.
    free = len(series) - (4 + 2 + period - 1)
    correction, one_sigma = sqrt(len(series) / free), float(stats.norm.ppf(1 - 0.3173 / 2))

    def ahead(h: float) -> Predictive:
        at = len(series) + max(1, round(h)) - 1
        row = fitted.get_prediction(start=at, end=at).summary_frame(alpha=0.3173).iloc[0]
        half = (float(row["pi_upper"]) - float(row["pi_lower"])) / 2
        return Spread(float(row["mean"]), correction * half / one_sigma, free)

    return ahead


def season_strength(values: Sequence[float], period: int = 4) -> float:
    """How much of a series without its trend is season, 0 to 1, from a classical additive decomposition.

    Wang, Smith & Hyndman (2006), Characteristic-based clustering for time series data: 1 − Var(R)/Var(S + R).
    """
    y = np.asarray(values, float)
    weights = np.r_[0.5, np.ones(period - 1), 0.5] / period
    half = period // 2
    rest = y[half:-half] - np.convolve(y, weights, "valid")
    where = (np.arange(len(rest)) + half) % period
    means = np.array([rest[where == s].mean() for s in range(period)])
    remainder = rest - (means - means.mean())[where]
    return max(0.0, 1 - float(np.var(remainder) / np.var(rest))) if np.var(rest) > 1e-18 else 0.0
