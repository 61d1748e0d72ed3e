"""A target's split as a table of rows and years: what it may be, what the years must add up to, and proposals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from math import ceil

from jiqun.base.money import UNITS
from jiqun.programme.apportion import NotApportionable, largest_remainder, rebalance, rising, within
from jiqun.programme.models import Target
from jiqun.programme.pace import Course

ADDITIVE = ("new-count", "stock")
Values = dict[tuple[str, int], Decimal | None]
"""A value in the shown unit by row and year."""


@dataclass(frozen=True)
class Row:
    """A county or a cluster, or (in a county's split) what lies outside clusters."""

    key: str
    name: str
    kind: str
    """place or cluster."""
    weights: Mapping[str, float]
    """By what a proposal may go: share, firms."""


@dataclass(frozen=True)
class Frame:
    """The table to be filled: its rows, its years, and what each year must add up to (None: not checked)."""

    target: Target
    rows: tuple[Row, ...]
    years: tuple[int, ...]
    totals: Mapping[int, Decimal | None]
    additive: bool

    @property
    def rises(self) -> bool:
        """Whether a share may not fall from one year to the next."""
        return self.target.kind == "new-count" and not self.target.repeats

    @property
    def step(self) -> Decimal:
        """The smallest amount that is handed out, in the shown unit: whole things, or a hundredth of money's unit."""
        return Decimal("0.01") if self.target.unit in UNITS else Decimal(1)


def years_of(target: Target) -> tuple[int, ...]:
    """The years whose ends have a share."""
    return tuple(range(target.from_.year, target.due.year + 1))


def factor_of(unit: str) -> Decimal:
    """What a value in the shown unit is multiplied by to be in base units."""
    return Decimal(UNITS[unit]) if unit in UNITS else Decimal("0.01") if unit == "%" else Decimal(1)


def city_totals(target: Target, course: Course) -> dict[int, Decimal | None]:
    """What the whole city should have at the end of each year, in the shown unit: milestones or line, then the goal."""
    found: dict[int, Decimal | None] = {}
    for year in years_of(target):
        day = min(date(year, 12, 31), target.due)
        value = course.goal if target.repeats or day == target.due else course.pace(day)
        shown = None if value is None else Decimal(repr(value)) / factor_of(target.unit)
        found[year] = shown if shown is None else _rounded_up(shown, target)
    return found


def _rounded_up(value: Decimal, target: Target) -> Decimal:
    """Whole things are rounded up: half a firm cannot be."""
    if target.unit == "%" or target.unit in UNITS:
        return value.quantize(Decimal("0.01"))
    return Decimal(ceil(round(value, 6)))


def proposal(frame: Frame, by: str) -> Values:
    """Every year shared out by weights (share, firms, or equal); a target that is no sum gives each row its goal."""
    if not frame.additive:
        return {(row.key, year): frame.totals[year] for row in frame.rows for year in frame.years}
    weights = [row.weights.get(by, 0.0) if by != "equal" else 1.0 for row in frame.rows]
    known = [year for year in frame.years if frame.totals[year] is not None]
    wholes = [_steps(frame.totals[year], frame.step) for year in known]
    if frame.rises and wholes == sorted(wholes):
        shared = rising(wholes, weights)
    else:
        shared = [largest_remainder(whole, weights) for whole in wholes]
    found: Values = {(row.key, year): None for row in frame.rows for year in frame.years}
    for year, parts in zip(known, shared, strict=True):
        found |= {(row.key, year): part * frame.step for row, part in zip(frame.rows, parts, strict=True)}
    return found


def rebalanced(frame: Frame, values: Values, fixed: frozenset[tuple[str, int]]) -> tuple[Values, list[str]]:
    """Each year's free cells share what the fixed ones leave; and a sentence for each year where that cannot be."""
    if frame.rises and fixed:
        return _rising_again(frame, values, fixed)
    found, faults = dict(values), []
    for year in frame.years:
        total = frame.totals[year]
        if total is None or not any((row.key, year) in fixed for row in frame.rows):
            continue
        parts = {row.key: _steps(values.get((row.key, year)), frame.step) for row in frame.rows}
        kept = frozenset(row.key for row in frame.rows if (row.key, year) in fixed)
        try:
            shared = rebalance(_steps(total, frame.step), dict(parts), kept)
        except NotApportionable as error:
            faults.append(_left_over(frame, year, error))
            continue
        found |= {(key, year): part * frame.step for key, part in shared.items()}
    return found, faults


def _left_over(frame: Frame, year: int, error: NotApportionable) -> str:
    left, unit = error.left * frame.step, frame.target.unit
    what = f"超出 {plain(-left)}{unit}" if left < 0 else f"还差 {plain(left)}{unit}"
    return f"{year} 年：固定的单元格使合计{what}，其余不能再调，请放开一些单元格"


def _rising_again(frame: Frame, values: Values, fixed: frozenset[tuple[str, int]]) -> tuple[Values, list[str]]:
    """The last year first: earlier years stay below later ones, and no later one falls below an earlier fixed cell."""
    found, faults = dict(values), []
    caps: dict[str, int | None] = {row.key: None for row in frame.rows}
    for year in reversed(frame.years):
        total = frame.totals[year]
        if total is None:
            continue
        keep = {r.key: _steps(values.get((r.key, year)), frame.step) for r in frame.rows if (r.key, year) in fixed}
        free = [row.key for row in frame.rows if row.key not in keep]
        earlier = [y for y in frame.years if y < year]
        floors = [
            max([_steps(values.get((k, y)), frame.step) for y in earlier if (k, y) in fixed], default=0) for k in free
        ]
        weights = [Decimal(_steps(values.get((k, year)), frame.step)) for k in free]
        try:
            parts = within(_steps(total, frame.step) - sum(keep.values()), weights, floors, [caps[k] for k in free])
        except NotApportionable as error:
            faults.append(_left_over(frame, year, error))
            continue
        shared = keep | dict(zip(free, parts, strict=True))
        caps = dict(shared)
        found |= {(key, year): part * frame.step for key, part in shared.items()}
    return found, faults


def _steps(value: Decimal | None, step: Decimal) -> int:
    return int((value or Decimal(0)) / step)


def faults_of(frame: Frame, values: Values, *, final: bool) -> list[str]:
    """What is wrong with the values, in sentences; more is asked of a final version."""
    found = [*_each_value(frame, values)]
    if final and frame.additive and frame.totals[frame.years[-1]] is None:
        return [*found, "全市分解还没有定稿，本县应达数未知，只能保存草稿"]
    if final:
        found += _gaps(frame, values)
        if frame.additive:
            found += [text for year in frame.years if (text := _sum_fault(frame, values, year))]
        if frame.rises:
            found += _falls(frame, values)
    return found


def difference(frame: Frame, values: Values, year: int) -> Decimal | None:
    """How much more than the total the year's values are; None where there is no total to meet."""
    total = frame.totals[year]
    if total is None or not frame.additive:
        return None
    return sum((values.get((row.key, year)) or Decimal(0) for row in frame.rows), Decimal(0)) - total


def _sum_fault(frame: Frame, values: Values, year: int) -> str | None:
    off = difference(frame, values, year)
    if not off:
        return None
    more = "多" if off > 0 else "少"
    return f"{year} 年：各行合计比应达的 {plain(frame.totals[year])}{frame.target.unit} {more} {plain(abs(off))}{frame.target.unit}"


def _gaps(frame: Frame, values: Values) -> list[str]:
    years = [y for y in frame.years if frame.totals[y] is not None] if frame.additive else [frame.years[-1]]
    empty = [f"{row.name} {y} 年" for row in frame.rows for y in years if values.get((row.key, y)) is None]
    return [f"还没有填：{'、'.join(empty[:8])}{f'，等 {len(empty)} 处' if len(empty) > 8 else ''}"] if empty else []


def _each_value(frame: Frame, values: Values) -> list[str]:
    names, found = {row.key: row.name for row in frame.rows}, []
    for (key, year), value in values.items():
        if value is None:
            continue
        where = f"{names[key]} {year} 年：{plain(value)}"
        if value < 0 and frame.target.kind != "growth":
            found.append(f"{where} 小于 0，请改正")
        elif frame.target.unit == "%" and value > 100:
            found.append(f"{where} 超过 100%，请改正")
        elif frame.additive and value % frame.step:
            found.append(f"{where} 不是整数，请改正" if frame.step == 1 else f"{where} 多于两位小数，请改正")
        elif abs(value) >= Decimal(10) ** 12:
            found.append(f"{where} 太大，请核对")
    return found


def _falls(frame: Frame, values: Values) -> list[str]:
    found = []
    for row in frame.rows:
        known = [(y, v) for y in frame.years if (v := values.get((row.key, y))) is not None]
        for (_, before), (year, value) in pairwise(known):
            if value < before:
                found.append(f"{row.name} {year} 年：累计数 {plain(value)} 少于上一年的 {plain(before)}，请改正")
    return found


def plain(value: Decimal | None) -> str:
    """Digits without trailing zeros, as they are typed."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def weights_of(values: Sequence[tuple[str, float | None]]) -> dict[str, float]:
    """Known positive values by key."""
    return {key: value for key, value in values if value is not None and value > 0}
