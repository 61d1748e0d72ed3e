"""Rolling origin: every model is asked for what is known by now, from each earlier day on which it could have been."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jiqun.programme.forecasting.models import Predictive

YEAR = 4
"""A back-test looks at most so many steps ahead: a year of quarters."""


@dataclass(frozen=True)
class BackTest:
    """What a model's forecasts `steps` ahead came to: errors in base units, and parts of one."""

    trials: int
    steps: int
    mae: float
    """Mean absolute error (Hyndman & Athanasopoulos, 5.8)."""
    mape: float | None
    """Mean absolute percentage error, of the trials whose true value is not 0."""
    covered: float
    """The part of the true values that fell into the interval."""


def rolling(
    length: int,
    shortest: int,
    predict: Callable[[int, int], Predictive],
    truth: Callable[[int, int], float],
    level: float,
) -> BackTest | None:
    """Try a model at every origin: after `shortest` values at least, up to a year (four steps) ahead.

    Short series are tried fewer steps ahead, so that there is more than one trial.

    `predict` and `truth` are given the number of values known and the steps to look ahead; None where no origin is
    left of `length` values.
    """
    if length <= shortest:
        return None
    steps = min(YEAR, (length - shortest + 1) // 2)
    trials = []
    for origin in range(shortest, length - steps + 1):
        predicted, true = predict(origin, steps), truth(origin, steps)
        low, high = (predicted.quantile(p) for p in ((1 - level) / 2, (1 + level) / 2))
        trials.append((abs(predicted.mean - true), true, low - 1e-9 <= true <= high + 1e-9))
    parts = [error / abs(true) for error, true, _ in trials if true]
    return BackTest(
        len(trials),
        steps,
        sum(error for error, _, _ in trials) / len(trials),
        sum(parts) / len(parts) if parts else None,
        sum(inside for _, _, inside in trials) / len(trials),
    )
