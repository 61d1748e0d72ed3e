"""What was done, in words that an official can read; and figures at the length that their scale needs."""

from __future__ import annotations

import numpy as np

from jiqun.evaluation.framework import Floats, Framework
from jiqun.evaluation.plan import Aggregation, Plan, Weighting
from jiqun.evaluation.ranking import Ranking
from jiqun.evaluation.robust.uncertainty import Uncertainty
from jiqun.evaluation.run import Result
from jiqun.evaluation.steps.aggregate import Mean

NORMALISED = {
    "min_max": "极差标准化", "z_score": "标准分", "rank": "名次", "borda": "波达计数", "percentile_rank": "百分位",
    "distance_to_maximum": "与最好值的距离", "distance_to_target": "与目标值的距离",
    "distance_to_reference": "与对照单位的距离", "fraction_of_maximum": "与最大值之比", "goalposts": "上下限标准化",
    "as_is": "不标准化",
}  # fmt: skip
AGGREGATED = {
    "arithmetic": "算术平均", "geometric": "几何平均", "harmonic": "调和平均", "generalised": "广义平均",
    "copeland": "科普兰两两比较", "topsis": "TOPSIS（与理想解的贴近度）", "vikor": "VIKOR（1−Q）",
    "promethee": "PROMETHEE II（净流量）", "grey_relational": "灰色关联度", "rank_sum_ratio": "秩和比（RSR）",
}  # fmt: skip
WEIGHTED = {
    "given": "评价体系给定", "equal": "等权", "entropy": "熵权法", "critic": "CRITIC 法", "pca": "主成分法",
    "effective": "按各指标占总指数的比重", "optimised": "按重要程度优化",
}  # fmt: skip
STOOD_IN = {
    "mean": "平均值", "median": "中位数", "group_mean": "同组平均值", "group_median": "同组中位数",
    "neighbours": "最相近单位的加权平均",
}  # fmt: skip
PARTS = {
    "to_best": "到正理想解的距离", "to_worst": "到负理想解的距离", "s": "群体效用 S", "r": "个别遗憾 R", "q": "折中值 Q",
    "compromise": "折中解", "leaving": "流出量 φ⁺", "entering": "流入量 φ⁻", "fitted": "回归估计值", "grade": "分档",
}  # fmt: skip
FACTS = {"slope": "回归斜率", "intercept": "回归截距", "r_squared": "决定系数 R²"}

OWN = "本方案的方法"


def decimals(values: Floats) -> int:
    """How many decimals tell the values of a column apart: one for scores of 0—100, three for those of 0—1."""
    known = np.abs(values[~np.isnan(values)])
    return 1 if not len(known) or known.max() > 2 else 3


def number(value: float | None, places: int = 1) -> str:
    """A score, or that there is none."""
    return "待定" if value is None or np.isnan(value) else f"{value:.{places}f}"


def in_words(ranking: Ranking) -> list[tuple[str, str]]:
    """Every step of the plan that ran, and what the robustness runs varied."""
    result, plan = ranking.result, ranking.result.plan
    treated = sum(bool(t.winsorised or t.transform) for t in result.treatments)
    limits = plan.screen
    lines = [
        ("参评要求", f"至少有 {limits.least_known:.0%} 的指标有数据" if limits else "全部参评"),
        ("缺失数据", _missing(ranking)),
        ("离群值", f"收缩至多 {plan.treat.winsorise} 个数据，实际处理 {treated} 个指标" if plan.treat else "不处理"),
        ("标准化", _scales(plan, result.tree)),
        ("权重", _weights(ranking)),
        ("汇总", _means(plan, result.tree)),
    ]
    if ranking.distribution is not None:
        lines.append(("稳健性", _doubts(ranking.declared.uncertainty, plan)))
    return lines


def _missing(ranking: Ranking) -> str:
    plan, result = ranking.result.plan, ranking.result
    parts = []
    if plan.over_time is not None:
        carried = int((np.isnan(result.denominated) & ~np.isnan(result.continued)).sum())
        way = "沿用最近一年" if plan.over_time.how == "latest" else "按年内插"
        parts.append(f"{way}（至多 {plan.over_time.longest} 年）{carried} 处")
    if plan.impute is not None:
        filled = int((np.isnan(result.continued) & ~np.isnan(result.imputed)).sum())
        parts.append(f"用{STOOD_IN[plan.impute.how]}代替 {filled} 处")
    left = int(np.isnan(result.imputed).sum())
    rest = f"其余 {left} 处缺失不补，按有数据的指标计分，缺失不等于零"
    return "；".join([*parts, rest] if left else parts) or "没有缺失"


def _scales(plan: Plan, tree: Framework) -> str:
    special = [f"{tree.nodes[code].name}用{NORMALISED[how.how]}" for code, how in plan.normalise_special.items()]
    return "；".join([NORMALISED[plan.normalise.how], *special])


def _weights(ranking: Ranking) -> str:
    plan, tree = ranking.result.plan, ranking.result.tree

    def words(how: object) -> str:
        if isinstance(how, Weighting):
            return WEIGHTED[how.how] + ("（全部指标一起）" if how.across == "indicators" else "")
        if how == "given":
            return "两两判断（层次分析法），没有判断的等权" if ranking.declared.judged else "等权"
        return WEIGHTED["equal"] if how == "equal" else "评价方案给出的数"

    special = [f"{tree.nodes[code].name}的下级用{words(how)}" for code, how in plan.weights_special.items()]
    return "；".join([words(plan.weights), *special])


def judgements_weigh(result: Result) -> bool:
    """Whether the pillars' weights come from the judgements, as they are or as wishes."""
    how = result.plan.weights_special.get(result.tree.root, result.plan.weights)
    return how == "given" or isinstance(how, dict) or (isinstance(how, Weighting) and how.how == "optimised")


def way_in_words(how: Mean | Aggregation) -> str:
    """A way of aggregating; what a comparison looks at."""
    text = AGGREGATED[how.how]
    return f"{text}，比较全部指标" if how.over == "indicators" else text


def _means(plan: Plan, tree: Framework) -> str:
    means = plan.means()
    root = way_in_words(means.of(tree.root))
    lower = [tree.codes[c] for c in tree.children[tree.root] if tree.codes[c] in tree.children]
    ways = dict.fromkeys(way_in_words(means.of(code)) for code in lower)
    return f"指标到一级指标为{'、'.join(ways)}，一级指标到总指数为{root}" if ways else f"指标到总指数为{root}"


def _doubts(doubts: Uncertainty, plan: Plan) -> str:
    parts = [f"权重上下浮动 {doubts.weights:.0%}"]
    if doubts.weightings:
        ways = (how.how if isinstance(how, Weighting) else how for how in doubts.weightings)
        parts.append(f"赋权备选 {'、'.join(OWN if way is None else WEIGHTED[str(way)] for way in ways)}")
    elif plan.found_weights:
        parts.append("由数据算出的权重在浮动前保持不变")
    if np.any(np.asarray(doubts.errors) > 0):
        parts.append(f"数据误差 {float(np.max(doubts.errors)):.0%}")
    if doubts.normalisations:
        parts.append(f"标准化备选 {'、'.join(NORMALISED[how.how] for how in doubts.normalisations)}")
    if doubts.aggregations:
        parts.append(f"汇总备选 {'、'.join(OWN if how is None else way_in_words(how) for how in doubts.aggregations)}")
    return "；".join(parts)
