"""Simulated annealing over plans: moves on what makes the late jobs late, each decoded exactly."""

from __future__ import annotations

import numpy as np
from numba import njit

from jiqun.base.jit import kernel
from jiqun.exchange.schedule.random import random
from jiqun.exchange.schedule.rich.core import arrival, change, copy_into, free_clock, job_cost, sort_order
from jiqun.exchange.schedule.rich.moves import (
    gap_cost,
    last_end,
    link,
    local_cost,
    propagate,
    restore,
    room,
    shift,
    unlink,
)
from jiqun.exchange.schedule.rich.windows import fit, to_clock


@kernel
def critical_job(net, s, seed, mode):  # type: ignore[no-untyped-def]
    """A job that costs: one of the late at random (mode 0: by how much of a few), or the last to end; -1 if none."""
    nj = net.due.size
    best = -1
    if mode == 0:
        worst = np.int64(0)
        tries = 0
        for _ in range(4 * nj):
            j = random(seed) % nj
            c = job_cost(net, j, s.job_end[j])
            if c > 0:
                tries += 1
                if best < 0 or (c > worst and random(seed) % 2 == 0):
                    worst = c
                    best = j
                if tries >= 2:
                    break
        return best
    last = last_end(s)
    count = 0
    for j in range(nj):
        if s.job_end[j] == last:
            count += 1
            if random(seed) % count == 0:
                best = j
    return best


@kernel
def walk(net, s, j, path, arcs):  # type: ignore[no-untyped-def]
    """The tasks that set the end of job `j`, back to a release; and which of them wait for their machine."""
    t = -1
    for i in range(net.sink_ptr[j], net.sink_ptr[j + 1]):
        x = net.sink[i]
        if t < 0 or s.end[x] > s.end[t]:
            t = x
    length = 0
    waiting = 0
    while t >= 0:
        path[length] = t
        length += 1
        if s.wait[t] >= 0 and s.wait[t] == s.mp[t] and not net.fixed[s.mp[t]]:
            arcs[waiting] = t
            waiting += 1
        t = s.wait[t]
    return length, waiting


@kernel
def spot(net, s, t, a, seed):  # type: ignore[no-untyped-def]
    """A place for `t` on the machine of alternative `a`: the one of the few around its arrival that hurts least, now and then any.

    Gives (found, before, after, badness); badness is the end of t plus how far the next task is pushed.
    """
    m = net.am[a]
    c = net.calendar[m]
    time, _ = arrival(net, s, t, m)
    ready = to_clock(net.windows, c, time)
    # Where it would stand were it to go first come, first served.
    x = -1
    y = s.first[m]
    while y >= 0 and (y == t or s.clock[y] - net.ad[s.alt[y]] < ready):
        if y != t:
            x = y
        y = s.ms[y]
    if y == t:
        y = s.ms[y]
    back = random(seed) % 3
    while back > 0 and x >= 0:
        y = x
        x = s.mp[x]
        if x == t:
            x = s.mp[x]
        back -= 1
    best_x, best_y, found = -1, -1, False
    best = np.int64(1) << 60
    any_place = random(seed) % 16 == 0
    for _ in range(5):
        low, high = room(net, s, t, x, y)
        if low < high:
            at = max(ready, free_clock(net, s, m, x, t))
            if net.whole[t]:
                at = fit(net.windows, c, at, net.ad[a])
            end = at + net.ad[a]
            pushed = np.int64(0)
            if y >= 0:
                pushed = max(np.int64(0), end + change(net, m, t, y) - (s.clock[y] - net.ad[s.alt[y]]))
            bad = random(seed) if any_place else end + pushed + random(seed) % 16
            if bad < best and not (m == net.am[s.alt[t]] and x == s.mp[t]):
                best, best_x, best_y, found = bad, x, y, True
        if y < 0:
            break
        x = y
        y = s.ms[y]
        if y == t:
            y = s.ms[y]
    return found, best_x, best_y, best


@kernel
def choose(net, s, seed, path, arcs):  # type: ignore[no-untyped-def]
    """A move: (task, alternative, before, after), task -1 for none."""
    dice = random(seed) % 100
    n = net.job.size
    t = -1
    waiting = 0
    length = 0
    if dice < 92:
        j = critical_job(net, s, seed, 0)
        if j < 0 and net.w_makespan > 0:
            j = critical_job(net, s, seed, 1)
        if j >= 0:
            length, waiting = walk(net, s, j, path, arcs)
            t = path[random(seed) % length]
    if t < 0:
        t = random(seed) % n
    none = (np.int64(-1), np.int64(-1), np.int64(-1), np.int64(-1))
    kind = random(seed) % 100
    if waiting > 0 and kind < 60:
        v = arcs[random(seed) % waiting]
        u = s.mp[v]
        if kind < 30:
            # v before u, or before something earlier on the machine.
            back = random(seed) % 3
            while back > 0 and s.mp[u] >= 0 and not net.fixed[s.mp[u]]:
                u = s.mp[u]
                back -= 1
            return np.int64(v), np.int64(s.alt[v]), np.int64(s.mp[u]), np.int64(u)
        if kind < 45:
            # u behind v, or behind something later.
            on = random(seed) % 3
            while on > 0 and s.ms[v] >= 0 and not net.fixed[s.ms[v]]:
                v = s.ms[v]
                on -= 1
            return np.int64(u), np.int64(s.alt[u]), np.int64(v), np.int64(s.ms[v])
        t = u if kind < 53 else v
    if net.fixed[t] or net.held[t]:
        return none
    size = net.ap[t + 1] - net.ap[t]
    a = net.ap[t] + random(seed) % size
    if size > 1 and a == s.alt[t] and random(seed) % 4 > 0:
        a = net.ap[t] + (a - net.ap[t] + 1 + random(seed) % (size - 1)) % size
    found, x, y, _ = spot(net, s, t, a, seed)
    if not found:
        return none
    return np.int64(t), np.int64(a), np.int64(x), np.int64(y)


