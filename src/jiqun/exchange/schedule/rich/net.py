"""A problem as one network of tasks for the kernels: an operation, or each of its lots, is a task."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from jiqun.exchange.schedule.arrays import Ints, Longs
from jiqun.exchange.schedule.problem import Problem
from jiqun.exchange.schedule.rich.windows import Windows, windows_of

FAR = 1 << 36
"""A time that no plan reaches; work that finds no opening ends behind it."""
BREACH = 1 << 20
"""What a unit of time after the end of the horizon weighs."""


class Net(NamedTuple):
    """Columns of tasks, machines and jobs; kernels take it whole. Positions, CSR as in `Arrays`."""

    op: Ints
    quantity: Ints
    job: Ints
    pp: Ints
    pv: Ints
    sp: Ints
    sv: Ints
    ap: Ints
    am: Ints
    ad: Ints
    ac: Longs
    release: Longs
    family: Ints
    whole: np.ndarray
    """(tasks) may not be interrupted"""
    fixed: np.ndarray
    """(tasks) frozen"""
    held: np.ndarray
    """(tasks) keeps its machine and its place in the order, but may be later"""
    fixed_alt: Ints
    fixed_start: Longs
    fixed_end: Longs
    sink_ptr: Ints
    sink: Ints
    """tasks of each job without a successor"""
    due: Longs
    weight: Longs
    """(jobs) weight of a unit of lateness in the objective"""
    site: Ints
    matrix: Ints
    first_family: Ints
    setup: Longs
    setup_price: Longs
    """(machines) objective of a unit of setup time"""
    move: Longs
    move_price: Longs
    calendar: Ints
    """(machines) number of the calendar in the windows, -1 if always open"""
    windows: Windows
    old_machine: Ints
    """(tasks) machine in the baseline, -1 for none"""
    rank: Ints
    """(tasks) place in the order of that machine in the baseline"""
    begin: int
    end: int
    """end of the horizon, FAR without one"""
    w_makespan: int
    w_cost: int
    w_disturbance: int


def build_net(problem: Problem, lots: Longs | None = None, shares: Longs | None = None) -> Net:
    """The network of a problem; `lots` is the number of lots of each operation (frozen ones keep theirs).

    They are equal but for rounding, unless `shares` gives the quantity of each task.
    """
    a = problem.arrays
    lots = np.ones(a.n_operations, np.int64) if lots is None else lots
    frozen: dict[int, list[tuple[int, int, int, int]]] = {}
    for row in problem.frozen:
        o = problem.operation_index[row.job, row.operation]
        amount = int(a.quantity[o]) if row.quantity is None else row.quantity
        frozen.setdefault(o, []).append((problem.machine_index[row.machine], row.start, row.end, amount))
    counts = lots.copy()
    for o, rows in frozen.items():
        counts[o] = len(rows)
    ptr = np.concatenate([[0], np.cumsum(counts)])
    op = np.repeat(np.arange(a.n_operations), counts)
    quantity = _shares(a.quantity, counts, op, ptr) if shares is None else shares.copy()
    n = len(op)
    fixed, fixed_alt = np.zeros(n, np.bool_), np.full(n, -1, np.int64)
    fixed_start, fixed_end = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for o, rows in frozen.items():
        for t, (m, start, end, amount) in zip(range(int(ptr[o]), int(ptr[o + 1])), rows, strict=True):
            fixed[t], quantity[t], fixed_start[t], fixed_end[t] = True, amount, start, end
            fixed_alt[t] = (
                next(x for x in range(a.alt_ptr[o], a.alt_ptr[o + 1]) if a.alt_machine[x] == m) - a.alt_ptr[o]
            )
    ap, am, ad, ac = _alternatives(problem, op, quantity)
    fixed_alt = np.where(fixed, ap[:-1] + fixed_alt, -1)
    pp, pv = _spread(a.pred_ptr, a.pred, op, ptr)
    sp, sv = _spread(a.succ_ptr, a.succ, op, ptr)
    begin = problem.horizon.begin
    job = a.job[op]
    last = np.flatnonzero(np.diff(sp) == 0)
    old_machine, rank = _baseline(problem, op, ptr)
    goal = problem.objective
    calendar, windows = windows_of(problem, FAR)
    i32 = np.int32
    return Net(
        op.astype(i32), quantity.astype(i32), job.astype(i32), pp, pv, sp, sv, ap, am, ad, goal.cost * ac,
        np.maximum(a.earliest[op], begin), a.family[op].astype(i32), ~a.interruptible[op], fixed, np.zeros(n, np.bool_),
        fixed_alt.astype(i32), fixed_start, fixed_end,
        np.concatenate([[0], np.cumsum(np.bincount(job[last], minlength=a.n_jobs))]).astype(i32), last.astype(i32),
        a.due, goal.tardiness * a.weight, a.site, a.matrix, a.first_family, a.setup, goal.cost * a.setup_rate,
        a.move_time, goal.cost * a.move_cost, calendar, windows, old_machine, rank, begin,
        FAR if problem.horizon.end is None else problem.horizon.end, goal.makespan, goal.cost, goal.disturbance,
    )  # fmt: skip


def _shares(whole: Ints, counts: Longs, op: Longs, ptr: Longs) -> Longs:
    """The quantity of each task: as equal as whole numbers allow, the larger lots first."""
    nth = np.arange(len(op)) - ptr[op]
    base, more = np.divmod(whole.astype(np.int64), np.maximum(counts, 1))
    shares: Longs = base[op] + (nth < more[op])
    return shares


def _alternatives(problem: Problem, op: Longs, quantity: Longs) -> tuple[Ints, Ints, Ints, Longs]:
    a = problem.arrays
    sizes = np.diff(a.alt_ptr)[op]
    ap = np.concatenate([[0], np.cumsum(sizes)])
    at = np.arange(ap[-1]) - np.repeat(ap[:-1], sizes) + np.repeat(a.alt_ptr[op], sizes)
    share, whole = np.repeat(quantity, sizes), np.repeat(a.quantity[op].astype(np.int64), sizes)
    duration = -(-a.alt_duration[at].astype(np.int64) * share // whole)
    cost = -(-a.alt_cost[at] * share // whole)
    return ap.astype(np.int32), a.alt_machine[at], duration.astype(np.int32), cost


def _spread(ptr: Ints, entries: Ints, op: Longs, tasks: Longs) -> tuple[Ints, Ints]:
    """Neighbours of tasks from neighbours of operations: every lot of the one with every lot of the other."""
    if tasks[-1] == len(ptr) - 1:
        return ptr, entries
    found = [
        [t for b in entries[ptr[o] : ptr[o + 1]] for t in range(int(tasks[b]), int(tasks[b + 1]))] for o in op
    ]  # fmt: skip
    sizes = np.concatenate([[0], np.cumsum(list(map(len, found)))])
    return sizes.astype(np.int32), np.array([t for row in found for t in row], np.int32)


def _baseline(problem: Problem, op: Longs, ptr: Longs) -> tuple[Ints, Ints]:
    machine, rank = np.full(len(op), -1, np.int32), np.full(len(op), -1, np.int32)
    seen: dict[int, int] = {}
    place: dict[str, int] = {}
    for row in sorted(problem.baseline, key=lambda r: r.start):
        o = problem.operation_index[row.job, row.operation]
        t = int(ptr[o]) + seen.get(o, 0)
        seen[o] = seen.get(o, 0) + 1
        if t < ptr[o + 1]:
            place[row.machine] = place.get(row.machine, -1) + 1
            machine[t], rank[t] = problem.machine_index[row.machine], place[row.machine]
    return machine, rank
