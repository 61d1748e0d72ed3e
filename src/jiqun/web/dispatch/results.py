"""What the evaluation wrote about targets, read once a process: results never change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from jiqun.programme.targets import TARGETS, TargetResult, read_targets
from jiqun.web.registry.models import Publication

NO_RESULT = TargetResult("", date.min, None, None, None, "待定", None, 0, ())
"""Of a target that was not evaluated."""


def target_results(publication: Publication) -> Mapping[str, TargetResult]:
    """The results by target id."""
    return _read(publication.results / TARGETS)


@lru_cache(maxsize=8)
def _read(path: Path) -> Mapping[str, TargetResult]:
    return read_targets(path)
