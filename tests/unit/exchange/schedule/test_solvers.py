"""Hand-counted plans, brute force on tiny problems, and the checker over solvers and mutated plans."""

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiqun.exchange.schedule.checker import check, violations
from jiqun.exchange.schedule.control import Control
from jiqun.exchange.schedule.live import Live, repair
from jiqun.exchange.schedule.problem import (
    Alternative,
    Assignment,
    Calendar,
    Job,
    Machine,
    Objective,
    Operation,
    Problem,
    SetupMatrix,
    Span,
    Transport,
    plain_problem,
)
from jiqun.exchange.schedule.promise import promise
from jiqun.exchange.schedule.replan import replan
from jiqun.exchange.schedule.replan_events import Breakdown, Delay, Order
from jiqun.exchange.schedule.rich.search import solve_rich
from jiqun.exchange.schedule.sample import rich_problem
from jiqun.exchange.schedule.solution import solution_of

QUICK = Control(iterations=4000, threads=1)


def _small():
    """Two machines 5 apart, open 0—10 of every 20; families with a setup of 2; a job over both, one on the first."""
    return Problem(
        (
            Job("A", (Operation("1", (Alternative("M", 6, 100),), family="f"),
                      Operation("2", (Alternative("N", 8, 200),), family="f")), due=20, weight=3),
            Job("B", (Operation("1", (Alternative("M", 3, 50),), family="g"),), due=5),
        ),
        (Machine("M", site="s", calendar="c", setups="x", family="f", setup_rate=7),
         Machine("N", site="t", calendar="c")),
        (Calendar("c", (Span(0, 10),), 20),),
        (SetupMatrix("x", ("f", "g"), ((0, 2), (1, 0))),),
        (Transport("s", "t", 5, 30),),
        objective=Objective(0, 1),
    )  # fmt: skip


def test_counted_by_hand():
    # A 0—6; carried until 11, N opens at 20: 20—28, 8 late, weight 3. B: setup 6—8, 2 units until 10, 1 from 20: 16 late.
    rows = (Assignment("A", "1", "M", 0, 6), Assignment("A", "2", "N", 20, 28), Assignment("B", "1", "M", 8, 21))
    plan = solution_of(_small(), rows)
    assert plan.parts == (28, 3 * 8 + 16, 350 + 2 * 7 + 30, 0)
    assert check(plan) == []
    assert [tuple(s) for s in plan.setups] == [("M", "f", "g", 8, 2)]
    assert [tuple(c) for c in plan.carriages] == [("A", "1", "2", "s", "t", 6, 11, 30)]


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (Assignment("B", "1", "M", 7, 10), "B / 工序 1（机器 M，7—10）：换型需 2，之前只有 1"),
        (Assignment("B", "1", "M", 12, 23), "B / 工序 1（机器 M，12—23）：开工时机器未开放"),
        (Assignment("B", "1", "M", 8, 22), "B / 工序 1（机器 M，8—22）：其间机器开放 4，而需 3"),
        (
            Assignment("A", "2", "N", 8, 26),
            "A / 工序 2（机器 N，8—26）：早于前道 A / 工序 1（机器 M，0—6） 的完工，运输 5",
        ),
    ],
)
def test_what_the_checker_says(row, text):
    rows = {("A", "1"): Assignment("A", "1", "M", 0, 6), ("A", "2"): Assignment("A", "2", "N", 20, 28),
            ("B", "1"): Assignment("B", "1", "M", 8, 21), (row.job, row.operation): row}  # fmt: skip
    assert [v.text for v in violations(_small(), tuple(rows.values()))] == [text]


def test_the_better_order_is_found():
    # B first: setup 0—2, 2—5 in time; setup back 1, A 6—10 and 20—22, carried to 27, 27—30 and 40—45: 25 late, 75. A first: 40.
    assert solve_rich(_small(), QUICK).value == 40


