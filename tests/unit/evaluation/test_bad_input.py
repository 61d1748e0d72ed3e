"""What a step is not defined for is said with the column and the mend; nothing turns into a silent NaN."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from jiqun.evaluation.errors import EvaluationError
from jiqun.evaluation.framework import Aggregate, Framework, Indicator
from jiqun.evaluation.panel import Panel
from jiqun.evaluation.plan import Aggregation, Impute, Normalise, Plan, Screen
from jiqun.evaluation.run import Result, run
from jiqun.evaluation.steps.impute import by_neighbours, impute, over_time
from jiqun.evaluation.steps.treat import TRANSFORMS, Limits, winsorise

NAN = np.nan
PILLARS = (Aggregate("P", "支柱", "I"), Aggregate("I", "总指数", None))


def tree(*indicators: Indicator) -> Framework:
    return Framework(indicators or (Indicator("x", "甲指标", "P"), Indicator("y", "乙指标", "P")), PILLARS)


def evaluate(values: list[list[float]], framework: Framework | None = None, **choices: Any) -> Result:
    framework = framework or tree()
    array = np.array(values)
    panel = Panel(tuple(f"单位{i + 1}" for i in range(len(values))), framework.leaves, array)
    return run(Plan.model_validate({"treat": None, **choices}), framework, panel)


def refused(values: list[list[float]], framework: Framework | None = None, **choices: Any) -> list[tuple[str, str]]:
    with pytest.raises(EvaluationError) as error:
        evaluate(values, framework, **choices)
    return [(p.message, p.mend) for p in error.value.problems]


def test_one_unit() -> None:
    mend = "请换一种方法（rank、goalposts）或删去该指标"
    assert refused([[1.0, 2.0]]) == [("各单位数值没有差别，无法按“min_max”标准化（指标 x）", mend)]
    posts = tree(Indicator("x", "", "P", goalposts=(0, 10)), Indicator("y", "", "P", goalposts=(0, 4)))
    found = evaluate([[1.0, 2.0]], posts, normalise={"how": "goalposts"})
    assert found.index.tolist() == [30.0] and found.ranks[0, -1] == 1  # (10 + 50) / 2


def test_one_indicator() -> None:
    found = evaluate([[1.0], [3.0], [2.0]], tree(Indicator("x", "", "P")))
    assert found.index.tolist() == [0.0, 100.0, 50.0]


def test_a_constant_column() -> None:
    mend = "请换一种方法（rank、goalposts）或删去该指标"
    for how in ("min_max", "z_score", "distance_to_maximum"):
        assert refused([[1.0, 5.0], [2.0, 5.0]], normalise={"how": how}) == [
            (f"各单位数值没有差别，无法按“{how}”标准化（指标 y）", mend)
        ]
    assert evaluate([[1.0, 5.0], [2.0, 5.0]], normalise={"how": "rank"}).index.tolist() == [1.0, 1.5]


def test_a_column_of_nothing_is_left_out_of_the_mean_or_stops_it() -> None:
    values = [[1.0, NAN], [2.0, NAN]]
    assert evaluate(values).index.tolist() == [0.0, 100.0]
    assert np.isnan(evaluate(values, least_known=0.6).index).all()
    assert evaluate(values, least_known=0.5).index.tolist() == [0.0, 100.0]


def test_nothing_at_all_is_known() -> None:
    found = evaluate([[NAN, NAN], [1.0, 2.0], [2.0, 1.0]], screen=Screen(least_known=0.5))
    assert found.panel.units == ("单位2", "单位3")
    assert refused([[NAN, NAN]], screen=Screen(least_known=0.5)) == [
        ("没有单位达到数据完整率要求", "请补报数据，或把要求的完整率 50% 调低")
    ]
    assert np.isnan(evaluate([[NAN, NAN], [1.0, 2.0], [2.0, 1.0]]).index[0])


def test_a_geometric_mean_of_zero() -> None:
    found = refused([[1.0, 5.0], [2.0, 4.0]], aggregate=Aggregation(how="geometric"))
    mend = "请把标准化的下限设为大于 0（如 1—100），或改用 arithmetic"
    where = "（指标 x、y；单位 单位1、单位2）"
    assert found == [("“P”按几何、调和或负次幂平均汇总，要求得分大于 0" + where, mend)]
    low = evaluate([[1.0, 5.0], [2.0, 4.0]], aggregate=Aggregation(how="geometric"), normalise=Normalise(low=1))
    np.testing.assert_allclose(low.index, [10.0, 10.0])


def test_a_negative_score_under_a_geometric_mean() -> None:
    values = [[-3.0, 5.0], [0.0, 4.0], [3.0, 9.0]]
    mend = "请把标准化的下限设为大于 0（如 1—100），或改用 arithmetic"
    where = "（指标 x、y；单位 单位1、单位2）"
    assert refused(values, normalise={"how": "z_score"}, aggregate={"how": "geometric"}) == [
        ("“P”按几何、调和或负次幂平均汇总，要求得分大于 0" + where, mend)
    ]


def test_negative_figures_under_a_fraction_of_the_maximum() -> None:
    mend = "逆向指标或含负数的指标请用 min_max"
    assert refused([[1.0, -5.0], [2.0, 4.0]], normalise={"how": "fraction_of_maximum"}) == [
        ("与最大值之比要求数值不为负且最大值大于 0（指标 y）", mend)
    ]


def test_weights_of_the_plan() -> None:
    values = [[1.0, 5.0], [2.0, 4.0]]
    assert evaluate(values, weights={"x": 3.0, "y": 1.0}).index.tolist() == [25.0, 75.0]
    assert refused(values, weights={"z": 1.0}) == [("方案给出了不存在的指标的权重：z", "请写出评价体系中的代码")]
    assert refused(values, weights={"x": 0.0, "y": 0.0}) == [
        ("“P”的下级权重应不小于 0，且不能都是 0", "请修改方案里的权重")
    ]


def test_every_fault_of_a_tree_at_once() -> None:
    with pytest.raises(EvaluationError) as error:
        Framework(
            (Indicator("x", "", "P", direction=2), Indicator("x", "", "Q", weight=-1)),
            (Aggregate("P", "", "R"), Aggregate("R", "", "P"), Aggregate("I", "", None)),
        )
    assert [p.message for p in error.value.problems] == [
        "代码“x”出现 2 次",
        "指标“x”的方向是 2",
        "“x”的上级“Q”不存在",
        "“x”的权重是 -1",
        "“P”是自己的上级",
        "“R”是自己的上级",
        "“I”没有下级指标",
    ]


def test_faults_of_a_panel() -> None:
    with pytest.raises(EvaluationError) as error:
        Panel(("甲", "甲"), ("x",), np.array([[1.0], [np.inf]]))
    assert [p.message for p in error.value.problems] == ["单位“甲”重复", "甲 的 x 是无穷大"]
    with pytest.raises(EvaluationError) as error:
        Panel(("甲",), ("x",), np.array([[1.0]])).of(tree())
    assert error.value.columns == ("y",)


def test_denominators() -> None:
    framework = tree(Indicator("x", "", "P", denominator="人口"), Indicator("y", "", "P"))
    values = np.array([[10.0, 1.0], [30.0, 2.0], [8.0, 3.0]])

    def of(denominators: dict[str, np.ndarray[Any, Any]]) -> Result:
        return run(
            Plan(treat=None), framework, Panel(("甲", "乙", "丙"), ("x", "y"), values, denominators=denominators)
        )

    assert of({"人口": np.array([2.0, 3.0, 4.0])}).denominated.tolist() == [[5.0, 1.0], [10.0, 2.0], [2.0, 3.0]]
    assert np.isnan(of({"人口": np.array([NAN, 3.0, 4.0])}).denominated[0, 0])
    for denominators, message in (
        ({}, "数据里没有分母“人口”（指标 x）"),
        ({"人口": np.array([0.0, 3.0, 4.0])}, "分母“人口”不大于 0（指标 x；单位 甲）"),
    ):
        with pytest.raises(EvaluationError) as error:
            of(denominators)
        assert error.value.problems[0].message == message


def test_stand_ins_are_flagged_and_what_nothing_stands_in_for_stays_missing() -> None:
    found = evaluate([[1.0, NAN], [3.0, 4.0], [NAN, 8.0]], impute=Impute(how="mean"))
    assert found.imputed.tolist() == [[1.0, 6.0], [3.0, 4.0], [2.0, 8.0]]
    assert found.stand_ins.tolist() == [[False, True], [False, False], [True, False]]
    grouped = impute(np.array([[1.0], [NAN], [5.0], [NAN]]), "group_median", ("东", "东", "西", "北"))
    np.testing.assert_array_equal(grouped, [[1.0], [1.0], [5.0], [NAN]])


def test_neighbours_by_hand() -> None:
    # z-scores of the first column are equally spaced; the nearest two of the third unit are the second and the fourth.
    values = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, NAN], [4.0, 40.0], [9.0, 90.0]])
    assert by_neighbours(values, k=2)[2, 1] == pytest.approx(30.0)


def test_over_time() -> None:
    series = np.array([NAN, 1.0, NAN, NAN, 4.0, NAN]).reshape(6, 1, 1)
    np.testing.assert_array_equal(over_time(series).ravel(), [NAN, 1.0, 2.0, 3.0, 4.0, 4.0])
    np.testing.assert_array_equal(over_time(series, "latest").ravel(), [NAN, 1.0, 1.0, 1.0, 4.0, 4.0])
    np.testing.assert_array_equal(over_time(series, "latest", longest=1).ravel(), [NAN, 1.0, 1.0, NAN, 4.0, 4.0])


def test_winsorising_by_hand() -> None:
    column = np.array([1.0, 2, 2, 3, 3, 3, 4, 4, 5, 100])
    pulled, count = winsorise(column, 5)
    assert (pulled.max(), count) == (5.0, 1)
    assert winsorise(column, 0)[1] == 0
    low, moved = winsorise(-column, 5)
    assert (low.min(), moved) == (-5.0, 1)


@pytest.mark.parametrize("name", sorted(TRANSFORMS))
def test_transforms_keep_the_order_and_tame_the_tail(name: str) -> None:
    column = np.random.default_rng(0).lognormal(0, 1.5, 60)
    bent = TRANSFORMS[name](column)
    assert (np.argsort(bent) == np.argsort(column)).all()
    assert not Limits().pass_(column) and Limits().pass_(bent)


def test_an_unknown_way_names_the_known_ones() -> None:
    found = refused([[1.0, 2.0], [2.0, 1.0]], normalise={"how": "magic"})
    assert found[0][0] == "没有“magic”这种标准化方法" and "min_max、z_score" in found[0][1]
