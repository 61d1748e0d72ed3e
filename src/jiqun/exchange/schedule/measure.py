"""The parts of the objective of a plan, from the columns of a problem."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from jiqun.exchange.schedule.arrays import Arrays, Longs
from jiqun.exchange.schedule.records import Objective

if TYPE_CHECKING:
    from jiqun.exchange.schedule.problem import Problem


class Parts(NamedTuple):
    """makespan and tardiness in units of time (tardiness weighted), cost in fen, disturbance in operations."""

    makespan: int
    tardiness: int
    cost: int
    disturbance: int

    def weighted(self, objective: Objective) -> int:
        """The weighted sum."""
        return (
            objective.makespan * self.makespan
            + objective.tardiness * self.tardiness
            + objective.cost * self.cost
            + objective.disturbance * self.disturbance
        )


def measure(
    problem: Problem, operation: Longs, machine: Longs, start: Longs, end: Longs, quantity: Longs
) -> Parts:  # fmt: skip
    """Measure rows of assignments that name machines able to do their operations."""
    if not len(operation):
        return Parts(0, 0, 0, 0)
    a = problem.arrays
    ends = np.full(a.n_jobs, np.iinfo(np.int64).min)
    np.maximum.at(ends, a.job[operation], end)
    late = np.maximum(ends - a.due, 0)
    machines, orders = disturbed(problem, operation, machine, start)
    return Parts(
        int(end.max()) - problem.horizon.begin,
        int((a.weight * late).sum()),
        _alternatives(a, operation, machine, quantity) + _setups(a, operation, machine, start) + _moves(a, operation, machine),
        len(machines) + len(orders),
    )  # fmt: skip


def alternative_of(a: Arrays, operation: Longs, machine: Longs) -> Longs:
    """The alternative that each row uses; rows must name machines that can do their operations."""
    owner = np.repeat(np.arange(a.n_operations, dtype=np.int64), np.diff(a.alt_ptr))
    keys = owner * a.n_machines + a.alt_machine
    order = np.argsort(keys, kind="stable")
    found: Longs = order[np.searchsorted(keys[order], operation * a.n_machines + machine)]
    return found


def _alternatives(a: Arrays, operation: Longs, machine: Longs, quantity: Longs) -> int:
    if not a.alt_cost.any():
        return 0
    cost = a.alt_cost[alternative_of(a, operation, machine)]
    return int((-(-cost * quantity // a.quantity[operation].astype(np.int64))).sum())


def _setups(a: Arrays, operation: Longs, machine: Longs, start: Longs) -> int:
    if not (a.setup_rate.any() and a.setup.any()):
        return 0
    order = np.lexsort((start, machine))
    m, family = machine[order], a.family[operation[order]]
    first = np.concatenate([[True], m[1:] != m[:-1]])
    before = np.where(first, a.first_family[m], np.concatenate([[-1], family[:-1]]))
    counted = (a.matrix[m] >= 0) & (before >= 0) & (family >= 0)
    time = np.where(counted, a.setup[a.matrix[m], before, family], 0)
    return int((time * a.setup_rate[m]).sum())


def _moves(a: Arrays, operation: Longs, machine: Longs) -> int:
    if not a.move_cost.any():
        return 0
    size = len(a.move_cost)
    used = np.zeros((a.n_operations, size), np.bool_)
    used[operation, a.site[machine]] = True
    after = np.repeat(np.arange(a.n_operations), np.diff(a.pred_ptr))
    return int(np.einsum("oa,ab,ob->", used[a.pred].astype(np.int64), a.move_cost, used[after].astype(np.int64)))


def disturbed(
    problem: Problem, operation: Longs, machine: Longs, start: Longs
) -> tuple[frozenset[int], frozenset[int]]:
    """Operations of the baseline whose machines changed, and the fewest on each machine that changed places.

    An operation done in one piece in both plans by the same machine keeps its place where it is on a longest
    sequence that both plans have in common; lots are compared by the machines that do them.
    """
    if not problem.baseline:
        return frozenset(), frozenset()
    old: dict[int, list[tuple[int, int]]] = {}
    for row in problem.baseline:
        at = problem.operation_index[row.job, row.operation]
        old.setdefault(at, []).append((problem.machine_index[row.machine], row.start))
    new: dict[int, list[tuple[int, int]]] = {}
    for o, m, s in zip(operation.tolist(), machine.tolist(), start.tolist(), strict=True):
        if o in old:
            new.setdefault(o, []).append((m, s))
    changed: set[int] = set()
    stayed: dict[int, list[tuple[int, int, int]]] = {}
    for o, rows in old.items():
        now = new.get(o, [])
        if sorted(m for m, _ in rows) != sorted(m for m, _ in now):
            changed.add(o)
        elif len(rows) == 1:
            stayed.setdefault(rows[0][0], []).append((rows[0][1], now[0][1], o))
    moved: set[int] = set()
    for on in stayed.values():
        on.sort()
        moved |= {on[i][2] for i in out_of_order([s for _, s, _ in on])}
    return frozenset(changed), frozenset(moved)


def out_of_order(values: list[int]) -> set[int]:
    """Positions outside one longest increasing run of picks (patience sorting)."""
    tails: list[int] = []
    holders: list[int] = []
    before = [-1] * len(values)
    for i, value in enumerate(values):
        at = bisect_left(tails, value)
        before[i] = holders[at - 1] if at else -1
        tails[at : at + 1] = [value]
        holders[at : at + 1] = [i]
    kept, at = set(), holders[-1] if holders else -1
    while at >= 0:
        kept.add(at)
        at = before[at]
    return set(range(len(values))) - kept
