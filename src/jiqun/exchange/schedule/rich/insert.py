"""Putting tasks into the gaps of a plan without moving anything else, in kernels."""

from __future__ import annotations

import numpy as np
from numba import njit

from jiqun.base.jit import kernel
from jiqun.exchange.schedule.rich.core import arrival, change, free_clock
from jiqun.exchange.schedule.rich.moves import link
from jiqun.exchange.schedule.rich.windows import end_time, fit, to_clock


@kernel
def earliest_gap(net, s, t, a):  # type: ignore[no-untyped-def]
    """(clock at the end, task before) of the first gap on the machine of `a` that takes `t` when all it needs is there."""
    m = net.am[a]
    c = net.calendar[m]
    time, _ = arrival(net, s, t, m)
    ready = to_clock(net.windows, c, time)
    before = -1
    y = s.first[m]
    # A gap that closes before the task could end is none.
    while y >= 0 and s.clock[y] <= ready:
        before = y
        y = s.ms[y]
    while True:
        at = max(ready, free_clock(net, s, m, before, t))
        if net.whole[t]:
            at = fit(net.windows, c, at, net.ad[a])
        end = at + net.ad[a]
        if y < 0 or end + change(net, m, t, y) <= _begin(net, s, y, c):
            return end, before
        before = y
        y = s.ms[y]


@kernel
def _begin(net, s, y, c):  # type: ignore[no-untyped-def]
    if net.fixed[y]:
        return to_clock(net.windows, c, net.fixed_start[y])
    return s.clock[y] - net.ad[s.alt[y]]


@kernel
def insert_all(net, s, tasks, price):  # type: ignore[no-untyped-def]
    """Put `tasks`, listed so that each comes after those it waits for, where each ends first (plus price · cost).

    The sequences, ends and clocks are set; the order is for the caller to sort.
    """
    for t in tasks:
        best = 1e300
        for a in range(net.ap[t], net.ap[t + 1]):
            clock, before = earliest_gap(net, s, t, a)
            end = end_time(net.windows, net.calendar[net.am[a]], clock)
            score = end + price * _cost(net, s, t, a)
            if score < best:
                best = score
                s.alt[t] = a
                s.clock[t] = clock
                s.end[t] = end
                s.mp[t] = before
        link(net, s, t, s.mp[t])


@kernel
def _cost(net, s, t, a):  # type: ignore[no-untyped-def]
    """The alternative, and the carriage from what comes before."""
    cost = net.ac[a]
    for i in range(net.pp[t], net.pp[t + 1]):
        cost += net.move_price[net.site[net.am[s.alt[net.pv[i]]]], net.site[net.am[a]]]
    return cost


@njit(cache=True, nogil=True)
def in_turn(net, tasks):  # type: ignore[no-untyped-def]
    """The tasks listed so that each comes after those of them that it waits for."""
    inside = np.zeros(net.job.size, np.bool_)
    for t in tasks:
        inside[t] = True
    left = np.zeros(net.job.size, np.int32)
    out = np.empty(tasks.size, np.int32)
    size = 0
    for t in tasks:
        for i in range(net.pp[t], net.pp[t + 1]):
            if inside[net.pv[i]]:
                left[t] += 1
        if left[t] == 0:
            out[size] = t
            size += 1
    k = 0
    while k < size:
        t = out[k]
        k += 1
        for i in range(net.sp[t], net.sp[t + 1]):
            x = net.sv[i]
            if inside[x]:
                left[x] -= 1
                if left[x] == 0:
                    out[size] = x
                    size += 1
    return out
