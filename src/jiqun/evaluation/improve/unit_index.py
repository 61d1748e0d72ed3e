"""The index of one unit as a function of its own known indicators, the other units staying as they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats, Framework, Ints
from jiqun.evaluation.run import Result


@dataclass(frozen=True)
class Node:
    """A mean of some entries: positions of its children among the entries (indicators first, then nodes)."""

    power: float
    children: Ints
    shares: Floats


@dataclass(frozen=True)
class UnitIndex:
    """The index of one unit as a function of its known indicators: nodes, children first, the root last."""

    size: int
    nodes: tuple[Node, ...]

    @cached_property
    def linear(self) -> bool:
        """Whether all means are arithmetic."""
        return all(node.power == 1 for node in self.nodes)

    def entries(self, points: Floats) -> Floats:
        """The indicators and then every node."""
        values = np.concatenate([points, np.empty(len(self.nodes))])
        for at, node in enumerate(self.nodes, start=self.size):
            values[at] = _unbent(node.shares @ _bent(values[node.children], node.power), node.power)
        return values

    @cached_property
    def slope(self) -> Floats:
        """Of a linear index, what one point of each indicator adds wherever it stands."""
        return self._down(np.ones(self.size + len(self.nodes)))

    def value(self, points: Floats) -> float:
        """The index."""
        return float(self.slope @ points if self.linear else self.entries(points)[-1])

    def gradient(self, points: Floats) -> Floats:
        """What one more point of each indicator adds: down the tree, ∂M/∂x = share × (M / x)^(1 − p)."""
        return self.slope if self.linear else self._down(self.entries(points))

    def _down(self, values: Floats) -> Floats:
        slopes = np.zeros(len(values))
        slopes[-1] = 1.0
        for at in range(len(values) - 1, self.size - 1, -1):
            node = self.nodes[at - self.size]
            bend = 1.0 if node.power == 1 else (values[at] / values[node.children]) ** (1 - node.power)
            slopes[node.children] += slopes[at] * node.shares * bend
        return slopes[: self.size]

    def most(self, low: Floats, high: Floats, counts: int) -> list[tuple[float, tuple[int, ...]]]:
        """For 0, 1 … `counts` indicators raised from low to high: the largest index, and which they are.

        A mean grows with each child, so the best of a node with k raised is the best of some split of k over its
        children, each at its own best: found for all k at once, child after child.
        """
        best: list[list[tuple[float, tuple[int, ...]]]] = [
            [(float(low[i]), ()), (float(high[i]), (i,))] for i in range(self.size)
        ]
        for node in self.nodes:
            best.append(_splits([best[c] for c in node.children], node, counts))
        return best[-1]


def _splits(
    children: list[list[tuple[float, tuple[int, ...]]]], node: Node, counts: int
) -> list[tuple[float, tuple[int, ...]]]:
    """The best mean for every number raised among the children, by dynamic programming over them."""
    sign = 1.0 if node.power >= 0 else -1.0  # a negative power turns the order round
    table: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for options, share in zip(children, node.shares, strict=True):
        grown: list[tuple[float, tuple[int, ...]]] = [(-np.inf, ())] * min(len(table) + len(options) - 1, counts + 1)
        for have, (total, chosen) in enumerate(table):
            for more, (value, added) in enumerate(options[: counts + 1 - have]):
                worth = total + sign * share * float(_bent(np.float64(value), node.power))
                if worth > grown[have + more][0]:
                    grown[have + more] = worth, (*chosen, *added)
        table = grown
    return [(float(_unbent(np.float64(sign * total), node.power)), chosen) for total, chosen in table]


def _bent(values: Any, power: float) -> Any:
    return values if power == 1 else np.log(values) if power == 0 else values**power


def _unbent(value: Any, power: float) -> Any:
    return value if power == 1 else np.exp(value) if power == 0 else value ** (1 / power)


def concave_powers(result: Result) -> dict[str, float]:
    """The power of every node's mean; EvaluationError for what is no concave mean."""
    found = {}
    for node in result.tree.ordered:
        mean = result.plan.means().of(node.code)
        power = {"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0, "generalised": mean.power}.get(mean.how)
        if power is None or power > 1:
            what = f"“{node.name or node.code}”按 {mean.how} 汇总，路线图没有唯一的最优解"
            raise fault(what, "路线图适用于算术、几何、调和平均和幂不大于 1 的广义平均")
        found[node.code] = power
    return found


def unit_index(
    tree: Framework, weights: Floats, scores: Floats, powers: dict[str, float]
) -> tuple[UnitIndex, list[int]]:  # fmt: skip
    """The nodes over what is known of one unit, and the columns of its known indicators."""
    columns = [c for c in range(len(tree.leaves)) if not np.isnan(scores[c])]
    at = {column: i for i, column in enumerate(columns)}
    nodes = list[Node]()
    for node in tree.ordered:
        if np.isnan(scores[tree.position[node.code]]):
            continue
        known = [int(c) for c in tree.children[node.code] if int(c) in at and weights[c] > 0]
        shares = weights[known] / weights[known].sum()
        at[tree.position[node.code]] = len(columns) + len(nodes)
        nodes.append(Node(powers[node.code], np.array([at[c] for c in known], np.int64), shares))
    return UnitIndex(len(columns), tuple(nodes)), columns
