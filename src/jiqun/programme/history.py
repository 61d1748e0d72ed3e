"""The targets' values at earlier quarter ends, as today's records tell them, and the forecasts that follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.programme.forecasting import Forecast, Settings, forecast, period_ends
from jiqun.programme.models import ForecastRules, Target
from jiqun.programme.pace import Course
from jiqun.programme.pack import Pack
from jiqun.programme.targets import TargetResult, course_of, number, target_values
from jiqun.snapshot.engines import Engine, no_garbage_collection

HISTORY, FORECASTS = "history.parquet", "forecasts.parquet"
LOOKBACK_YEARS = 3
"""How long before its start a level is looked at; counts of new ones begin with the programme."""


@dataclass(frozen=True)
class Past:
    """A target's value on an earlier day, in base units."""

    target: str
    as_of: date
    actual: float | None
    undetermined: int
    comparable: bool = True
    """False where far more could not be told than today, so that the value is no measure of the same thing."""


def days_of(target: Target, as_of: date) -> list[date]:
    """The quarter ends on which a target is looked at, before the day itself."""
    first = target.from_ - timedelta(days=1)
    if target.kind != "new-count" or target.repeats:
        first = date(first.year - LOOKBACK_YEARS, 12, 31)
    return period_ends(first, as_of - timedelta(days=1))


def measure_history(backend: Engine, pack: Pack, as_of: date, now: Sequence[TargetResult]) -> list[Past]:
    """Every target at every one of its days, one query a day, and last the day itself."""
    wanted: dict[date, list[Target]] = {}
    for target in pack.targets.values():
        for day in days_of(target, as_of):
            wanted.setdefault(day, []).append(target)
    most = {r.target: 2 * r.undetermined for r in now}
    found = []
    for day, targets in sorted(wanted.items()):
        with no_garbage_collection():
            values = target_values(backend, pack, targets, day)
        for target in targets:
            actual, undetermined, _ = values[target.id]
            found.append(Past(target.id, day, actual, undetermined, undetermined <= most[target.id]))
    return found + [Past(r.target, as_of, r.actual, r.undetermined) for r in now]


@dataclass(frozen=True)
class Outlook:
    """What the forecast means for the target: how likely it is met, and the word for it (None: no forecast)."""

    probability: float | None
    word: str | None


def forecasts(pack: Pack, as_of: date, past: Sequence[Past], now: Sequence[TargetResult]) -> dict[str, Forecast]:
    """The forecast of each target by id."""
    level = number(pack.forecast_rules.interval)
    series: dict[str, list[tuple[date, float | None]]] = {}
    for each in past:
        series.setdefault(each.target, []).append((each.as_of, each.actual if each.comparable else None))
    return {r.target: forecast(series[r.target], settings_of(pack.targets[r.target], as_of, level)) for r in now}


def settings_of(target: Target, as_of: date, level: float) -> Settings:
    """What the forecast must know of a target; a yearly goal is due at the end of the year."""
    due = min(target.due, date(as_of.year, 12, 31)) if target.repeats else target.due
    bounds = (0.0, 1.0) if target.kind in ("share", "coverage") else (0.0, float("inf"))
    return Settings(
        due, target.kind == "new-count", target.repeats == "year", None if target.kind == "growth" else bounds, level
    )


def outlook_of(course: Course, found: Forecast, state: str, rules: ForecastRules) -> Outlook:
    """How likely the goal is reached, in the words of the pack's thresholds; what is met for good is certain."""
    if state == "已达标" and course.kind == "new-count":
        return Outlook(1.0, "已达标")
    if found.end is None:
        return Outlook(None, None)
    chance = found.end.reaches(course.floor)
    word = "预计达标" if chance >= number(rules.likely) else "难以达标" if chance < number(rules.unlikely) else "有风险"
    return Outlook(chance, word)


_POINT = pa.struct([("on", pa.date32()), ("mean", pa.float64()), ("low", pa.float64()), ("high", pa.float64())])
FORECAST_SCHEMA = pa.schema(
    [("target", pa.string()), ("outlook", pa.string()), ("probability", pa.float64()), ("model", pa.string()),
     ("reason", pa.string()), ("points", pa.int64()), ("level", pa.float64()), ("path", pa.list_(_POINT)),
     ("trials", pa.int64()), ("steps", pa.int64()), ("mae", pa.float64()), ("mape", pa.float64()),
     ("covered", pa.float64())]
)  # fmt: skip
HISTORY_SCHEMA = pa.schema(
    [
        ("target", pa.string()),
        ("as_of", pa.date32()),
        ("actual", pa.float64()),
        ("undetermined", pa.int64()),
        ("comparable", pa.bool_()),
    ]
)


def write_history(backend: Engine, pack: Pack, as_of: date, now: Sequence[TargetResult], folder: Path) -> None:
    """Write history and forecasts beside the other results."""
    past = measure_history(backend, pack, as_of, now)
    pq.write_table(pa.Table.from_pylist([vars(p) for p in past], schema=HISTORY_SCHEMA), folder / HISTORY)
    rows = forecast_rows(pack, now, forecasts(pack, as_of, past, now))
    pq.write_table(pa.Table.from_pylist(rows, schema=FORECAST_SCHEMA), folder / FORECASTS)


def forecast_rows(
    pack: Pack, now: Sequence[TargetResult], found: Mapping[str, Forecast]
) -> list[dict[str, object]]:  # fmt: skip
    """The forecasts as rows of FORECAST_SCHEMA."""
    rules, rows = pack.forecast_rules, []
    for result in now:
        each = found[result.target]
        outlook = outlook_of(course_of(pack, pack.targets[result.target], result.baseline), each, result.state, rules)
        tested = vars(each.tested) if each.tested else {}
        rows.append(
            {"target": result.target, "outlook": outlook.word, "probability": outlook.probability,
             "model": each.model, "reason": each.reason, "points": each.points, "level": number(rules.interval),
             "path": [vars(p) for p in each.path], **tested}
        )  # fmt: skip
    return rows
