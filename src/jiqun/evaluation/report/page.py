"""The report's page from a ranking."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from jiqun.base.money import show_money
from jiqun.evaluation.framework import Node
from jiqun.evaluation.improve.roadmap import Step
from jiqun.evaluation.ranking import Ranking
from jiqun.evaluation.report import charts
from jiqun.evaluation.report.words import (
    AGGREGATED,
    FACTS,
    PARTS,
    WEIGHTED,
    decimals,
    in_words,
    judgements_weigh,
    number,
)
from jiqun.evaluation.robust.redundancy import alpha_of
from jiqun.programme.pack import Pack

PAGE = "ranking.html"
WIDE = 5
"""From how many ranks between its 5 % and 95 % bounds a unit counts as unsteady."""
EVEN = 0.3
"""A unit ahead of the next in fewer than 1 − this share of replications is level with it."""


def write_report(
    ranking: Ranking, pack: Pack, folder: Path, *, snapshot_id: str | None, seed: int, demonstration: bool
) -> None:
    """Write the page into the folder."""
    environment = Environment(
        loader=PackageLoader("jiqun.evaluation.report", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("ranking.html").render(
        programme=pack.programme, file=ranking.declared.file, ranking=ranking, snapshot=snapshot_id, seed=seed,
        demonstration=demonstration, intervals=charts.intervals(ranking), profile=charts.profile(ranking),
        factors=charts.factors(ranking.sensitivity), moves=charts.moves(ranking), slopes=charts.slopes(ranking),
        pillars=_pillars(ranking), flags=_flags(ranking), method=in_words(ranking), out=_left_out(ranking),
        decisions=_decisions(ranking), points=_points(ranking), weighed=_weighed(ranking),
        models=[_name(ranking, unit) for unit in ranking.models], advice=_advice(ranking), compares=_compares(ranking), hinges=_hinges(ranking),
    )  # fmt: skip
    (folder / PAGE).write_text(page, encoding="utf-8")


def _points(ranking: Ranking) -> list[str]:
    """What to take away first: who leads, how sure the order is, who moved most."""
    result, found, change = ranking.result, ranking.distribution, ranking.change
    ranks = result.ranks[:, result.tree.position[result.tree.root]]
    order = [int(i) for i in np.argsort(ranks, kind="stable") if not np.isnan(ranks[i])]
    name = result.panel.name
    points = [f"前三名：{'、'.join(name(i) for i in order[:3])}。"]
    if found is not None:
        span = found.quantile(0.95) - found.quantile(0.05)
        loose = sorted((i for i in order if span[i] >= WIDE), key=lambda i: -span[i])
        pairs = sum(each.ahead is not None and EVEN <= each.ahead <= 1 - EVEN for each in ranking.advice)
        text = f"{pairs} 对相邻集群难分高下（模拟中胜出不足 {1 - EVEN:.0%}）"
        points.append(text + (f"；名次最不稳的是{'、'.join(name(i) for i in loose[:3])}。" if loose else "。"))
    if change is not None and len(change.units) and np.abs(change.gained).max() > 0:
        moved = [(float(g), unit) for g, unit in zip(change.gained, change.units, strict=True)]
        best, worst = max(moved), min(moved)
        words = [f"上升最多的是{_name(ranking, best[1])}（{best[0]:.0f} 位）"] if best[0] > 0 else []
        words += [f"下降最多的是{_name(ranking, worst[1])}（{-worst[0]:.0f} 位）"] if worst[0] < 0 else []
        points.append(f"与上年同期相比，{'，'.join(words)}。")
    left = int(np.isnan(result.imputed).sum())
    if left:
        points.append(f"有 {left} 处数据待补充，按有数据的指标计分。")
    return points


def _pillars(ranking: Ranking) -> list[dict[str, object]]:
    """Each pillar with its weight, its indicators and how they hold together."""
    result = ranking.result
    root = ranking.declared.judged.get(result.tree.root) if judgements_weigh(result) else None
    found = []
    for column in result.tree.children[result.tree.root]:
        code = result.tree.codes[column]
        leaves = [
            {"name": result.tree.nodes[leaf].name, "weight": float(result.effective[result.tree.position[leaf]]),
             "unit": getattr(result.tree.nodes[leaf], "unit", "")}
            for leaf in result.tree.below(code)
        ]  # fmt: skip
        found.append(
            {"name": result.tree.nodes[code].name, "weight": float(result.effective[column]), "leaves": leaves,
             "alpha": alpha_of(result, code)}
        )  # fmt: skip
    return [{**each, "consistency": root.ratio if root else None} for each in found]


def _advice(ranking: Ranking) -> list[dict[str, object]]:
    """Each unit's strengths, weaknesses, gaps to the model and way up, in words."""
    nodes, compares = ranking.result.tree.nodes, _compares(ranking)
    found = []
    for each in ranking.advice:
        way, text = each.way, each.why or ""
        if way is not None and way.steps is None:
            text = f"各项指标均达到现有最好水平，仍到不了第 {way.target} 名"
        elif way is not None and not way.steps:
            text = "已居第一"
        elif way is not None:
            steps = "；".join(f"{nodes[s.code].name}{_step(nodes[s.code], s)}" for s in way.steps or ())
            text = f"到第 {way.target} 名：{steps}"
            few = way.fewest or ()
            if len(few) < len(way.steps or ()):
                text += f"。最少只需 {len(few)} 项升到现有最好水平：{'、'.join(nodes[code].name for code in few)}"
        if way is not None and way.missing and way.rank > way.target:
            unknown = "、".join(nodes[code].name for code in way.missing)
            text += f"（缺{unknown}，按有数据的指标计算，补报后会变）"
        found.append(
            {"rank": each.rank, "name": each.name, "way": text,
             "strong": "、".join(f"{s.name}（{s.rank}）" for s in each.strong),
             "weak": "、".join(f"{s.name}（{s.rank}）" for s in each.weak),
             "gaps": "、".join(f"{nodes[g.code].name} {g.gap if compares else g.worth:.1f}" for g in each.gaps[:3]) or "—",
             "near": "、".join(_name(ranking, p.unit) for p in each.near) or "—",
             "ahead": "—" if each.ahead is None else f"{each.ahead:.0%}"}
        )  # fmt: skip
    return found