def _brute(jobs, machines):
    """Smallest makespan over all machines and all interleavings of the jobs (semi-active)."""
    ops = [(j, k) for j, job in enumerate(jobs) for k in range(len(job))]
    best = 10**9
    orders = {p for p in permutations([j for j, _ in ops])}
    for ways in product(*(job[k] for j, job in enumerate(jobs) for k in range(len(job)))):
        way = dict(zip(ops, ways, strict=True))
        for order in orders:
            free, ready, nth = [0] * machines, [0] * len(jobs), [0] * len(jobs)
            for j in order:
                m, p = way[j, nth[j]]
                nth[j] += 1
                free[m] = ready[j] = max(free[m], ready[j]) + p
            best = min(best, max(ready))
    return best


def test_brute_force_on_tiny_shops():
    rng = np.random.default_rng(5)
    for _ in range(6):
        jobs = [[[(m, int(rng.integers(1, 9))) for m in range(2)] for _ in range(2)] for _ in range(3)]
        found = solve_rich(plain_problem(jobs, 2), QUICK)
        assert (found.value, check(found)) == (_brute(jobs, 2), [])


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.integers(10, 40))
def test_checker_accepts_solvers_and_rejects_mutations(seed, size):
    problem = rich_problem(size, seed)
    plan = solve_rich(problem, Control(iterations=500, threads=1, seed=seed))
    assert check(plan) == []
    k = seed % size
    row = plan.assignments[k]
    moved = row._replace(start=row.start - 1, end=row.end - 2)
    assert violations(problem, (*plan.assignments[:k], moved, *plan.assignments[k + 1 :]))


def test_a_budget_repeats():
    problem = rich_problem(40, 1)
    first, second = (solve_rich(problem, Control(iterations=3000, threads=2, seed=4)) for _ in range(2))
    assert first.assignments == second.assignments


def test_lots_halve_the_time():
    op = Operation("1", (Alternative("M", 10), Alternative("N", 10)), quantity=10, most_lots=2)
    plan = solve_rich(Problem((Job("A", (op,)),), (Machine("M"), Machine("N"))), QUICK)
    assert (plan.value, check(plan)) == (5, [])
    assert [(a.machine, a.quantity) for a in plan.assignments] == [("M", 5), ("N", 5)]


def _order(problem):
    return Job("急单", problem.jobs[0].operations, problem.jobs[0].release)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000))
def test_frozen_work_stays(seed):
    problem = rich_problem(40, seed)
    plan = solve_rich(problem, Control(iterations=500, threads=1, seed=seed))
    now = int(np.median(plan.start))
    name = problem.machines[seed % len(problem.machines)].name
    events = [Breakdown(name, now, now + 600), Delay(problem.jobs[-1].name, now + 300), Order(_order(problem))]
    live = Live(problem, plan)
    assert check(repair(live, now, events).solution) == []
    after = replan(live, now, events, Control(iterations=500, threads=1)).after
    assert check(after) == []
    past = {a for a in plan.assignments if a.end <= now}
    assert past <= set(after.assignments)


def test_a_promise_moves_nothing():
    problem = rich_problem(60, 2)
    plan = solve_rich(problem, QUICK)
    given_ = promise(Live(problem, plan), 1000, _order(problem))
    assert check(given_.plan) == []
    assert set(plan.assignments) <= set(given_.plan.assignments)
    assert given_.finish == max(a.end for a in given_.assignments)


def test_a_promise_in_a_gap_counted_by_hand():
    # M works 0—2 and 6—9: an order of 3 fits into 2—5, one of 5 only behind.
    jobs = [[[(0, 2)]], [[(0, 3)]]]
    problem = plain_problem(jobs, 1)
    live = Live(problem, solution_of(problem, (Assignment("J1", "1", "M1", 0, 2), Assignment("J2", "1", "M1", 6, 9))))
    ends = [promise(live, 0, Job("K", (Operation("1", (Alternative("M1", p, 9),)),))) for p in (3, 5)]
    assert [(e.finish, e.price) for e in ends] == [(5, 9), (14, 9)]
