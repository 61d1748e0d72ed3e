"""The report's page from a ranking."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from jiqun.base.money import show_money
from jiqun.evaluation.framework import Node
from jiqun.evaluation.improve.roadmap import Step
from jiqun.evaluation.ranking import Ranking
from jiqun.evaluation.report import charts
from jiqun.evaluation.robust.redundancy import alpha_of
from jiqun.programme.pack import Pack

PAGE = "ranking.html"
NORMALISED = {
    "min_max": "极差标准化",
    "z_score": "标准分",
    "rank": "名次",
    "percentile_rank": "百分位",
    "distance_to_maximum": "与最好值的距离",
}
MEANS = {"arithmetic": "算术平均", "geometric": "几何平均"}


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
        pillars=_pillars(ranking), flags=_flags(ranking), method=_method(ranking), out=_left_out(ranking),
        models=[_name(ranking, unit) for unit in ranking.models], advice=_advice(ranking), hinges=_hinges(ranking),
    )  # fmt: skip
    (folder / PAGE).write_text(page, encoding="utf-8")


def _pillars(ranking: Ranking) -> list[dict[str, object]]:
    """Each pillar with its weight, its indicators and how they hold together."""
    result = ranking.result
    root = ranking.declared.judged.get(result.tree.root)
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
    nodes = ranking.result.tree.nodes
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
        found.append(
            {"rank": each.rank, "name": each.name, "way": text,
             "strong": "、".join(f"{s.name}（{s.rank}）" for s in each.strong),
             "weak": "、".join(f"{s.name}（{s.rank}）" for s in each.weak),
             "gaps": "、".join(f"{nodes[g.code].name} {g.worth:.1f}" for g in each.gaps[:3]) or "—",
             "near": "、".join(_name(ranking, p.unit) for p in each.near) or "—",
             "ahead": "—" if each.ahead is None else f"{each.ahead:.0%}"}
        )  # fmt: skip
    return found


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


def _method(ranking: Ranking) -> list[tuple[str, str]]:
    """What was done, in words."""
    plan, file = ranking.result.plan, ranking.declared.file
    doubts = file.doubts
    treated = [t for t in ranking.result.treatments if t.winsorised or t.transform]
    stand_ins = int(ranking.result.stand_ins.sum())
    ways = "、".join(NORMALISED[how] for how in doubts.normalisations)
    means = "、".join(MEANS[how] for how in doubts.aggregations)
    return [
        ("参评要求", f"至少有 {file.method.least_known} 的指标有数据"),
        ("缺失数据", f"补值 {stand_ins} 处" if plan.impute else "不补值，按有数据的指标计分；缺失不等于零"),
        (
            "离群值",
            f"收缩至多 {file.method.winsorise} 个数据，实际处理 {len(treated)} 个指标" if plan.treat else "不处理",
        ),
        ("标准化", NORMALISED[plan.normalise.how]),
        ("权重", "两两判断（层次分析法）" if ranking.declared.judged else "等权"),
        ("汇总", f"指标到一级指标为算术平均，一级指标到总指数为{MEANS[file.method.aggregate]}"),
        ("稳健性", f"权重上下浮动 {doubts.weights}；标准化备选 {ways}；汇总备选 {means}"),
    ]


def _left_out(ranking: Ranking) -> int:
    """How many subjects did not take part for want of data."""
    return len(ranking.result.screening.availability) - len(ranking.result.screening.kept)
