"""A target's forecast: which model its history allows, what it says of the due date, and how well it did before.

The rules, in order. A count of new ones: over-dispersed Poisson, from four quarters on. A level (stock, share,
coverage, rate) that changes only at the turn of the year is yearly, otherwise quarterly. With 16 quarters (four for
each season, seven more than the parameters), a clear season (strength ≥ 0.64, as R's `forecast::nsdiffs` has it) and
back-tests no worse than the plain model's: ETS(A,Ad,A). Otherwise a random walk with drift, from six quarters or four years on. Nothing where there is less, where
nothing ever changed, or where the latest value is unknown: a reason stands instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from jiqun.programme.forecasting.backtest import BackTest, rolling
from jiqun.programme.forecasting.models import Ahead, Predictive, Spread, counts, drift, season_strength, seasonal
from jiqun.programme.forecasting.timeline import is_year_end, period_ends, steps_between

SHORTEST_COUNTS, SHORTEST_QUARTERS, SHORTEST_YEARS, SHORTEST_SEASONAL = 4, 6, 4, 16
CLEAR_SEASON = 0.64
FIRST_QUARTER_ENDS = 3
"""The month in which a figure of the year before first shows."""
_SAME = 1e-12
Model = Literal["counts", "drift", "drift-yearly", "seasonal"]


@dataclass(frozen=True)
class Settings:
    """What kind of figure it is: `cumulative` counts never fall, `yearly` ones begin anew each year."""

    due: date
    cumulative: bool
    yearly: bool = False
    bounds: tuple[float, float] | None = None
    """The least and the greatest value that there can be."""
    level: float = 0.8
    """The probability of the interval."""


@dataclass(frozen=True)
class Point:
    """A value that is expected on a day, with its interval."""

    on: date
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Forecast:
    """The forecast of a target; `reason` says why where there is none."""

    model: Model | None = None
    reason: str | None = None
    points: int = 0
    """How many values (or increments) the model learned from."""
    path: tuple[Point, ...] = ()
    """Quarter by quarter to the due date, which comes last."""
    end: Predictive | None = None
    tested: BackTest | None = None


def forecast(history: Sequence[tuple[date, float | None]], settings: Settings) -> Forecast:
    """The forecast from values on quarter ends (and the latest day), sorted by day; missing ones are None."""
    known = [(day, value) for day, value in history if value is not None]
    if not known or known[-1][0] != history[-1][0]:
        return Forecast(reason="当前值待定，无法预测")
    latest = known[-1][0]
    if latest >= settings.due:
        return Forecast(reason="已到期，不再预测")
    return _counted(known, settings) if settings.cumulative else _level(known, settings)


def _counted(known: Sequence[tuple[date, float]], settings: Settings) -> Forecast:
    """New ones a quarter, added to what is certain already."""
    ends = [each for each in known if _closes_quarter(each[0])]
    new = [_increment(a, b, settings.yearly) for a, b in pairwise(ends)]
    if len(new) < SHORTEST_COUNTS:
        reason = f"只有 {len(new)} 个季度的新增数，至少要 {SHORTEST_COUNTS} 个（一整年）"
        return Forecast(reason=reason, points=len(new))
    if not any(new):
        return Forecast(reason=f"{len(new)} 个季度没有新增，不作外推", points=len(new))
    (latest, base), ahead = known[-1], counts(new)
    tested = rolling(
        len(new), SHORTEST_COUNTS, lambda k, h: counts(new[:k])(h), lambda k, h: sum(new[k : k + h]), settings.level
    )
    return _made("counts", len(new), latest, 4, lambda h: ahead(h).above(base), settings, tested)


def _increment(before: tuple[date, float], after: tuple[date, float], yearly: bool) -> float:
    """What one quarter added; a yearly count begins anew with the year. A correction downwards adds nothing."""
    start = 0.0 if yearly and before[0].year != after[0].year else before[1]
    return max(0.0, after[1] - start)


def _level(known: Sequence[tuple[date, float]], settings: Settings) -> Forecast:
    """A level that may rise and fall."""
    ends = _unbroken([each for each in known if _closes_quarter(each[0])])
    changes = [(b[0], b[1] - a[1]) for a, b in pairwise(ends) if abs(b[1] - a[1]) > _SAME]
    if len(ends) < SHORTEST_QUARTERS:
        return Forecast(reason=f"只有 {len(ends)} 个季末值，至少要 {SHORTEST_QUARTERS} 个", points=len(ends))
    if not changes:
        return Forecast(reason=f"{len(ends)} 个季末值没有变化，不作外推", points=len(ends))
    if all(day.month == FIRST_QUARTER_ENDS for day, _ in changes):
        return _yearly_level([each for each in ends if is_year_end(each[0])], known[-1], settings)
    values = [value for _, value in ends]
    if len(values) >= SHORTEST_SEASONAL and season_strength(values) >= CLEAR_SEASON and _seasons_help(values):
        return _fitted("seasonal", seasonal, SHORTEST_SEASONAL, values, ends[-1][0], 4, settings)
    # The walk goes on from the latest value, be it of a quarter's end or not.
    shift = known[-1][1] - values[-1]
    return _fitted("drift", drift, SHORTEST_QUARTERS, values, known[-1][0], 4, settings, shift)


def _seasons_help(values: Sequence[float]) -> bool:
    """Whether the seasonal model did no worse than the plain one from the same earlier days, if there are any."""
    errors = []
    for fit in (seasonal, drift):
        tested = _tested(fit, SHORTEST_SEASONAL, values, 0.8)
        if tested is None:
            return True
        errors.append(tested.mae)
    return errors[0] <= errors[1]


def _tested(
    fit: Callable[[Sequence[float]], Ahead], shortest: int, values: Sequence[float], level: float
) -> BackTest | None:
    return rolling(len(values), shortest, lambda k, h: fit(values[:k])(h), lambda k, h: values[k + h - 1], level)


def _yearly_level(ends: Sequence[tuple[date, float]], latest: tuple[date, float], settings: Settings) -> Forecast:
    """A level that yearly figures make: each year's end tells the year before."""
    if ends and latest[0].year > ends[-1][0].year:
        ends = [*ends, (date(latest[0].year, 12, 31), latest[1])]
    if len(ends) < SHORTEST_YEARS:
        return Forecast(reason=f"按年变化，只有 {len(ends)} 个年度值，至少要 {SHORTEST_YEARS} 个", points=len(ends))
    values = [value for _, value in ends]
    if ends[-1][0] >= settings.due:
        end = Spread(values[-1], 0.0)
        point = Point(settings.due, end.mean, end.mean, end.mean)
        return Forecast("drift-yearly", None, len(values), (point,), end)
    return _fitted("drift-yearly", drift, SHORTEST_YEARS, values, ends[-1][0], 1, settings)


