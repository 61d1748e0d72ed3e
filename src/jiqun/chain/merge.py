"""Whom to join: pairs of firms that would complete each other, with a warning where too much would be in one hand.

The weights of what speaks for a pair, and the bounds below, are the platform's own judgement.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jiqun.chain.coverage import CERTAIN
from jiqun.chain.graph import ChainGraph
from jiqun.chain.members import Firm, Membership
from jiqun.rules.geo import Point, great_circle

RATIO = (1.5, 50.0)
"""How many times larger the buyer may be."""
BEST_RATIO = 5.0
"""The ratio of sizes that is easiest to take over and to pay for; a tenth or ten times of it counts for nothing."""
FAR = 100_000.0
"""Metres between county centres from which nearness counts for nothing."""
GOOD_PROFIT = 0.05
"""Profit over revenue from which a buyer's finances count in full."""
HEALTHY_DEBT = 0.7
"""Debt over assets up to which a buyer can carry a purchase."""
CONCENTRATION = (0.18, 0.01)
"""HHI of a node after a merger, and its rise, above which it is worth a warning (0 to 1; 1800 and 100 points in the
U.S. Merger Guidelines of 2023)."""


Shares = dict[str, float]
"""The share of each firm (by id) in its node, and the HHI of each node (by id)."""


@dataclass(frozen=True)
class Merger:
    """A buyer, a firm it might take over, and what speaks for it; `score` 0 to 1 over what is known."""

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
    shares = _shares(sure)
    strong = sorted(sure, key=lambda m: -(m.firm.revenue or 0.0))[:200]
    found = []
    for buyer in strong:
        if buyer.firm.debt_share is not None and buyer.firm.debt_share > HEALTHY_DEBT:
            continue
        for target in sure:
            if target.firm.id != buyer.firm.id and target.node in near[buyer.node]:
                merger = _merger(graph, buyer, target, shares, places or {})
                if merger is not None:
                    found.append(merger)
    return tuple(sorted(found, key=lambda m: -m.score)[:most])


def _merger(
    graph: ChainGraph, buyer: Membership, target: Membership, shares: Shares, places: Mapping[str, Point]
) -> Merger | None:
    ratio = (buyer.firm.revenue or 0.0) / (target.firm.revenue or 1.0)
    if not RATIO[0] <= ratio <= RATIO[1]:
        return None
    far = _distance(buyer.firm, target.firm, places)
    parts = (_size(ratio), _products(graph, buyer, target), _nearness(far), *_finances(buyer.firm, target.firm))
    known = [(part.weight, part.value) for part in parts if part.value is not None]
    score = sum(weight * value for weight, value in known) / sum(weight for weight, _ in known)
    reasons = tuple(part.reason for part in parts if part.reason)
    return Merger(buyer, target, score, reasons, _warning(buyer, target, shares), far)


def _size(ratio: float) -> _Part:
    return _Part(2.0, max(0.0, 1 - abs(math.log10(ratio / BEST_RATIO))), f"规模是对方的 {ratio:.1f} 倍")


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
        return _Part(1.0, None, "距离待补充")
    reason = "同在一县" if metres == 0 else f"两县中心相距 {metres / 1000:.0f} 公里"
    return _Part(1.0, max(0.0, 1 - metres / FAR), reason)


def _finances(buyer: Firm, target: Firm) -> tuple[_Part, _Part]:
    profit, loss = buyer.profit_rate, target.profit_rate
    good = None if profit is None else min(1.0, max(0.0, profit / GOOD_PROFIT))
    return (
        _Part(1.5, good, f"并购方利润率 {profit:.1%}" if profit is not None else "并购方利润率待补充"),
        _Part(1.0, None if loss is None else float(loss < 0), "对方亏损，整合后有改善余地" if loss and loss < 0 else None),
    )  # fmt: skip


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
