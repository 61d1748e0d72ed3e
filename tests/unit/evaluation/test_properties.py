"""What holds whatever the figures are."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jiqun.evaluation.framework import Aggregate, Floats, Framework, Indicator
from jiqun.evaluation.improve.change import explain_change
from jiqun.evaluation.panel import Panel
from jiqun.evaluation.plan import Plan
from jiqun.evaluation.run import Result, run
from jiqun.evaluation.steps.aggregate import Mean, copeland, weighted_mean

SEEDS = st.integers(0, 2**32 - 1)
TREE = Framework(
    tuple(Indicator(f"x{j}", "", f"P{j // 2}", -1 if j == 3 else 1, 1 + j) for j in range(4)),
    (Aggregate("P0", "", "I", 2.0), Aggregate("P1", "", "I"), Aggregate("I", "", None)),
)


def evaluate(values: Floats, **choices: Any) -> Result:
    plan = Plan.model_validate({"treat": None, **choices})
    return run(plan, TREE, Panel(tuple(f"u{i}" for i in range(len(values))), TREE.leaves, values))


def figures(seed: int, units: int, gaps: float = 0.0) -> Floats:
    random = np.random.default_rng(seed)
    values = random.integers(0, 1000, (units, 4)) / 8  # eighths, so that scaling by powers of two is exact
    values[random.random(values.shape) < gaps] = np.nan
    assume(all(len(np.unique(c[~np.isnan(c)])) > 1 for c in values.T))
    return values


@settings(deadline=None, max_examples=60)
@given(SEEDS, st.integers(3, 9), st.sampled_from([0.25, 0.5, 2.0, 4.0]), st.integers(-50, 50))
def test_a_change_of_unit_changes_no_rank_under_min_max(seed: int, units: int, times: float, plus: int) -> None:
    values = figures(seed, units)
    moved = values * times + plus
    one, other = evaluate(values), evaluate(moved)
    np.testing.assert_allclose(one.normalised, other.normalised, atol=1e-9)
    np.testing.assert_array_equal(np.round(one.index, 9).argsort(), np.round(other.index, 9).argsort())
    np.testing.assert_allclose(one.index, other.index, atol=1e-9)


@settings(deadline=None, max_examples=60)
@given(
    SEEDS,
    st.integers(1, 6),
    st.sampled_from([Mean(), Mean("geometric"), Mean("harmonic"), Mean("generalised", 2), Mean("generalised", -0.5)]),
)
def test_a_child_that_rises_never_lowers_its_parent(seed: int, children: int, mean: Mean) -> None:
    random = np.random.default_rng(seed)
    scores, weights = random.uniform(1, 100, (1, children)), random.uniform(0, 1, children) + 1e-3
    higher = scores.copy()
    higher[0, random.integers(children)] += random.uniform(0, 50)
    before, after = weighted_mean(scores, weights, mean)[0], weighted_mean(higher, weights, mean)[0]
    assert after >= before * (1 - 1e-12)
    assert scores.min() * (1 - 1e-12) <= before <= scores.max() * (1 + 1e-12)


@settings(deadline=None, max_examples=60)
@given(SEEDS, st.integers(3, 9), st.sampled_from([0.0, 0.3]))
def test_the_order_of_units_does_not_matter(seed: int, units: int, gaps: float) -> None:
    values = figures(seed, units, gaps)
    order = np.random.default_rng(seed).permutation(units)
    for how in ("arithmetic", "copeland"):
        one = evaluate(values, aggregate_special={"I": {"how": how}}).ranks[:, -1]
        other = evaluate(values[order], aggregate_special={"I": {"how": how}}).ranks[:, -1]
        np.testing.assert_array_equal(one[order], other)


@settings(deadline=None, max_examples=60)
@given(SEEDS, st.integers(2, 8), st.floats(0, 1))
def test_copeland_leaves_out_whoever_is_known_too_little_of(seed: int, units: int, least: float) -> None:
    random = np.random.default_rng(seed)
    scores, weights = random.integers(0, 4, (units, 3)).astype(float), random.integers(1, 5, 3).astype(float)
    scores[random.random(scores.shape) < 0.4] = np.nan
    present = ~np.isnan(scores)
    enough = present.any(axis=1) & (present @ weights / weights.sum() >= least - 1e-12)
    found = copeland(scores, weights, least)
    np.testing.assert_array_equal(np.isnan(found), ~enough)
    # Those left out take no part: the others score as if they were not there.
    np.testing.assert_array_equal(found[enough], copeland(scores[enough], weights))


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.integers(3, 8))
def test_the_parts_of_a_change_sum_to_it(seed: int, units: int) -> None:
    before, after = evaluate(figures(seed, units)), evaluate(figures(seed + 1, units))
    found = explain_change(before, after)
    np.testing.assert_allclose(found.parts.sum(axis=1), found.gained, atol=1e-12)
    np.testing.assert_array_equal(found.gained, before.ranks[:, -1] - after.ranks[:, -1])


@settings(deadline=None, max_examples=30)
@given(SEEDS, st.integers(4, 8), st.sampled_from(["entropy", "critic", "optimised"]))
def test_weights_from_the_data_are_shares(seed: int, units: int, how: str) -> None:
    found = evaluate(figures(seed, units), weights={"how": how})
    for node in TREE.ordered:
        shares = found.weights[TREE.children[node.code]]
        assert (shares >= 0).all() and abs(shares.sum() - 1) < 1e-9