def _compares(ranking: Ranking) -> bool:
    """Whether the index is a comparison of units, to which points do not add up."""
    result = ranking.result
    return result.plan.means().of(result.tree.root).compares


def _step(node: Node, step: Step) -> str:
    """The figure to reach where it is known, with the points that it gains."""
    gained = f"升 {step.rise:.1f} 分"
    unit = getattr(node, "unit", "")
    if step.figure is None:
        return gained
    if unit == "%":
        return f"达到 {step.figure:.1%}（{gained}）"
    if unit == "元":
        return f"达到 {show_money(step.figure)}（{gained}）"
    return f"达到 {step.figure:,.1f} {unit}（{gained}）"


def _hinges(ranking: Ranking) -> list[dict[str, object]]:
    """Each pillar's share, its bounds and who changes places there, in words."""

    def bound(value: float | None, pair: tuple[str, str] | None) -> str:
        if value is None or pair is None:
            return "不影响名次"
        return f"{value:.1%}（{'与'.join(_name(ranking, unit) for unit in pair)}互换）"

    return [
        {"name": h.name, "share": "—" if h.room is None else f"{h.room.share:.1%}",
         "low": "—" if h.room is None else bound(h.room.low, h.room.flips_low),
         "high": "—" if h.room is None else bound(h.room.high, h.room.flips_high),
         "shift": "—" if h.shift is None else f"{h.shift:.2f}"}
        for h in ranking.hinges
    ]  # fmt: skip


def _name(ranking: Ranking, unit: str) -> str:
    panel = ranking.result.panel
    return panel.name(panel.units.index(unit))


def _flags(ranking: Ranking) -> list[dict[str, object]]:
    nodes = ranking.result.tree.nodes
    return [
        {"one": nodes[p.one].name, "other": nodes[p.other].name, "correlation": p.correlation, "kind": p.kind}
        for p in ranking.redundant
    ]


def _decisions(ranking: Ranking) -> list[dict[str, Any]]:
    """What each decision method worked out, unit by unit in the order of the ranking."""
    result, found = ranking.result, []
    ranks = result.ranks[:, result.tree.position[result.tree.root]]
    order = [int(i) for i in np.argsort(np.where(np.isnan(ranks), np.inf, ranks), kind="stable")]
    for node, made in result.decisions.items():
        places = {part: 0 if part == "grade" else decimals(values) for part, values in made.parts.items()}
        rows = [
            (result.panel.name(i), number(made.scores[i], decimals(made.scores)),
             [_part(part, float(values[i]), places[part]) for part, values in made.parts.items()])
            for i in order
        ]  # fmt: skip
        facts = "，".join(f"{FACTS[fact]} {value:.3f}" for fact, value in made.facts.items())
        heads = [PARTS[part] for part in made.parts]
        name = result.tree.nodes[node].name
        found.append({"name": name, "how": AGGREGATED[made.how], "heads": heads, "rows": rows, "facts": facts})
    return found


def _part(part: str, value: float, places: int) -> str:
    return ("是" if value else "") if part == "compromise" else number(value, places)


def _weighed(ranking: Ranking) -> list[dict[str, Any]]:
    """What is worth knowing of how weights were found, node by node."""
    nodes = ranking.result.tree.nodes
    found = []
    for each in ranking.result.weighed:
        notes = []
        if "explained" in each.facts:
            notes.append(f"第一主成分解释了 {each.facts['explained']:.0%} 的差异")
        if each.reached is not None and each.wished is not None:
            pairs = zip(each.codes, each.reached, each.wished, strict=True)
            reached = "；".join(f"{nodes[c].name} {r:.1%}（期望 {w:.1%}）" for c, r, w in pairs)
            notes.append(f"实际影响：{reached}")
        if notes:
            found.append({"name": nodes[each.node].name, "how": WEIGHTED[each.how], "notes": "；".join(notes)})
    return found


def _left_out(ranking: Ranking) -> int:
    """How many subjects did not take part for want of data."""
    return len(ranking.result.screening.availability) - len(ranking.result.screening.kept)
