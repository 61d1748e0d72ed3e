"""The tree of an index: indicators as leaves, aggregates above them, one root; frozen and checked when built."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from jiqun.base.errors import Problem
from jiqun.evaluation.errors import EvaluationError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Indicator:
    """A leaf: a column of the panel."""

    code: str
    name: str
    parent: str
    direction: int = 1
    """1 where more is better, -1 where less is."""
    weight: float = 1.0
    """Among its siblings; weights need not sum to one."""
    unit: str = ""
    denominator: str | None = None
    """The column that it is divided by, so that large units do not win by size."""
    target: float | None = None
    goalposts: tuple[float, float] | None = None
    """Worst and best possible values, whatever the panel holds."""


@dataclass(frozen=True)
class Aggregate:
    """An inner node: a pillar, a sub-index, the index."""

    code: str
    name: str
    parent: str | None
    weight: float = 1.0


Node = Indicator | Aggregate


@dataclass(frozen=True)
class Framework:
    """Indicators and aggregates; EvaluationError with every fault where they make no tree."""

    indicators: tuple[Indicator, ...]
    aggregates: tuple[Aggregate, ...]

    def __post_init__(self) -> None:
        problems = list(_faults(self))
        if problems:
            raise EvaluationError([Problem(text, mend=mend) for text, mend in problems])

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """All nodes: the indicators in their order, then the aggregates, children before parents."""
        return (*(i.code for i in self.indicators), *(a.code for a in self.ordered))

    @cached_property
    def ordered(self) -> tuple[Aggregate, ...]:
        """The aggregates, children before parents."""
        depth = {code: self.depth(code) for code in (a.code for a in self.aggregates)}
        return tuple(sorted(self.aggregates, key=lambda a: -depth[a.code]))

    @cached_property
    def position(self) -> dict[str, int]:
        """The column of each node among all nodes."""
        return {code: i for i, code in enumerate(self.codes)}

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """All nodes by code."""
        every: tuple[Node, ...] = (*self.indicators, *self.aggregates)
        return {node.code: node for node in every}

    @cached_property
    def children(self) -> dict[str, Ints]:
        """The columns of each aggregate's children."""
        found: dict[str, list[int]] = {a.code: [] for a in self.ordered}
        for code in self.codes:
            parent = self.nodes[code].parent
            if parent is not None:
                found[parent].append(self.position[code])
        return {code: np.array(columns, np.int64) for code, columns in found.items()}

    @cached_property
    def root(self) -> str:
        """The index."""
        return next(a.code for a in self.aggregates if a.parent is None)

    @cached_property
    def directions(self) -> Floats:
        """1 or -1 for each indicator."""
        return np.array([i.direction for i in self.indicators], float)

    @cached_property
    def weights(self) -> Floats:
        """The weights as given, by column of all nodes."""
        return np.array([self.nodes[code].weight for code in self.codes], float)

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """The codes of the indicators."""
        return tuple(i.code for i in self.indicators)

    def depth(self, code: str) -> int:
        """Steps up to the root."""
        steps, node = 0, self.nodes[code]
        while node.parent is not None:
            steps, node = steps + 1, self.nodes[node.parent]
        return steps

    def level(self, code: str) -> int:
        """1 for an indicator; for an aggregate one more than its highest child."""
        if isinstance(self.nodes[code], Indicator):
            return 1
        return 1 + max(self.level(self.codes[column]) for column in self.children[code])

    def at_level(self, level: int) -> tuple[str, ...]:
        """The codes of a level, in column order."""
        return tuple(code for code in self.codes if self.level(code) == level)

    def below(self, code: str) -> tuple[str, ...]:
        """The indicators under a node (or itself)."""
        if isinstance(self.nodes[code], Indicator):
            return (code,)
        return tuple(leaf for column in self.children[code] for leaf in self.below(self.codes[column]))

    def without(self, code: str) -> Framework:
        """The tree without a node and all below it; aggregates left without children go too."""
        gone = {code}
        while True:
            more = {n.code for n in self.nodes.values() if n.parent in gone} - gone
            kept = {n.parent for n in self.nodes.values() if n.code not in gone}
            more |= {a.code for a in self.aggregates if a.code not in kept} - gone
            if not more:
                break
            gone |= more
        return Framework(
            tuple(i for i in self.indicators if i.code not in gone),
            tuple(a for a in self.aggregates if a.code not in gone),
        )


def _faults(framework: Framework) -> Iterator[tuple[str, str]]:
    nodes: Sequence[Node] = (*framework.indicators, *framework.aggregates)
    by_code = {n.code: n for n in nodes}
    for code, count in Counter(n.code for n in nodes).items():
        if count > 1:
            yield f"代码“{code}”出现 {count} 次", "请为每个指标和上级指标取不同的代码"
    if not framework.indicators:
        yield "评价体系没有指标", "请至少列出一个指标"
    aggregates = {a.code for a in framework.aggregates}
    for node in nodes:
        if node.parent is not None and node.parent not in aggregates:
            yield f"“{node.code}”的上级“{node.parent}”不存在", "请写出已列出的上级指标代码"
        if not (math.isfinite(node.weight) and node.weight >= 0):
            yield f"“{node.code}”的权重是 {node.weight:g}", "权重应是不小于 0 的数"
        if isinstance(node, Indicator) and node.direction not in (1, -1):
            yield f"指标“{node.code}”的方向是 {node.direction}", "正向写 1，逆向写 -1"
        if isinstance(node, Indicator) and node.goalposts and not node.goalposts[0] < node.goalposts[1]:
            yield f"指标“{node.code}”的上下限颠倒", "请先写最差值再写最好值，后者应更大"
    roots = [a.code for a in framework.aggregates if a.parent is None]
    if len(roots) != 1:
        yield f"评价体系有 {len(roots)} 个总指数", "应恰有一个没有上级的指标"
    for aggregate in framework.aggregates:
        children = [n for n in nodes if n.parent == aggregate.code]
        if not children:
            yield f"“{aggregate.code}”没有下级指标", "请补上下级指标，或删去它"
        elif not any(n.weight > 0 for n in children):
            yield f"“{aggregate.code}”的下级权重都是 0", "至少一个下级的权重应大于 0"
        if _circles(aggregate, by_code):
            yield f"“{aggregate.code}”是自己的上级", "请理顺上下级关系"


def _circles(aggregate: Aggregate, by_code: dict[str, Node]) -> bool:
    seen, parent = {aggregate.code}, aggregate.parent
    while parent is not None and parent in by_code:
        if parent in seen:
            return True
        seen.add(parent)
        parent = by_code[parent].parent
    return False
