"""How a unit reaches a rank: the least-cost rise of its normalised indicators, and the fewest indicators that do.

Others are taken to stay where they are, and the scale to stay as it is. Under arithmetic means the least cost is a
continuous knapsack, solved exactly by taking indicators in order of effect per cost (Dantzig 1957; it is the optimum
of the linear programme). Under geometric means throughout it is a concave allocation, solved by its multiplier (water
filling; Boyd & Vandenberghe 2004, example 5.2). Other trees of means are refused.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats
from jiqun.evaluation.run import Result

AHEAD = 1e-9
"""By how much the score must pass the one that holds the rank, relative to the scale of scores."""


@dataclass(frozen=True)
class Step:
    """One indicator's part of the way, in normalised points and, where the scale is linear, as the figure itself."""

    code: str
    rise: float
    points: float
    """Where it would stand."""
    figure: float | None
    """The figure (after its denominator) that gives these points."""


@dataclass(frozen=True)
class Roadmap:
    """The way of one unit to a rank; `steps` is empty where it already holds it, None where no rise suffices."""

    unit: str
    rank: int
    target: int
    cost: float
    steps: tuple[Step, ...] | None
    fewest: tuple[str, ...] | None
    """The fewest indicators that, raised as far as they go, reach the rank."""


@dataclass(frozen=True)
class Terms:
    """What a rise costs a point and how many points it may be, by indicator; None: 1 a point, to the scale's top."""

    cost: Floats | None = None
    most: Floats | None = None


def roadmap(result: Result, unit: str, target: int, terms: Terms | None = None) -> Roadmap:
    """The least-cost way of a unit to a rank; EvaluationError where the plan's means or missing scores forbid it."""
    if unit not in result.panel.units:
        raise fault("没有这个单位", "请写出参评单位的代码", units=[unit])
    n = len(result.panel.units)
    if not 1 <= target <= n:
        raise fault(f"目标名次是 {target}", f"请写 1 到 {n} 之间的名次")
    row = result.panel.units.index(unit)
    problem = _Problem.of(result, row, terms or Terms())
    rank = int(result.ranks[row, result.tree.position[result.tree.root]])
    if rank <= target:
        return Roadmap(unit, rank, target, 0.0, (), ())
    others = np.delete(result.index, row)
    others = np.sort(others[~np.isnan(others)])[::-1]
    aim = float(others[target - 1]) + AHEAD * max(1.0, float(np.ptp(result.index)))
    rises = problem.cheapest(aim)
    if rises is None:
        return Roadmap(unit, rank, target, np.inf, None, None)
    steps = tuple(
        Step(result.tree.leaves[i], float(rises[i]), float(problem.start[i] + rises[i]), _figure(result, row, i, rises))
        for i in np.argsort(-problem.gains(rises), kind="stable")
        if rises[i] > 0
    )
    chosen = tuple(result.tree.leaves[i] for i in problem.fewest(aim))
    return Roadmap(unit, rank, target, float(problem.cost @ rises), steps, chosen)


