"""Uncertainty, redundancy and stability: published values of ASEM, hand calculations, and definitions worked out slowly."""

from __future__ import annotations

import numpy as np
import pytest

from jiqun.evaluation.errors import EvaluationError
from jiqun.evaluation.framework import Aggregate, Framework, Indicator
from jiqun.evaluation.panel import Panel
from jiqun.evaluation.plan import Aggregation, Impute, Normalise, Plan, Treat
from jiqun.evaluation.robust import redundancy, stability
from jiqun.evaluation.robust.sensitivity import analyse
from jiqun.evaluation.robust.uncertainty import Uncertainty, simulate
from jiqun.evaluation.run import run
from jiqun.evaluation.steps.aggregate import ranks
from tests.unit.evaluation.asem_example import number, panel, printed, rows, tree

PLAN = Plan(impute=Impute(how="group_mean", group="EurAsia_group"))
ASEM = run(PLAN, tree(), panel())


def test_correlations() -> None:
    printed_ones = rows("golden/06_corr_L1_pearson")
    at = tree().position
    stated = np.full((len(tree().leaves),) * 2, np.nan)
    for row in printed_ones:
        stated[at[row["Var1"]], at[row["Var2"]]] = number(row["Correlation"])
    assert len(printed_ones) == stated.size and not np.isnan(stated).any()
    np.testing.assert_allclose(redundancy.correlations(ASEM.normalised), stated, rtol=0, atol=1e-9)


def test_cronbach_alpha() -> None:
    for row in rows("golden/06_cronbach"):
        found = redundancy.alpha_of(ASEM, row["grp"])
        assert found == pytest.approx(float(row["alpha"]), abs=1e-9)


def test_leaving_out_each_pillar() -> None:
    found = redundancy.without_each(ASEM, level=2)
    stated = {r["el"]: float(r["MeanAbsDiff"]) for r in rows("golden/06_remove_L2_mad")}
    assert {r.code for r in found} == stated.keys() - {"Nominal"}
    for removal in found:
        assert removal.shift == pytest.approx(stated[removal.code], abs=1e-9)
        np.testing.assert_array_equal(removal.ranks, printed("06_remove_L2_ranks", (removal.code,))[:, 0])


def test_flags_name_siblings_that_say_the_same() -> None:
    found = redundancy.flags(ASEM, high=0.85)
    assert all(tree().nodes[pair.one].parent == tree().nodes[pair.other].parent for pair in found)
    assert {pair.kind for pair in found} <= {"redundant", "opposed"}
    assert all(pair.correlation >= 0.85 or pair.correlation <= -0.4 for pair in found) and found


def test_room_of_a_weight_is_where_two_units_meet() -> None:
    found = stability.room(ASEM, "Environ")
    parent = tree().children["Sust"]
    for share, pair in ((found.low, found.flips_low), (found.high, found.flips_high)):
        assert share is not None and pair is not None
        weights = {tree().codes[c]: 1.0 for c in parent}
        weights["Environ"] = 2 * share / (1 - share)  # its two siblings weigh 1 each
        moved = run(PLAN.model_copy(update={"weights": weights}), tree(), panel())
        one, other = (moved.index[panel().units.index(unit)] for unit in pair)
        assert one == pytest.approx(other, abs=1e-9)
        inside = (share + found.share) / 2
        weights["Environ"] = 2 * inside / (1 - inside)
        still = run(PLAN.model_copy(update={"weights": weights}), tree(), panel())
        np.testing.assert_array_equal(ranks(still.index), ranks(ASEM.index))


def test_room_of_a_weight_over_missing_figures() -> None:
    leaves = (Indicator("x", "", "P"), Indicator("y", "", "P"), Indicator("z", "", "Q"))
    framework = Framework(leaves, (Aggregate("P", "", "I"), Aggregate("Q", "", "I"), Aggregate("I", "", None)))
    values = np.array([[0.0, 0.0, 10.0], [10.0, np.nan, 0.0], [5.0, 10.0, 5.0]])
    found = run(Plan(treat=None), framework, Panel(("甲", "乙", "丙"), ("x", "y", "z"), values))
    # P: 0 100 75; Q: 100 0 50. 甲 100 (1 − s), 乙 100 s, 丙 50 + 25 s: 甲 and 乙 are level at one half, where they stand;
    # 乙 and 丙 meet at 2/3, 甲 and 丙 at 2/5.
    room = stability.room(found, "P")
    assert (room.share, room.low, room.high) == (0.5, pytest.approx(0.4), pytest.approx(2 / 3))
    assert (room.flips_low, room.flips_high) == (("甲", "丙"), ("乙", "丙"))
    with pytest.raises(EvaluationError) as error:
        stability.room(found, "x")
    assert error.value.columns == ("y",)
    with pytest.raises(EvaluationError) as error:
        stability.room(found, "I")
    assert [(p.message, p.mend) for p in error.value.problems] == [("“I”是总指数，没有权重", "请选择下级指标")]


