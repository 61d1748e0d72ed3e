"""How a unit reaches a rank: the least-cost rise of its normalised indicators, and the fewest indicators that do.

Others are taken to stay where they are, and the scale to stay as it is. Where all means are arithmetic the least cost is
a continuous knapsack, solved exactly by taking indicators in order of effect per cost (Dantzig 1957; it is the optimum
of the linear programme). Where a node is geometric, harmonic or generalised with a power of at most 1, each node is a
concave increasing function of its children and so is the index of the indicators (Boyd & Vandenberghe 2004, sections
3.2.4 and 3.6): the programme is convex, solved by SLSQP (Kraft 1988), and the answer is certified. A concave index lies
below its tangent, so the knapsack over the tangent costs no more than any way there is; `gap` is how far ours lies above
that bound. Powers above 1 and comparisons of units (Copeland, TOPSIS …) are refused.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats
from jiqun.evaluation.improve.unit_index import UnitIndex, concave_powers, unit_index
from jiqun.evaluation.run import Result
from jiqun.evaluation.threads import one_thread

AHEAD = 1e-9
"""By how much the score must pass the one that holds the rank, relative to the scale of scores."""
PROVEN = 1e-6
"""The largest gap, relative to the cost, of a way that is given out as the cheapest."""
STARTS = (0.5, 0.05, 0.95)
"""Where the search begins, as shares of the room; the later ones only where the earlier did not prove out."""


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
    gap: float = 0.0
    """How far the cost may lie above the least one, relative to it; 0 where the method is exact."""
    missing: tuple[str, ...] = ()
    """Indicators of the unit that are unknown: the way goes by the others, with the weights that the index gives them."""


@dataclass(frozen=True)
class Terms:
    """What a rise costs a point and how many points it may be, by indicator; None: 1 a point, to the scale's top."""

    cost: Floats | None = None
    most: Floats | None = None


def roadmap(result: Result, unit: str, target: int, terms: Terms | None = None) -> Roadmap:
    """The least-cost way of a unit to a rank; EvaluationError where the plan forbids it or the unit has no index."""
    if unit not in result.panel.units:
        raise fault("没有这个单位", "请写出参评单位的代码", units=[unit])
    n = len(result.panel.units)
    if not 1 <= target <= n:
        raise fault(f"目标名次是 {target}", f"请写 1 到 {n} 之间的名次")
    row = result.panel.units.index(unit)
    way = _Way.of(result, row, terms or Terms())
    rank = int(result.ranks[row, result.tree.position[result.tree.root]])
    if rank <= target:
        return Roadmap(unit, rank, target, 0.0, (), (), missing=way.missing)
    others = np.delete(result.index, row)
    others = np.sort(others[~np.isnan(others)])[::-1]
    aim = float(others[target - 1]) + AHEAD * max(1.0, float(np.nanmax(result.index) - np.nanmin(result.index)))
    if way.index.value(way.start + way.room) < aim:
        return Roadmap(unit, rank, target, np.inf, None, None, missing=way.missing)
    rises, gap = way.cheapest(aim)
    order = np.argsort(-way.index.gradient(way.start + rises) * rises, kind="stable")
    steps = tuple(
        Step(way.codes[i], float(rises[i]), float(way.start[i] + rises[i]), _figure(result, row, way.columns[i], rises[i]))
        for i in order
        if rises[i] > 0
    )  # fmt: skip
    chosen = tuple(way.codes[i] for i in way.fewest(aim))
    return Roadmap(unit, rank, target, float(way.cost @ rises), steps, chosen, gap, way.missing)


