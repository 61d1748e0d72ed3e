"""Plans as sequences on machines, decoded exactly: clocks, setups, transports, frozen work; in kernels."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from jiqun.base.jit import kernel
from jiqun.exchange.schedule.arrays import Flags, Ints, Longs
from jiqun.exchange.schedule.rich.net import BREACH, Net
from jiqun.exchange.schedule.rich.windows import end_time, fit, start_time, to_clock


class State(NamedTuple):
    """A plan in the making; `order` lists the tasks so that each stands behind all that it waits for."""

    alt: Ints
    """(tasks) alternative"""
    end: Longs
    clock: Longs
    """(tasks) end on the clock of its machine"""
    wait: Ints
    """(tasks) the task whose end sets its start, -1 for none"""
    order: Ints
    pos: Ints
    mp: Ints
    """(tasks) the task before it on its machine, -1 for none"""
    ms: Ints
    first: Ints
    """(machines) first task, -1 for none"""
    job_end: Longs
    moved: Flags
    """(tasks) has left its place"""
    left: Longs
    """(1) how many more tasks may leave theirs"""

    def copy(self) -> State:
        """A plan of its own."""
        columns: Any = [c.copy() for c in self]
        return State(*columns)


def empty_state(net: Net) -> State:
    """Room for a plan."""
    n, nm, nj = len(net.job), len(net.site), len(net.due)
    i32 = np.int32
    return State(
        np.zeros(n, i32), np.zeros(n, np.int64), np.zeros(n, np.int64), np.full(n, -1, i32), np.arange(n, dtype=i32),
        np.arange(n, dtype=i32), np.full(n, -1, i32), np.full(n, -1, i32), np.full(nm, -1, i32), np.zeros(nj, np.int64),
        np.zeros(n, np.bool_), np.full(1, n, np.int64),
    )  # fmt: skip


@kernel
def change(net, m, before, after):  # type: ignore[no-untyped-def]
    """Setup time on machine `m` from the family of task `before` (-1: its first) to that of `after`."""
    x = net.matrix[m]
    if x < 0:
        return np.int64(0)
    old = net.first_family[m] if before < 0 else net.family[before]
    new = net.family[after]
    if old < 0 or new < 0:
        return np.int64(0)
    return net.setup[x, old, new]


@kernel
def arrival(net, s, t, m):  # type: ignore[no-untyped-def]
    """When everything that task `t` needs is at machine `m`, and the task that it waits for (-1: its release)."""
    latest = net.release[t]
    who = -1
    to = net.site[m]
    for i in range(net.pp[t], net.pp[t + 1]):
        b = net.pv[i]
        at = s.end[b] + net.move[net.site[net.am[s.alt[b]]], to]
        if at > latest:
            latest = at
            who = b
    return latest, who


@kernel
def free_clock(net, s, m, before, t):  # type: ignore[no-untyped-def]
    """The clock of machine `m` at which it is set up for `t` after task `before`."""
    c = net.calendar[m]
    begin = to_clock(net.windows, c, net.begin)
    need = change(net, m, before, t)
    if before < 0:
        return begin + need if need > 0 else begin
    at = s.clock[before]
    at = max(at, begin)
    return at + need


@kernel
def place(net, s, t):  # type: ignore[no-untyped-def]
    """Set end, clock and wait of `t` from what stands before it; False where a frozen task cannot keep its start."""
    a = s.alt[t]
    m = net.am[a]
    c = net.calendar[m]
    before = s.mp[t]
    if net.fixed[t]:
        s.end[t] = net.fixed_end[t]
        s.clock[t] = to_clock(net.windows, c, net.fixed_end[t])
        s.wait[t] = -1
        if before < 0 or net.fixed[before]:
            return True
        return free_clock(net, s, m, before, t) <= to_clock(net.windows, c, net.fixed_start[t])
    time, who = arrival(net, s, t, m)
    at = to_clock(net.windows, c, time)
    free = free_clock(net, s, m, before, t)
    if free > at:
        at = free
        who = before
    duration = net.ad[a]
    if net.whole[t]:
        at = fit(net.windows, c, at, duration)
    s.clock[t] = at + duration
    s.end[t] = end_time(net.windows, c, at + duration)
    s.wait[t] = who
    return True


@kernel
def decode(net, s):  # type: ignore[no-untyped-def]
    """Place every task in the order; False where a frozen one cannot keep its start."""
    good = True
    for i in range(s.order.size):
        if not place(net, s, s.order[i]):
            good = False
    for j in range(net.due.size):
        s.job_end[j] = end_of_job(net, s, j)
    return good


@kernel
def end_of_job(net, s, j):  # type: ignore[no-untyped-def]
    """When the last task of a job ends."""
    last = np.int64(-(1 << 60))
    for i in range(net.sink_ptr[j], net.sink_ptr[j + 1]):
        last = max(last, s.end[net.sink[i]])
    return last


@kernel
def job_cost(net, j, end):  # type: ignore[no-untyped-def]
    """What the end of a job adds to the objective: lateness, and the breach of the horizon."""
    cost = np.int64(0)
    if end > net.due[j]:
        cost = net.weight[j] * (end - net.due[j])
    if end > net.end:
        cost += BREACH * (end - net.end)
    return cost


@kernel
def arc_cost(net, s, m, before, t):  # type: ignore[no-untyped-def]
    """What it costs on machine `m` that `t` follows `before`: setup, and an order turned round."""
    cost = net.setup_price[m] * change(net, m, before, t)
    if net.w_disturbance > 0 and before >= 0 and net.old_machine[t] == m and net.old_machine[before] == m:
        cost += net.w_disturbance if net.rank[before] > net.rank[t] else 0
    return cost


@kernel
def own_cost(net, s, t):  # type: ignore[no-untyped-def]
    """What the machine of `t` costs: the alternative, carriage from and to its neighbours, a changed machine."""
    a = s.alt[t]
    m = net.am[a]
    cost = net.ac[a]
    if net.w_cost > 0:
        at = net.site[m]
        for i in range(net.pp[t], net.pp[t + 1]):
            cost += net.move_price[net.site[net.am[s.alt[net.pv[i]]]], at]
        for i in range(net.sp[t], net.sp[t + 1]):
            cost += net.move_price[at, net.site[net.am[s.alt[net.sv[i]]]]]
    if net.w_disturbance > 0 and net.old_machine[t] >= 0 and net.old_machine[t] != m:
        cost += net.w_disturbance
    return cost


@kernel
def total(net, s):  # type: ignore[no-untyped-def]
    """The objective of a decoded plan (carriage of lots counted lot by lot)."""
    value = np.int64(0)
    last = np.int64(0)
    for j in range(net.due.size):
        value += job_cost(net, j, s.job_end[j])
        last = max(last, s.job_end[j])
    value += net.w_makespan * (last - net.begin)
    for t in range(net.job.size):
        m = net.am[s.alt[t]]
        value += arc_cost(net, s, m, s.mp[t], t) + net.ac[s.alt[t]]
        if net.w_disturbance > 0 and net.old_machine[t] >= 0 and net.old_machine[t] != m:
            value += net.w_disturbance
        if net.w_cost > 0:
            for i in range(net.pp[t], net.pp[t + 1]):
                value += net.move_price[net.site[net.am[s.alt[net.pv[i]]]], net.site[m]]
    return value


@njit(cache=True, nogil=True)
def starts(net, s):  # type: ignore[no-untyped-def]
    """The start of every task of a decoded plan."""
    found = np.empty(net.job.size, np.int64)
    for t in range(net.job.size):
        a = s.alt[t]
        if net.fixed[t]:
            found[t] = net.fixed_start[t]
        else:
            found[t] = start_time(net.windows, net.calendar[net.am[a]], s.clock[t] - net.ad[a])
    return found


@njit(cache=True, nogil=True)
def sort_order(net, s):  # type: ignore[no-untyped-def]
    """List the tasks by their starts again: what a task waits for starts before it, since nothing takes no time."""
    by = np.argsort(starts(net, s))
    for i in range(by.size):
        s.order[i] = by[i]
        s.pos[by[i]] = i


@njit(cache=True, nogil=True)
def copy_into(a, b):  # type: ignore[no-untyped-def]
    """Copy plan `a` over plan `b`."""
    b.alt[:] = a.alt
    b.end[:] = a.end
    b.clock[:] = a.clock
    b.wait[:] = a.wait
    b.order[:] = a.order
    b.pos[:] = a.pos
    b.mp[:] = a.mp
    b.ms[:] = a.ms
    b.first[:] = a.first
    b.job_end[:] = a.job_end
    b.moved[:] = a.moved
    b.left[:] = a.left


@kernel
def append(s, t, m, last):  # type: ignore[no-untyped-def]
    """Put a task behind the `last` of machine `m`."""
    s.mp[t] = last[m]
    if last[m] >= 0:
        s.ms[last[m]] = t
    else:
        s.first[m] = t
    last[m] = t


@njit(cache=True, nogil=True)
def link_all(net, s, order):  # type: ignore[no-untyped-def]
    """Make `order` the order of the plan, and of the sequences of all machines."""
    last = np.full(net.site.size, -1, np.int32)
    s.first[:] = -1
    s.ms[:] = -1
    for i in range(order.size):
        t = order[i]
        s.order[i] = t
        s.pos[t] = i
        m = net.am[s.alt[t]]
        append(s, t, m, last)
