"""Whom to attract: which node to fill first, and which of listed firms would fill it best."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from jiqun.base.errors import InputError, Place, Problem
from jiqun.chain.coverage import NodeState
from jiqun.chain.fit import Fit
from jiqun.chain.graph import ChainGraph
from jiqun.chain.inputoutput import linkages
from jiqun.chain.members import Firm, Membership, best_node
from jiqun.chain.national import national_table, sector_of
from jiqun.chain.space import density, location_quotients, presence, proximity
from jiqun.evaluation.errors import EvaluationError
from jiqun.evaluation.framework import Aggregate, Framework, Indicator
from jiqun.evaluation.panel import Panel
from jiqun.evaluation.plan import Impute, Plan, Screen
from jiqun.evaluation.robust.uncertainty import Uncertainty, simulate
from jiqun.evaluation.run import run

COLUMNS = ("name", "industry", "revenue", "growth", "research_share", "profit_rate", "debt_share")
"""The columns of a list of candidates; all but the first two may be empty."""


@dataclass(frozen=True)
class Priority:
    """A node to fill; every part 0 to 1, None where it is unknown."""

    node: str
    gap: float
    """How much of it is missing: 1 where nobody fills it."""
    relatedness: float | None
    """How near it lies to what the county is already good at (density)."""
    linkage: float | None
    """How much the sector moves others: mean of its two linkage indices over the largest such mean."""
    fit: float | None
    """How far the place meets its needs of land, energy and environment: the scarcest one that is known."""
    score: float
    """Geometric mean of the parts that are known: the order of their product where all are, and none lowered for want of
    another."""
    fit_parts: Mapping[str, float | None]
    """By the id of the chain's offer."""

    @property
    def unknown(self) -> tuple[str, ...]:
        """Which parts are not in the score; of the fit, which offers."""
        parts = tuple(name for name in ("relatedness", "linkage", "fit") if getattr(self, name) is None)
        return (*parts, *(id_ for id_, part in self.fit_parts.items() if part is None and self.fit is not None))


def priorities(
    graph: ChainGraph, states: Sequence[NodeState], relatedness: Mapping[str, float], suits: Mapping[str, Fit]
) -> tuple[Priority, ...]:
    """Nodes that lack something, the first to fill first; `relatedness` and `suits` by node where known."""
    strength = _linkage()
    ranked = []
    for state in states:
        gap = 1.0 if state.firms == 0 else state.short if state.short else 0.5 if "thin" in state.weak else 0.0
        if gap <= 0:
            continue
        sector, fit = graph.sector(state.node), suits.get(state.node, Fit({}))
        linkage = None if sector is None else float(strength[sector])
        near = relatedness.get(state.node)
        known = [part for part in (gap, near, linkage, fit.value) if part is not None]
        score = float(np.prod(known)) ** (1 / len(known))
        ranked.append(Priority(state.node, gap, near, linkage, fit.value, score, fit.parts))
    return tuple(sorted(ranked, key=lambda each: -each.score))


@cache
def _linkage() -> npt.NDArray[np.float64]:
    """Of every national sector; cached, for the table never changes."""
    found = linkages(national_table())
    strength = (found.backward_index + found.forward_index) / 2
    return np.asarray(strength / strength.max(), float)


def relatedness_of(graph: ChainGraph, firms: Sequence[Firm], county: str) -> dict[str, float]:
    """The density of a county around every node's three-digit industries, over counties × industries of firms.

    Revenue weighs, a firm of unknown revenue as the median one of its industry. Empty where the county has no firm or
    there are too few counties to compare.
    """
    counties = sorted({f.county for f in firms if f.county})
    groups = sorted({f.industry[:4] for f in firms if sector_of(f.industry) is not None})
    if county not in counties or len(counties) < 3 or len(groups) < 2:
        return {}
    table = np.zeros((len(counties), len(groups)))
    typical = _typical(firms)
    for firm in firms:
        if firm.county and firm.industry[:4] in groups:
            revenue = firm.revenue if firm.revenue is not None else typical.get(firm.industry[:4], 0.0)
            table[counties.index(firm.county), groups.index(firm.industry[:4])] += max(revenue, 0.0)
    rows, columns = table.sum(axis=1) > 0, table.sum(axis=0) > 0
    if not rows[counties.index(county)]:
        return {}
    present = presence(location_quotients(table[np.ix_(rows, columns)]))
    near = density(present, proximity(present))
    mine = near[[c for c, there in zip(counties, rows, strict=True) if there].index(county)]
    known = [g for g, there in zip(groups, columns, strict=True) if there]
    found = {}
    for node in graph.chain.nodes:
        at = [mine[known.index(g)] for g in known if any(g.startswith(c[:4]) or c.startswith(g) for c in node.codes)]
        if at:
            found[node.id] = float(max(at))
    return found


def _typical(firms: Sequence[Firm]) -> dict[str, float]:
    by_group: dict[str, list[float]] = {}
    for firm in firms:
        if firm.revenue is not None:
            by_group.setdefault(firm.industry[:4], []).append(firm.revenue)
    return {group: float(np.median(values)) for group, values in by_group.items()}


# --- candidates -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """A listed firm, the node that it would fill, and its score with the 5 % to 95 % interval of its rank."""

    firm: Firm
    node: str
    confidence: float
    score: float
    rank: int
    rank_low: int
    rank_high: int
    reasons: tuple[str, ...]