@dataclass(frozen=True)
class _Way:
    """The known indicators of one unit: where they stand, how far they may rise, what a point costs."""

    index: UnitIndex
    codes: tuple[str, ...]
    columns: tuple[int, ...]
    start: Floats
    room: Floats
    cost: Floats
    missing: tuple[str, ...]

    @classmethod
    def of(cls, result: Result, row: int, terms: Terms) -> _Way:
        tree, size = result.tree, len(result.tree.leaves)
        powers = concave_powers(result)
        cost = np.ones(size) if terms.cost is None else np.asarray(terms.cost, float)
        if not (cost > 0).all():
            mend = "成本应大于 0；不能改动的指标请把可提升的分值设为 0"
            free = [code for code, each in zip(tree.leaves, cost, strict=True) if each <= 0]
            raise fault("有指标的成本不大于 0", mend, columns=free)
        scores = result.scores[row]
        missing = tuple(code for code, value in zip(tree.leaves, scores, strict=False) if np.isnan(value))
        if np.isnan(scores[tree.position[tree.root]]):
            mend = "请补报数据或选择补值方法"
            raise fault("缺少数据，路线图无法计算", mend, columns=missing, units=[result.panel.units[row]])
        index, columns = unit_index(tree, result.weights, scores, powers)
        start = scores[columns]
        room = np.maximum(result.tops[columns] - start, 0.0)
        if terms.most is not None:
            room = np.minimum(room, np.asarray(terms.most, float)[columns])
        return cls(
            index, tuple(tree.leaves[c] for c in columns), tuple(columns), start, room, cost[columns], missing
        )  # fmt: skip

    def cheapest(self, aim: float) -> tuple[Floats, float]:
        """The rises of least cost that reach a score that can be reached, and their gap."""
        if self.index.linear:
            slope = self.index.gradient(self.start)
            return self._packed(slope, aim - self.index.value(self.start)), 0.0
        found = self.start, np.inf
        with one_thread():
            for share in STARTS:
                rises = self._lifted(self._searched(aim, share), aim)
                found = min(found, (rises, self._gap(rises, aim)), key=lambda way: way[1])
                if found[1] <= PROVEN:
                    break
        if found[1] > PROVEN:
            raise fault("没有找到可以证明最省的路线", "请改用算术平均，或换一个目标名次")
        return found

    def _packed(self, effect: Floats, need: float) -> Floats:
        """The continuous knapsack: least cost for a gain at a constant effect of each point."""
        order = np.argsort(-effect / self.cost, kind="stable")
        full, effect = effect[order] * self.room[order], effect[order]
        before = np.concatenate([[0.0], np.cumsum(full)[:-1]])
        take = np.divide(need - before, effect, out=np.zeros_like(effect), where=effect > 0)
        rises: Floats = np.zeros_like(take)
        rises[order] = np.clip(take, 0, self.room[order])
        return rises

    def _searched(self, aim: float, share: float) -> Floats:
        """SLSQP on the convex programme; what is next to nothing is nothing."""
        scale = max(abs(aim), 1e-12)
        found = minimize(
            lambda rises: self.cost @ rises, self.room * share, jac=lambda rises: self.cost, method="SLSQP",
            bounds=[(0.0, room) for room in self.room], options={"ftol": 1e-13, "maxiter": 300},
            constraints={
                "type": "ineq", "fun": lambda rises: self.index.value(self.start + rises) / scale - aim / scale,
                "jac": lambda rises: self.index.gradient(self.start + rises) / scale,
            },
        )  # fmt: skip
        rises = np.clip(np.nan_to_num(found.x), 0.0, self.room)
        return np.where(rises < 1e-9 * np.maximum(self.room, 1.0), 0.0, rises)

    def _lifted(self, rises: Floats, aim: float) -> Floats:
        """The same rises, all moved the least share of the way to the top that reaches the score."""
        if self.index.value(self.start + rises) >= aim:
            return rises
        used = rises > 0
        ends = [np.where(used, self.room, 0.0), self.room]
        end = next(e for e in ends if self.index.value(self.start + e) >= aim or e is ends[-1])
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            if self.index.value(self.start + rises + middle * (end - rises)) >= aim:
                high = middle
            else:
                low = middle
        lifted: Floats = rises + high * (end - rises)
        return lifted

    def _gap(self, rises: Floats, aim: float) -> float:
        """How far the cost lies above that of the knapsack over the tangent, relative to it."""
        slope = self.index.gradient(self.start + rises)
        need = aim - self.index.value(self.start + rises) + float(slope @ rises)
        cost, bound = float(self.cost @ rises), float(self.cost @ self._packed(slope, need))
        return max(0.0, cost - bound) / max(cost, 1e-12)

    def fewest(self, aim: float) -> tuple[int, ...]:
        """The fewest indicators that reach a score that can be reached, raised as far as they go."""
        if self.index.linear:
            gains = self.index.gradient(self.start) * self.room
            order = np.argsort(-gains, kind="stable")
            need = aim - self.index.value(self.start)
            count = int(np.searchsorted(np.cumsum(gains[order]), need - 1e-15)) + 1
            return tuple(int(i) for i in order[:count])
        able = int((self.room > 0).sum())
        best = self.index.most(self.start, self.start + self.room, able)
        return next((chosen for value, chosen in best if value >= aim * (1 - 1e-15)), best[-1][1])


def _figure(result: Result, row: int, column: int, rise: float) -> float | None:
    """The figure behind normalised points, where the scale is linear and the column was not transformed."""
    indicator = result.tree.indicators[column]
    how = result.plan.normalise_special.get(indicator.code, result.plan.normalise)
    transformed = bool(result.treatments) and result.treatments[column].transform is not None
    if how.how not in ("min_max", "goalposts") or transformed:
        return None
    if how.how == "goalposts" and indicator.goalposts is not None:
        least, most = sorted(post * indicator.direction for post in indicator.goalposts)
    else:
        least, most = (float(end) for end in result.ends[:, column])
    points = float(result.normalised[row, column] + rise)
    return (least + (points - how.low) / (how.high - how.low) * (most - least)) * indicator.direction
