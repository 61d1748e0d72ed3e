"""The baseline of `bench.schedule_rich`: a lean model of our own for OR-Tools CP-SAT.

Optional intervals of the ways of each operation, machines without overlap, transport by pair of sites, weighted tardiness.
Relaxed: calendars become durations stretched by the share of time that a machine is open, setups the mean of the machine's
matrix added to each operation. The solver is hinted the best of the dispatching rules; its machines and orders are decoded
exactly (calendars, setups, interruptions), so that what is compared is a valid plan.
"""

from __future__ import annotations

import numpy as np
from ortools.sat.python import cp_model

from jiqun.exchange.schedule.problem import Problem
from jiqun.exchange.schedule.rich.core import State, decode, link_all
from jiqun.exchange.schedule.rich.net import Net


def solve_lean(problem: Problem, net: Net, stretch: np.ndarray, hint: State, seconds: float, seed: int) -> State | None:
    """The plan of the model decoded, None where the solver finds none; building the model is not counted."""
    model, n = cp_model.CpModel(), len(net.job)
    took = _stretched(net, stretch)
    begins = _relaxed(net, hint, took)
    reach = int(begins.max() + took.max()) * 2
    start = [model.new_int_var(int(net.release[t]), reach, "") for t in range(n)]
    end = [model.new_int_var(0, 2 * reach, "") for _ in range(n)]
    taken: list[cp_model.IntVar] = []
    on: list[list[cp_model.IntervalVar]] = [[] for _ in net.site]
    for t in range(n):
        model.add_hint(start[t], int(begins[t]))
        mine = []
        for a in range(net.ap[t], net.ap[t + 1]):
            chosen = model.new_bool_var("")
            model.add_hint(chosen, a == hint.alt[t])
            on[net.am[a]].append(model.new_optional_interval_var(start[t], int(took[a]), end[t], chosen, ""))
            mine.append(chosen)
        model.add_exactly_one(mine)
        taken += mine
    _carriage(model, net, start, end, taken)
    for work in on:
        model.add_no_overlap(work)
    model.minimize(sum(_lateness(model, net, j, end, reach) for j in range(len(net.due))))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds, solver.parameters.num_workers, solver.parameters.random_seed = (
        seconds,
        2,
        seed,
    )
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    found = hint.copy()
    found.alt[:] = np.flatnonzero([solver.boolean_value(chosen) for chosen in taken])
    link_all(net, found, np.lexsort((np.arange(n), [solver.value(s) for s in start])))
    return found if decode(net, found) else None


def _relaxed(net: Net, hint: State, took: np.ndarray) -> np.ndarray:
    """When the tasks of a plan begin under the relaxed rules, in its own order."""
    begins, ends = np.zeros(len(net.job), np.int64), np.zeros(len(net.job), np.int64)
    free = np.zeros(len(net.site), np.int64)
    for t in hint.order:
        m = net.am[hint.alt[t]]
        before = net.pv[net.pp[t] : net.pp[t + 1]]
        arrived = ends[before] + net.move[net.site[net.am[hint.alt[before]]], net.site[m]]
        begins[t] = max(net.release[t], free[m], *arrived)
        ends[t] = free[m] = begins[t] + took[hint.alt[t]]
    return begins


def _stretched(net: Net, stretch: np.ndarray) -> np.ndarray:
    """(ways) the time each takes where its machine is open for its mean share of the time, with the mean setup."""
    setup = np.array([net.setup[x].mean() if x >= 0 else 0.0 for x in net.matrix])
    return np.ceil((net.ad + setup[net.am]) * stretch[net.am]).astype(np.int64)


def _carriage(model: cp_model.CpModel, net: Net, start: list, end: list, taken: list) -> None:
    for t in range(len(start)):
        for b in net.pv[net.pp[t] : net.pp[t + 1]]:
            model.add(start[t] >= end[b])
            for a in range(net.ap[t], net.ap[t + 1]):
                for w in range(net.ap[b], net.ap[b + 1]):
                    trip = int(net.move[net.site[net.am[w]], net.site[net.am[a]]])
                    if trip:
                        model.add(start[t] >= end[b] + trip).only_enforce_if(taken[a], taken[w])


def _lateness(model: cp_model.CpModel, net: Net, j: int, end: list, reach: int) -> cp_model.LinearExprT:
    late = model.new_int_var(0, 2 * reach, "")
    for t in net.sink[net.sink_ptr[j] : net.sink_ptr[j + 1]]:
        model.add(late >= end[t] - int(net.due[j]))
    return int(net.weight[j]) * late
