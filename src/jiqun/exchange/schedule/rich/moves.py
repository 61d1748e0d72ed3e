"""Moving a task to another place of a plan: applied, decoded from the earliest change on, and taken back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from jiqun.base.jit import kernel
from jiqun.exchange.schedule.arrays import Ints, Longs
from jiqun.exchange.schedule.rich.core import arc_cost, end_of_job, job_cost, own_cost, place
from jiqun.exchange.schedule.rich.net import Net


class Journal(NamedTuple):
    """What a move has changed, to take it back; and the marks of what is to be placed anew."""

    task: Ints
    end: Longs
    clock: Longs
    wait: Ints
    job: Ints
    job_end: Longs
    marked: np.ndarray
    """(positions) to be placed anew"""
    touched: np.ndarray
    """(jobs) has a sink whose end changed"""


def new_journal(net: Net) -> Journal:
    """Room for the changes of one move."""
    n, nj = len(net.job), len(net.due)
    return Journal(
        np.zeros(n, np.int32), np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int32),
        np.zeros(nj, np.int32), np.zeros(nj, np.int64), np.zeros(n, np.bool_), np.zeros(nj, np.bool_),
    )  # fmt: skip


@kernel
def unlink(net, s, t):  # type: ignore[no-untyped-def]
    """Take a task out of the sequence of its machine."""
    a, b = s.mp[t], s.ms[t]
    if a >= 0:
        s.ms[a] = b
    else:
        s.first[net.am[s.alt[t]]] = b
    if b >= 0:
        s.mp[b] = a


@kernel
def link(net, s, t, before):  # type: ignore[no-untyped-def]
    """Put a task into the sequence of its machine, behind `before` (-1: at its head)."""
    m = net.am[s.alt[t]]
    b = s.first[m] if before < 0 else s.ms[before]
    s.mp[t] = before
    s.ms[t] = b
    if before < 0:
        s.first[m] = t
    else:
        s.ms[before] = t
    if b >= 0:
        s.mp[b] = t


@kernel
def shift(s, p, q):  # type: ignore[no-untyped-def]
    """Move the task at place `p` of the order to place `q`."""
    t = s.order[p]
    if p < q:
        for i in range(p, q):
            x = s.order[i + 1]
            s.order[i] = x
            s.pos[x] = i
    else:
        for i in range(p, q, -1):
            x = s.order[i - 1]
            s.order[i] = x
            s.pos[x] = i
    s.order[q] = t
    s.pos[t] = q


@kernel
def room(net, s, t, before, after):  # type: ignore[no-untyped-def]
    """(last place of what `t` must stand behind, first place of what must stand behind `t`)."""
    low = -1
    high = s.order.size
    for i in range(net.pp[t], net.pp[t + 1]):
        low = max(low, s.pos[net.pv[i]])
    for i in range(net.sp[t], net.sp[t + 1]):
        high = min(high, s.pos[net.sv[i]])
    if before >= 0:
        low = max(low, s.pos[before])
    if after >= 0:
        high = min(high, s.pos[after])
    return low, high


@kernel
def local_cost(net, s, t):  # type: ignore[no-untyped-def]
    """What `t` and its arcs on its machine cost."""
    m = net.am[s.alt[t]]
    cost = own_cost(net, s, t) + arc_cost(net, s, m, s.mp[t], t)
    b = s.ms[t]
    if b >= 0:
        cost += arc_cost(net, s, m, t, b)
    return cost


@kernel
def gap_cost(net, s, m, before, after):  # type: ignore[no-untyped-def]
    """What the arc between two neighbours on a machine costs."""
    if after < 0:
        return np.int64(0)
    return arc_cost(net, s, m, before, after)


@kernel
def propagate(net, s, g, low, high, bound, latest):  # type: ignore[no-untyped-def]
    """Place what is marked from place `low` on: (good, tasks changed, jobs changed, change of the jobs' cost).

    Gives up, not good, once the jobs that are certain cost more than `bound` together, or a task ends after `latest`.
    """
    certain = np.int64(0)
    changed = 0
    jobs = 0
    good = True
    i = low
    while i <= high:
        if not g.marked[i]:
            i += 1
            continue
        g.marked[i] = False
        t = s.order[i]
        i += 1
        old_end, old_clock, old_wait = s.end[t], s.clock[t], s.wait[t]
        good = place(net, s, t) and s.end[t] <= latest
        g.task[changed] = t
        g.end[changed] = old_end
        g.clock[changed] = old_clock
        g.wait[changed] = old_wait
        changed += 1
        if not good:
            break
        if s.clock[t] != old_clock:
            b = s.ms[t]
            if b >= 0:
                g.marked[s.pos[b]] = True
                high = max(high, s.pos[b])
        if s.end[t] != old_end:
            for k in range(net.sp[t], net.sp[t + 1]):
                p = s.pos[net.sv[k]]
                g.marked[p] = True
                high = max(high, p)
            if net.sp[t] == net.sp[t + 1]:
                j = net.job[t]
                if net.sink_ptr[j + 1] - net.sink_ptr[j] == 1:
                    certain += job_cost(net, j, s.end[t])
                    good = certain <= bound
                if not g.touched[j]:
                    g.touched[j] = True
                    g.job[jobs] = j
                    g.job_end[jobs] = s.job_end[j]
                    jobs += 1
                if not good:
                    break
    if not good:
        for k in range(i, high + 1):
            g.marked[k] = False
    delta = np.int64(0)
    for k in range(jobs):
        j = g.job[k]
        g.touched[j] = False
        if good:
            new = end_of_job(net, s, j)
            delta += job_cost(net, j, new) - job_cost(net, j, s.job_end[j])
            s.job_end[j] = new
    return good, changed, jobs, delta


@kernel
def restore(s, g, changed, jobs):  # type: ignore[no-untyped-def]
    """Give back the ends that `propagate` changed."""
    for k in range(changed):
        t = g.task[k]
        s.end[t] = g.end[k]
        s.clock[t] = g.clock[k]
        s.wait[t] = g.wait[k]
    for k in range(jobs):
        s.job_end[g.job[k]] = g.job_end[k]


@kernel
def last_end(s):  # type: ignore[no-untyped-def]
    """When the last job ends."""
    last = s.job_end[0]
    for j in range(1, s.job_end.size):
        last = max(last, s.job_end[j])
    return last
