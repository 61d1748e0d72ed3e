"""Everything about the chain of one cluster: coverage, weak points, what to fill first, whom to attract and to join."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.base.errors import InputError, Place, Problem
from jiqun.chain.attract import Candidate, Priority, priorities, relatedness_of, score_candidates
from jiqun.chain.coverage import NodeState, node_states
from jiqun.chain.critical import Critical, CriticalLink, critical_links, critical_nodes, smallest_cut
from jiqun.chain.facts import Cluster, cluster_of, clusters_of, firms_of
from jiqun.chain.fit import fit_faults, fits, offered
from jiqun.chain.graph import ChainGraph, chain_of
from jiqun.chain.members import Firm, Membership, best_node, place_firms
from jiqun.chain.merge import Merger, mergers
from jiqun.programme.pack import Pack
from jiqun.programme.side_values import place_points

COVERAGE, MEMBERS, CRITICAL, LINKS, TARGETS, CANDIDATES, MERGERS, MANIFEST = (
    "coverage.parquet", "members.parquet", "critical.parquet", "links.parquet", "targets.parquet",
    "candidates.parquet", "mergers.parquet", "manifest.json",
)  # fmt: skip


@dataclass(frozen=True)
class Analysis:
    """The chain of a cluster on a day."""

    cluster: Cluster
    graph: ChainGraph
    as_of: date
    members: tuple[Membership, ...]
    states: tuple[NodeState, ...]
    critical: tuple[Critical, ...]
    links: tuple[CriticalLink, ...]
    priorities: tuple[Priority, ...]
    candidates: tuple[Candidate, ...]
    mergers: tuple[Merger, ...]
    cut: tuple[str, ...]
    """The fewest nodes without which the chain is cut through."""
    outside: int
    """Firms of the cluster that fit no node."""
    notes: tuple[str, ...]


def analyse(
    snapshot: Path, pack: Pack, cluster_id: str, as_of: date, listed: tuple[Firm, ...] | None = None, seed: int = 0
) -> Analysis:
    """Analyse the chain of a cluster; `listed` are candidates to score. InputError where it has no chain in the pack."""
    cluster = cluster_of(clusters_of(snapshot), cluster_id)
    firms = firms_of(snapshot, as_of)
    mine = [f for f in firms if f.cluster == cluster.id]
    graph = chain_of(pack, cluster.chain, Counter(f.industry for f in mine))
    if graph is None:
        known = "、".join(name for chain in pack.chains.values() for name in chain.chains)
        mend = f"请在方案包 chains/ 里写这条产业链；已有 {known}"
        raise InputError(
            [Problem("方案包里没有这个集群的产业链", Place(), found=cluster.chain or "待补充", mend=mend)],
            "产业链无法分析",
        )
    unfit = list(fit_faults(graph.chain, pack.vocabulary))
    if unfit:
        raise InputError(unfit, "产业链无法分析")
    members = place_firms(graph, mine)
    states = node_states(graph, members, place_firms(graph, [f for f in firms if f.cluster != cluster.id]))
    output = {s.node: s.capacity for s in states if s.capacity is not None}
    near = relatedness_of(graph, firms, cluster.county)
    suits = fits(graph.chain, offered(snapshot, pack, graph.chain, cluster, as_of))
    ranked = priorities(graph, states, near, suits)
    notes = [*_unfit(graph, ranked)]
    if ranked and not near:
        notes.append("各县企业数据不足，关联度待补充，未计入排序")
    candidates: tuple[Candidate, ...] = ()
    if listed is not None:
        candidates, why = score_candidates(graph, ranked, listed, seed)
        notes += [why] if why else []
        notes += _left_out(graph, listed)
    return Analysis(
        cluster, graph, as_of, members, states, critical_nodes(graph, output), critical_links(graph, output), ranked,
        candidates, mergers(graph, members, place_points(pack)), smallest_cut(graph), len(mine) - len(members), tuple(notes),
    )  # fmt: skip


def _unfit(graph: ChainGraph, ranked: Sequence[Priority]) -> list[str]:
    """What is unknown of the fit, offer by offer, so that nobody takes it for met."""
    if not ranked:
        return []
    if not graph.chain.offers:
        return ["方案包没有写这条产业链的用地、用能、环境要素（offers），适配待补充，未计入排序"]
    found = []
    for offer in graph.chain.offers:
        lacking = [graph.nodes[p.node].name for p in ranked if p.fit_parts[offer.id] is None]
        if len(lacking) == len(ranked):
            found.append(f"{offer.name}的适配待补充，未计入排序")
        elif lacking:
            some = "、".join(lacking[:5]) + ("等" if len(lacking) > 5 else "")
            found.append(f"{offer.name}的适配有 {len(lacking)} 个节点待补充，这些节点按其余各项排序：{some}")
    return found


def _left_out(graph: ChainGraph, listed: tuple[Firm, ...]) -> list[str]:
    """Which listed firms fit no node, so that none is dropped unsaid."""
    out = [firm.name for firm in listed if best_node(graph, firm) is None]
    some = "、".join(out[:10]) + ("等" if len(out) > 10 else "")
    return [f"候选名单中 {len(out)} 家不属于本产业链，未排名：{some}"] if out else []


def write_tables(found: Analysis, folder: Path, *, snapshot_id: str, pack: Pack) -> None:
    """Everything as Parquet, and a manifest."""
    for name, rows, schema in (
        (COVERAGE, _coverage(found), _COVERAGE), (MEMBERS, _members(found), _MEMBERS),
        (CRITICAL, [vars(c) for c in found.critical], _CRITICAL), (LINKS, [vars(c) for c in found.links], _LINKS),
        (TARGETS, _targets(found), _TARGETS), (CANDIDATES, _candidates(found), _CANDIDATES),
        (MERGERS, _mergers(found), _MERGERS),
    ):  # fmt: skip
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / name)
    facts = {
        "format": 1, "cluster": found.cluster.id, "chain": found.graph.chain.id, "snapshot": snapshot_id,
        "pack": pack.programme.id, "pack_version": pack.programme.version, "pack_digest": pack.digest,
        "as_of": found.as_of.isoformat(), "outside": found.outside, "smallest_cut": list(found.cut), "notes": list(found.notes),
    }  # fmt: skip
    (folder / MANIFEST).write_text(json.dumps(facts, ensure_ascii=False, indent=2), encoding="utf-8")


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema(list(columns.items()))


_TEXT, _REAL, _WHOLE, _FLAG, _LIST = pa.string(), pa.float64(), pa.int64(), pa.bool_(), pa.list_(pa.string())
_COVERAGE = _schema(
    node=_TEXT, name=_TEXT, stage=_TEXT, firms=_WHOLE, capacity=_REAL, unknown=_WHOLE, demand=_REAL, gap=_REAL,
    largest=_REAL, hhi=_REAL, import_share=_REAL, weak=_LIST, elsewhere=_WHOLE,
)  # fmt: skip
_MEMBERS = _schema(firm=_TEXT, name=_TEXT, node=_TEXT, confidence=_REAL, reason=_TEXT)
_CRITICAL = _schema(node=_TEXT, cut=_FLAG, betweenness=_REAL, loss=_REAL, extraction=_REAL)
_LINKS = _schema(supplier=_TEXT, buyer=_TEXT, cut=_FLAG, betweenness=_REAL, loss=_REAL)
_TARGETS = _schema(node=_TEXT, gap=_REAL, relatedness=_REAL, linkage=_REAL, fit=_REAL, score=_REAL, unknown=_LIST,
    fit_parts=pa.list_(pa.struct([("offer", _TEXT), ("part", _REAL)])),
)  # fmt: skip
_CANDIDATES = _schema(
    name=_TEXT, industry=_TEXT, node=_TEXT, confidence=_REAL, score=_REAL, rank=_WHOLE, rank_low=_WHOLE,
    rank_high=_WHOLE, reasons=_LIST,
)  # fmt: skip
_MERGERS = _schema(
    buyer=_TEXT, buyer_name=_TEXT, buyer_node=_TEXT, target=_TEXT, target_name=_TEXT, target_node=_TEXT, score=_REAL,
    reasons=_LIST, warning=_TEXT, distance=_REAL,
)  # fmt: skip


def _coverage(found: Analysis) -> list[dict[str, object]]:
    nodes = found.graph.nodes
    return [
        {**vars(s), "name": nodes[s.node].name, "stage": nodes[s.node].stage, "gap": s.gap, "weak": list(s.weak)}
        for s in found.states
    ]


def _members(found: Analysis) -> list[dict[str, object]]:
    return [
        {"firm": m.firm.id, "name": m.firm.name, "node": m.node, "confidence": m.confidence, "reason": m.reason}
        for m in found.members
    ]


def _targets(found: Analysis) -> list[dict[str, object]]:
    return [
        {**vars(p), "unknown": list(p.unknown),
         "fit_parts": [{"offer": offer, "part": part} for offer, part in p.fit_parts.items()]}
        for p in found.priorities
    ]  # fmt: skip


def _candidates(found: Analysis) -> list[dict[str, object]]:
    return [
        {**vars(c), "name": c.firm.name, "industry": c.firm.industry, "reasons": list(c.reasons)}
        for c in found.candidates
    ]


def _mergers(found: Analysis) -> list[dict[str, object]]:
    return [
        {"buyer": m.buyer.firm.id, "buyer_name": m.buyer.firm.name, "buyer_node": m.buyer.node,
         "target": m.target.firm.id, "target_name": m.target.firm.name, "target_node": m.target.node,
         "score": m.score, "reasons": list(m.reasons), "warning": m.warning, "distance": m.distance}
        for m in found.mergers
    ]  # fmt: skip
