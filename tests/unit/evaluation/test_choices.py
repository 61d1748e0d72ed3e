"""Every way of weighing, deciding and filling that a plan or a pack may choose: by hand, by the bare kernels, by place of fault."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from jiqun.base.errors import InputError
from jiqun.cli import program
from jiqun.evaluation.decide.distance import grey_relational, topsis, vikor
from jiqun.evaluation.decide.outranking import Preference, promethee
from jiqun.evaluation.decide.rank_sum import rank_sum_ratio
from jiqun.evaluation.declared import declare, faults
from jiqun.evaluation.errors import EvaluationError
from jiqun.evaluation.framework import Aggregate, Floats, Framework, Indicator
from jiqun.evaluation.panel import Panel
from jiqun.evaluation.plan import Plan
from jiqun.evaluation.planfile import plan_schema, read_plan
from jiqun.evaluation.robust.redundancy import without_each
from jiqun.evaluation.robust.sensitivity import analyse
from jiqun.evaluation.robust.uncertainty import Uncertainty, draw, simulate
from jiqun.evaluation.run import Periods, Result, run
from jiqun.evaluation.weights.data import critic, entropy
from jiqun.evaluation.weights.optimise import importance
from tests.unit.evaluation.conftest import PACK, City

TREE = Framework(
    (Indicator("x", "甲", "P", weight=3), Indicator("y", "乙", "P"), Indicator("z", "丙", "Q", direction=-1)),
    (Aggregate("P", "一", "I", 2.0), Aggregate("Q", "二", "I", 1.0), Aggregate("I", "总指数", None)),
)
FIGURES = np.array([[1.0, 7, 3], [2, 8, 9], [3, 1, 4], [5, 4, 1], [8, 2, 6]])
UNITS = ("甲", "乙", "丙", "丁", "戊")


def evaluate(values: Floats = FIGURES, **choices: Any) -> Result:
    plan = Plan.model_validate({"treat": None, **choices})
    return run(plan, TREE, Panel(UNITS, TREE.leaves, values))


def at(result: Result, *codes: str) -> Floats:
    return np.asarray(result.weights[[TREE.position[code] for code in codes]])


def refused(**choices: Any) -> list[tuple[str, str | None]]:
    with pytest.raises(EvaluationError) as error:
        evaluate(**choices)
    return [(p.message, p.mend) for p in error.value.problems]


# --- weights ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("how", "kernel"), [("entropy", entropy), ("critic", critic)])
def test_weights_from_the_data_are_those_of_the_kernel_node_by_node(how: str, kernel: Any) -> None:
    found = evaluate(weights={"how": how})
    scores = found.scores
    np.testing.assert_allclose(at(found, "x", "y"), kernel(scores[:, :2]), rtol=1e-12)
    pillars = scores[:, [TREE.position["P"], TREE.position["Q"]]]
    np.testing.assert_allclose(at(found, "P", "Q"), kernel(pillars), rtol=1e-12)
    assert at(found, "z").tolist() == [1.0]
    np.testing.assert_allclose(scores[:, TREE.position["P"]], scores[:, :2] @ kernel(scores[:, :2]), rtol=1e-12)
    assert [(w.node, w.how, w.codes) for w in found.weighed] == [
        ("P", how, ("x", "y")), ("Q", how, ("z",)), ("I", how, ("P", "Q")),
    ]  # fmt: skip


def test_weights_across_all_indicators_add_up_to_those_of_the_pillars() -> None:
    found = evaluate(weights={"how": "entropy", "across": "indicators"})
    flat = entropy(found.normalised)
    np.testing.assert_allclose(found.effective[:3], flat, rtol=1e-12)
    np.testing.assert_allclose(found.index, found.normalised @ flat, rtol=1e-12)
    np.testing.assert_allclose(at(found, "P", "Q"), [flat[0] + flat[1], flat[2]], rtol=1e-12)


def test_shares_of_the_index_hold_whatever_the_tree_is() -> None:
    found = evaluate(weights={"how": "effective", "shares": {"x": 5, "y": 2, "z": 3}})
    np.testing.assert_allclose(found.effective[:3], [0.5, 0.2, 0.3], rtol=1e-12)
    np.testing.assert_allclose(found.index, found.normalised @ [0.5, 0.2, 0.3], rtol=1e-12)


def test_principal_components() -> None:
    together = np.column_stack([FIGURES[:, :2], [9, 3, 6, 4, 1]])
    found = evaluate(together, weights_special={"I": {"how": "pca"}})
    assert at(found, "x", "y").tolist() == [3, 1]  # only the pillars were asked for
    (weighed,) = found.weighed
    # Of two columns the loadings are alike and the share of variance is (1 + |r|) / 2.
    pillars = found.scores[:, [TREE.position["P"], TREE.position["Q"]]]
    np.testing.assert_allclose(weighed.shares, [0.5, 0.5], rtol=1e-9)
    assert weighed.facts["explained"] == pytest.approx((1 + np.corrcoef(pillars.T)[0, 1]) / 2)
    # 甲 and 乙 run against each other, neither more than the other: no share can be negative.
    mend = "请核对这些指标的方向，或换一种赋权方法"
    told = refused(weights_special={"P": {"how": "pca"}})
    assert told == [("主成分分析给出负的权重：指标之间变化相反（指标 x、y）", mend)]


def test_optimised_weights_take_the_given_ones_as_wishes() -> None:
    found = evaluate(weights_special={"I": {"how": "optimised"}})
    (weighed,) = found.weighed
    assert weighed.wished is not None and weighed.reached is not None and weighed.met
    np.testing.assert_allclose(weighed.wished, [2 / 3, 1 / 3], rtol=1e-12)
    pillars = found.scores[:, [TREE.position["P"], TREE.position["Q"]]]
    np.testing.assert_allclose(importance(pillars, weighed.shares), [2 / 3, 1 / 3], atol=1e-3)
    other = evaluate(weights={"how": "optimised", "shares": {"P": 1, "Q": 4}}, weights_special={"P": "given"})
    np.testing.assert_allclose(other.weighed[-1].wished, [0.2, 0.8], rtol=1e-12)  # type: ignore[arg-type]


def test_what_weights_cannot_do_is_said() -> None:
    missing = FIGURES.copy()
    missing[0, 1] = np.nan
    assert refused(values=missing, weights={"how": "entropy"}) == [("有缺失数据，无法由数据赋权（指标 y）", "请先补值")]
    assert refused(weights={"how": "optimised"}, aggregate_special={"I": {"how": "geometric"}}, normalise={"low": 1}) == [
        ("优化权重按加权和的相关系数计算，只适用于算术平均（指标 I）", "请把这些节点改为 arithmetic，或换一种赋权方法")
    ]  # fmt: skip
    assert refused(weights={"how": "effective", "shares": {"x": 1}}) == [
        ("没有写出全部指标占总指数的比重（指标 y、z）", "请在 shares 里为每个指标写一个比重")
    ]
    assert refused(weights={"how": "critic", "across": "indicators"}, weights_special={"P": "equal"}) == [
        ("全部指标一起赋权，不能再为单个节点另定方法", "全部指标一起赋权时只写 weights；单个节点只能按同级赋权")
    ]
    assert refused(weights={"how": "optimised", "shares": {"x": 1}}) == [
        ("“P”的下级只写了一部分期望的重要程度（指标 y）", "请补上，或全部不写（按给定权重）")
    ]


def test_ways_of_weighing_may_be_drawn_too() -> None:
    base = evaluate()
    ways = Uncertainty(0.0, weightings=("given", "equal", Plan(weights={"how": "entropy"}).weights))
    drawn = {tuple(row) for row in draw(base, ways, 60, seed=1).weights.round(12)}
    expected = {tuple(evaluate(weights=how).weights.round(12)) for how in ("given", "equal", {"how": "entropy"})}
    assert drawn == expected
    found = analyse(base, ways, 64, samples=20)
    assert found.shift.factors == ("weighting",) and found.failed == 0
    missing = FIGURES.copy()
    missing[0, 1] = np.nan
    gappy = evaluate(values=missing)
    with pytest.raises(EvaluationError) as error:
        simulate(gappy, ways, 10)
    assert error.value.problems[0].message == "备选的赋权方法 entropy：有缺失数据，无法由数据赋权（指标 y）"


def test_leaving_out_an_element_weighs_again() -> None:
    found = evaluate(weights={"how": "effective", "shares": {"x": 5, "y": 2, "z": 3}}, screen={"least_known": 0.6})
    removed = {each.code: each.ranks for each in without_each(found, 1)}
    index = found.normalised[:, [0, 2]] @ [5 / 8, 3 / 8]
    np.testing.assert_array_equal(removed["y"], (index[:, None] < index[None, :]).sum(axis=1) + 1)


# --- decisions -------------------------------------------------------------------------------------------------

WAY = {"kind": "linear", "q": 5, "p": 40}
ONES = np.ones(3)


def decided(how: str, table: Floats, weights: Floats) -> Floats:
    """By the bare kernels, more is better."""
    signs = np.ones(table.shape[1])
    preferences = (Preference("linear", 5, 40),) * table.shape[1]
    return {
        "topsis": lambda: topsis(table, weights, signs), "vikor": lambda: 1 - vikor(table, weights, signs, 0.3).q,
        "promethee": lambda: promethee(table, weights, signs, preferences),
        "grey_relational": lambda: grey_relational(table, weights, signs, 0.4),
        "rank_sum_ratio": lambda: rank_sum_ratio(table, weights, signs).ratio,
    }[how]()  # fmt: skip


METHODS = ("topsis", "vikor", "promethee", "grey_relational", "rank_sum_ratio")


@pytest.mark.parametrize("how", METHODS)
@pytest.mark.parametrize("over", ["children", "indicators"])
def test_a_decision_method_at_the_root(how: str, over: str) -> None:
    told = {"how": how, "over": over, "v": 0.3, "rho": 0.4, "preference": WAY}
    found = evaluate(aggregate_special={"I": told})
    if over == "indicators":
        expected = decided(how, found.normalised, np.array([0.5, 1 / 6, 1 / 3]))
    else:
        expected = decided(how, found.scores[:, [TREE.position["P"], TREE.position["Q"]]], np.array([2.0, 1.0]))
    np.testing.assert_allclose(found.index, expected, rtol=1e-12)
    assert list(found.decisions) == ["I"] and found.decisions["I"].how == how
    again = evaluate(aggregate_special={"I": told})
    assert again.digest == found.digest and again.plan.digest != evaluate().plan.digest


def test_what_led_to_a_decision_is_kept() -> None:
    parts = {how: evaluate(aggregate_special={"I": {"how": how}}).decisions["I"] for how in METHODS}
    assert {how: tuple(d.parts) for how, d in parts.items()} == {
        "topsis": ("to_best", "to_worst"), "vikor": ("s", "r", "q", "compromise"), "promethee": ("leaving", "entering"),
        "grey_relational": (), "rank_sum_ratio": ("fitted", "grade"),
    }  # fmt: skip
    ideal = parts["topsis"]
    np.testing.assert_allclose(
        ideal.scores, ideal.parts["to_worst"] / (ideal.parts["to_best"] + ideal.parts["to_worst"]), rtol=1e-12
    )
    flow = parts["promethee"]
    np.testing.assert_allclose(flow.scores, flow.parts["leaving"] - flow.parts["entering"], rtol=1e-12)
    assert set(parts["rank_sum_ratio"].facts) == {"slope", "intercept", "r_squared"}


def test_raw_figures_give_topsis_of_costs_and_gains() -> None:
    told = {"how": "topsis", "over": "indicators"}
    found = evaluate(normalise={"how": "as_is"}, aggregate_special={"I": told})
    expected = topsis(FIGURES, np.array([0.5, 1 / 6, 1 / 3]), np.array([1.0, 1, -1]))
    np.testing.assert_allclose(found.index, expected, rtol=1e-12)


@pytest.mark.parametrize("how", METHODS)
@pytest.mark.parametrize("over", ["children", "indicators"])
def test_a_replication_in_which_nothing_changes_is_the_decision_itself(how: str, over: str) -> None:
    base = evaluate(aggregate_special={"I": {"how": how, "over": over}})
    found = simulate(base, Uncertainty(0.0), 5)
    assert found.failed == 0
    np.testing.assert_array_equal(found.ranks, np.repeat(base.ranks[:, -1:], 5, axis=1))


def test_a_decision_that_fails_in_a_replication_is_counted_with_its_reason() -> None:
    # 甲 and 乙 are alike; without the third unit's difference TOPSIS has nothing to compare in pillar Q.
    tree = Framework(
        (Indicator("x", "", "P"), Indicator("y", "", "Q")),
        (Aggregate("P", "", "I"), Aggregate("Q", "", "I"), Aggregate("I", "", None)),
    )
    values = np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]])
    base = run(
        Plan.model_validate({"treat": None, "normalise": {"how": "rank"}}), tree, Panel(UNITS[:3], ("x", "y"), values)
    )
    ways = Uncertainty(
        0.0, aggregations=(None, Plan.model_validate({"aggregate": {"how": "grey_relational"}}).aggregate)
    )
    found = simulate(base, ways, 40, seed=3)
    assert 0 < found.failed < 40 and dict(found.reasons) == {"各单位完全相同，无法比较": found.failed}


def test_a_decision_needs_whole_figures() -> None:
    missing = FIGURES.copy()
    missing[0, 1] = np.nan
    told = refused(values=missing, aggregate_special={"I": {"how": "vikor", "over": "indicators"}})
    mend = "请补报数据，选择补值方法，或改用平均类的汇总方法"
    assert told == [("比较类方法要求数据完整（指标 y；单位 甲）", mend)]
    assert not np.isnan(evaluate(missing, aggregate_special={"I": {"how": "vikor"}}).index).any()  # pillars are whole


# --- over time -------------------------------------------------------------------------------------------------


def year(*rows: list[float], units: tuple[str, ...] = UNITS) -> Panel:
    return Panel(units[: len(rows)], TREE.leaves, np.array(rows))


def test_a_gap_is_filled_from_the_units_own_years() -> None:
    nan = np.nan
    now = year([nan, 7, 3], [2, 8, 9], [3, nan, 4])
    older, last = year([0, 7, 3], [1, 1, 1], [1, 5, 1]), year([8, 0, 0], [4, 4, 4], units=("乙", "甲"))

    def filled(longest: int, how: str = "latest", later: tuple[Panel, ...] = ()) -> Result:
        plan = Plan.model_validate({"treat": None, "over_time": {"how": how, "longest": longest}})
        return run(plan, TREE, now, Periods((older, last), later))

    assert filled(1).continued[:, :2].tolist()[0] == [4.0, 7.0] and np.isnan(filled(1).continued[2, 1])
    two = filled(2)
    assert two.continued.tolist() == [[4, 7, 3], [2, 8, 9], [3, 5, 4]]  # 丙 was last known two years ago
    assert two.stand_ins.sum() == 2 and np.isnan(two.denominated).sum() == 2
    onward = filled(2, "linear", (year([6, 1, 1], [1, 1, 1], [1, 11, 1]),))
    assert onward.continued[:, :2].tolist() == [[5, 7], [2, 8], [3, 9]]  # 4→6; 5→11 over three years, two gone
    with pytest.raises(EvaluationError) as error:
        run(Plan.model_validate({"treat": None, "over_time": {}}), TREE, now)
    assert error.value.problems[0].message == "没有其他时期的数据，无法按时间补值"


# --- a plan in a file ------------------------------------------------------------------------------------------


def _faults(folder: Path, text: str) -> list[tuple[int | None, str, str | None]]:
    """What is said of a plan with this text: line, message, what was found."""
    file = folder / "plan.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_plan(file, TREE)
    return [(p.place.line, p.message, p.found) for p in error.value.problems]


def test_every_fault_of_a_plan_has_its_place(tmp_path: Path) -> None:
    found = _faults(
        tmp_path,
        '{"weights": {"how": "entropi"},\n "aggregate": {"over": "indicators"},\n "bogus": 1,\n "impute": {"how": "mode"}}',
    )
    assert found == [
        (1, "“how”的值不对", "entropi"),
        (
            2,
            "over: indicators 只用于比较类方法：copeland、topsis、vikor、promethee、grey_relational、rank_sum_ratio",
            None,
        ),
        (3, "不认识的键“bogus”", None),
        (4, "“how”的值不对", "mode"),
    ]
    found = _faults(
        tmp_path,
        '{"normalise": {"how": "minmax"},\n "weights": {"w": 1},\n "aggregate_special": {"x": {"how": "topsis"}}}',
    )
    assert found == [
        (3, "评价体系里没有这个编号", "x"), (2, "评价体系里没有这个编号", "w"), (1, "没有这种标准化方法", "minmax"),
    ]  # fmt: skip


def test_a_plan_survives_its_file(tmp_path: Path) -> None:
    plan = Plan.model_validate(
        {"weights": {"how": "critic"}, "weights_special": {"P": "equal"}, "over_time": {"how": "linear", "longest": 2},
         "aggregate_special": {"I": {"how": "promethee", "preference": WAY}}}
    )  # fmt: skip
    file = tmp_path / "plan.json"
    file.write_text(plan.canonical, encoding="utf-8")
    assert read_plan(file, TREE) == plan and read_plan(file, TREE).digest == plan.digest


def test_the_committed_schema_of_a_plan_is_current() -> None:
    committed = Path(__file__).resolve().parents[3] / "docs" / "evaluation-plan.schema.json"
    assert json.loads(committed.read_text(encoding="utf-8")) == plan_schema()


# --- the pack --------------------------------------------------------------------------------------------------


def with_method(city: City, method: str) -> None:
    city.write("evaluation.yaml", PACK["evaluation.yaml"].replace("method: {winsorise: 0}", method))


def test_a_pack_chooses_entropy_and_topsis(city: City, tmp_path: Path) -> None:
    with_method(
        city,
        "method: {winsorise: 0, weights: entropy, across: indicators, aggregate: topsis, compare: {over: indicators}}\n"
        "doubts: {weightings: [given, critic]}",
    )
    assert faults(city.load()) == []
    out = tmp_path / "out"
    arguments = ["rank", str(city.snapshot), "--pack", str(city.pack), "--as-of", "2026-09-30", "--out", str(out)]
    result = CliRunner().invoke(program, [*arguments, "--uncertainty", "50"])
    assert result.exit_code == 0, result.output
    # 2025 scaled: 甲 (100, 0, 100), 乙 (50, 100, 0), 丙 (0, 0, 50). Entropy: p of (100, 50, 0) is (2/3, 1/3, 0), e = 0.6365/ln 3;
    # (0, 100, 0) has e = 0; the third is as the first. Weights 0.4206 : 1 : 0.4206 of their sum.
    spread = 1 - (2 / 3 * np.log(3 / 2) + 1 / 3 * np.log(3)) / np.log(3)
    weights = np.array([spread, 1, spread]) / (1 + 2 * spread)
    table = np.array([[100.0, 0, 100], [50, 100, 0], [0, 0, 50]])
    expected = dict(zip("abc", topsis(table, weights, np.ones(3)), strict=True))
    rows = {r["unit"]: r for r in pq.read_table(out / "ranking.parquet").to_pylist()}
    assert {unit: row["score"] for unit, row in rows.items()} == pytest.approx(expected, rel=1e-9)
    decisions = pq.read_table(out / "decisions.parquet").to_pylist()
    assert {(d["node"], d["how"], d["part"]) for d in decisions} == {
        ("index", "topsis", "to_best"), ("index", "topsis", "to_worst"),
    }  # fmt: skip
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    (weighed,) = manifest["weighed"]
    assert weighed["how"] == "entropy" and list(weighed["shares"].values()) == pytest.approx(weights.tolist())
    assert (
        "权重：熵权法（全部指标一起）" in result.stdout
        and "赋权备选 本方案的方法、评价体系给定、CRITIC 法" in result.stdout
    )
    assert "TOPSIS（与理想解的贴近度），比较全部指标" in result.stdout
    page = (out / "ranking.html").read_text(encoding="utf-8")
    assert "到正理想解的距离" in page and "不列提升路径" in page and "提升路径</dt>" not in page
    assert f"营业收入 {weights[0]:.1%}" in page and "一致性比率" not in page


def test_a_pack_carries_a_figure_on_from_the_year_before(city: City, tmp_path: Path) -> None:
    with_method(
        city,
        "method: {winsorise: 0, least_known: 0%, over_time: {how: latest, years: 1}}\ndoubts: {normalisations: []}",
    )
    facts = (city.pack.parent / "facts" / "observation.csv").read_text(encoding="utf-8")
    gap = "".join(line for line in facts.splitlines(keepends=True) if not line.startswith("cluster,a,营业收入,2025"))
    (city.pack.parent / "facts" / "observation.csv").write_text(gap, encoding="utf-8")
    rebuilt = city.rebuilt(tmp_path / "again")
    out = tmp_path / "out"
    arguments = ["rank", str(rebuilt), "--pack", str(city.pack), "--as-of", "2026-09-30", "--out", str(out)]
    result = CliRunner().invoke(program, [*arguments, "--uncertainty", "0"])
    assert result.exit_code == 0, result.output
    scores = pq.read_table(out / "scores.parquet").to_pylist()
    mine = {r["unit"]: r for r in scores if r["node"] == "revenue"}
    # Carried on: 甲 100 of 2024 beside 300 and 200. Its margin, which needs both figures of one year, is that of 2024.
    assert (mine["a"]["figure"], mine["a"]["score"]) == (None, 0.0)
    assert "沿用最近一年（至多 1 年）2 处" in result.stdout


def test_a_ranking_that_cannot_be_made_names_indicators_by_their_names(city: City, tmp_path: Path) -> None:
    with_method(city, "method: {winsorise: 0, least_known: 0%, weights: entropy}")
    facts = (city.pack.parent / "facts" / "observation.csv").read_text(encoding="utf-8")
    gap = "".join(line for line in facts.splitlines(keepends=True) if not line.startswith("cluster,a,利润总额,2025"))
    (city.pack.parent / "facts" / "observation.csv").write_text(gap, encoding="utf-8")
    rebuilt, out = city.rebuilt(tmp_path / "again"), tmp_path / "out"
    arguments = ["rank", str(rebuilt), "--pack", str(city.pack), "--as-of", "2026-09-30", "--out", str(out)]
    result = CliRunner().invoke(program, arguments)
    assert result.exit_code == 2 and not out.exists()
    assert "有缺失数据，无法由数据赋权（指标 利润率）。请先补值" in result.stderr


@pytest.mark.parametrize(
    ("method", "message", "found"),
    [
        ("weights: entropi", "“weights”的值不对", "entropi"),
        ("across: indicators", "权重不由数据算出，用不到 across", "indicators"),
        ("weights: critic, across: indicators, pillar_weights: equal", "一级指标不能另定赋权方法", "equal"),
        ("weights: optimised, aggregate: geometric", "优化权重只适用于算术平均", "geometric"),
        ("compare: {over: indicators}", "平均类的汇总用不到 over", "indicators"),
        ("aggregate: promethee, compare: {preference: linear, q: 3.0}", "偏好函数应有 q < p", "q=3，p=0"),
        ("shares: {revenue: 10%}", "given 用不到 shares", None),
        ("weights: effective, shares: {revenue: 10%, profit: 20%}", "没有写全比重", None),
        ("weights: effective, shares: {revenue: 10%, profit: 20%, energi: 3%, energy: 70%}", "没有这个指标", "energi"),
        ("weights: effective, shares: {revenue: 10%, profit: -20%, energy: 70%}", "应为不小于 0 的比重", "-20%"),
    ],
)
def test_faults_of_a_method_have_their_place(city: City, method: str, message: str, found: str | None) -> None:
    with_method(city, f"method: {{winsorise: 0, {method}}}")
    try:
        told = faults(city.load())
    except InputError as error:
        told = list(error.problems)
    assert [(p.message, p.found, p.place.file, p.place.line) for p in told] == [(message, found, "evaluation.yaml", 18)]


def test_the_words_of_a_pack_become_a_plan(city: City) -> None:
    with_method(
        city,
        "method: {weights: critic, pillar_weights: given, aggregate: vikor, compare: {v: 0.7}, impute: median,"
        " over_time: {how: linear, years: 3}}",
    )
    plan = declare(city.load()).plan.model_dump()
    assert plan["weights"] == {"how": "critic", "across": "siblings", "shares": {}}
    assert plan["weights_special"] == {"index": "given"}
    assert plan["over_time"] == {"how": "linear", "longest": 3} and plan["impute"]["how"] == "median"
    assert (plan["aggregate_special"]["index"]["how"], plan["aggregate_special"]["index"]["v"]) == ("vikor", 0.7)
