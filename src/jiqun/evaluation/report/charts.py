"""The charts of the report as data for its page: positions in per cent of the width, worked out here and drawn there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jiqun.evaluation.improve.change import Change
from jiqun.evaluation.ranking import Ranking
from jiqun.evaluation.report.words import decimals, number
from jiqun.evaluation.robust.sensitivity import FACTORS, Sensitivity

ROW = 22
"""Height of a line of the slope chart, in pixels."""
WIDTH = 100.0
"""Width of a plotting area in per cent."""


@dataclass(frozen=True)
class Bar:
    """One unit of the interval chart: its rank and the ranks between which it lies in 90 % of the replications."""

    name: str
    rank: float
    low: float
    high: float
    median: float
    text: str


@dataclass(frozen=True)
class Intervals:
    """Ranks from left (first) to right (last)."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, int], ...]


def intervals(ranking: Ranking) -> Intervals | None:
    """Units by rank with their 5 %–95 % interval; None without replications."""
    found, result = ranking.distribution, ranking.result
    if found is None:
        return None
    low, high, median = (found.quantile(q) for q in (0.05, 0.95, 0.5))
    n = len(result.panel.units)
    order = [int(i) for i in np.argsort(found.nominal, kind="stable") if not np.isnan(found.nominal[i] + low[i])]

    def x(rank: float) -> float:
        return WIDTH * (rank - 0.5) / n

    bars = tuple(
        Bar(
            result.panel.name(i), x(found.nominal[i]), x(low[i]), x(high[i]), x(median[i]),
            f"{result.panel.name(i)}：第 {found.nominal[i]:.0f} 名，90% 的模拟在第 {low[i]:.0f}—{high[i]:.0f} 名",
        )
        for i in order
    )  # fmt: skip
    step = max(1, round(n / 10))
    ticks = tuple((x(rank), rank) for rank in (1, *range(step, n + 1, step)) if rank == 1 or rank > 1)
    return Intervals(bars, ticks)


@dataclass(frozen=True)
class Cell:
    """A score of the profile table: the text, and how dark it is (0 to 9)."""

    text: str
    shade: int


@dataclass(frozen=True)
class Profile:
    """Pillar scores of every unit, the best first."""

    pillars: tuple[tuple[str, float], ...]
    """Names and shares of the index."""
    rows: tuple[tuple[int | None, str, str, tuple[Cell, ...]], ...]
    """Rank, name, index, cells."""


def profile(ranking: Ranking) -> Profile:
    """Every pillar of every unit."""
    result = ranking.result
    columns = result.tree.children[result.tree.root]
    names = tuple((result.tree.nodes[result.tree.codes[c]].name, float(result.effective[c])) for c in columns)
    ranks = result.ranks[:, result.tree.position[result.tree.root]]
    order = np.argsort(np.where(np.isnan(ranks), np.inf, ranks), kind="stable")
    rows = tuple(
        (
            None if np.isnan(ranks[i]) else int(ranks[i]), result.panel.name(int(i)),
            number(result.index[i], decimals(result.index)), tuple(_cell(result.scores[i, c], result.scores[:, c]) for c in columns),
        )
        for i in order
    )  # fmt: skip
    return Profile(names, rows)


def _cell(value: float, column: object) -> Cell:
    values = np.asarray(column, float)
    if np.isnan(value):
        return Cell("待补充", 0)
    span = np.nanmax(values) - np.nanmin(values)
    text = number(value, decimals(values))
    return Cell(text, round(9 * float(value - np.nanmin(values)) / float(span)) if span > 0 else 4)


@dataclass(frozen=True)
class Factor:
    """One choice and how much of the movement of ranks comes from it."""

    name: str
    total: float
    low: float
    high: float
    first: float
    text: str


@dataclass(frozen=True)
class Factors:
    """Total indices as bars with bootstrap bounds, first-order ones as marks."""

    factors: tuple[Factor, ...]
    ticks: tuple[tuple[float, str], ...]


def factors(found: Sensitivity | None) -> Factors | None:
    """The sensitivity chart; None where there is none or nothing moves."""
    if found is None or np.isnan(found.shift.total).all():
        return None
    shift = found.shift
    most = max(1.0, float(np.nanmax(shift.total_bounds)))

    def x(value: float) -> float:
        return WIDTH * min(max(value, 0.0), most) / most

    rows = tuple(
        Factor(
            FACTORS[name], x(shift.total[line]), x(shift.total_bounds[0][line]),
            x(shift.total_bounds[1][line]), x(shift.first[line]),
            f"总效应 {shift.total[line]:.2f}（{shift.total_bounds[0][line]:.2f}—{shift.total_bounds[1][line]:.2f}），"
            f"单独效应 {shift.first[line]:.2f}",
        )
        for line, name in enumerate(shift.factors)
    )  # fmt: skip
    ticks = tuple((x(value), f"{value:.1f}") for value in np.arange(0, most + 0.01, 0.2))
    return Factors(rows, ticks)


@dataclass(frozen=True)
class Move:
    """A unit's ranks a year ago and now."""

    name: str
    before: int
    after: int
    gained: int
    parts: tuple[tuple[str, float], ...]
    """What each pillar, and the others' movement, gave in places; those that round to nothing left out."""


def moves(ranking: Ranking) -> tuple[Move, ...]:
    """Who changed rank within a year, the largest changes first."""
    change = ranking.change
    if change is None:
        return ()
    tree = ranking.result.tree
    names = [tree.nodes[code].name if code in tree.nodes else "其他集群的变化" for code in change.players]
    found = [_move(ranking, change, i, names) for i in range(len(change.units)) if change.gained[i] != 0]
    return tuple(sorted(found, key=lambda move: (-abs(move.gained), move.after)))


def _move(ranking: Ranking, change: Change, i: int, names: Sequence[str]) -> Move:
    panel = ranking.result.panel
    parts = [(name, float(part)) for name, part in zip(names, change.parts[i], strict=True) if abs(part) >= 0.05]
    return Move(
        panel.name(panel.units.index(change.units[i])), int(change.before[i]), int(change.after[i]),
        int(change.gained[i]), tuple(sorted(parts, key=lambda part: -abs(part[1]))),
    )  # fmt: skip


@dataclass(frozen=True)
class Slope:
    """A line of the slope chart."""

    name: str
    y_before: float
    y_after: float
    direction: str
    label: str


@dataclass(frozen=True)
class Slopes:
    """Ranks a year ago on the left, now on the right."""

    lines: tuple[Slope, ...]
    height: float


def slopes(ranking: Ranking) -> Slopes | None:
    """The slope chart of all units that both years have."""
    change = ranking.change
    if change is None:
        return None
    panel = ranking.result.panel
    lines = []
    for unit, before, after in zip(change.units, change.before, change.after, strict=True):
        direction = "up" if after < before else "down" if after > before else "same"
        name = panel.name(panel.units.index(unit))
        lines.append(
            Slope(name, ROW * (before - 0.5), ROW * (after - 0.5), direction, f"{name}：{before:.0f} → {after:.0f}")
        )
    return Slopes(tuple(lines), ROW * len(change.units))
