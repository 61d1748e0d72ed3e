"""The arrays that the kernels work on: a shop that does not change and a plan that does.

What belongs to an operation stands in one row of one table: a kernel then holds few arrays, which Numba counts
references of, and finds what it needs of an operation side by side in memory.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from jiqun.base.jit import kernel
from jiqun.exchange.schedule.arrays import Ints, Longs
from jiqun.exchange.schedule.problem import Problem
from jiqun.exchange.schedule.random import random

NOBODY = -1
"""Stands for 'no operation before (after) it'."""
WAY, TIME, MACHINE, PLACE, BEFORE, AFTER, HEAD, TAIL, RANK, PREVIOUS, NEXT, ROOM, READY, MOVED = range(14)
"""Columns of a plan's table: the way chosen, its duration and machine; the place in the machine's sequence and the
neighbours there; earliest start; longest way from the end to the end of the plan; place in the topological order;
neighbours in the job; room for sorting; from when the operation may start; whether it has left its place."""


class Shop(NamedTuple):
    """A flexible job shop; operation o of a job is followed by o + 1. A *way* is an operation on one of its machines."""

    way_ptr: Ints
    """(operations+1) the ways of each operation"""
    machine: Ints
    """(ways)"""
    duration: Longs
    """(ways)"""
    job_ptr: Ints
    """(jobs+1) the operations of each job"""
    machines: int
    ready: Longs
    """(operations) from when each may start"""
    opens: Longs
    """(machines) from when each may work"""

    @property
    def size(self) -> int:
        """How many operations there are."""
        return len(self.way_ptr) - 1


class Plan(NamedTuple):
    """Who does what in which order, and what follows from it."""

    table: Longs
    """(operations, 14) see the columns above"""
    sequence: Any
    """(machines, room) the operations of each machine in their order"""
    counts: Ints
    """(machines) how many they are"""
    order: Ints
    """(operations) a topological order"""
    queue: Ints
    """(operations) room for sorting"""
    opens: Longs
    """(machines) from when each may work"""

    @property
    def way(self) -> Longs:
        """(operations) the ways chosen."""
        return self.table[:, WAY]

    @property
    def head(self) -> Longs:
        """(operations) the starts."""
        return self.table[:, HEAD]

    @property
    def time(self) -> Longs:
        """(operations) the durations."""
        return self.table[:, TIME]


def shop_of(problem: Problem) -> Shop:
    """The arrays of a plain problem."""
    a = problem.arrays
    ready = np.maximum(a.earliest - problem.horizon.begin, 0)
    opens = np.zeros(a.n_machines, np.int64)
    return Shop(a.alt_ptr, a.alt_machine, a.alt_duration.astype(np.int64), a.job_ptr, a.n_machines, ready, opens)


def empty_plan(shop: Shop) -> Plan:
    """Room for a plan of the shop."""
    n = shop.size
    owner = np.repeat(np.arange(n), np.diff(shop.way_ptr))
    able = np.bincount(np.unique(np.stack([shop.machine, owner]), axis=1)[0], minlength=shop.machines)
    table = np.zeros((n, 14), np.int64)
    table[:, READY] = shop.ready
    table[:, PREVIOUS], table[:, NEXT] = np.arange(n) - 1, np.arange(n) + 1
    table[shop.job_ptr[:-1], PREVIOUS] = NOBODY
    table[shop.job_ptr[1:] - 1, NEXT] = NOBODY
    return Plan(
        table, np.zeros((shop.machines, int(able.max(initial=1)) + 1), np.int32), np.zeros(shop.machines, np.int32),
        np.zeros(n, np.int32), np.zeros(n, np.int32), shop.opens.copy(),
    )  # fmt: skip


def copy_into(source: Plan, target: Plan) -> None:
    """Write one plan over another of the same shop."""
    for a, b in zip(source, target, strict=True):
        b[...] = a


@kernel
def draw(seed: Any, below: int) -> np.int64:
    """A random number from 0 to below - 1."""
    return np.int64((random(seed) * below) >> 31)  # cheaper than a remainder


@kernel
def take_out(plan: Plan, o: int) -> None:
    """Remove an operation from the sequence of its machine."""
    table, sequence, count = plan.table, plan.sequence, plan.counts
    m = table[o, MACHINE]
    for z in range(table[o, PLACE] + 1, count[m]):
        moved = sequence[m, z]
        sequence[m, z - 1] = moved
        table[moved, PLACE] = z - 1
    count[m] -= 1
    a, b = table[o, BEFORE], table[o, AFTER]
    if a >= 0:
        table[a, AFTER] = b
    if b >= 0:
        table[b, BEFORE] = a


@kernel
def put_in(shop: Shop, plan: Plan, o: int, way: int, at: int) -> None:
    """Put an operation, done in a way, into the sequence of that machine at a place."""
    table, sequence, count = plan.table, plan.sequence, plan.counts
    m = shop.machine[way]
    table[o, WAY], table[o, MACHINE], table[o, TIME] = way, m, shop.duration[way]
    for z in range(count[m], at, -1):
        moved = sequence[m, z - 1]
        sequence[m, z] = moved
        table[moved, PLACE] = z
    sequence[m, at] = o
    table[o, PLACE] = at
    count[m] += 1
    a = sequence[m, at - 1] if at > 0 else NOBODY
    b = sequence[m, at + 1] if at + 1 < count[m] else NOBODY
    table[o, BEFORE], table[o, AFTER] = a, b
    if a >= 0:
        table[a, AFTER] = o
    if b >= 0:
        table[b, BEFORE] = o


@kernel
def link(shop: Shop, plan: Plan, way: Any, by: Ints) -> None:
    """Build the sequences from ways, operations taken in the order `by`, which respects every job."""
    plan.counts[:] = 0
    for i in range(by.size):
        o = by[i]
        put_in(shop, plan, o, way[o], plan.counts[shop.machine[way[o]]])
        plan.order[i] = o
        plan.table[o, RANK] = i
    heads(plan, 0)
    tails(plan, by.size - 1)


@kernel
def heads(plan: Plan, first: int) -> None:
    """Earliest starts of the operations from a place of the order on."""
    table, order = plan.table, plan.order
    for i in range(first, order.size):
        o = order[i]
        begin = table[o, READY]
        a = table[o, PREVIOUS]
        if a >= 0:
            begin = max(begin, table[a, HEAD] + table[a, TIME])
        a = table[o, BEFORE]
        begin = max(begin, table[a, HEAD] + table[a, TIME] if a >= 0 else plan.opens[table[o, MACHINE]])
        table[o, HEAD] = begin


@kernel
def tails(plan: Plan, last: int) -> None:
    """Tails of the operations down from a place of the order."""
    table, order = plan.table, plan.order
    for i in range(last, -1, -1):
        o = order[i]
        rest = np.int64(0)
        b = table[o, NEXT]
        if b >= 0:
            rest = table[b, TAIL] + table[b, TIME]
        b = table[o, AFTER]
        if b >= 0:
            rest = max(rest, table[b, TAIL] + table[b, TIME])
        table[o, TAIL] = rest


@kernel
def makespan(shop: Shop, plan: Plan) -> int:
    """When the last job ends."""
    last, table = np.int64(0), plan.table
    for j in range(1, shop.job_ptr.size):
        o = shop.job_ptr[j] - 1
        last = max(last, table[o, HEAD] + table[o, TIME])
    return int(last)


@kernel
def resort(plan: Plan, low: int, high: int) -> bool:
    """Sort a window of the order again after arcs changed within it (Kahn 1962); False where there is a cycle."""
    table, order, queue = plan.table, plan.order, plan.queue
    filled = low
    for i in range(low, high + 1):
        o = order[i]
        degree = 0
        a = table[o, PREVIOUS]
        if a >= 0 and table[a, RANK] >= low:
            degree += 1
        a = table[o, BEFORE]
        if a >= 0 and table[a, RANK] >= low:
            degree += 1
        table[o, ROOM] = degree
        if degree == 0:
            queue[filled] = o
            filled += 1
    at = low
    while at < filled:
        o = queue[at]
        at += 1
        b = table[o, NEXT]
        if b >= 0 and table[b, RANK] <= high:
            table[b, ROOM] -= 1
            if table[b, ROOM] == 0:
                queue[filled] = b
                filled += 1
        b = table[o, AFTER]
        if b >= 0 and table[b, RANK] <= high:
            table[b, ROOM] -= 1
            if table[b, ROOM] == 0:
                queue[filled] = b
                filled += 1
    if filled <= high:
        return False
    for i in range(low, high + 1):
        order[i] = queue[i]
        table[queue[i], RANK] = i
    return True
