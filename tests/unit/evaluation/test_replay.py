"""COINr's own draws of the ASEM example, replayed: the same scores to 1e-9, the same ranks, the same indices."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from jiqun.evaluation.plan import Aggregation, Impute, Normalise, Plan, Treat
from jiqun.evaluation.robust.replicate import Alternatives, Draws, Replications, replicate
from jiqun.evaluation.robust.sensitivity import indices_of, sobol_indices
from jiqun.evaluation.robust.uncertainty import distribution
from jiqun.evaluation.run import Result, run
from jiqun.evaluation.steps.aggregate import ranks
from tests.unit.evaluation.asem_example import panel, printed, rows, tree

NORMS = {"n_minmax": Normalise(low=1), "n_zscore": Normalise(how="z_score", low=10, high=2)}
MEANS = {"a_amean": Aggregation(), "a_gmean": Aggregation(how="geometric")}
REPLICATIONS = tuple(f"r_{i}" for i in range(1, 101))


@cache
def base() -> Result:
    return run(Plan(impute=Impute(how="group_mean", group="EurAsia_group")), tree(), panel())


@cache
def replayed(name: str) -> Replications:
    params = rows(f"golden/{name}_params")
    sets = {r["iCode"]: r for r in rows("golden/09_noisy_weights_100")}
    noisy = np.array([[float(sets[c][f"w{k}"]) if c in sets else 1.0 for c in tree().codes] for k in range(1, 101)])
    ways = Alternatives(tuple(Treat(winsorise=k) for k in range(1, 6)), tuple(NORMS.values()), tuple(MEANS.values()))
    chosen = np.array([list(MEANS).index(r["agg"]) for r in params])
    draws = Draws(
        np.array([int(r["winmax"]) - 1 for r in params]),
        np.array([list(NORMS).index(r["norm"]) for r in params]),
        noisy[[int(r["w"]) - 1 for r in params]],
        np.broadcast_to(chosen[:, None], (len(params), 3)),
    )
    return replicate(base(), ways, draws)


def test_uncertainty_scores_and_ranks() -> None:
    found = replayed("09_UA_N100")
    assert not found.failed.any()
    np.testing.assert_allclose(found.scores, printed("09_UA_N100_scores", REPLICATIONS), rtol=0, atol=1e-9)
    np.testing.assert_array_equal(ranks(found.scores), printed("09_UA_N100_ranks", REPLICATIONS))


def test_uncertainty_rank_statistics() -> None:
    found = distribution(base(), replayed("09_UA_N100"))
    stated = printed("09_UA_N100_rankstats", ("Nominal", "Mean"))
    np.testing.assert_allclose(np.column_stack([found.nominal, found.mean]), stated, atol=1e-9)
    assert (found.counts.sum(axis=1) == 100).all()
    assert (found.replications, found.failed) == (100, 0)
    np.testing.assert_allclose(found.contests + found.contests.T, 1.0)
    assert found.ahead(0, 1) == found.contests[0, 1]


def test_sobol_indices() -> None:
    found = indices_of(base(), replayed("09_SA_N100"), ("treat", "normalise", "weights", "aggregate"), 100, 0)
    stated = rows("golden/09_SA_N100_indices")
    np.testing.assert_allclose(found.shift.first, [float(r["Si"]) for r in stated], rtol=0, atol=1e-9)
    np.testing.assert_allclose(found.shift.total, [float(r["STi"]) for r in stated], rtol=0, atol=1e-9)
    assert found.runs == 600 and found.unit_total.shape == (51, 4)


def test_sobol_indices_of_a_function_known_by_hand() -> None:
    # y = x1 + 2 x2 on the unit square: variances 1/12 and 4/12, no interaction, so S = T = 1/5 and 4/5.
    random = np.random.default_rng(3)
    a, b = random.random((40_000, 2)), random.random((40_000, 2))
    blocks = [a, b, np.column_stack([b[:, 0], a[:, 1]]), np.column_stack([a[:, 0], b[:, 1]])]
    first, total = sobol_indices(np.concatenate([p @ [1.0, 2.0] for p in blocks]) - 1.5, 2)
    np.testing.assert_allclose(first, [0.2, 0.8], atol=0.02)
    np.testing.assert_allclose(total, [0.2, 0.8], atol=0.02)


def test_what_does_not_vary_has_no_indices() -> None:
    first, total = sobol_indices(np.ones(16), 2)
    assert np.isnan(first).all() and np.isnan(total).all()


def test_a_failed_run_is_left_out_with_its_row() -> None:
    y = np.random.default_rng(0).random(6 * 32)
    broken = y.copy()
    broken[5] = np.nan
    rest = np.delete(y.reshape(6, 32), 5, axis=1).ravel()
    np.testing.assert_allclose(sobol_indices(broken, 4), sobol_indices(rest, 4))


@pytest.mark.parametrize("name", ["09_UA_N100", "09_SA_N100"])
def test_the_replay_is_whole(name: str) -> None:
    assert replayed(name).scores.shape == (51, len(rows(f"golden/{name}_params")))
