"""What the evaluation wrote beside the targets, read once a process: history, forecasts, figures, tallies, coverage.

Results of an evaluation made before these were written lack the files: everything is empty then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from jiqun.web.registry.models import Publication


@dataclass(frozen=True)
class Past:
    """A target's value on an earlier day, in base units; None where far more was undetermined than today."""

    on: date
    actual: float | None


@dataclass(frozen=True)
class Ahead:
    """A value that is expected on a day, with its interval, in base units."""

    on: date
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Forecast:
    """A target's forecast as written; `reason` where there is none."""

    outlook: str | None
    probability: float | None
    model: str | None
    reason: str | None
    points: int
    level: float
    path: tuple[Ahead, ...]
    trials: int | None
    steps: int | None
    mae: float | None
    mape: float | None
    covered: float | None

    @property
    def end(self) -> Ahead | None:
        """What is expected on the due date."""
        return self.path[-1] if self.path else None


@dataclass(frozen=True)
class CoverageCell:
    """Whether a cluster is covered by a column, and how its records meet the conditions."""

    target: str
    cluster: str
    covered: bool | None
    records_of: str | None
    records: int | None
    meet: int | None
    conditions: tuple[tuple[str, int], ...] = field(default=())


@dataclass(frozen=True)
class Tally:
    """How many items of one county count, stand in the base only, or cannot be told."""

    counted: int = 0
    base: int = 0
    open: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.counted + other.counted, self.base + other.base, self.open + other.open)


@dataclass(frozen=True)
class Tallies:
    """The items behind one measure, by county code; those of no county under None."""

    by_county: Mapping[str | None, Tally] = field(default_factory=dict)
    firms: Mapping[str, int] = field(default_factory=dict)
    """How many firms stand behind the value of each county; empty where the measure is not about firms."""

    @property
    def total(self) -> Tally:
        """The tallies of all counties together."""
        return sum(self.by_county.values(), Tally())


def history(publication: Publication) -> Mapping[str, tuple[Past, ...]]:
    """The values of each target at its quarter ends, the latest last."""
    return _history(publication.results / "history.parquet")


def forecasts(publication: Publication) -> Mapping[str, Forecast]:
    """The forecasts by target id."""
    return _forecasts(publication.results / "forecasts.parquet")


def figures(publication: Publication, kind: str, day: date) -> Mapping[str, Mapping[str | None, float | None]]:
    """The measures of a kind of subject (programme, place, cluster) on a day: by text, then by subject id."""
    return _figures(publication.results / "figures.parquet").get((kind, day), {})


def tallies(publication: Publication) -> Mapping[str, Tallies]:
    """What stands behind each measure over the whole programme, by its text."""
    return _tallies(publication.results / "tallies.parquet")


def coverage(publication: Publication) -> tuple[CoverageCell, ...]:
    """The cells of the coverage matrix."""
    return _coverage(publication.results / "coverage.parquet")


def _rows(path: Path) -> list[dict[str, Any]]:
    return pq.read_table(path).to_pylist() if path.exists() else []


@lru_cache(maxsize=4)
def _history(path: Path) -> Mapping[str, tuple[Past, ...]]:
    found: dict[str, list[Past]] = {}
    for row in _rows(path):
        actual = row["actual"] if row["comparable"] else None
        found.setdefault(row["target"], []).append(Past(row["as_of"], actual))
    return {target: tuple(sorted(values, key=lambda p: p.on)) for target, values in found.items()}


@lru_cache(maxsize=4)
def _forecasts(path: Path) -> Mapping[str, Forecast]:
    return {row.pop("target"): Forecast(**{**row, "path": _path(row["path"])}) for row in _rows(path)}


def _path(points: list[dict[str, Any]] | None) -> tuple[Ahead, ...]:
    return tuple(Ahead(**point) for point in points or ())


@lru_cache(maxsize=4)
def _figures(path: Path) -> Mapping[tuple[str, date], Mapping[str, Mapping[str | None, float | None]]]:
    found: dict[tuple[str, date], dict[str, dict[str | None, float | None]]] = {}
    for row in _rows(path):
        day = found.setdefault((row["kind"], row["as_of"]), {})
        day.setdefault(row["measure"], {})[row["subject"]] = row["value"]
    return found


@lru_cache(maxsize=4)
def _tallies(path: Path) -> Mapping[str, Tallies]:
    counties: dict[str, dict[str | None, Tally]] = {}
    firms: dict[str, dict[str, int]] = {}
    for row in _rows(path):
        text, county = row["measure"], row["county"]
        tally, own = Tally(row["counted"], row["base"], row["open"]), counties.setdefault(text, {})
        own[county] = own.get(county, Tally()) + tally
        if row["subject"] == "party" and county is not None:
            firms.setdefault(text, {})[county] = tally.counted + tally.base
    return {text: Tallies(own, firms.get(text, {})) for text, own in counties.items()}


@lru_cache(maxsize=4)
def _coverage(path: Path) -> tuple[CoverageCell, ...]:
    return tuple(
        CoverageCell(**{**row, "conditions": tuple((c["text"], c["meet"]) for c in row["conditions"])})
        for row in _rows(path)
    )