CRITERIA = (
    ("fill", "补缺程度", "need"), ("confidence", "与节点的吻合", "need"), ("revenue", "营业收入", "strength"),
    ("growth", "增长率", "strength"), ("research_share", "研发投入占比", "strength"),
    ("profit_rate", "利润率", "health"), ("debt_share", "资产负债率", "health"),
)  # fmt: skip
GROUPS = (("need", "对链的作用", 3.0), ("strength", "企业实力", 2.0), ("health", "财务状况", 1.0))


def read_candidates(path: Path) -> tuple[Firm, ...]:
    """A list of firms in CSV (UTF-8) with the columns of COLUMNS; InputError names every faulty cell."""
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError):
        mend = "请提供 UTF-8 编码的 CSV 文件"
        raise InputError([Problem("读不出候选企业名单", Place(str(path)), mend=mend)], "候选名单有误") from None
    lacking = [c for c in COLUMNS[:2] if not rows or c not in rows[0]]
    if lacking:
        mend = f"第一行应有列名 {'、'.join(COLUMNS)}，至少有前两列和一行企业"
        raise InputError([Problem(f"候选名单缺少 {'、'.join(lacking)}", Place(str(path)), mend=mend)], "候选名单有误")
    firms, problems = [], []
    for number, row in enumerate(rows, start=2):
        values: dict[str, Any] = {}
        for key in COLUMNS[2:]:
            text = (row.get(key) or "").strip()
            try:
                values[key] = (float(text.rstrip("%")) / 100 if text.endswith("%") else float(text)) if text else None
            except ValueError:
                place = Place(str(path), row=number, field=key)
                problems.append(Problem("应为数", place, found=text, mend="请写数字，比率可写 5% 或 0.05，未知则留空"))
        if sector_of(row["industry"]) is None:
            place = Place(str(path), row=number, field="industry")
            problems.append(Problem("行业代码不存在", place, found=row["industry"], mend="请写如 C1910"))
        firms.append(replace(Firm(f"候选{number - 1}", row["name"], row["industry"]), **values))
    if problems:
        raise InputError(problems, "候选名单有误")
    return tuple(firms)


def score_candidates(
    graph: ChainGraph, ranked: Sequence[Priority], firms: Sequence[Firm], seed: int = 0
) -> tuple[tuple[Candidate, ...], str | None]:
    """Rank listed firms by what they would fill and what they are; and why not, where they cannot be ranked.

    Firms of no node are left out. Criteria that do not tell the firms apart are left out; missing figures are not zero:
    there a firm counts as the median of the list, and its reasons say so.
    """
    placed = [m for m in (best_node(graph, firm) for firm in firms) if m is not None]
    need = {p.node: p.score for p in ranked}
    if len(placed) < 2:
        return (), "名单中属于本产业链的企业不足 2 家，无法比较"
    columns = {key: np.array([_criterion(m, key, need) for m in placed]) for key, _, _ in CRITERIA}
    told = [c for c in CRITERIA if np.nanmax(columns[c[0]], initial=-np.inf) > np.nanmin(columns[c[0]], initial=np.inf)]
    if not told:
        return (), "各企业的条件没有差别，无法比较"
    groups = [g for g in GROUPS if any(c[2] == g[0] for c in told)]
    tree = Framework(
        tuple(Indicator(key, name, group, -1 if key == "debt_share" else 1) for key, name, group in told),
        (*(Aggregate(key, name, "index", weight) for key, name, weight in groups), Aggregate("index", "总分", None)),
    )
    panel = Panel(
        tuple(str(i) for i in range(len(placed))), tree.leaves, np.column_stack([columns[k] for k in tree.leaves]),
        tuple(m.firm.name for m in placed),
    )  # fmt: skip
    plan = Plan(denominate=False, screen=Screen(least_known=0.0), impute=Impute(how="median"), treat=None)
    try:
        result = run(plan, tree, panel)
        doubts = simulate(result, Uncertainty(0.3), 1000, seed)
    except EvaluationError as error:
        return (), error.problems[0].message
    low, high = doubts.quantile(0.05), doubts.quantile(0.95)
    found = [
        Candidate(
            m.firm, m.node, m.confidence, float(result.index[i]), int(doubts.nominal[i]), int(low[i]), int(high[i]),
            (*_reasons(m, result.ranks[i], tree, graph, need), *_stood_in(tree, result.stand_ins[i])),
        )
        for i, m in enumerate(placed)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: each.rank)), None


def _criterion(member: Membership, key: str, need: Mapping[str, float]) -> float:
    if key == "fill":
        return need.get(member.node, 0.0)
    if key == "confidence":
        return member.confidence
    value = getattr(member.firm, key)
    return np.nan if value is None else float(value)


def _stood_in(tree: Framework, stand_ins: npt.NDArray[np.bool_]) -> tuple[str, ...]:
    names = [each.name for each, missing in zip(tree.indicators, stand_ins, strict=True) if missing]
    return (f"{'、'.join(names)}待补充，按名单中位数计",) if names else ()


def _reasons(
    member: Membership, ranks: np.ndarray[tuple[int], np.dtype[np.float64]], tree: Framework, graph: ChainGraph,
    need: Mapping[str, float],
) -> tuple[str, ...]:  # fmt: skip
    node = graph.nodes[member.node].name
    fills = f"可补“{node}”" if member.node in need else f"属于“{node}”，该节点目前不缺"
    best = [tree.nodes[leaf].name for leaf, rank in zip(tree.leaves, ranks, strict=False) if rank == 1]
    return (fills, member.reason, *((f"{'、'.join(best)}居名单首位",) if best else ()))
