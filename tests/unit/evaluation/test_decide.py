"""Decision methods and weights: equal to scikit-criteria and pymcdm under the stated conventions, and to published tables."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiqun.evaluation.decide.distance import grey_relational, topsis, vikor
from jiqun.evaluation.decide.outranking import Preference, promethee
from jiqun.evaluation.decide.rank_sum import rank_sum_ratio
from jiqun.evaluation.errors import EvaluationError
from jiqun.evaluation.framework import Floats
from jiqun.evaluation.weights import ahp
from jiqun.evaluation.weights.data import critic, entropy
from jiqun.evaluation.weights.optimise import importance, optimise

with warnings.catch_warnings():  # the oracles warn of their own dependencies while they are loaded
    warnings.simplefilter("ignore")
    import pymcdm.methods as pm
    import pymcdm.normalizations as pn
    import pymcdm.weights as pw
    import skcriteria as skc
    from skcriteria.agg.topsis import TOPSIS
    from skcriteria.preprocessing.scalers import VectorScaler

RANDOM = np.random.default_rng(5)
TABLE = RANDOM.lognormal(0, 0.6, (40, 7))
WEIGHTS = RANDOM.dirichlet(np.ones(7))
SIGNS = np.array([1.0, 1, -1, 1, -1, 1, 1])


def exact(found: object, expected: object) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)  # type: ignore[arg-type]


def test_topsis_equals_both_oracles() -> None:
    found = topsis(TABLE, WEIGHTS, SIGNS)
    matrix = skc.mkdm(TABLE, SIGNS.astype(int).tolist(), weights=WEIGHTS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it advises against costs
        exact(found, TOPSIS().evaluate(VectorScaler("matrix").transform(matrix)).e_.similarity)
    # pymcdm scales a cost as 1 - x/√Σx²; the distances are the same.
    exact(found, pm.TOPSIS(pn.vector_normalization)(TABLE, WEIGHTS, SIGNS))


def test_vikor_equals_the_oracle() -> None:
    found = vikor(TABLE, WEIGHTS, SIGNS)
    exact(found.q, pm.VIKOR()(TABLE, WEIGHTS, SIGNS))
    assert found.compromise[0] == int(np.argmin(found.q))


def test_vikor_compromise_conditions() -> None:
    # Q of the first two lies within 1/(n-1): both are in the compromise (C1 fails).
    close = np.array([[9.0, 5.0], [8.9, 5.1], [1.0, 1.0]])
    assert vikor(close, np.ones(2), np.ones(2)).compromise.tolist() == [1, 0]
    clear = np.array([[9.0, 9.0], [2.0, 2.0], [1.0, 1.0]])
    assert vikor(clear, np.ones(2), np.ones(2)).compromise.tolist() == [0]


@pytest.mark.parametrize(
    ("way", "name", "q", "p"),
    [
        (Preference("usual"), "usual", None, None), (Preference("u_shape", q=0.3), "ushape", 0.3, None),
        (Preference("v_shape", p=0.8), "vshape", None, 0.8), (Preference("level", q=0.2, p=0.9), "level", 0.2, 0.9),
        (Preference("linear", q=0.2, p=0.9), "vshape_2", 0.2, 0.9),
    ],
)  # fmt: skip
def test_promethee_equals_the_oracle(way: Preference, name: str, q: float | None, p: float | None) -> None:
    q_all, p_all = (None if x is None else np.full(7, x) for x in (q, p))
    expected = pm.PROMETHEE_II(name, p=p_all, q=q_all)(TABLE, WEIGHTS, SIGNS)
    exact(promethee(TABLE, WEIGHTS, SIGNS, (way,) * 7), expected)


def slow_flow(table: Floats, weights: Floats, way: Preference) -> Floats:
    """All pairs, by definition."""
    d = table[:, None, :] - table[None, :, :]
    p = 1 - np.exp(-(np.maximum(d, 0) ** 2) / (2 * way.s**2))
    net = ((p - p.transpose(1, 0, 2)) * weights).sum(axis=2)
    return np.asarray(net.sum(axis=1) / (len(table) - 1))


def test_gaussian_preference() -> None:
    way = Preference("gaussian", s=0.7)
    exact(promethee(TABLE, WEIGHTS, np.ones(7), (way,) * 7), slow_flow(TABLE, WEIGHTS, way))


def test_entropy_and_critic_equal_the_oracle() -> None:
    exact(entropy(TABLE), pw.entropy_weights(TABLE))
    # pymcdm scales by min-max without directions.
    exact(critic(TABLE), pw.critic_weights(TABLE))


def test_grey_relational_grade_by_hand() -> None:
    # Scaled: (1, 0), (0.5, 1), (0, 0.5); Δ: (0, 1), (0.5, 0), (1, 0.5); ρ = 0.5: coefficients 1, 1/3, 1/2.
    table = np.array([[3.0, 10.0], [2.0, 30.0], [1.0, 20.0]])
    found = grey_relational(table, np.array([1.0, 1.0]), np.ones(2))
    exact(found, [(1 + 1 / 3) / 2, (1 / 2 + 1) / 2, (1 / 3 + 1 / 2) / 2])


def test_rank_sum_ratio_by_hand() -> None:
    # Ranks of the first column 1 2.5 2.5 4, of the second (a cost) 4 3 2 1.
    table = np.array([[1.0, 5.0], [2.0, 6.0], [2.0, 7.0], [3.0, 8.0]])
    found = rank_sum_ratio(table, np.array([3.0, 1.0]), np.array([1.0, -1.0]))
    exact(found.ratio, [(0.75 * 1 + 0.25 * 4) / 4, (0.75 * 2.5 + 0.25 * 3) / 4, (0.75 * 2.5 + 0.25 * 2) / 4,
                        (0.75 * 4 + 0.25 * 1) / 4])  # fmt: skip
    assert found.grade.min() >= 1 and found.grade.max() <= 3
    assert (np.argsort(found.fitted) == np.argsort(found.ratio)).all()


def test_saatys_choice_of_a_school() -> None:
    # Saaty (1980; 1990, table 3): six criteria and the weights printed there. His λ of 7.49 is a hand approximation:
    # the eigenvalue of the printed matrix is 7.42, whence CI = 1.42 / 5 and CR = CI / 1.24.
    matrix = np.array(
        [[1, 4, 3, 1, 3, 4], [1 / 4, 1, 7, 3, 1 / 5, 1], [1 / 3, 1 / 7, 1, 1 / 5, 1 / 5, 1 / 6],
         [1, 1 / 3, 5, 1, 1, 1 / 3], [1 / 3, 5, 5, 1, 1, 3], [1 / 4, 1, 6, 3, 1 / 3, 1]]
    )  # fmt: skip
    names = ("学习", "朋友", "生活", "职业", "升学", "音乐")
    found = ahp.judge(names, matrix)
    assert found.weights.round(2).tolist() == [0.32, 0.14, 0.03, 0.13, 0.24, 0.14]
    exact(matrix @ found.weights, found.eigenvalue * found.weights)
    assert (round(found.eigenvalue, 2), round(found.index, 2), round(found.ratio, 2)) == (7.42, 0.28, 0.23)
    assert not found.consistent and len(found.doubts) == 3
    for doubt in found.doubts:
        i, j = names.index(doubt.one), names.index(doubt.other)
        assert doubt.said == matrix[i, j] and doubt.fits == pytest.approx(found.weights[i] / found.weights[j])


def test_consistent_judgements_give_back_the_weights() -> None:
    weights = np.array([0.5, 0.3, 0.2])
    found = ahp.judge("甲乙丙", weights[:, None] / weights[None, :])
    exact(found.weights, weights)
    assert found.consistent and found.ratio == pytest.approx(0, abs=1e-12) and found.doubts == ()


def test_judgements_of_pairs() -> None:
    found = ahp.from_pairs(("甲", "乙", "丙"), {("甲", "乙"): 3, ("丙", "甲"): "1/5", ("乙", "丙"): "2"})
    exact(found, [[1, 3, 5], [1 / 3, 1, 2], [1 / 5, 1 / 2, 1]])
    with pytest.raises(EvaluationError) as error:
        ahp.from_pairs(("甲", "乙", "丙"), {("甲", "乙"): 3, ("乙", "甲"): 3, ("甲", "丁"): 2})
    assert [p.message for p in error.value.problems] == [
        "“乙”与“甲”比较了两次", "判断里的“丁”不在被比较的指标中", "缺少“甲”与“丙”的比较", "缺少“乙”与“丙”的比较",
    ]  # fmt: skip


def test_a_matrix_that_is_not_reciprocal_names_each_pair() -> None:
    with pytest.raises(EvaluationError) as error:
        ahp.judge(("甲", "乙"), np.array([[1.0, 3.0], [0.5, 2.0]]))
    assert [(p.message, p.mend) for p in error.value.problems] == [
        ("“甲”对“乙”是 3，反过来是 0.5，不互为倒数", "“乙”对“甲”应是 0.3333"),
        ("“乙”与自己的判断是 2", "对角线应是 1"),
    ]


def test_optimised_weights_reach_what_can_be_reached() -> None:
    table = RANDOM.normal(size=(200, 4)) @ np.array([[1, 0.8, 0, 0], [0, 0.6, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]])
    found = optimise(table)
    assert found.met and (found.weights >= 0).all() and found.weights.sum() == pytest.approx(1)
    exact(found.reached, importance(table, found.weights))
    # The first two correlate: neither can be nearly all of it while the other is nothing.
    wild = optimise(table, np.array([1.0, 0.0, 0.0, 0.0]))
    assert not wild.met and (wild.weights >= 0).all() and wild.off > 0.05


COUNTS = st.integers(2, 12)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), COUNTS, st.integers(1, 5))
def test_a_better_unit_is_never_worse(seed: int, units: int, criteria: int) -> None:
    random = np.random.default_rng(seed)
    table = random.integers(0, 5, (units, criteria)).astype(float)
    table[0] = table.max(axis=0) + 1  # dominates all
    weights, signs = random.random(criteria) + 0.1, np.ones(criteria)
    assert np.argmax(topsis(table, weights, signs)) == 0
    assert np.argmin(vikor(table, weights, signs).q) == 0
    assert np.argmax(promethee(table, weights, signs)) == 0
    assert np.argmax(grey_relational(table, weights, signs)) == 0
    assert promethee(table, weights, signs).sum() == pytest.approx(0, abs=1e-9)
    if len(np.unique(table, axis=0)) > 1:
        assert np.argmax(rank_sum_ratio(table, weights, signs).ratio) == 0


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (np.ones((1, 2)), "只有 1 个单位，无法比较"),
        (np.array([[1.0, np.nan], [2.0, 3.0]]), "有缺失数据，无法比较（指标 第 2 列）"),
        (np.ones((3, 2)), "各单位完全相同，无法比较"),
    ],
)
def test_what_cannot_be_compared_is_said(table: Floats, message: str) -> None:
    for method in (topsis, grey_relational):
        with pytest.raises(EvaluationError) as error:
            method(table, np.ones(2), np.ones(2))
        assert error.value.problems[0].message == message


def test_judgements_that_are_no_positive_numbers() -> None:
    with pytest.raises(EvaluationError) as error:
        ahp.from_pairs(("甲", "乙", "丙"), {("甲", "乙"): "很", ("甲", "丙"): "-3", ("乙", "丙"): "1/0"})
    assert [(p.message, p.mend) for p in error.value.problems] == [
        (f"“{one}”对“{other}”的判断“{said}”不是正数", "请写 1/9 到 9 之间的数，如 3 或 1/3")
        for one, other, said in (("甲", "乙", "很"), ("甲", "丙", "-3"), ("乙", "丙", "1/0"))
    ]


def test_columns_that_cancel_out_have_no_best_weights() -> None:
    with pytest.raises(EvaluationError) as error:
        optimise(np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 2.0]]))
    assert [(p.message, p.mend) for p in error.value.problems] == [
        ("各指标相互抵消，无法优化权重", "请核对指标的方向，或删去与其他指标相反的指标")
    ]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (np.array([[1.0, -1.0], [2.0, 3.0]]), "熵权法要求数值不为负（指标 第 2 列）"),
        (np.array([[1.0, 0.0], [2.0, 0.0]]), "整列都是 0，熵权法无法计算（指标 第 2 列）"),
        (np.array([[1.0, 2.0]]), "只有 1 个单位，无法由数据赋权"),
        (np.array([[1.0, np.nan], [2.0, 3.0]]), "有缺失数据，无法由数据赋权（指标 第 2 列）"),
        (np.ones((3, 2)), "各单位数值没有差别，无法由数据赋权（指标 第 1 列、第 2 列）"),
    ],
)
def test_what_entropy_cannot_weigh_is_said(table: Floats, message: str) -> None:
    with pytest.raises(EvaluationError) as error:
        entropy(table)
    assert error.value.problems[0].message == message


def test_a_constant_column_weighs_nothing() -> None:
    table = np.array([[1.0, 7.0, 2.0], [2.0, 7.0, 9.0], [4.0, 7.0, 1.0]])
    assert entropy(table)[1] == 0 and critic(table)[1] == 0