@dataclass(frozen=True)
class _Problem:
    """Σ effect · f(start + rise) over the indicators, f being the identity or the logarithm."""

    geometric: bool
    start: Floats
    room: Floats
    effect: Floats
    cost: Floats

    @classmethod
    def of(cls, result: Result, row: int, terms: Terms) -> _Problem:
        ways = {result.plan.means().of(node.code).how for node in result.tree.ordered}
        if ways not in ({"arithmetic"}, {"geometric"}):
            raise fault("路线图只适用于全部按算术平均或全部按几何平均汇总的体系", "请换用单一的平均方法")
        start = result.normalised[row]
        if np.isnan(start).any():
            missing = [code for code, value in zip(result.tree.leaves, start, strict=True) if np.isnan(value)]
            mend = "请补报数据或选择补值方法"
            raise fault("缺少数据，路线图无法计算", mend, columns=missing, units=[result.panel.units[row]])
        size = len(start)
        top = np.nanmax(result.normalised, axis=0)
        room = np.maximum(top - start, 0.0)
        if terms.most is not None:
            room = np.minimum(room, terms.most)
        cost = np.ones(size) if terms.cost is None else np.asarray(terms.cost, float)
        if not (cost > 0).all():
            mend = "成本应大于 0；不能改动的指标请把可提升的分值设为 0"
            raise fault(
                "有指标的成本不大于 0",
                mend,
                columns=[c for c, x in zip(result.tree.leaves, cost, strict=True) if x <= 0],
            )
        return cls(ways == {"geometric"}, start, room, result.effective[:size], cost)

    def value(self, points: Floats) -> float:
        """The index, or its logarithm under geometric means."""
        return float(self.effect @ (np.log(points) if self.geometric else points))

    def gains(self, rises: Floats) -> Floats:
        """What each rise adds."""
        if self.geometric:
            rises = np.log(self.start + rises) - np.log(self.start)
        gained: Floats = self.effect * rises
        return gained

    def need(self, aim: float) -> float:
        """What is still to be gained."""
        return float(np.log(aim) if self.geometric else aim) - self.value(self.start)

    def cheapest(self, aim: float) -> Floats | None:
        """The rises of least cost that reach a score; None where even all of them do not."""
        need = self.need(aim)
        if self.gains(self.room).sum() < need:
            return None
        return self._filled(need) if self.geometric else self._packed(need)

    def _packed(self, need: float) -> Floats:
        order = np.argsort(-self.effect / self.cost, kind="stable")
        full = self.effect[order] * self.room[order]
        before = np.concatenate([[0.0], np.cumsum(full)[:-1]])
        effect = self.effect[order]
        take = np.clip(
            np.divide(need - before, effect, out=np.zeros_like(effect), where=effect > 0), 0, self.room[order]
        )
        rises: Floats = np.zeros_like(take)
        rises[order] = take
        return rises

    def _filled(self, need: float) -> Floats:
        """Bisect the multiplier: a rise goes on until its effect per cost falls to it."""
        ratio = self.effect / self.cost
        low, high = 0.0, float((ratio / self.start).max())
        for _ in range(200):
            middle = (low + high) / 2
            rises = self._at(middle, ratio)
            if self.gains(rises).sum() >= need:
                low = middle
            else:
                high = middle
        return self._at(low, ratio)

    def _at(self, multiplier: float, ratio: Floats) -> Floats:
        if multiplier <= 0:
            return self.room
        rises: Floats = np.clip(ratio / multiplier - self.start, 0.0, self.room)
        return rises

    def fewest(self, aim: float) -> list[int]:
        """The indicators of the largest full gains until the score is reached: no fewer can do it."""
        gains = self.gains(self.room)
        order = np.argsort(-gains, kind="stable")
        count = int(np.searchsorted(np.cumsum(gains[order]), self.need(aim) - 1e-15)) + 1
        return [int(i) for i in order[:count]]


def _figure(result: Result, row: int, column: int, rises: Floats) -> float | None:
    """The figure behind normalised points, where the scale is linear and the column was not transformed."""
    indicator = result.tree.indicators[column]
    how = result.plan.normalise_special.get(indicator.code, result.plan.normalise)
    transformed = bool(result.treatments) and result.treatments[column].transform is not None
    if how.how not in ("min_max", "goalposts") or transformed:
        return None
    if how.how == "goalposts" and indicator.goalposts is not None:
        least, most = sorted(post * indicator.direction for post in indicator.goalposts)
    else:
        y = result.treated[:, column] * indicator.direction
        least, most = float(np.nanmin(y)), float(np.nanmax(y))
    points = float(result.normalised[row, column] + rises[column])
    return (least + (points - how.low) / (how.high - how.low) * (most - least)) * indicator.direction
