"""Whom to join: pairs of firms that would complete each other, with a warning where too much would be in one hand.

The weights of what speaks for a pair, and the bounds below, are the platform's own judgement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from jiqun.chain.coverage import CERTAIN
from jiqun.chain.graph import ChainGraph
from jiqun.chain.members import Firm, Membership
from jiqun.rules.geo import Point, great_circle

RATIO = (1.5, 50.0)
"""How many times larger the buyer may be."""
EASY = (3.0, 10.0)
"""How many times larger a buyer should be: large enough to pay, not so large that it would not notice."""
FAR = 100_000.0
"""Metres between county centres from which nearness counts for nothing."""
GOOD_PROFIT = 0.15
"""Profit over revenue from which a buyer's finances count in full."""
EACH = 3
"""Pairs of one firm, so that a list does not show one firm alone."""
HEALTHY_DEBT = 0.7
"""Debt over assets up to which a buyer can carry a purchase."""
CONCENTRATION = (0.18, 0.01)
"""HHI of a node after a merger, and its rise, above which it is worth a warning (0 to 1; 1800 and 100 points in the
U.S. Merger Guidelines of 2023)."""


Shares = dict[str, float]
"""The share of each firm (by id) in its node, and the HHI of each node (by id)."""


@dataclass(frozen=True)
class Merger:
    """A buyer, a firm it might take over, and what speaks for it; `score` 0 to 1.

    A part that is unknown counts as the median of the pairs of which it is known, and the reasons say so.
    """

    buyer: Membership
    target: Membership
    score: float
    reasons: tuple[str, ...]
    warning: str | None
    distance: float | None
    """Metres between the centres of their counties; 0 in one county, None where a county has no place on the map."""


@dataclass(frozen=True)
class _Part:
    """What speaks for a pair: its weight, how much of it there is (0 to 1, None: unknown), and how it is said."""

    weight: float
    value: float | None
    reason: str | None


def mergers(
    graph: ChainGraph, members: Sequence[Membership], places: Mapping[str, Point] | None = None, most: int = 50
) -> tuple[Merger, ...]:
    """The best pairs; only firms whose revenue is known, whose nodes are one or neighbours; `places` by county name."""
    sure = [m for m in members if m.confidence >= CERTAIN and m.firm.revenue and m.firm.revenue > 0]
    near = {node: {node, *graph.graph.predecessors(node), *graph.graph.successors(node)} for node in graph.nodes}
    strong = sorted(sure, key=lambda m: -(m.firm.revenue or 0.0))[:200]
    pairs = [
        (buyer, target)
        for buyer in strong
        if buyer.firm.debt_share is None or buyer.firm.debt_share <= HEALTHY_DEBT
        for target in sure
        if target.firm.id != buyer.firm.id and target.node in near[buyer.node]
        if RATIO[0] <= (buyer.firm.revenue or 0.0) / (target.firm.revenue or 1.0) <= RATIO[1]
    ]
    far = [_distance(buyer.firm, target.firm, places or {}) for buyer, target in pairs]
    parts = [_parts(graph, *pair, metres) for pair, metres in zip(pairs, far, strict=True)]
    scores, shares = _scores(parts), _shares(sure)
    best = _spread(sorted(range(len(pairs)), key=lambda i: -scores[i]), pairs)[:most]
    return tuple(
        Merger(
            *pairs[i], scores[i], tuple(part.reason for part in parts[i] if part.reason), _warning(*pairs[i], shares),
            far[i],
        )
        for i in best
    )  # fmt: skip


def _spread(order: list[int], pairs: Sequence[tuple[Membership, Membership]]) -> list[int]:
    """The same order with no more than EACH pairs of one buyer, or of one target."""
    seen, kept = Counter[tuple[str, str]](), []
    for i in order:
        sides = ("buyer", pairs[i][0].firm.id), ("target", pairs[i][1].firm.id)
        if all(seen[side] < EACH for side in sides):
            seen.update(sides)
            kept.append(i)
    return kept