def _fitted(
    model: Model, fit: Callable[[Sequence[float]], Ahead], shortest: int, values: Sequence[float], latest: date,
    per_year: int, settings: Settings, shift: float = 0.0,
) -> Forecast:  # fmt: skip
    tested = _tested(fit, shortest, values, settings.level)
    ahead = fit([value + shift for value in values])
    return _made(model, len(values), latest, per_year, ahead, settings, tested)


def _made(
    model: Model, points: int, latest: date, per_year: int, ahead: Ahead, settings: Settings, tested: BackTest | None
) -> Forecast:
    days = [day for day in period_ends(latest + timedelta(days=1), settings.due) if per_year == 4 or is_year_end(day)]
    if not days or days[-1] != settings.due:
        days.append(settings.due)
    path = []
    for day in days:
        predicted = ahead(steps_between(latest, day, per_year))
        ends = (predicted.mean, *(predicted.quantile(p) for p in ((1 - settings.level) / 2, (1 + settings.level) / 2)))
        path.append(Point(day, *(_within(value, settings.bounds) for value in ends)))
    return Forecast(model, None, points, tuple(path), predicted, tested)


def _within(value: float, bounds: tuple[float, float] | None) -> float:
    return value if bounds is None else min(bounds[1], max(bounds[0], value))


def _unbroken(ends: Sequence[tuple[date, float]]) -> list[tuple[date, float]]:
    """The last values without a gap."""
    start = max((i + 1 for i, (a, b) in enumerate(pairwise(ends)) if steps_between(a[0], b[0]) != 1), default=0)
    return list(ends[start:])


def _closes_quarter(day: date) -> bool:
    return bool(period_ends(day, day))
