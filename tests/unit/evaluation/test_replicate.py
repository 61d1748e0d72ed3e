"""A replication in which nothing is changed is the evaluation itself, whatever the plan says of nodes and missing figures."""

from __future__ import annotations

import numpy as np
import pytest

from jiqun.evaluation.framework import Aggregate, Floats, Framework, Indicator
from jiqun.evaluation.panel import Panel
from jiqun.evaluation.plan import Aggregation, Normalise, Plan
from jiqun.evaluation.robust.replicate import replicate
from jiqun.evaluation.robust.sensitivity import analyse
from jiqun.evaluation.robust.uncertainty import Uncertainty, draw, simulate
from jiqun.evaluation.run import Result, run
from jiqun.evaluation.steps.impute import by_neighbours

TREE = Framework(
    (Indicator("x", "", "P"), Indicator("y", "", "P"), Indicator("z", "", "Q")),
    (Aggregate("P", "", "I"), Aggregate("Q", "", "I"), Aggregate("I", "", None)),
)
WHOLE = np.array([[1.0, 8, 3], [2, 6, 9], [3, 9, 4], [4, 1, 7], [5, 5, 5], [6, 2, 8]])
STILL = Uncertainty(weights=0.0)


def with_gaps(*gaps: tuple[int, int]) -> Floats:
    values = WHOLE.copy()
    for gap in gaps:
        values[gap] = np.nan
    return values


def evaluate(plan: Plan, values: Floats) -> Result:
    units = tuple(f"单位{i + 1}" for i in range(len(values)))
    return run(plan, TREE, Panel(units, TREE.leaves, values))


@pytest.mark.parametrize(
    "plan",
    [
        Plan(treat=None),
        Plan(treat=None, normalise=Normalise(low=1), aggregate_special={"I": Aggregation(how="geometric")}),
        Plan(treat=None, normalise=Normalise(low=1), aggregate_special={"P": Aggregation(how="harmonic")}),
        Plan(treat=None, aggregate_special={"Q": Aggregation(how="copeland")}),
        Plan(treat=None, least_known=0.6),
        Plan(treat=None, weights={"x": 2.0}, least_known=0.5),
    ],
)
@pytest.mark.parametrize("gaps", [(), ((0, 0), (0, 1)), ((0, 0), (1, 1), (2, 2)), ((0, 0), (0, 1), (0, 2))])
def test_nothing_changed_gives_the_evaluation_itself(plan: Plan, gaps: tuple[tuple[int, int], ...]) -> None:
    base = evaluate(plan, with_gaps(*gaps))
    found = replicate(base, STILL.alternatives(base), draw(base, STILL, 3, seed=0))
    assert not found.failed.any() and not found.reasons
    np.testing.assert_allclose(found.scores, np.repeat(base.index[:, None], 3, axis=1), rtol=1e-12)


def test_another_way_goes_for_all_nodes_of_its_level() -> None:
    base = evaluate(
        Plan(treat=None, normalise=Normalise(low=1), aggregate_special={"I": Aggregation(how="geometric")}), WHOLE
    )
    ways = Uncertainty(weights=0.0, aggregations=(Aggregation(how="harmonic"),))
    found = replicate(base, ways.alternatives(base), draw(base, ways, 1, seed=0))
    harmonic = evaluate(Plan(treat=None, normalise=Normalise(low=1), aggregate=Aggregation(how="harmonic")), WHOLE)
    np.testing.assert_allclose(found.scores[:, 0], harmonic.index, rtol=1e-12)


def test_a_unit_of_too_little_is_ranked_in_no_replication() -> None:
    base = evaluate(Plan(treat=None, least_known=0.6), with_gaps((0, 0), (0, 1)))
    assert np.isnan(base.index[0])
    found = simulate(base, Uncertainty(0.1), 100)
    assert np.isnan(found.ranks[0]).all() and (found.counts[0] == 0).all() and found.failed == 0
    assert (found.counts[1:].sum(axis=1) == 100).all()


def test_a_unit_without_a_rank_does_not_take_the_indices_of_the_others() -> None:
    ways = Uncertainty(0.3, normalisations=(Normalise(), Normalise(how="rank")))
    with_it = analyse(evaluate(Plan(treat=None), with_gaps((0, 0), (0, 1), (0, 2))), ways, 64, samples=20)
    without = analyse(evaluate(Plan(treat=None), WHOLE[1:]), ways, 64, samples=20)
    np.testing.assert_allclose(with_it.shift.total, without.shift.total, rtol=1e-9)
    np.testing.assert_allclose(with_it.shift.first, without.shift.first, rtol=1e-9)
    np.testing.assert_allclose(with_it.shift.total_bounds, without.shift.total_bounds, rtol=1e-9)
    np.testing.assert_allclose(with_it.unit_total[1:], without.unit_total, rtol=1e-9)
    assert np.isnan(with_it.unit_total[0]).all() and with_it.failed == 0


def test_neighbours_beside_a_column_of_nothing() -> None:
    values = np.array([[1.0, np.nan, 10], [2, np.nan, np.nan], [3, np.nan, 30]])
    np.testing.assert_array_equal(by_neighbours(values, 2), [[1, np.nan, 10], [2, np.nan, 20], [3, np.nan, 30]])