@kernel
def attempt(net, s, g, t, a, x, y, late, limit):  # type: ignore[no-untyped-def]
    """Move `t` between x and y on the machine of `a`; kept where the objective grows by `limit` at most.

    `late` is what the jobs cost now. Gives (0 impossible, 1 taken back, 2 kept; growth; growth of the jobs' cost).
    """
    none = (0, np.int64(0), np.int64(0))
    if net.fixed[t] or net.held[t] or t in (x, y) or not (s.moved[t] or s.left[0] > 0):
        return none
    low, high = room(net, s, t, x, y)
    p = s.pos[t]
    if low >= high:
        return none
    # Places are counted with t taken out: close before what it is put before, else close behind what it waits for.
    closing = y >= 0 and s.pos[y] == high
    q = high - (1 if high > p else 0) if closing else low + 1 - (1 if low > p else 0)
    old_alt, old_x, old_y = s.alt[t], s.mp[t], s.ms[t]
    m0, m1 = net.am[old_alt], net.am[a]
    cost = -local_cost(net, s, t)
    unlink(net, s, t)
    cost += gap_cost(net, s, m0, old_x, old_y) - gap_cost(net, s, m1, x, y)
    s.alt[t] = a
    link(net, s, t, x)
    cost += local_cost(net, s, t)
    shift(s, p, q)
    top = last_end(s) if net.w_makespan > 0 else np.int64(0)
    low, high = mark_around(net, s, g, t, old_y, y, m0 != m1)
    spare = late + limit - cost
    latest = top + spare // net.w_makespan if net.w_makespan > 0 else np.int64(1) << 60
    good, changed, jobs, delta = propagate(net, s, g, low, high, spare, latest)
    growth = delta + cost
    if good and net.w_makespan > 0:
        growth += net.w_makespan * (last_end(s) - top)
    if good and growth <= limit:
        return 2, growth, delta
    restore(s, g, changed, jobs)
    unlink(net, s, t)
    s.alt[t] = old_alt
    link(net, s, t, old_x)
    shift(s, q, p)
    return (1 if good else 0), growth, delta


@kernel
def mark_around(net, s, g, t, old_y, y, moved):  # type: ignore[no-untyped-def]
    """Mark what a move of `t` touches at once: itself, who came and who comes next, what it is carried to."""
    low = high = np.int64(s.pos[t])
    g.marked[low] = True
    for z in (np.int64(old_y), np.int64(y)):
        if z >= 0:
            g.marked[s.pos[z]] = True
            low = min(low, s.pos[z])
            high = max(high, s.pos[z])
    if moved:
        for k in range(net.sp[t], net.sp[t + 1]):
            z = s.pos[net.sv[k]]
            g.marked[z] = True
            high = max(high, z)
    return low, high


@kernel
def late_cost(net, s):  # type: ignore[no-untyped-def]
    """What the ends of the jobs cost together."""
    cost = np.int64(0)
    for j in range(net.due.size):
        cost += job_cost(net, j, s.job_end[j])
    return cost


@njit(cache=True, nogil=True)
def probe(net, s, g, seed, tries):  # type: ignore[no-untyped-def]
    """How much worse moves make this plan: the growths of `tries` of them, none kept."""
    n = net.job.size
    path = np.empty(n, np.int32)
    arcs = np.empty(n, np.int32)
    found = np.zeros(tries, np.int64)
    count = 0
    far = np.int64(1) << 50
    for _ in range(tries * 3):
        t, a, x, y = choose(net, s, seed, path, arcs)
        if t < 0:
            continue
        x0 = s.mp[t]
        a0 = s.alt[t]
        code, growth, _ = attempt(net, s, g, t, a, x, y, far, far)
        if code == 2:
            attempt(net, s, g, t, a0, x0, s.first[net.am[a0]] if x0 < 0 else s.ms[x0], far, far)
            if growth > 0:
                found[count] = growth
                count += 1
        if count == tries:
            break
    return found[:count]


@njit(cache=True, nogil=True)
def anneal(net, s, best, g, seed, steps, hot, cold, value, best_value):  # type: ignore[no-untyped-def]
    """Anneal for `steps` moves from temperature `hot` to `cold`; the best plan found is copied to `best`.

    Gives (objective of s, objective of best, moves kept).
    """
    n = net.job.size
    path = np.empty(n, np.int32)
    arcs = np.empty(n, np.int32)
    kept = 0
    cool = np.log(cold / hot) / max(1, steps)
    late = late_cost(net, s)
    for step in range(steps):
        t, a, x, y = choose(net, s, seed, path, arcs)
        if t < 0:
            continue
        heat = hot * np.exp(cool * step)
        limit = np.int64(-heat * np.log((random(seed) + 1.0) / 2147483648.0))
        code, growth, delta = attempt(net, s, g, t, a, x, y, late, limit)
        if code < 2:
            continue
        value += growth
        late += delta
        if not s.moved[t]:
            s.moved[t] = True
            s.left[0] -= 1
        kept += 1
        if value < best_value:
            best_value = value
            copy_into(s, best)
        if kept % n == 0:
            sort_order(net, s)
    return value, best_value, kept
