"""Roadmaps equal the optimum of a linear programme; changes of rank split exactly; strengths as COINr prints them."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize

from jiqun.evaluation.errors import EvaluationError
from jiqun.evaluation.framework import Aggregate, Floats, Framework, Indicator
from jiqun.evaluation.improve import profile
from jiqun.evaluation.improve.change import explain_change, shapley
from jiqun.evaluation.improve.roadmap import PROVEN, Terms, roadmap
from jiqun.evaluation.panel import Panel
from jiqun.evaluation.plan import Aggregation, Impute, Normalise, Plan
from jiqun.evaluation.run import Result, run
from jiqun.evaluation.steps.aggregate import Mean, ranks, weighted_mean
from tests.unit.evaluation.asem_example import panel, rows, tree
from tests.unit.evaluation.test_robust import small

PLAN = Plan(impute=Impute(how="group_mean", group="EurAsia_group"))
ASEM = run(PLAN, tree(), panel())
GEOMETRIC = run(
    PLAN.model_copy(update={"normalise": Normalise(low=1), "aggregate": Aggregation(how="geometric")}), tree(), panel()
)


@pytest.mark.parametrize("target", [1, 10, 25, 40])
def test_a_roadmap_costs_what_the_linear_programme_says(target: int) -> None:
    row, size = panel().units.index("CHN"), len(tree().leaves)
    cost = np.linspace(1, 3, size)
    found = roadmap(ASEM, "CHN", target, Terms(cost=cost))
    effect, start = ASEM.effective[:size], ASEM.normalised[row]
    aim = np.sort(np.delete(ASEM.index, row))[::-1][target - 1] + 1e-9 * np.ptp(ASEM.index)
    best = linprog(cost, A_ub=[-effect], b_ub=[-(aim - effect @ start)], bounds=[(0, 100 - s) for s in start])
    assert found.steps is not None and found.fewest is not None
    assert found.cost == pytest.approx(best.fun, rel=1e-9)
    moved = start.copy()
    for step in found.steps:
        moved[tree().position[step.code]] = step.points
    scores = np.append(np.delete(ASEM.index, row), effect @ moved)
    assert ranks(scores)[-1] == target
    gains = np.sort(effect * (100 - start))[::-1].cumsum()
    assert len(found.fewest) == int(np.argmax(gains >= aim - effect @ start)) + 1


def test_a_roadmap_under_geometric_means_is_a_minimum() -> None:
    found = roadmap(GEOMETRIC, "CHN", 40)
    row, size = panel().units.index("CHN"), len(tree().leaves)
    effect, start = GEOMETRIC.effective[:size], GEOMETRIC.normalised[row]
    aim = np.sort(np.delete(GEOMETRIC.index, row))[::-1][39]
    best = minimize(
        lambda rise: rise.sum(), np.full(size, 5.0), jac=lambda rise: np.ones(size), method="SLSQP",
        bounds=[(0, 100 - s) for s in start], options={"ftol": 1e-12, "maxiter": 500},
        constraints={"type": "ineq", "fun": lambda rise: effect @ np.log(start + rise) - np.log(aim),
                     "jac": lambda rise: effect / (start + rise)},
    )  # fmt: skip
    assert best.success and found.cost == pytest.approx(best.fun, rel=1e-5)


def test_the_figure_behind_the_points_comes_back_to_them() -> None:
    found = roadmap(ASEM, "CHN", 30)
    assert found.steps
    for step in found.steps:
        column = tree().position[step.code]
        if step.figure is None:
            assert ASEM.treatments[column].transform is not None
            continue
        y = ASEM.treated[:, column] * tree().directions[column]
        points = (step.figure * tree().directions[column] - y.min()) / np.ptp(y) * 100
        assert points == pytest.approx(step.points, abs=1e-9)


def test_there_may_be_no_way_or_none_needed() -> None:
    nothing = Terms(most=np.full(len(tree().leaves), 1.0))
    assert roadmap(ASEM, "CHN", 1, nothing).steps is None
    assert roadmap(ASEM, "CHE", 1).steps == ()


def test_a_unit_without_an_index_does_not_stand_in_the_way() -> None:
    framework, figures = small([[0.0, 0.0], [10.0, 8.0], [4.0, 10.0], [np.nan, np.nan]])
    found = run(Plan(treat=None), framework, figures)
    way = roadmap(found, "丙", 1)
    assert way.steps is not None and sum(step.rise for step in way.steps) == pytest.approx(40.0)  # 70 → 90, halves
    with pytest.raises(EvaluationError) as error:
        roadmap(found, "丁", 1)
    assert error.value.columns == ("x0", "x1") and error.value.units == ("丁",)


def slow_shapley(old: list[float], new: list[float], index: tuple[list[float], list[float]]) -> list[float]:
    """The mean marginal contribution over all orders of the players, by definition."""
    players = len(old) + 1

    def rank(moved: set[int]) -> int:
        own = np.mean([new[p] if p in moved else old[p] for p in range(len(old))])
        others = index[1] if players - 1 in moved else index[0]
        return 1 + sum(other > own for other in others)

    parts = [0.0] * players
    orders = list(permutations(range(players)))
    for order in orders:
        moved: set[int] = set()
        for player in order:
            was = rank(moved)
            moved.add(player)
            parts[player] += (rank(moved) - was) / len(orders)
    return parts


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_changes_split_as_the_definition_says(seed: int) -> None:
    random = np.random.default_rng(seed)
    old, new = random.integers(0, 6, (2, 5, 3)).astype(float)
    parts, first, last = shapley(old, new, np.ones(3), Mean())
    np.testing.assert_allclose(parts.sum(axis=1), last - first, atol=1e-12)
    for i in range(5):
        index = tuple(np.delete(side.mean(axis=1), i).tolist() for side in (old, new))
        np.testing.assert_allclose(parts[i], slow_shapley(old[i].tolist(), new[i].tolist(), index), atol=1e-12)  # type: ignore[arg-type]


def test_who_rose_and_why() -> None:
    # 丙 gains in the second pillar alone and draws level with 乙; the others stay: the place is its own.
    small_tree, before = small([[10, 10], [8, 8], [6, 2], [0, 0]])
    _, after = small([[10, 10], [8, 8], [6, 10], [0, 0]])
    plan = Plan(treat=None)
    found = explain_change(run(plan, small_tree, before), run(plan, small_tree, after))
    assert found.units == ("甲", "乙", "丙", "丁") and found.pillars == ("P0", "P1")
    assert (found.before.tolist(), found.after.tolist()) == ([1, 2, 3, 4], [1, 2, 2, 4])
    np.testing.assert_allclose(found.parts, [[0, 0, 0], [0, 0, 0], [0, 1, 0], [0, 0, 0]], atol=1e-12)


def test_strengths_and_weaknesses_of_china() -> None:
    raw = run(Plan(denominate=False, treat=None), tree(), panel())  # COINr ranks the raw figures here
    ranked = {s.code: s for s in profile.standings(raw, "CHN")}
    for name in ("04_strengths_CHN", "04_weaknesses_CHN"):
        for row in rows(f"golden/{name}"):
            mine = ranked[row["Code"]]
            assert (mine.name, mine.parent, mine.rank) == (row["Name"], row["Pillar"], int(row["Rank"]))
            assert float(f"{mine.value:.3g}") == pytest.approx(float(row["Value"]))
    assert [s.rank for s in profile.strengths(raw, "CHN")] == [1, 1, 1, 1, 1]
    # COINr leaves out the one indicator on which the country is last of all.
    worst = [(s.code, s.rank) for s in profile.weaknesses(raw, "CHN")]
    assert worst == [("Lang", 44), ("UNVote", 48), ("PrimEner", 48), ("Visa", 50), ("FreePress", 51)]


def test_peers_are_the_nearest_by_pillars() -> None:
    found = profile.peers(ASEM, "CHN", 3)
    block = ASEM.scores[:, tree().children["Index"]]
    own = block[panel().units.index("CHN")]
    distances = sorted(
        (float(np.sqrt(((row - own) ** 2).mean())), unit)
        for row, unit in zip(block, panel().units, strict=True)
        if unit != "CHN"
    )
    assert [(p.unit, pytest.approx(p.distance)) for p in found] == [(u, pytest.approx(d)) for d, u in distances[:3]]


def test_closing_every_gap_of_the_indicators_gives_the_models_index() -> None:
    gaps = profile.benchmark(ASEM, "CHN", ("CHE",))
    own, model = (float(ASEM.index[panel().units.index(unit)]) for unit in ("CHN", "CHE"))
    leaves = [gap for gap in gaps if gap.code in tree().leaves]
    assert sum(gap.worth for gap in leaves) == pytest.approx(model - own)
    assert next(gap for gap in gaps if gap.code == "Index").gap == pytest.approx(model - own)
    assert all(gap.gap >= 0 for gap in profile.benchmark(ASEM, "CHN"))


PILLARS = Framework(
    (
        Indicator("a", "", "P"),
        Indicator("b", "", "P", weight=2),
        Indicator("c", "", "Q"),
        Indicator("d", "", "Q", weight=3),
    ),
    (Aggregate("P", "", "I", 2.0), Aggregate("Q", "", "I", 1.0), Aggregate("I", "", None)),
)


def mixed(values: list[list[float]], **means: str) -> Result:
    """Arithmetic pillars under another root, or the other way round; figures are points from 1 to 100."""
    special = {code: Aggregation.model_validate({"how": how}) for code, how in means.items()}
    ways = {"treat": None, "normalise": {"how": "as_is"}, "aggregate_special": special}
    panel = Panel(tuple("甲乙丙丁"[: len(values)]), PILLARS.leaves, np.array(values))
    return run(Plan.model_validate(ways), PILLARS, panel)


FOUR = [[90.0, 80, 70, 100], [60, 100, 100, 40], [30, 20, 50, 10], [5, 5, 5, 5]]


def test_arithmetic_pillars_under_a_geometric_root_cost_what_a_search_of_the_split_says() -> None:
    # The root is P^(2/3) Q^(1/3). For a value of P the least cost takes b (weight 2/3) before a (1/3); of Q d before c.
    result = mixed(FOUR, I="geometric")
    found = roadmap(result, "丁", 2)
    aim = np.sort(np.delete(result.index, 3))[::-1][1]

    def cost(pillar: Floats, weights: tuple[float, float], rooms: tuple[float, float]) -> Floats:
        need = pillar - 5
        first = np.minimum(need / weights[0], rooms[0])
        rest = (need - first * weights[0]) / weights[1]
        return np.where(rest <= rooms[1] + 1e-12, first + rest, np.inf)

    p = np.linspace(5, 90 / 3 + 200 / 3, 400_001)
    q = np.maximum((aim / p ** (2 / 3)) ** 3, 5.0)
    total = cost(p, (2 / 3, 1 / 3), (95, 85)) + cost(q, (3 / 4, 1 / 4), (95, 95))
    assert found.cost == pytest.approx(float(total.min()), rel=1e-6) and found.gap <= PROVEN
    assert found.steps is not None
    moved = result.normalised[3].copy()
    for step in found.steps:
        moved[PILLARS.position[step.code]] = step.points
    assert ((moved[0] + 2 * moved[1]) / 3) ** (2 / 3) * ((moved[2] + 3 * moved[3]) / 4) ** (1 / 3) >= aim


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 2**32 - 1),
    st.tuples(*(st.sampled_from(["arithmetic", "geometric", "harmonic"]) for _ in range(3))),
)
def test_a_roadmap_is_no_dearer_than_any_other_way(seed: int, ways: tuple[str, str, str]) -> None:
    random = np.random.default_rng(seed)
    values = random.uniform(1, 100, (4, 4))
    result = mixed(values.tolist(), P=ways[0], Q=ways[1], I=ways[2])
    last = int(np.argmin(result.index))
    cost = random.uniform(0.5, 2, 4)
    found = roadmap(result, "甲乙丙丁"[last], 3, Terms(cost=cost))
    aim = float(np.sort(np.delete(result.index, last))[0])
    room = values.max(axis=0) - values[last]

    def index(points: Floats) -> Floats:
        p = weighted_mean(points[:, :2], np.array([1.0, 2]), Mean(ways[0]))
        q = weighted_mean(points[:, 2:], np.array([1.0, 3]), Mean(ways[1]))
        return weighted_mean(np.column_stack([p, q]), np.array([2.0, 1]), Mean(ways[2]))

    tops = np.array([[i >> k & 1 for k in range(4)] for i in range(16)]) * room
    reached = index(values[last] + tops) > aim
    if found.steps is None:
        assert not reached.any()
        return
    assert found.gap <= PROVEN and found.fewest is not None
    assert len(found.fewest) == (tops[reached] > 0).sum(axis=1).min()
    rises = np.zeros((1, 4))
    for step in found.steps:
        rises[0, PILLARS.position[step.code]] = step.rise
    assert index(values[last] + rises)[0] > aim and (rises <= room + 1e-9).all()
    assert found.cost == pytest.approx(float(rises[0] @ cost))
    others = random.random((4000, 4)) * room * (random.random((4000, 4)) < 0.7)
    cheaper = others[index(values[last] + others) >= aim] @ cost
    assert (cheaper >= found.cost * (1 - 1e-5)).all()


def test_a_unit_of_unknown_figures_goes_by_the_others() -> None:
    # 丁 without c: Q is d alone, so that its weight there is all.
    figures = [row[:] for row in FOUR]
    figures[3][2] = np.nan
    found = roadmap(mixed(figures), "丁", 3)
    assert found.missing == ("c",) and found.steps is not None
    # P counts 2/3, of which b 2/3; Q 1/3, all of it d: b adds 4/9 a point, d 1/3. 丙 holds (70/3 × 2 + 20) / 3.
    (step,) = found.steps
    assert (step.code, step.rise) == ("b", pytest.approx(((70 / 3 * 2 + 20) / 3 - 5) / (4 / 9), rel=1e-6))


@pytest.mark.parametrize("how", ["copeland", "topsis", "generalised"])
def test_what_has_no_single_best_way_is_said(how: str) -> None:
    told = {"how": how, "power": 2}
    ways = {"treat": None, "normalise": {"how": "as_is"}, "aggregate_special": {"I": told}}
    result = run(Plan.model_validate(ways), PILLARS, Panel(tuple("甲乙丙丁"), PILLARS.leaves, np.array(FOUR)))
    with pytest.raises(EvaluationError) as error:
        roadmap(result, "丁", 1)
    assert [(p.message, p.mend) for p in error.value.problems] == [
        (f"“I”按 {how} 汇总，路线图没有唯一的最优解", "路线图适用于算术、几何、调和平均和幂不大于 1 的广义平均")
    ]
