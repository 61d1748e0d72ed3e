"""Whom to join: pairs of firms that would complete each other, with a warning where too much would be in one hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jiqun.chain.coverage import CERTAIN
from jiqun.chain.graph import ChainGraph
from jiqun.chain.members import Membership

RATIO = (1.5, 50.0)
"""How many times larger the buyer may be."""
HEALTHY_DEBT = 0.7
"""Debt over assets up to which a buyer can carry a purchase."""
CONCENTRATION = (0.18, 0.01)
"""HHI of a node after a merger, and its rise, above which it is worth a warning (0 to 1; 1800 and 100 points in the
U.S. Merger Guidelines of 2023)."""


Shares = dict[str, float]
"""The share of each firm (by id) in its node, and the HHI of each node (by id)."""


@dataclass(frozen=True)
class Merger:
    """A buyer, a firm it might take over, and what speaks for it; `score` 0 to 1."""

    buyer: Membership
    target: Membership
    score: float
    reasons: tuple[str, ...]
    warning: str | None


def mergers(graph: ChainGraph, members: Sequence[Membership], most: int = 50) -> tuple[Merger, ...]:
    """The best pairs; only firms whose revenue is known, whose nodes are one or neighbours."""
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
                merger = _merger(graph, buyer, target, shares)
                if merger is not None:
                    found.append(merger)
    return tuple(sorted(found, key=lambda m: -m.score)[:most])


def _merger(graph: ChainGraph, buyer: Membership, target: Membership, shares: Shares) -> Merger | None:
    larger, smaller = buyer.firm.revenue or 0.0, target.firm.revenue or 0.0
    ratio = larger / smaller
    if not RATIO[0] <= ratio <= RATIO[1]:
        return None
    reasons, score = [f"规模是对方的 {ratio:.1f} 倍"], 0.3
    names = graph.nodes
    if buyer.node == target.node:
        reasons.append(f"同在“{names[buyer.node].name}”")
        score += 0.15
    else:
        reasons.append(f"“{names[buyer.node].name}”与“{names[target.node].name}”上下游衔接，产品互补")
        score += 0.3
    if buyer.firm.county and buyer.firm.county == target.firm.county:
        reasons.append("同在一县")
        score += 0.1
    if buyer.firm.profit_rate is not None and buyer.firm.profit_rate > 0.05:
        reasons.append(f"并购方利润率 {buyer.firm.profit_rate:.1%}")
        score += 0.15
    if target.firm.profit_rate is not None and target.firm.profit_rate < 0:
        reasons.append("对方亏损，整合后有改善余地")
        score += 0.1
    return Merger(buyer, target, min(score, 1.0), tuple(reasons), _warning(buyer, target, shares))


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
