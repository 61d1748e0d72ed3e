"""Plain flexible job shops: valid plans, optimal where everything can be tried, the same for the same seed."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiqun.exchange.schedule.checker import check
from jiqun.exchange.schedule.control import Control, Progress
from jiqun.exchange.schedule.plain.bound import job_bound, load_bound, lower_bound
from jiqun.exchange.schedule.plain.construct import Constructor
from jiqun.exchange.schedule.plain.moves import PAIRS, ROOM, critical_path, list_block_moves, list_transfers
from jiqun.exchange.schedule.plain.prove import prove
from jiqun.exchange.schedule.plain.search import Elite, Pool
from jiqun.exchange.schedule.plain.shop import (
    HEAD,
    RANK,
    TAIL,
    TIME,
    Plan,
    Shop,
    copy_into,
    empty_plan,
    link,
    shop_of,
)
from jiqun.exchange.schedule.plain.tabu import FREE, _make
from jiqun.exchange.schedule.problem import Objective, Problem, plain_problem
from jiqun.exchange.schedule.solution import Status
from jiqun.exchange.schedule.solve import solve
from tests.unit.exchange.schedule.shops import shops, shortest

SOME = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
SEEN = plain_problem([[[(1, 4)], [(0, 3)]], [[(0, 2), (1, 9)], [(1, 5)]], [[(0, 6), (1, 2)], [(0, 1)]]], 2)


def test_a_shop_whose_optimum_is_seen() -> None:
    found = solve(SEEN, Control(iterations=200))
    # M2 must do 4 and 5; M1 must do 3, 1 and 2 (9 on M2 is too long), and the 6 or M2 the 2 in its place: 11 and 6.
    assert (found.value, shortest(SEEN)) == (11, 11)
    assert check(found) == []


@SOME
@given(shops(jobs=3, operations=3, machines=3, latest=8))
def test_the_search_equals_brute_force(problem: Problem) -> None:
    assert problem.is_plain
    found = solve(problem, Control(iterations=400))
    assert check(found) == []
    assert found.value == shortest(problem)


@SOME
@given(shops(jobs=3, operations=3, machines=3))
def test_the_proof_equals_brute_force_whatever_plan_it_begins_with(problem: Problem) -> None:
    shop = shop_of(problem)
    plan, value = Constructor(shop, 0).best_of(1, 0.0)
    found, bound = prove(
        shop, Elite(value, plan.way.copy(), plan.head.copy()), lower_bound(shop), seconds=20, threads=1, seed=0
    )  # fmt: skip
    assert (found.value, bound) == (shortest(problem), shortest(problem))


@SOME
@given(shops(jobs=8, operations=6, machines=5, longest=40, latest=50), st.integers(0, 5))
def test_every_plan_is_valid_and_the_bound_below_it(problem: Problem, seed: int) -> None:
    found = solve(problem, Control(seed=seed, iterations=300))
    assert check(found) == []
    assert found.bound is not None
    assert found.bound <= found.value


@SOME
@given(shops(jobs=6, operations=6, machines=4, longest=20, latest=30), st.integers(0, 10))
def test_no_move_of_the_neighbourhood_closes_a_cycle(problem: Problem, seed: int) -> None:
    shop, state = shop_of(problem), np.array([seed + 1], np.uint64)
    plan, value = Constructor(shop, seed).best_of(1, 0.0)
    path, room, start = np.zeros(shop.size, np.int64), np.zeros((ROOM, 6), np.int64), np.zeros(shop.size, np.int64)
    until, orders = np.zeros(len(shop.machine), np.int64), np.zeros(PAIRS, np.int64)
    length = critical_path(shop, plan, value, path, state)
    assert plan.head[path[0]] + plan.time[path[:length]].sum() == value
    kept = np.array([FREE, 0])
    listed = list_transfers(shop, plan, path, length, value, value, until, 1, 3000, 0, kept, room, state)
    listed = list_block_moves(plan, path, length, value, orders, 1, kept, start, room, listed, state)
    for k in range(listed):
        changed = empty_plan(shop)
        copy_into(plan, changed)
        assert _make(shop, changed, room, k, until.copy(), orders.copy(), 1, 5, state, kept)
        _is_sound(shop, changed)


def _is_sound(shop: Shop, plan: Plan) -> None:
    """Heads, tails and order are those of a plan linked anew."""
    again = empty_plan(shop)
    link(shop, again, plan.way.copy(), np.lexsort((plan.table[:, RANK], plan.head)).astype(np.int32))
    assert (plan.table[:, [HEAD, TAIL, TIME]] == again.table[:, [HEAD, TAIL, TIME]]).all()


def test_the_same_seed_and_budget_give_the_same_plan() -> None:
    problem = plain_problem([[[(m, 3 + (j * o + m) % 7) for m in range(5)] for o in range(6)] for j in range(8)], 5)
    first, second = (solve(problem, Control(seed=3, iterations=2000)) for _ in range(2))
    assert first.assignments == second.assignments
    assert first.value == second.value


def test_bounds_by_hand() -> None:
    shop = shop_of(plain_problem([[[(0, 4), (1, 4)]], [[(0, 4), (1, 4)]], [[(0, 4), (1, 4)]]], 2))
    # Three times 4 on two machines: 6 each where work may be divided; no job is longer than 4.
    assert (job_bound(shop), load_bound(shop), lower_bound(shop)) == (4, 6, 6)


def test_a_late_release_is_in_the_bound() -> None:
    problem = plain_problem([[[(0, 4)], [(1, 3)]], [[(0, 2)]]], 2)
    late = replace(problem, jobs=(problem.jobs[0], replace(problem.jobs[1], release=9)), objective=Objective(5))
    # The second job ends at 9 + 2 at the soonest; a unit of makespan weighs 5.
    found = solve(late, Control(seconds=60))
    assert (job_bound(shop_of(late)), found.value, found.bound, found.status) == (11, 55, 55, Status.OPTIMAL)


def test_a_plan_that_meets_its_bound_is_optimal_at_once() -> None:
    found = solve(plain_problem([[[(0, 4)], [(1, 3)]]], 2), Control(seconds=60))
    assert (found.value, found.bound, found.status) == (7, 7, Status.OPTIMAL)
    assert found.seconds < 30


def test_progress_is_told_and_a_cancelled_search_answers_with_what_it_has() -> None:
    told: list[Progress] = []
    cancel = threading.Event()

    def listen(progress: Progress) -> None:
        told.append(progress)
        cancel.set()

    problem = plain_problem(
        [[[(m, 5 + (3 * j + o + m) % 11) for m in range(4)] for o in range(5)] for j in range(12)], 4
    )
    found = solve(problem, Control(seconds=60, progress=listen, cancel=cancel), proof=0)
    assert check(found) == []
    assert told
    assert found.seconds < 30


@pytest.mark.parametrize("value", [7, 9])
def test_a_pool_keeps_one_of_two_plans_that_are_alike(value: int) -> None:
    way, start = np.arange(100), np.arange(100)
    pool = Pool(3)
    pool.offer(Elite(8, way, start))
    pool.offer(Elite(value, way, start))
    assert [e.value for e in pool.elites] == [min(8, value)]


def test_a_pool_without_news_is_given_up_but_its_best_plan_is_kept() -> None:
    pool, way = Pool(1), np.arange(4)
    best: Any = Elite(5, way, way)
    pool.note(best, 0.5)
    pool.offer(best)
    for _ in range(10):
        pool.offer(Elite(9, way + 1, way))
    assert (pool.least, pool.given_up, pool.course) == (5, 1, [(0.5, 5)])
