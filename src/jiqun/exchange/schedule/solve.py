"""The front door: any problem to the solver that suits it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from jiqun.exchange.schedule.control import Control, Run
from jiqun.exchange.schedule.plain.bound import lower_bound
from jiqun.exchange.schedule.plain.prove import prove
from jiqun.exchange.schedule.plain.search import Elite, rebuilt, solve_shop, warm_up
from jiqun.exchange.schedule.plain.shop import Shop, shop_of
from jiqun.exchange.schedule.problem import Problem
from jiqun.exchange.schedule.rich.search import solve_rich
from jiqun.exchange.schedule.rich.search import warm_up as warm_up_rich
from jiqun.exchange.schedule.solution import Solution, Status

PROOF = 0.2
"""Share of the time for a proof, where the plan does not meet its bound already."""
PROVABLE = 600
"""With more operations than this no proof is tried."""


def solve(problem: Problem, control: Control | None = None, *, proof: float = PROOF) -> Solution:
    """The best plan found within the limits, with its status and a proven bound.

    Plain flexible job shops are searched with tabu search and, for a share `proof` of the time, CP-SAT; all else with
    the rich search. Runs with a budget of iterations are the same every time and try no proof.
    """
    control = control or Control()
    if not problem.is_plain:
        warm_up_rich()
        return solve_rich(problem, control)
    warm_up()
    share = proof if control.iterations is None and len(problem.operations) <= PROVABLE else 0.0
    run = Run(replace(control, seconds=control.seconds * (1 - share)))
    shop = shop_of(problem)
    bound = lower_bound(shop)
    best = solve_shop(shop, run, bound).best
    assert best is not None  # every shop has a constructed plan
    left = control.seconds - run.elapsed
    if share and best.value > bound and left > 0 and not run.stopped:
        best, bound = prove(shop, best, bound, seconds=left, threads=control.threads, seed=control.seed)
    run.report(1.0, best.value)
    return _solution(problem, shop, best, bound, run.elapsed)


def _solution(problem: Problem, shop: Shop, best: Elite, bound: int, seconds: float) -> Solution:
    plan, n = rebuilt(shop, best), shop.size
    start = plan.head + problem.horizon.begin
    return Solution(
        problem, np.arange(n, dtype=np.int64), shop.machine[plan.way].astype(np.int64), start, start + plan.time,
        problem.arrays.quantity.astype(np.int64), Status.OPTIMAL if best.value == bound else Status.FEASIBLE,
        bound * problem.objective.makespan,
        seconds=seconds,
    )  # fmt: skip
