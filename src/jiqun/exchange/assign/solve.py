"""The best plan: a flow where only capacities bind, else HiGHS with OR-Tools' CP-SAT for what cannot all hold."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from jiqun.exchange.assign.flow import best_flow
from jiqun.exchange.assign.model import UNBOUNDED, Ints, Model, leading_pairs, model_of
from jiqun.exchange.assign.plan import Assigned, Plan, worth
from jiqun.exchange.assign.problem import SCALE, Pairs, Problem
from jiqun.exchange.assign.relax import least_relaxation

TIME_LIMIT = 30.0
_OPTIMAL, _INFEASIBLE = 0, 2


def solve(problem: Problem, time_limit: float = TIME_LIMIT) -> Plan:
    """The plan of the largest value, or the least weight of conditions to give up and the best plan without them.

    `time_limit` in seconds bounds each of the two searches; within it the same problem gives the same plan.
    """
    if problem.capacities_only:
        return flow_plan(problem)
    quick = _without_lead_columns(problem, time_limit)
    if quick is not None:
        return quick
    model = model_of(problem)
    plan = search(model, time_limit)
    return relaxed(model, time_limit) if plan.status == "infeasible" else plan


def _without_lead_columns(problem: Problem, time_limit: float) -> Plan | None:
    """The plan of the smaller model, where its leads can be shared out; then nothing in the full one is better."""
    leaders = leading_pairs(problem)
    if not any(t.lead for t in problem.tasks) or problem.candidates.lead[leaders].any():
        return None
    plan = search(model_of(problem, lead_columns=False), time_limit)
    if plan.status not in ("optimal", "feasible"):
        return None
    given = {(r.agent, r.task) for r in plan.rows}
    agents, tasks, pairs = problem.agents, problem.tasks, problem.candidates
    mine = np.array(
        [p for p in leaders.tolist() if (agents[pairs.agent[p]].id, tasks[pairs.task[p]].id) in given], np.int64
    )
    # Every lead is worth one, so that the largest flow is the one with most leads.
    worth_one = Pairs(pairs.agent[mine], pairs.task[mine], np.ones(len(mine), np.int64), np.zeros(len(mine), np.int64))
    limits = np.array([a.lead_max for a in agents], np.int64), np.array([int(t.lead) for t in tasks], np.int64)
    leads = mine[best_flow(worth_one, *limits)]
    if len(leads) < sum(t.lead for t in tasks):
        return None
    chosen = {(agents[pairs.agent[p]].id, tasks[pairs.task[p]].id) for p in leads.tolist()}
    rows = [replace(r, lead=(r.agent, r.task) in chosen) for r in plan.rows]
    order = sorted(rows, key=lambda r: (problem.task_at[r.task], not r.lead, problem.agent_at[r.agent]))
    return replace(plan, rows=tuple(order))


def flow_plan(problem: Problem) -> Plan:
    """The optimum where only capacities bind."""
    pairs = problem.candidates
    limits = (np.array([x.max for x in side], np.int64) for side in (problem.agents, problem.tasks))
    taken = np.flatnonzero(best_flow(pairs, *limits))
    value = int(pairs.score[taken].sum())
    return Plan("optimal", _rows(problem, taken, set()), value, value)


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
        bounds=Bounds(lower, _open(model.upper)),
        constraints=LinearConstraint(model.matrix(), _open(low), _open(high)) if len(low) else (),
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


def _open(values: Ints) -> NDArray[np.float64]:
    """With infinity where there is no bound."""
    shown = values.astype(float)
    shown[np.abs(values) >= UNBOUNDED // 2] = math.inf * np.sign(values[np.abs(values) >= UNBOUNDED // 2])
    return shown


def _plan(model: Model, x: Ints, found: OptimizeResult) -> Plan:
    bound = math.floor(-float(found.mip_dual_bound) * SCALE + 0.5)
    optimal = found.status == _OPTIMAL
    leads = set(model.leaders[np.flatnonzero(x[model.pairs : model.pairs + len(model.leaders)])].tolist())
    rows = _rows(model.problem, np.flatnonzero(x[: model.pairs]), leads)
    # Counted anew: before the proof ends, the columns of fairness need not be tight.
    value = worth(model.problem, Plan("feasible", rows))
    return Plan("optimal" if optimal else "feasible", rows, value, value if optimal else max(value, bound))


def _rows(problem: Problem, taken: NDArray[np.intp], leads: set[int]) -> tuple[Assigned, ...]:
    pairs = problem.candidates
    rows = [
        (int(pairs.task[p]), p not in leads, int(pairs.agent[p]), int(pairs.score[p] + (p in leads) * pairs.lead[p]))
        for p in taken.tolist()
    ]
    agents, tasks = problem.agents, problem.tasks
    return tuple(Assigned(agents[a].id, tasks[t].id, not member, s / SCALE) for t, member, a, s in sorted(rows))
