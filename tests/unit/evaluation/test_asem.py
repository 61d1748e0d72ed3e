"""The whole pipeline equals what COINr printed for the ASEM example, to 1e-9; ranks exactly."""

from __future__ import annotations

import numpy as np
import pytest

from jiqun.evaluation.plan import Aggregation, Impute, Normalise, Plan
from jiqun.evaluation.run import Result, run
from jiqun.evaluation.steps.aggregate import ranks
from jiqun.evaluation.steps.normalise import Scale, normalise
from jiqun.evaluation.weights import structure as weigh
from tests.unit.evaluation.asem_example import number, panel, printed, rows, tree

PLAN = Plan(impute=Impute(how="group_mean", group="EurAsia_group"))


@pytest.fixture(scope="module")
def result() -> Result:
    return run(PLAN, tree(), panel())


def same(found: object, expected: object) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("step", "name"),
    [("denominated", "01_dset_Denominated"), ("imputed", "01_dset_Imputed"), ("treated", "01_dset_Treated"),
     ("normalised", "01_dset_Normalised")],
)  # fmt: skip
def test_every_step_of_the_pipeline(result: Result, step: str, name: str) -> None:
    same(getattr(result, step), printed(name, tree().leaves))


def test_scores_of_all_nodes_and_their_ranks(result: Result) -> None:
    same(result.scores, printed("01_dset_Aggregated", tree().codes))
    upper = tuple(code for code in tree().codes if tree().level(code) > 1)
    found = result.ranks[:, [tree().position[code] for code in upper]]
    np.testing.assert_array_equal(found, printed("04_ranks_Full", upper))


def test_what_was_treated_and_why(result: Result) -> None:
    done = {t.column: t for t in result.treatments}
    for row in rows("golden/01_treat_details"):
        found = done[row["iCode"]]
        same([found.skew, found.kurtosis], [number(row[f"check_SkewKurt0.{x}"]) for x in ("Skew", "Kurt")])
        if row["check_SkewKurt0.Pass"] == "TRUE":
            assert (found.winsorised, found.transform, found.skew_after) == (0, None, None)
        else:
            assert found.winsorised == int(row["winsorise.nwin"])
            after = [number(row[f"check_SkewKurt1.{x}"]) for x in ("Skew", "Kurt")]
            same([found.skew_after, found.kurtosis_after], after)
            assert found.passed == (row["check_SkewKurt1.Pass"] == "TRUE")


@pytest.mark.parametrize(
    ("name", "scale"),
    [
        ("minmax", Scale("min_max")), ("minmax1_100", Scale("min_max", 1, 100)), ("zscore", Scale("z_score", 0, 1)),
        ("zscore10_2", Scale("z_score", 10, 2)), ("rank", Scale("rank")), ("borda", Scale("borda")),
        ("prank", Scale("percentile_rank")), ("dist2max", Scale("distance_to_maximum")), ("scaled", Scale("as_is")),
    ],
)  # fmt: skip
def test_every_normalisation(result: Result, name: str, scale: Scale) -> None:
    found = normalise(result.treated, tree().indicators, panel().units, scale)
    same(found, printed(f"02_norm_{name}", tree().leaves))


def test_fraction_of_the_maximum_of_what_is_better_when_more(result: Result) -> None:
    gains = np.flatnonzero(tree().directions > 0)
    indicators = tuple(tree().indicators[i] for i in gains)
    able = [k for k, i in enumerate(gains) if np.nanmin(result.treated[:, i]) >= 0]
    chosen = tuple(indicators[k] for k in able)
    found = normalise(result.treated[:, gains[able]], chosen, panel().units, Scale("fraction_of_maximum"))
    assert len(chosen) == 34  # of 35 indicators of which more is better, one has negative figures
    same(found, printed("02_norm_fracmax", tuple(i.code for i in chosen)))


def test_distance_to_a_reference_unit(result: Result) -> None:
    expected = printed("02_norm_dist2ref", tree().leaves)
    reference = panel().units[int(np.flatnonzero(np.isclose(expected, 1).all(axis=1))[0])]
    able = [i for i in range(len(tree().leaves)) if np.isfinite(expected[:, i]).all()]
    indicators = tuple(tree().indicators[i] for i in able)
    scale = Scale("distance_to_reference", reference=reference)
    found = normalise(result.treated[:, able], indicators, panel().units, scale)
    same(found, expected[:, able])


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("amean", Aggregation()), ("gmean", Aggregation(how="geometric")), ("hmean", Aggregation(how="harmonic")),
        ("genmean_p2", Aggregation(how="generalised", power=2)),
        ("genmean_pm1", Aggregation(how="generalised", power=-1)), ("copeland", Aggregation(how="copeland")),
    ],
)  # fmt: skip
def test_every_aggregation(name: str, how: Aggregation) -> None:
    plan = PLAN.model_copy(update={"normalise": Normalise(low=1), "aggregate": how})
    same(run(plan, tree(), panel()).scores, printed(f"03_agg_{name}", tree().codes))


def test_effective_weights(result: Result) -> None:
    for row in rows("golden/05_eff_weights"):
        same(result.effective[tree().position[row["iCode"]]], float(row["EffWeight"]))


def test_weights_by_principal_components(result: Result) -> None:
    found = weigh.principal_components(result.scores, tree(), result.weights, level=2)
    for row in rows("golden/05_weights_PCA_L2"):
        same(found[tree().position[row["iCode"]]], float(row["Weight"]))


def test_the_same_plan_gives_the_same_bytes(result: Result) -> None:
    again = run(Plan.model_validate_json(PLAN.model_dump_json()), tree(), panel())
    assert (again.digest, again.plan.digest) == (result.digest, PLAN.digest)
    other = PLAN.model_copy(update={"weights": {"Conn": 2.0}})
    assert other.digest != PLAN.digest
    assert run(other, tree(), panel()).digest != result.digest


def test_equal_scores_share_the_better_rank() -> None:
    found = ranks(np.array([[3.0], [5.0], [3.0], [np.nan], [1.0]]))
    np.testing.assert_array_equal(found[:, 0], [2, 1, 2, np.nan, 4])
