"""What the evaluation wrote about targets, read once a process: results never change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from jiqun.web.registry.models import Publication


@dataclass(frozen=True)
class TargetResult:
    """A target on the as-of date, in base units."""

    actual: float | None
    goal: float | None
    pace: float | None
    state: str
    undetermined: int = 0
    baseline: float | None = None
    missing: tuple[str, ...] = ()

    @property
    def progress(self) -> float | None:
        """The part of the goal that is reached."""
        return self._part(self.actual)

    @property
    def expected(self) -> float | None:
        """The part of the goal that should be reached today."""
        return self._part(self.pace)

    def _part(self, value: float | None) -> float | None:
        return value / self.goal if value is not None and self.goal else None


def target_results(publication: Publication) -> Mapping[str, TargetResult]:
    """The results by target id."""
    return _read(publication.results / "targets.parquet")


@lru_cache(maxsize=8)
def _read(path: Path) -> Mapping[str, TargetResult]:
    return {row["target"]: _result(row) for row in pq.read_table(path).to_pylist()}


def _result(row: dict[str, Any]) -> TargetResult:
    return TargetResult(
        row["actual"], row["goal"], row["pace"], row["state"], row["undetermined"], row["baseline"],
        tuple(row["missing"] or ()),
    )  # fmt: skip
