"""CP-SAT on a plain shop: a proof that a plan is the best, a better plan, or at least a better bound."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from ortools.sat.python import cp_model

from jiqun.exchange.schedule.plain.search import Elite
from jiqun.exchange.schedule.plain.shop import Shop


class Proof(NamedTuple):
    """The best plan known afterwards, and the proven bound."""

    elite: Elite
    bound: int


def prove(shop: Shop, elite: Elite, bound: int, *, seconds: float, threads: int, seed: int) -> Proof:
    """Search on with constraints from a plan; the plan itself is kept whatever the solver does with its hint."""
    model = cp_model.CpModel()
    span = model.new_int_var(bound, elite.value, "makespan")
    starts, chosen = [], []
    on_machine: list[list[cp_model.IntervalVar]] = [[] for _ in range(shop.machines)]
    for j in range(len(shop.job_ptr) - 1):
        before: cp_model.LinearExprT = 0
        for o in range(int(shop.job_ptr[j]), int(shop.job_ptr[j + 1])):
            start, end = (
                model.new_int_var(int(shop.ready[o]), elite.value, ""), model.new_int_var(0, elite.value, ""),
            )  # fmt: skip
            model.add(start >= before)
            model.add_hint(start, int(elite.start[o]))
            literals = []
            for w in range(int(shop.way_ptr[o]), int(shop.way_ptr[o + 1])):
                taken = model.new_bool_var("")
                model.add_hint(taken, w == int(elite.way[o]))
                work = model.new_optional_interval_var(start, int(shop.duration[w]), end, taken, "")
                on_machine[int(shop.machine[w])].append(work)
                literals.append(taken)
                chosen.append(taken)
            model.add_exactly_one(literals)
            starts.append(start)
            before = end
        model.add(span >= before)
    for work in on_machine:
        model.add_no_overlap(work)
    model.minimize(span)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = threads
    solver.parameters.random_seed = seed
    status = solver.solve(model)
    best = elite
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) and solver.objective_value < elite.value:
        way = np.flatnonzero([solver.boolean_value(literal) for literal in chosen]).astype(np.int64)
        start = np.array([solver.value(s) for s in starts], np.int64)
        best = Elite(int(solver.objective_value), way, start)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        bound = max(bound, int(np.ceil(solver.best_objective_bound - 1e-6)))
    return Proof(best, best.value if status == cp_model.OPTIMAL else min(bound, best.value))
