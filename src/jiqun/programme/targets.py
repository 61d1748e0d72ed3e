"""Every target of a pack on a day: its measure asked of the snapshot, its state, and both as Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.programme.models import Target
from jiqun.programme.pace import Course, Limits, state_of
from jiqun.programme.pack import Pack, PackKey
from jiqun.rules import parse_rule
from jiqun.rules.build import parse_constant
from jiqun.rules.frames import Source
from jiqun.rules.nodes import Node
from jiqun.rules.query import measure
from jiqun.snapshot.engines import Engine

TARGETS = "targets.parquet"
Value = tuple[float | None, int, tuple[str, ...]]


@dataclass(frozen=True)
class TargetResult:
    """A target on a day, in base units (元, 家, parts of one)."""

    target: str
    as_of: date
    actual: float | None
    goal: float | None
    """None where the target was not evaluated."""
    pace: float | None
    state: str
    baseline: float | None
    undetermined: int
    """Items that cannot be decided for want of facts; the actual counts only what is certain."""
    missing: tuple[str, ...]

    @property
    def progress(self) -> float | None:
        """The part of the goal that is reached."""
        return self._part(self.actual)

    @property
    def expected(self) -> float | None:
        """The part of the goal that should be reached on the day."""
        return self._part(self.pace)

    def _part(self, value: float | None) -> float | None:
        return value / self.goal if value is not None and self.goal else None


def target_node(pack: Pack, target: Target) -> Node:
    """The measure of a target over the whole programme; parsed once a process, whatever the day it is asked for."""
    return _measure(PackKey(pack), target.measure)


@lru_cache(maxsize=512)
def _measure(key: PackKey, text: str) -> Node:
    return parse_rule(text, key.pack.vocabulary, subject="programme", expect="number").node


def measure_targets(backend: Engine, pack: Pack, as_of: date) -> list[TargetResult]:
    """Every target on the day."""
    targets = list(pack.targets.values())
    values = target_values(backend, pack, targets, as_of)
    # Where the plan names no starting value, the facts as of the day before the start give it.
    unknown = [t for t in targets if t.baseline is None and t.kind != "growth" and not t.repeats]
    starts: dict[str, float | None] = {}
    for day in sorted({t.from_ for t in unknown}):
        group = [t for t in unknown if t.from_ == day]
        starts |= {k: v[0] for k, v in target_values(backend, pack, group, day - timedelta(days=1)).items()}
    return [_result(t, values[t.id], course_of(pack, t, starts.get(t.id)), as_of) for t in targets]


def target_values(backend: Engine, pack: Pack, targets: Sequence[Target], as_of: date) -> dict[str, Value]:
    """The measures of targets on a day: value in base units, items that cannot be decided, names of missing facts."""
    source = Source(backend.tables, pack.vocabulary)
    expression, found = measure(source, "programme", [(t.id, target_node(pack, t)) for t in targets], as_of)
    row = backend.table(expression).to_pylist()[0]
    values: dict[str, Value] = {}
    for each in found:
        raw = row[each.value]
        value = None if raw is None else float(Decimal(raw).scaleb(-each.scale) if each.scale else raw)
        unknown = int(row[each.unknown] or 0) if each.unknown else 0
        missing = tuple(each.bits.names(row[each.mask] or 0)) if each.mask else ()
        values[each.id] = value, unknown, missing
    return values


def course_of(pack: Pack, target: Target, start_value: float | None = None) -> Course:
    """A target's goal, start and milestones as numbers; `start_value` stands in where the pack names no baseline."""
    baseline = number(target.baseline) if target.baseline is not None else start_value
    return Course(
        target.kind,
        number(target.goal),
        target.from_,
        target.due,
        baseline,
        target.comparison,
        target.repeats == "year",
        tuple((m.on, number(m.value)) for m in target.milestones),
        limits_of(pack),
    )


def limits_of(pack: Pack) -> Limits:
    """The pack's limits of being ahead and behind as numbers."""
    return Limits(**{f.name: number(getattr(pack.pace_rules, f.name)) for f in fields(Limits)})


def number(text: str) -> float:
    """A quantity of the pack in base units."""
    value = parse_constant(str(text)).value
    assert isinstance(value, Decimal | float), "checked with the pack"
    return float(value)


def _result(target: Target, value: Value, course: Course, as_of: date) -> TargetResult:
    actual, unknown, missing = value
    state = state_of(course, actual, as_of)
    return TargetResult(
        target.id, as_of, actual, course.goal, course.pace(as_of), state, course.baseline, unknown, missing
    )


def write_targets(results: Sequence[TargetResult], path: Path) -> None:
    """Write the targets as Parquet."""
    schema = pa.schema(
        [("target", pa.string()), ("as_of", pa.date32()), ("actual", pa.float64()), ("goal", pa.float64()),
         ("pace", pa.float64()), ("state", pa.string()), ("baseline", pa.float64()), ("undetermined", pa.int64()),
         ("missing", pa.list_(pa.string()))]
    )  # fmt: skip
    rows = [{**vars(r), "missing": list(r.missing)} for r in results]
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)


def read_targets(path: Path) -> dict[str, TargetResult]:
    """The targets that an evaluation wrote, by id, in their order."""
    rows = pq.read_table(path).to_pylist()
    return {row["target"]: TargetResult(**{**row, "missing": tuple(row["missing"])}) for row in rows}
