"""Each known defect of COINr 1.1.14 (see asem/SOURCE.md), by its name, and that it is not imitated."""

from __future__ import annotations

import numpy as np
import pytest

from jiqun.evaluation.framework import Aggregate, Framework, Indicator
from jiqun.evaluation.panel import Panel
from jiqun.evaluation.plan import Aggregation, Impute, Normalise, Plan
from jiqun.evaluation.robust.sensitivity import analyse
from jiqun.evaluation.robust.uncertainty import Uncertainty
from jiqun.evaluation.run import run
from jiqun.evaluation.steps.aggregate import Mean, copeland, weighted_mean
from jiqun.evaluation.steps.treat import Limits, treat
from jiqun.evaluation.weights.optimise import importance, optimise
from tests.unit.evaluation.asem_example import panel, tree

NAN = np.nan


def test_log_gii_returns_its_input() -> None:
    """Ours takes the logarithm of the shifted column where winsorising does not do."""
    column = np.exp(np.arange(12.0))
    found, (what,) = treat(column[:, None], ("x",), most=0, then="log")
    span = column.max() - column.min()
    np.testing.assert_allclose(found[:, 0], np.log(column - column.min() + 0.01 * span), rtol=1e-12)
    assert what.transform == "log" and not Limits().pass_(column)


def test_a_copeland_inside_aggregate_errors() -> None:
    """Ours is a way of any node: here of a pillar, below an arithmetic root."""
    framework = Framework(
        (Indicator("x", "", "P"), Indicator("y", "", "P"), Indicator("z", "", "I")),
        (Aggregate("P", "", "I"), Aggregate("I", "", None)),
    )
    values = np.array([[1.0, 1, 10], [2, 2, 0], [3, 3, 5]])
    plan = Plan(treat=None, normalise=Normalise(how="as_is"), aggregate_special={"P": Aggregation(how="copeland")})
    found = run(plan, framework, Panel(("甲", "乙", "丙"), framework.leaves, values))
    assert found.scores[:, 3].tolist() == [-2, 0, 2] and found.index.tolist() == [4, 0, 3.5]


def test_copeland_with_missing_figures_depends_on_the_order_of_rows() -> None:
    """Ours does not: children unknown for either of a pair take no part in its contest."""
    values = np.array([[3.0, NAN, 1], [2, 5, NAN], [NAN, 4, 2], [1, 1, 3], [NAN, NAN, NAN]])
    weights = np.array([3.0, 2, 1])
    found = copeland(values, weights)
    for seed in range(20):
        order = np.random.default_rng(seed).permutation(len(values))
        np.testing.assert_array_equal(copeland(values[order], weights), found[order])
    # 甲 beats 乙 on the first, loses to 丙 on the third, beats 丁 (3 against 1); 乙 beats 丙 and 丁; 丙 beats 丁 (2 against 1).
    np.testing.assert_array_equal(found, [1, 1, 1, -3, NAN])


def test_a_genmean_is_missing_when_any_value_is() -> None:
    """Ours is the mean of what is known, by the weights of what is known."""
    found = weighted_mean(np.array([[4.0, NAN, 16.0]]), np.array([1.0, 5, 3]), Mean("generalised", 0.5))
    assert found.tolist() == [pytest.approx(((1 * 2 + 3 * 4) / 4) ** 2)]


def test_a_failed_replication_makes_sobol_indices_missing_silently() -> None:
    """Ours leaves its row of the design out, counts it and says why."""
    base = run(Plan(impute=Impute(how="group_mean", group="EurAsia_group")), tree(), panel())
    scales = (Normalise(low=1), Normalise(low=0))  # zero under a geometric mean fails
    ways = Uncertainty(0.25, normalisations=scales, aggregations=(Aggregation(), Aggregation(how="geometric")))
    found = analyse(base, ways, 64, samples=20)
    assert 0 < found.failed < found.runs
    assert dict(found.reasons) == {"几何、调和或负次幂平均遇到不大于 0 的得分": found.failed}
    assert np.isfinite(found.shift.total).all() and np.isfinite(found.shift.first).all()


def test_optimised_weights_stop_at_the_start_or_turn_negative() -> None:
    """Ours move from the start, stay within 0 and 1, and say how far off they are where the wish cannot be met."""
    random = np.random.default_rng(2)
    common = random.normal(size=(100, 1))
    table = np.hstack([common + 0.3 * random.normal(size=(100, 2)), random.normal(size=(100, 2))])
    equal = np.full(4, 0.25)
    found = optimise(table)
    start, off = np.abs(importance(table, equal) - equal).max(), found.off
    assert start > 0.05 and off < 1e-3 and found.met
    apart = optimise(np.hstack([table, -table[:, :1]]), np.array([1.0, 1, 1, 1, 4]))
    assert (apart.weights >= 0).all() and apart.weights.sum() == pytest.approx(1)
    assert apart.met == (apart.off <= 1e-3)