def test_two_plans_side_by_side() -> None:
    other = run(PLAN.model_copy(update={"normalise": Normalise(how="rank")}), tree(), panel())
    found = stability.compare(ASEM, other)
    assert found.units == panel().units and 0.8 < found.tau < 1
    assert found.shift == pytest.approx(float(np.abs(ranks(ASEM.index) - ranks(other.index)).mean()))
    same = stability.compare(ASEM, ASEM)
    assert (same.tau, same.shift) == (pytest.approx(1.0), 0.0)


def small(values: list[list[float]]) -> tuple[Framework, Panel]:
    """Two pillars of one indicator each."""
    indicators = tuple(Indicator(f"x{j}", f"指标{j}", f"P{j}") for j in range(2))
    pillars = (Aggregate("P0", "一", "I"), Aggregate("P1", "二", "I"), Aggregate("I", "总指数", None))
    units = tuple("甲乙丙丁戊"[: len(values)])
    return Framework(indicators, pillars), Panel(units, ("x0", "x1"), np.array(values))


def test_probabilities_are_those_of_the_draws() -> None:
    # 甲 leads both pillars, so it is first whatever the weights; 乙 and 丙 are mirror images.
    small_tree, small_panel = small([[10, 10], [9, 1], [1, 9], [0, 0]])
    base = run(Plan(treat=None), small_tree, small_panel)
    found = simulate(base, Uncertainty(weights=0.5), replications=4000, seed=7)
    assert found.counts[0].tolist() == [4000, 0, 0, 0] and found.counts[3].tolist() == [0, 0, 0, 4000]
    assert found.within(2).tolist() == [1.0, pytest.approx(0.5, abs=0.03), pytest.approx(0.5, abs=0.03), 0.0]
    assert found.ahead(1, 2) == pytest.approx(0.5, abs=0.03)
    assert (found.quantile(0.05).tolist(), found.quantile(0.95).tolist()) == ([1, 2, 2, 4], [1, 3, 3, 4])
    again = simulate(base, Uncertainty(weights=0.5), replications=4000, seed=7)
    np.testing.assert_array_equal(found.ranks, again.ranks)


def test_a_unit_that_is_never_ranked_has_no_interval() -> None:
    framework, figures = small([[0.0, 0.0], [10.0, 8.0], [4.0, 10.0], [np.nan, np.nan]])
    found = simulate(run(Plan(treat=None), framework, figures), Uncertainty(0.0), 20, 0)
    np.testing.assert_array_equal(found.quantile(0.05), [3, 1, 2, np.nan])
    np.testing.assert_array_equal(found.within(2), [0, 1, 1, np.nan])
    np.testing.assert_array_equal(found.mean, [3, 1, 2, np.nan])


def test_nothing_is_left_to_rank_without() -> None:
    framework, figures = small([[np.nan, np.nan], [np.nan, np.nan]])
    with pytest.raises(EvaluationError) as error:
        redundancy.without_each(run(Plan(treat=None), framework, figures), 2)
    assert [(p.message, p.mend) for p in error.value.problems] == [("没有单位有总指数，无法逐个剔除", "请先补报数据")]


def test_failed_replications_are_counted_with_their_reason() -> None:
    small_tree, small_panel = small([[10, 10], [9, 1], [1, 9], [0, 0]])
    base = run(Plan(treat=None), small_tree, small_panel)
    both = (Aggregation(), Aggregation(how="geometric"))
    found = simulate(base, Uncertainty(aggregations=both), replications=200, seed=1)
    assert 0 < found.failed < 200 and found.counts.sum() == 4 * (200 - found.failed)
    assert dict(found.reasons) == {"几何、调和或负次幂平均遇到不大于 0 的得分": found.failed}
    with pytest.raises(EvaluationError) as error:
        simulate(base, Uncertainty(aggregations=both[1:]), replications=5)
    assert error.value.problems[0].message == "全部模拟都失败了：几何、调和或负次幂平均遇到不大于 0 的得分"


def test_errors_of_the_data_move_ranks() -> None:
    small_tree, small_panel = small([[10, 10], [9.9, 9.9], [1, 9], [0, 0]])
    base = run(Plan(treat=None), small_tree, small_panel)
    still = simulate(base, Uncertainty(weights=0.0), replications=50, seed=1)
    assert still.counts.tolist() == [[50, 0, 0, 0], [0, 50, 0, 0], [0, 0, 50, 0], [0, 0, 0, 50]]
    erring = simulate(base, Uncertainty(weights=0.0, errors=0.05), replications=400, seed=1)
    assert 0.4 < erring.ahead(0, 1) < 0.7 and erring.ahead(0, 3) == 1.0


def test_sensitivity_tells_the_factor_that_matters() -> None:
    ways = Uncertainty(
        0.25,
        tuple(Treat(winsorise=k) for k in range(1, 6)),
        (Normalise(low=1), Normalise(how="z_score", low=10, high=2)),
        (Aggregation(), Aggregation(how="geometric")),
    )
    found = analyse(ASEM, ways, size=256, seed=0)
    assert found.shift.factors == ("treat", "normalise", "weights", "aggregate") and found.failed == 0
    assert int(np.argmax(found.shift.total)) == 3
    low, high = found.shift.total_bounds
    assert ((low <= found.shift.total + 0.05) & (found.shift.total <= high + 0.05)).all()
    with pytest.raises(EvaluationError):
        analyse(ASEM, ways, size=100)