def _parts(graph: ChainGraph, buyer: Membership, target: Membership, metres: float | None) -> tuple[_Part, ...]:
    ratio = (buyer.firm.revenue or 0.0) / (target.firm.revenue or 1.0)
    return _size(ratio), _products(graph, buyer, target), _nearness(metres), *_finances(buyer.firm, target.firm)


def _scores(parts: Sequence[tuple[_Part, ...]]) -> list[float]:
    """The weighted mean of each pair's parts; a part that nobody knows is left out."""
    if not parts:
        return []
    values = np.array([[np.nan if part.value is None else part.value for part in each] for each in parts])
    weights = np.array([part.weight for part in parts[0]])
    able = ~np.isnan(values).all(axis=0)
    values, weights = values[:, able], weights[able]
    values = np.where(np.isnan(values), np.nanmedian(values, axis=0), values)
    return [float(score) for score in values @ weights / weights.sum()]


def _size(ratio: float) -> _Part:
    return _Part(2.0, 1.0 if EASY[0] <= ratio <= EASY[1] else 0.5, f"规模是对方的 {ratio:.1f} 倍")


def _products(graph: ChainGraph, buyer: Membership, target: Membership) -> _Part:
    one, other = graph.nodes[buyer.node].name, graph.nodes[target.node].name
    if buyer.node == target.node:
        return _Part(3.0, 0.5, f"同在“{one}”")
    return _Part(3.0, 1.0, f"“{one}”与“{other}”上下游衔接，产品互补")


def _distance(one: Firm, other: Firm, places: Mapping[str, Point]) -> float | None:
    if one.county and one.county == other.county:
        return 0.0
    points = [places.get(firm.county or "") for firm in (one, other)]
    return None if points[0] is None or points[1] is None else great_circle(points[0], points[1])


def _nearness(metres: float | None) -> _Part:
    if metres is None:
        return _Part(1.0, None, "距离待补充，按中位数计")
    reason = "同在一县" if metres == 0 else f"两县中心相距 {metres / 1000:.0f} 公里"
    return _Part(1.0, max(0.0, 1 - metres / FAR), reason)


def _finances(buyer: Firm, target: Firm) -> tuple[_Part, _Part]:
    profit, loss = buyer.profit_rate, target.profit_rate
    good = None if profit is None else min(1.0, max(0.0, profit / GOOD_PROFIT))
    return (
        _Part(1.5, good, f"并购方利润率 {profit:.1%}" if profit is not None else "并购方利润率待补充，按中位数计"),
        _Part(1.0, None if loss is None else float(loss < 0), _of_target(loss)),
    )  # fmt: skip


def _of_target(profit: float | None) -> str | None:
    if profit is None:
        return "对方利润率待补充，按中位数计"
    return "对方亏损，整合后有改善余地" if profit < 0 else None


def _shares(members: Sequence[Membership]) -> Shares:
    totals: dict[str, float] = {}
    for member in members:
        totals[member.node] = totals.get(member.node, 0.0) + (member.firm.revenue or 0.0)
    return {m.firm.id: (m.firm.revenue or 0.0) / totals[m.node] for m in members} | {
        node: sum(((m.firm.revenue or 0.0) / total) ** 2 for m in members if m.node == node)
        for node, total in totals.items()
    }


def _warning(buyer: Membership, target: Membership, shares: Shares) -> str | None:
    if buyer.node != target.node:
        return None
    one, other = shares[buyer.firm.id], shares[target.firm.id]
    after, rise = shares[buyer.node] + 2 * one * other, 2 * one * other
    if after > CONCENTRATION[0] and rise > CONCENTRATION[1]:
        return f"合并后占本节点 {one + other:.0%}，集中度（HHI）由 {after - rise:.2f} 升至 {after:.2f}，请先评估"
    return None
