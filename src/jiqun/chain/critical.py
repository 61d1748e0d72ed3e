"""What the chain cannot do without: cuts, betweenness (Freeman 1977), and what stops when a node is lost."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import networkx as nx

from jiqun.chain.errors import fault
from jiqun.chain.graph import ChainGraph
from jiqun.chain.inputoutput import Floats, extraction_loss
from jiqun.chain.national import national_table

FROM, TO = "→", "⇥"
"""Names of the artificial source and end."""


@dataclass(frozen=True)
class Critical:
    """How much hangs on a node or a link; `cut`: every way from a source to an end goes through it."""

    node: str
    cut: bool
    betweenness: float
    """Share of the shortest ways between other nodes that go through it (Freeman 1977)."""
    loss: float
    """Share of the chain's output that stops when it is lost."""
    extraction: float | None
    """Share of the nation's output that is missing without its sector (hypothetical extraction); None for no sector."""


@dataclass(frozen=True)
class CriticalLink:
    """A link on every way from a source to an end, or one of high betweenness."""

    supplier: str
    buyer: str
    cut: bool
    betweenness: float
    loss: float
    """Share of the chain's output that stops when it is cut."""


def cascade(graph: ChainGraph, lost: str) -> dict[str, float]:
    """The share of each node's output that stops when a node is lost, itself included.

    Downstream the worst input decides (Leontief production with substitutes; Inoue & Todo 2019): a buyer loses
    weight × (1 − substitutable) × loss of its supplier. Upstream a supplier loses what its buyers no longer take, each
    weighing as its link does.
    """
    if lost not in graph.nodes:
        raise fault("没有这个节点", f"可用 {'、'.join(graph.nodes)}", lost)
    return _spread(graph, {lost: 1.0}, None)


def _spread(graph: ChainGraph, start: dict[str, float], cut: tuple[str, str] | None) -> dict[str, float]:
    net, order = graph.graph, list(nx.topological_sort(graph.graph))
    down = dict.fromkeys(net, 0.0) | start
    for node in order:
        for supplier in net.predecessors(node):
            edge = net.edges[supplier, node]
            missing = 1.0 if (supplier, node) == cut else down[supplier]
            down[node] = max(down[node], edge["weight"] * (1 - edge["substitutable"]) * missing)
    up = dict(down)
    for node in reversed(order):
        buyers = list(net.successors(node))
        total = sum(net.edges[node, buyer]["weight"] for buyer in buyers)
        if total > 0:
            unsold = sum(
                net.edges[node, buyer]["weight"] * (1.0 if (node, buyer) == cut else up[buyer]) for buyer in buyers
            )
            up[node] = max(up[node], unsold / total)
    return up


def critical_nodes(graph: ChainGraph, output: dict[str, float]) -> tuple[Critical, ...]:
    """Every node, the largest loss first; `output` weighs the nodes (yuan); nodes without weigh nothing."""
    net, between = _ends(graph), nx.betweenness_centrality(graph.graph)
    through = _dominators(net)
    total = sum(output.get(n, 0.0) for n in graph.nodes)
    extracted, found = _extraction(), []
    for node in graph.nodes:
        sector = graph.sector(node)
        stopped = cascade(graph, node)
        loss = sum(stopped[n] * output.get(n, 0.0) for n in graph.nodes) / total if total > 0 else 0.0
        share = None if sector is None else float(extracted[sector])
        found.append(Critical(node, node in through, float(between[node]), loss, share))
    return tuple(sorted(found, key=lambda each: -each.loss))


@cache
def _extraction() -> Floats:
    """The loss of every sector as a share of all output; cached, for the table never changes."""
    table = national_table()
    share: Floats = extraction_loss(table) / table.output.sum()
    return share


def critical_links(graph: ChainGraph, output: dict[str, float]) -> tuple[CriticalLink, ...]:
    """Every link, the largest loss first."""
    between = nx.edge_betweenness_centrality(graph.graph)
    total = sum(output.get(n, 0.0) for n in graph.nodes)
    found = []
    for supplier, buyer in graph.graph.edges:
        stopped = _spread(graph, {}, (supplier, buyer))
        loss = sum(stopped[n] * output.get(n, 0.0) for n in graph.nodes) / total if total > 0 else 0.0
        cut = _is_cut(graph, supplier, buyer)
        found.append(CriticalLink(supplier, buyer, cut, float(between[supplier, buyer]), loss))
    return tuple(sorted(found, key=lambda each: -each.loss))


def smallest_cut(graph: ChainGraph) -> tuple[str, ...]:
    """The fewest nodes, in the order of the pack, without which no way from a source to an end is left.

    A minimum node cut by maximum flow (Menger 1927; Even & Tarjan 1975); of several as small, one.
    """
    cut = nx.minimum_node_cut(_ends(graph), FROM, TO)
    return tuple(node for node in graph.nodes if node in cut)


def _ends(graph: ChainGraph) -> nx.DiGraph:
    """The graph between one artificial source and one artificial end."""
    net = nx.DiGraph(graph.graph.edges)
    net.add_nodes_from(graph.nodes)
    net.add_edges_from((FROM, source) for source in graph.sources)
    net.add_edges_from((end, TO) for end in graph.ends)
    return net


def _dominators(net: nx.DiGraph) -> set[str]:
    """What every way from the source to the end goes through."""
    above, found = nx.immediate_dominators(net, FROM), set()
    node = above[TO]
    while node != FROM:
        found.add(node)
        node = above[node]
    return found


def _is_cut(graph: ChainGraph, supplier: str, buyer: str) -> bool:
    net = _ends(graph)
    net.remove_edge(supplier, buyer)
    return not nx.has_path(net, FROM, TO)
