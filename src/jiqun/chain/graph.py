"""A chain as a directed graph of nodes that supply one another; frozen, checked when built."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import networkx as nx

from jiqun.base.errors import Problem
from jiqun.base.industries import industry_name
from jiqun.chain.errors import ChainError
from jiqun.chain.national import sector_of
from jiqun.programme.models import Chain, ChainLink, ChainNode
from jiqun.programme.pack import Pack


@dataclass(frozen=True)
class ChainGraph:
    """A chain of the pack; ChainError with every fault where its parts do not fit."""

    chain: Chain

    def __post_init__(self) -> None:
        problems = list(graph_faults(self.chain))
        if problems:
            raise ChainError(problems, (self.chain.id,))

    @cached_property
    def nodes(self) -> dict[str, ChainNode]:
        """Nodes by id, in the order of the pack."""
        return {node.id: node for node in self.chain.nodes}

    @cached_property
    def graph(self) -> nx.DiGraph:
        """Suppliers point at whom they supply; edges carry `weight` and `substitutable`."""
        graph = nx.DiGraph()
        graph.add_nodes_from(self.nodes)
        for link in self.chain.links:
            graph.add_edge(link.from_, link.to, weight=link.weight, substitutable=link.substitutable)
        return graph

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Nodes that nobody in the chain supplies."""
        return tuple(n for n in self.nodes if self.graph.in_degree(n) == 0)

    @cached_property
    def ends(self) -> tuple[str, ...]:
        """Nodes that supply nobody in the chain."""
        return tuple(n for n in self.nodes if self.graph.out_degree(n) == 0)

    def stage(self, node: str) -> int:
        """The place of a node's stage, from upstream."""
        return [s.id for s in self.chain.stages].index(self.nodes[node].stage)

    def sector(self, node: str) -> int | None:
        """The national sector of a node, by its first code."""
        return sector_of(self.nodes[node].codes[0])


def chain_of(pack: Pack, cluster_chain: str | None, firms: dict[str, int]) -> ChainGraph | None:
    """The chain that a cluster belongs to by the name in its record; of several, the one most of its firms fit.

    `firms` counts the cluster's firms by industry code. None where no chain has that name.
    """
    able = [chain for chain in pack.chains.values() if cluster_chain in chain.chains]
    if not able:
        return None

    def fitting(chain: Chain) -> int:
        codes = tuple(code for node in chain.nodes for code in node.codes)
        return sum(count for industry, count in firms.items() if industry.startswith(codes))

    return ChainGraph(max(able, key=fitting))


def graph_faults(chain: Chain) -> Iterator[Problem]:
    """What keeps the parts of a chain from making a graph."""
    stages = {stage.id: i for i, stage in enumerate(chain.stages)}
    nodes = {node.id: node for node in chain.nodes}
    if len(stages) < len(chain.stages):
        yield Problem("环节编号重复", chain.place("stages"), mend="请为每个环节取不同的编号")
    if len(nodes) < len(chain.nodes):
        yield Problem("节点编号重复", chain.place("nodes"), mend="请为每个节点取不同的编号")
    for node in chain.nodes:
        if node.stage not in stages:
            yield Problem("没有这个环节", node.place("stage"), found=node.stage, mend=f"可用 {'、'.join(stages)}")
        for i, code in enumerate(node.codes):
            if industry_name(code) is None:
                mend = "请写 GB/T 4754-2017 现有的代码"
                yield Problem("行业代码不存在", node.place("codes", i), found=code, mend=mend)
    yield from _link_faults(chain.links, nodes)
    graph = nx.DiGraph((link.from_, link.to) for link in chain.links)
    if not nx.is_directed_acyclic_graph(graph):
        circle = [edge[0] for edge in nx.find_cycle(graph)]
        names = " → ".join(nodes[n].name for n in (*circle, circle[0]) if n in nodes)
        mend = "请去掉其中一条供应关系；回收利用请另设节点"
        yield Problem("供应关系成环", chain.place("links"), found=names, mend=mend)


def _link_faults(links: tuple[ChainLink, ...], nodes: dict[str, ChainNode]) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for link in links:
        for key, node in (("from", link.from_), ("to", link.to)):
            if node not in nodes:
                yield Problem("没有这个节点", link.place(key), found=node, mend=f"可用 {'、'.join(nodes)}")
        if (link.from_, link.to) in seen:
            yield Problem("供应关系重复", link.place("to"), found=f"{link.from_} → {link.to}", mend="请只保留一条")
        seen.add((link.from_, link.to))
