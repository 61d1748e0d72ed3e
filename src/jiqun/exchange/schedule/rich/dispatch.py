"""Plans by dispatching: the machine that can end something first takes the ready task that a rule prefers.

The choice set is that of Giffler and Thompson (1960), narrowed towards non-delay plans; the rules are those of the
literature (ATC: Vepsalainen and Morton 1987, ATCS: Lee, Bhaskaran and Pinedo 1997, COVERT, MDD, …).
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numba import njit

from jiqun.base.jit import kernel
from jiqun.exchange.schedule.random import random
from jiqun.exchange.schedule.rich.core import append, arrival, change, decode, free_clock, sort_order
from jiqun.exchange.schedule.rich.windows import end_time, fit, start_time, to_clock


class Rule(IntEnum):
    """Which ready task goes first."""

    ATCS = 0
    EDD = 1
    MDD = 2
    SLACK = 3
    SLACK_PER_OPERATION = 4
    CRITICAL_RATIO = 5
    MOST_WORK = 6
    FIFO = 7
    SPT = 8
    WSPT = 9
    COVERT = 10


class Ways(NamedTuple):
    """How to dispatch: `ahead` and `change` scale slack and setup in ATCS and COVERT, `delay` 0 is non-delay and 1
    the whole conflict set, `price` weighs the cost of a machine against time, `noise` shakes the index."""

    rule: int
    ahead: float = 2.0
    change: float = 0.5
    delay: float = 0.0
    price: float = 0.0
    noise: float = 0.0


@njit(cache=True, nogil=True)
def tails(net, stretch):  # type: ignore[no-untyped-def]
    """(mean durations, longest mean work from each task to the end of its job), both as time, not open time."""
    n = net.job.size
    mean = np.zeros(n)
    for t in range(n):
        for a in range(net.ap[t], net.ap[t + 1]):
            mean[t] += net.ad[a] * stretch[net.am[a]]
        mean[t] /= net.ap[t + 1] - net.ap[t]
    tail = np.zeros(n)
    left = np.zeros(n, np.int32)
    stack = np.empty(n, np.int32)
    h = 0
    top = 0
    for t in range(n):
        left[t] = net.sp[t + 1] - net.sp[t]
        if left[t] == 0:
            stack[top] = t
            top += 1
    while h < top:
        t = stack[h]
        h += 1
        best = 0.0
        for i in range(net.sp[t], net.sp[t + 1]):
            best = max(best, tail[net.sv[i]])
        tail[t] = best + mean[t]
        for i in range(net.pp[t], net.pp[t + 1]):
            b = net.pv[i]
            left[b] -= 1
            if left[b] == 0:
                stack[top] = b
                top += 1
    return mean, tail


@kernel
def _estimate(net, s, t, last, coming, frozen, frozen_ptr, price):  # type: ignore[no-untyped-def]
    """Best alternative of a ready task now: (alternative, start, end, setup)."""
    best, best_start, best_end, best_setup, best_score = -1, np.int64(0), np.int64(0), np.int64(0), 1e300
    for a in range(net.ap[t], net.ap[t + 1]):
        m = net.am[a]
        c = net.calendar[m]
        time, _ = arrival(net, s, t, m)
        ready = to_clock(net.windows, c, time)
        before = last[m]
        k = coming[m]
        while True:
            at = max(ready, free_clock(net, s, m, before, t))
            if net.whole[t]:
                at = fit(net.windows, c, at, net.ad[a])
            if k >= frozen_ptr[m + 1]:
                break
            f = frozen[k]
            if at + net.ad[a] + change(net, m, t, f) <= to_clock(net.windows, c, net.fixed_start[f]):
                break
            before = f
            k += 1
        end = end_time(net.windows, c, at + net.ad[a])
        score = end + price * net.ac[a]
        if net.old_machine[t] >= 0 and net.old_machine[t] != m:
            score += price * net.w_disturbance
        if score < best_score:
            best_score = score
            best, best_end, best_start = a, end, start_time(net.windows, c, at)
            best_setup = change(net, m, before, t)
    return best, best_start, best_end, best_setup


@kernel
def _index(net, t, rule, ahead, scale, start, mean, tail, depth, p_bar, s_bar, setup, chg):  # type: ignore[no-untyped-def]
    """The preference for a ready task, the larger the sooner."""
    j = net.job[t]
    due = min(net.due[j], np.int64(1) << 40)
    w = max(float(net.weight[j]), 1e-3)
    slack = due - start - tail[t]
    if rule == 0:
        return np.log(w / tail[t]) * scale - max(0.0, slack) / (ahead * p_bar) - setup / (chg * s_bar)
    if rule == 1:
        return -float(due)
    if rule == 2:
        return -max(float(due), start + tail[t])
    if rule == 3:
        return -slack
    if rule == 4:
        return -slack / depth[t]
    if rule == 5:
        return -(due - start) / tail[t]
    if rule == 6:
        return tail[t]
    if rule == 7:
        return -float(start)
    if rule == 8:
        return -mean[t]
    if rule == 9:
        return w / mean[t]
    return w / mean[t] * max(0.0, 1.0 - max(0.0, slack) / (ahead * tail[t])) + 1e-9 * (w / mean[t])


@njit(cache=True, nogil=True)
def dispatch(net, s, stretch, rule, ahead, chg, delay, price, noise, seed, frozen, frozen_ptr):  # type: ignore[no-untyped-def]
    """Fill an empty plan; True where frozen work keeps its starts."""
    n = net.job.size
    nm = net.site.size
    mean, tail = tails(net, stretch)
    depth = np.ones(n)
    p_bar = max(1.0, mean.mean())
    s_bar = 1.0
    if net.setup.size > 1:
        s_bar = max(1.0, net.setup.mean())
    last = np.full(nm, -1, np.int32)
    coming = frozen_ptr[:-1].copy()
    s.mp[:] = -1
    s.ms[:] = -1
    s.first[:] = -1
    left = np.zeros(n, np.int32)
    ready = np.empty(n, np.int32)
    size = 0
    placed = 0
    for t in range(n):
        if net.fixed[t]:
            a = net.fixed_alt[t]
            s.alt[t] = a
            s.end[t] = net.fixed_end[t]
            s.clock[t] = to_clock(net.windows, net.calendar[net.am[a]], net.fixed_end[t])
            placed += 1
    # From the last task of a job to the first: how many stand behind it.
    for t in range(n - 1, -1, -1):
        for i in range(net.sp[t], net.sp[t + 1]):
            depth[t] = max(depth[t], depth[net.sv[i]] + 1.0)
    for t in range(n):
        if net.fixed[t]:
            continue
        for i in range(net.pp[t], net.pp[t + 1]):
            if not net.fixed[net.pv[i]]:
                left[t] += 1
        if left[t] == 0:
            ready[size] = t
            size += 1
    b_alt = np.full(n, -1, np.int32)
    b_start = np.zeros(n, np.int64)
    b_end = np.zeros(n, np.int64)
    b_setup = np.zeros(n, np.int64)
    touched = -1
    while size > 0:
        first = np.int64(1) << 60
        m = -1
        for r in range(size):
            t = ready[r]
            stale = b_alt[t] < 0
            if not stale:
                for a in range(net.ap[t], net.ap[t + 1]):
                    if net.am[a] == touched:
                        stale = True
            if stale:
                b_alt[t], b_start[t], b_end[t], b_setup[t] = _estimate(
                    net, s, t, last, coming, frozen, frozen_ptr, price
                )
            if b_end[t] < first:
                first = b_end[t]
                m = net.am[b_alt[t]]
        soonest = np.int64(1) << 60
        for r in range(size):
            t = ready[r]
            if net.am[b_alt[t]] == m:
                soonest = min(soonest, b_start[t])
        limit = soonest + delay * (first - soonest)
        pick = -1
        best = -1e300
        for r in range(size):
            t = ready[r]
            if net.am[b_alt[t]] == m and b_start[t] <= limit:
                value = _index(net, t, rule, ahead, 1.0, b_start[t], mean, tail, depth, p_bar, s_bar, b_setup[t], chg)
                if noise > 0.0:
                    shake = 2.0 * (random(seed) / 2147483648.0) - 1.0
                    value += noise * shake * (1.0 if rule == 0 else abs(value))
                if value > best:
                    best = value
                    pick = r
        t = ready[pick]
        size -= 1
        ready[pick] = ready[size]
        a = b_alt[t]
        c = net.calendar[m]
        s.alt[t] = a
        start = to_clock(net.windows, c, b_start[t])
        # Frozen tasks that this one does not fit before now stand before it.
        while coming[m] < frozen_ptr[m + 1]:
            f = frozen[coming[m]]
            if start + net.ad[a] + change(net, m, t, f) <= to_clock(net.windows, c, net.fixed_start[f]):
                break
            append(s, f, m, last)
            coming[m] += 1
        s.clock[t] = start + net.ad[a]
        s.end[t] = b_end[t]
        append(s, t, m, last)
        touched = m
        for i in range(net.sp[t], net.sp[t + 1]):
            x = net.sv[i]
            left[x] -= 1
            if left[x] == 0 and not net.fixed[x]:
                ready[size] = x
                size += 1
    for m in range(nm):
        while coming[m] < frozen_ptr[m + 1]:
            append(s, frozen[coming[m]], m, last)
            coming[m] += 1
    sort_order(net, s)
    return decode(net, s)
