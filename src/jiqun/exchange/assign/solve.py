"""The best plan: a flow where only capacities bind, else HiGHS with OR-Tools' CP-SAT for what cannot all hold."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from jiqun.exchange.assign.flow import best_flow
from jiqun.exchange.assign.model import Ints, Model, model_of, open_ends
from jiqun.exchange.assign.plan import Assigned, Plan, worth
from jiqun.exchange.assign.problem import SCALE, Pairs, Problem
from jiqun.exchange.assign.reduce import LARGE, NOTHING, Priced, near, price
from jiqun.exchange.assign.relax import least_relaxation

TIME_LIMIT = 30.0
GAP = 1e-4
_WIDENINGS = 4
"""How often the pairs near their price are widened; each gap is much smaller than the one before."""
_OPTIMAL, _INFEASIBLE = 0, 2


def solve(problem: Problem, time_limit: float = TIME_LIMIT, gap: float = GAP) -> Plan:
    """The plan of the largest value, or the least weight of conditions to give up and the best plan without them.

    `time_limit` in seconds bounds each of the two searches; within it the same problem gives the same plan. Large
    problems (`reduce.LARGE`) end where the plan is at most the share `gap` below the proven bound; 0 asks for the
    optimum itself.
    """
    if problem.capacities_only:
        return flow_plan(problem)
    if len(problem.candidates) >= LARGE:
        return _large(problem, time_limit, gap)
    model = model_of(problem)
    plan = search(model, time_limit)
    return relaxed(model, time_limit) if plan.status == "infeasible" else plan


def _large(problem: Problem, time_limit: float, enough: float) -> Plan:
    """The best plan over the pairs near their price; where the relaxation has no solution, what to give up first."""
    until = time.monotonic() + time_limit
    if (priced := price(problem)) is not None:
        plan = _near_price(problem, priced, until, enough)
        if plan is not None:
            return plan
        # Whole columns may contradict each other where parts of them do not: the full model says so.
        model = model_of(problem)
        plan = search(model, time_limit)
        return relaxed(model, time_limit) if plan.status == "infeasible" else plan
    yields = least_relaxation(model_of(problem), time_limit)
    if yields is None:
        return Plan("timed_out")
    until = time.monotonic() + time_limit
    priced = price(problem, yields.amounts)
    best = None if priced is None else _near_price(problem, priced, until, enough, yields.amounts)
    best = best or Plan("infeasible")
    return replace(best, status="infeasible", given_up=yields.given_up, minimal=yields.proven)


def _near_price(
    problem: Problem, priced: Priced, until: float, enough: float, amounts: Mapping[str, int] = NOTHING
) -> Plan | None:  # fmt: skip
    """The best plan found over pairs near their price, proven or with the relaxation's bound; None where there is none."""
    # Half a unit allows for the tolerance of the linear solver; sums of scores are whole units.
    bound, width = math.floor(priced.bound * SCALE + 0.5), priced.first_width()
    best = None
    for _ in range(_WIDENINGS):
        model, everything = near(problem, priced, width)
        plan = search(model, max(1.0, until - time.monotonic()), model.slack(amounts))
        if not plan.rows:
            return best
        gap = (bound - plan.value) / SCALE
        if plan.status == "optimal" and (everything or gap <= width):
            return plan
        best = replace(plan, status="feasible", bound=bound)
        if plan.status != "optimal" or time.monotonic() > until or best.gap <= enough:
            return best
        width = gap * 1.01 + 1 / SCALE
    return best


def flow_plan(problem: Problem) -> Plan:
    """The optimum where only capacities bind."""
    pairs = problem.candidates
    limits = (np.array([x.max for x in side], np.int64) for side in (problem.agents, problem.tasks))
    taken = np.flatnonzero(best_flow(pairs, *limits))
    value = int(pairs.score[taken].sum())
    return Plan("optimal", _rows(problem, pairs, taken, set()), value, value)


def search(model: Model, time_limit: float, slack: Ints | None = None, fixed: Ints | None = None) -> Plan:
    """The best plan of a model by branch and cut; `slack` is by how much each row may yield, `fixed` pairs to take."""
    low, high = np.array(model.low, np.int64), np.array(model.high, np.int64)
    if slack is not None:
        low, high = low - slack, high + slack
    lower = np.zeros(len(model.upper))
    if fixed is not None:
        lower[fixed] = 1
    if not len(model.upper):
        return Plan("infeasible" if (low > 0).any() else "optimal")
    found = milp(
        -model.objective / SCALE,
        integrality=np.ones(len(model.upper)),
        bounds=Bounds(lower, open_ends(model.upper)),
        constraints=LinearConstraint(model.matrix(), open_ends(low), open_ends(high)) if len(low) else (),
        options={"time_limit": time_limit, "mip_rel_gap": 0.0},
    )
    if found.status == _INFEASIBLE:
        return Plan("infeasible")
    if found.x is None:
        return Plan("timed_out")
    return _plan(model, np.rint(found.x).astype(np.int64), found)


def relaxed(model: Model, time_limit: float, fixed: Ints | None = None) -> Plan:
    """The answer to a model that cannot be met: what to give up, and the best plan without it."""
    yields = least_relaxation(model, time_limit, fixed)
    if yields is None:
        return Plan("timed_out")
    best = search(model, time_limit, yields.slack, fixed)
    return Plan("infeasible", best.rows, best.value, best.bound, yields.given_up, yields.proven)


def _plan(model: Model, x: Ints, found: OptimizeResult) -> Plan:
    bound = math.floor(-float(found.mip_dual_bound) * SCALE + 0.5)
    optimal = found.status == _OPTIMAL
    leads = set(model.leaders[np.flatnonzero(x[model.pairs : model.pairs + len(model.leaders)])].tolist())
    rows = _rows(model.problem, model.candidates, np.flatnonzero(x[: model.pairs]), leads)
    # Counted anew: before the proof ends, the columns of fairness need not be tight.
    value = worth(model.problem, Plan("feasible", rows))
    return Plan("optimal" if optimal else "feasible", rows, value, value if optimal else max(value, bound))


def _rows(problem: Problem, pairs: Pairs, taken: NDArray[np.intp], leads: set[int]) -> tuple[Assigned, ...]:
    rows = [
        (int(pairs.task[p]), p not in leads, int(pairs.agent[p]), int(pairs.score[p] + (p in leads) * pairs.lead[p]))
        for p in taken.tolist()
    ]
    agents, tasks = problem.agents, problem.tasks
    return tuple(Assigned(agents[a].id, tasks[t].id, not member, s / SCALE) for t, member, a, s in sorted(rows))
