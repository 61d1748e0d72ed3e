"""The state of every node: who fills it, how much it makes, how much the chain needs of it, and what is weak."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from jiqun.chain.graph import ChainGraph
from jiqun.chain.inputoutput import import_content
from jiqun.chain.members import Membership
from jiqun.chain.national import national_table

WORDS = {
    "missing": "缺失",
    "thin": "薄弱",
    "single": "单一供应",
    "imports": "进口依赖",
    "concentrated": "过度集中",
}
"""The weaknesses of a node in words."""
CERTAIN = 0.4
"""Members of less confidence are not counted."""


@dataclass(frozen=True)
class NodeState:
    """A node of a chain in one place; money in yuan, None where unknown."""

    node: str
    firms: int
    capacity: float | None
    """Σ revenue of its firms; a lower bound where `unknown` is not 0, None where all are unknown."""
    unknown: int
    """Firms whose revenue is unknown."""
    demand: float | None
    """What the chain's downstream nodes need of it at national input coefficients; None at the end of the chain."""
    largest: float | None
    """Share of the largest firm."""
    hhi: float | None
    """Herfindahl-Hirschman index of revenue, 0 to 1."""
    import_share: float | None
    """Imported share of the national intermediate use of such goods."""
    weak: tuple[str, ...]
    """Keys of WORDS."""
    elsewhere: int = 0
    """Firms of other places in the snapshot that would fill it."""

    @property
    def gap(self) -> float | None:
        """Demand above capacity, at least 0; None where demand is unknown."""
        return None if self.demand is None else max(0.0, self.demand - (self.capacity or 0.0))

    @property
    def short(self) -> float | None:
        """The share of demand that capacity does not meet."""
        return None if not self.demand else (self.gap or 0.0) / self.demand


def node_states(
    graph: ChainGraph, members: Sequence[Membership], others: Sequence[Membership] = ()
) -> tuple[NodeState, ...]:
    """The state of every node, in the order of the pack; `others` are firms elsewhere."""
    nearby = Counter(m.node for m in others if m.confidence >= CERTAIN)
    at: dict[str, list[Membership]] = defaultdict(list)
    for member in members:
        if member.confidence >= CERTAIN:
            at[member.node].append(member)
    capacity = {node: _capacity(at[node]) for node in graph.nodes}
    imports = import_content(national_table()).of_use
    states = []
    for node in graph.nodes:
        revenue = sorted((m.firm.revenue for m in at[node] if m.firm.revenue is not None), reverse=True)
        total = sum(revenue)
        sector = graph.sector(node)
        states.append(
            _judged(
                graph,
                NodeState(
                    node, len(at[node]), capacity[node], len(at[node]) - len(revenue), _demand(graph, node, capacity),
                    revenue[0] / total if total > 0 else None,
                    sum((r / total) ** 2 for r in revenue) if total > 0 else None,
                    None if sector is None else float(imports[sector]), (), nearby[node],
                ),
            )
        )  # fmt: skip
    return tuple(states)


def _capacity(members: Sequence[Membership]) -> float | None:
    known = [m.firm.revenue for m in members if m.firm.revenue is not None]
    return None if members and not known else float(sum(known))


def _demand(graph: ChainGraph, node: str, capacity: dict[str, float | None]) -> float | None:
    """Σ over whom it supplies: their output × the national coefficient of its sector in theirs.

    Several suppliers of one sector share the coefficient by their weights. Unknown where nobody downstream is known to make
    anything: a buyer that is missing too says nothing of what would be needed.
    """
    table, mine = national_table(), graph.sector(node)
    if mine is None or not graph.graph.out_degree(node):
        return None
    assert table.imports is not None
    total, known = 0.0, False
    for buyer in graph.graph.successors(node):
        other, output = graph.sector(buyer), capacity[buyer]
        if other is None or not output:
            continue
        rivals = [s for s in graph.graph.predecessors(buyer) if graph.sector(s) == mine]
        weight = {s: graph.graph.edges[s, buyer]["weight"] for s in rivals}
        share = weight[node] / sum(weight.values()) if sum(weight.values()) else 0.0
        both = float(table.flows[mine, other] + table.imports[mine, other]) / float(table.output[other])
        total, known = total + output * both * share, True
    return total if known else None


def _judged(graph: ChainGraph, state: NodeState) -> NodeState:
    limits = graph.chain.thresholds
    weak = []
    if state.firms == 0:
        weak.append("missing")
    elif state.firms < limits.thin_firms or (state.short is not None and state.short > 1 - limits.thin_supply):
        weak.append("thin")
    if state.firms == 1 or (state.firms > 1 and state.largest is not None and state.largest >= limits.single_share):
        weak.append("single")
    elif state.hhi is not None and state.hhi >= limits.concentrated and state.firms > 1:
        weak.append("concentrated")
    if state.import_share is not None and state.import_share >= limits.import_share:
        weak.append("imports")
    return NodeState(**{**vars(state), "weak": tuple(weak)})
