"""Which firms fill which node: by industry code and by words of their names, with a confidence and the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jiqun.base.industries import industry_name
from jiqun.chain.graph import ChainGraph

BY_DIGITS = {4: 0.9, 3: 0.7, 2: 0.4}
"""Confidence of a match of a code with so many digits."""
BY_WORD = 0.5
"""Confidence that a word of the name gives by itself; together with a code the doubts are multiplied."""


@dataclass(frozen=True)
class Firm:
    """A firm as the chain sees it; None where a figure is unknown."""

    id: str
    name: str
    industry: str
    cluster: str | None = None
    county: str | None = None
    revenue: float | None = None
    growth: float | None = None
    research_share: float | None = None
    profit_rate: float | None = None
    debt_share: float | None = None


@dataclass(frozen=True)
class Membership:
    """A firm at a node."""

    firm: Firm
    node: str
    confidence: float
    reason: str


def place_firms(graph: ChainGraph, firms: Sequence[Firm]) -> tuple[Membership, ...]:
    """The best node of every firm that fits any: of equal confidence, the more specific code, then the pack's order."""
    found = (best_node(graph, firm) for firm in firms)
    return tuple(membership for membership in found if membership is not None)


def best_node(graph: ChainGraph, firm: Firm) -> Membership | None:
    """The node that a firm fits best; None where neither its code nor its name fits any."""
    best: Membership | None = None
    for node in graph.chain.nodes:
        code = max((c for c in node.codes if firm.industry.startswith(c)), key=len, default=None)
        word = next((w for w in node.words if w in firm.name), None)
        doubt, reasons = 1.0, []
        if code is not None:
            doubt *= 1 - BY_DIGITS[len(code) - 1]
            reasons.append(f"行业代码 {firm.industry} 属于 {code}（{industry_name(code)}）")
        if word is not None:
            doubt *= 1 - BY_WORD
            reasons.append(f"名称含“{word}”")
        if reasons and (best is None or 1 - doubt > best.confidence + 1e-12):
            best = Membership(firm, node.id, 1 - doubt, "；".join(reasons))
    return best
