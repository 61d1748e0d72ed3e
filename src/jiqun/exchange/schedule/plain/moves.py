"""The neighbourhood: every critical operation to every place of its other machines, and along its own block.

Transfers follow Mastrolilli & Gambardella (2000, "Effective neighbourhood functions for the flexible job shop problem"):
only places between the operations that may end before it begins and those that begin after it has ended can be best,
and both are found by binary search, for along a machine heads grow and tails fall. Moves along a block are those of
N6 (Balas & Vazacopoulos 1998, "Guided local search with shifting bottleneck"). The value of a move is an estimate of
the new makespan: the longest path through what was moved.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jiqun.base.jit import kernel
from jiqun.exchange.schedule.arrays import Longs
from jiqun.exchange.schedule.plain.shop import (
    AFTER,
    BEFORE,
    HEAD,
    MACHINE,
    MOVED,
    NEXT,
    NOBODY,
    PREVIOUS,
    READY,
    TAIL,
    TIME,
    WAY,
    Plan,
    Shop,
    draw,
)

TRANSFER, BEHIND, AHEAD = 0, 1, 2
"""Kinds of moves: to a place of another machine; right behind, right ahead of an operation of its block."""
SCORE, OPERATION, CHOSEN, AT, KIND, FORBIDDEN = range(6)
"""Columns of the candidates: score, operation, way, place or operation, kind, whether it is forbidden for now."""
UNIT = 8
"""A score is the estimate in eighths plus `thrift` eighths of what the operation then takes longer: where machines are
full, little work is worth more than a short path."""
LEFT, PRICE = 0, 1
"""How many more operations may leave their place, and what that adds to a score."""
FAR = np.int64(1) << 60
PAIRS = 1 << 16
"""Size of the table of forbidden orders."""
WIDEST = 12
"""So many places of one machine are tried at most."""
INNER = 12
"""So many inner operations of a block are tried, about."""
ROOM = 1 << 14
"""Most candidates of one move."""


@kernel
def critical_path(shop: Shop, plan: Plan, span: int, path: Longs, seed: Any) -> int:
    """Write a random critical path; gives its length."""
    table = plan.table
    current, ties, length = np.int64(NOBODY), 0, 0
    for j in range(1, shop.job_ptr.size):
        o = np.int64(shop.job_ptr[j] - 1)
        if table[o, HEAD] + table[o, TIME] == span:
            ties += 1
            if draw(seed, ties) == 0:
                current = o
    while current >= 0:
        path[length] = current
        length += 1
        begin = table[current, HEAD]
        by_job, by_machine = table[current, PREVIOUS], table[current, BEFORE]
        if by_job >= 0 and table[by_job, HEAD] + table[by_job, TIME] != begin:
            by_job = np.int64(NOBODY)
        if by_machine >= 0 and table[by_machine, HEAD] + table[by_machine, TIME] != begin:
            by_machine = np.int64(NOBODY)
        if by_job >= 0 and by_machine >= 0:
            current = by_job if draw(seed, 2) == 0 else by_machine
        else:
            current = max(by_job, by_machine)
    for i in range(length >> 1):
        path[i], path[length - 1 - i] = path[length - 1 - i], path[i]
    return length


@kernel
def list_transfers(
    shop: Shop, plan: Plan, path: Longs, length: int, span: int, least: int, until: Longs, clock: int, budget: int,
    thrift: int, kept: Longs, candidates: Longs, seed: Any,
) -> int:  # fmt: skip
    """List the path's operations at the best places of their other machines; about `budget` places are tried.

    Moves that are forbidden and lead to nothing new are listed only while none is allowed. Gives how many are listed.
    """
    table, sequence, counts = plan.table, plan.sequence, plan.counts
    way_ptr, machine, duration = shop.way_ptr, shop.machine, shop.duration
    listed, tried, bound, allowed = 0, 0, FAR, False
    first = draw(seed, length) if length > 0 else 0
    for step in range(length):
        if listed >= ROOM - 64 or (tried > budget and (bound < UNIT * span or tried > 4 * budget)):
            break
        o = path[(first + step) % length]
        price = np.int64(0)
        if table[o, MOVED] == 0:
            if kept[LEFT] <= 0:
                continue
            price = kept[PRICE]
        ready, begun, rest, limit = table[o, READY], np.int64(-1), np.int64(0), FAR
        a, b = table[o, PREVIOUS], table[o, NEXT]
        if a >= 0:
            begun = table[a, HEAD]
            ready = max(ready, begun + table[a, TIME])
        if b >= 0:
            rest = table[b, TAIL] + table[b, TIME]
            limit = table[b, HEAD] + table[b, TIME]
        for w in range(way_ptr[o], way_ptr[o + 1]):
            m, took = machine[w], duration[w]
            lowest, extra = ready + took + rest, thrift * (took - table[o, TIME]) + price
            if m == table[o, MACHINE] or UNIT * lowest + extra > bound or lowest >= span + (span >> 5):
                continue
            forbidden = until[w] > clock
            if forbidden and allowed and lowest >= least:
                continue
            count = counts[m]
            # Those before `early` end before the operation is ready; those from `late` on have tails as short as its.
            lo, hi = 0, count
            while lo < hi:
                mid = (lo + hi) >> 1
                x = sequence[m, mid]
                if table[x, HEAD] + table[x, TIME] <= ready:
                    lo = mid + 1
                else:
                    hi = mid
            early = lo
            lo, hi = 0, count
            while lo < hi:
                mid = (lo + hi) >> 1
                x = sequence[m, mid]
                if table[x, TAIL] + table[x, TIME] > rest:
                    lo = mid + 1
                else:
                    hi = mid
            late = lo
            z, last = early, min(late, early + WIDEST)
            if late <= early:
                # Any place from `late` to `early` costs nothing; `early` never closes a cycle, the others may.
                z = late + draw(seed, early - late + 1)
                if z < early:
                    x = sequence[m, z]
                    if table[x, HEAD] + table[x, TIME] <= begun:
                        z = early
                last = z
            while z <= last:
                begin, rest_here = ready, rest
                if z > 0:
                    x = sequence[m, z - 1]
                    if table[x, HEAD] >= limit:
                        break  # the next one of the job may lead to it
                    begin = max(begin, table[x, HEAD] + table[x, TIME])
                else:
                    begin = max(begin, plan.opens[m])
                if UNIT * (begin + took + rest) + extra > bound:
                    break  # further on it begins later still
                if z < count:
                    x = sequence[m, z]
                    rest_here = max(rest_here, table[x, TAIL] + table[x, TIME])
                tried += 1
                value = begin + took + rest_here
                stopped, score = forbidden and value >= least, UNIT * value + extra
                if score <= bound and not (stopped and allowed):
                    candidates[listed, SCORE], candidates[listed, OPERATION] = score, o
                    candidates[listed, CHOSEN], candidates[listed, AT] = w, z
                    candidates[listed, KIND], candidates[listed, FORBIDDEN] = TRANSFER, stopped
                    listed += 1
                    if not stopped:
                        bound, allowed = score, True
                z += 1
    return listed


@kernel
def pair(first: int, second: int) -> int:
    """The place of 'first before second' in the table of forbidden orders."""
    return (first * 40503 + second * 30011) & (PAIRS - 1)


@kernel
def list_block_moves(
    plan: Plan, path: Longs, length: int, least: int, orders: Longs, clock: int, kept: Longs, start: Longs,
    candidates: Longs, listed: int, seed: Any,
) -> int:  # fmt: skip
    """List, for each block, its operations as far behind and as far ahead as no cycle forbids; gives how many are listed."""
    table = plan.table
    i = 0
    while i < length:
        j = i
        while j + 1 < length and table[path[j], AFTER] == path[j + 1]:
            j += 1
        for c in range(i, j + 1):
            # In long blocks most inner operations are passed over at random.
            if listed >= ROOM - 2 or (j - i > INNER and i < c < j and draw(seed, j - i) >= INNER):
                continue
            price = np.int64(0)
            if table[path[c], MOVED] == 0:
                if kept[LEFT] <= 0:
                    continue
                price = kept[PRICE]
            for kind in (BEHIND, AHEAD):
                if (kind == BEHIND and c == j) or (kind == AHEAD and (c == i or (c == i + 1 and j == c))):
                    continue
                d = _farthest(table, path, c, j if kind == BEHIND else i, kind)
                if d == c:
                    continue
                if kind == BEHIND:
                    value = _value_behind(plan, path, c, d, start)
                else:
                    value = _value_ahead(plan, path, c, d, start)
                u, stopped = path[c], False
                if value >= least:
                    for z in range(min(c, d), max(c, d) + 1):
                        if z != c:
                            mark = pair(path[z], u) if kind == BEHIND else pair(u, path[z])
                            stopped = stopped or orders[mark] > clock
                candidates[listed, SCORE], candidates[listed, OPERATION] = UNIT * value + price, u
                candidates[listed, CHOSEN], candidates[listed, AT] = table[u, WAY], path[d]
                candidates[listed, KIND], candidates[listed, FORBIDDEN] = kind, stopped
                listed += 1
        i = j + 1
    return listed


@kernel
def _farthest(table: Longs, path: Longs, c: int, d: int, kind: int) -> int:
    """How far the operation at c of the path may move towards d without a cycle; c where it may not."""
    u = path[c]
    if kind == BEHIND:
        b = table[u, NEXT]
        if b >= 0:
            limit = table[b, TAIL] + table[b, TIME]
            while d > c and (table[path[d], TAIL] + table[path[d], TIME] < limit or path[d] == b):
                d -= 1
    else:
        a = table[u, PREVIOUS]
        if a >= 0:
            limit = table[a, HEAD] + table[a, TIME]
            while d < c and (table[path[d], HEAD] + table[path[d], TIME] < limit or path[d] == a):
                d += 1
    return d


@kernel
def _value_behind(plan: Plan, path: Longs, c: int, d: int, start: Longs) -> int:
    """The longest path through what moves when the operation at c goes right behind that at d."""
    table, u = plan.table, path[c]
    a = table[u, BEFORE]
    ends = table[a, HEAD] + table[a, TIME] if a >= 0 else plan.opens[table[u, MACHINE]]
    for z in range(c + 1, d + 1):
        w = path[z]
        ends = max(ends, table[w, READY])
        a = table[w, PREVIOUS]
        if a >= 0:
            ends = max(ends, table[a, HEAD] + table[a, TIME])
        start[z] = ends
        ends += table[w, TIME]
    ends = max(ends, table[u, READY])
    a = table[u, PREVIOUS]
    if a >= 0:
        ends = max(ends, table[a, HEAD] + table[a, TIME])
    rest, b = np.int64(0), table[path[d], AFTER]
    if b >= 0:
        rest = table[b, TAIL] + table[b, TIME]
    b = table[u, NEXT]
    if b >= 0:
        rest = max(rest, table[b, TAIL] + table[b, TIME])
    rest += table[u, TIME]
    value = ends + rest
    for z in range(d, c, -1):
        w = path[z]
        b = table[w, NEXT]
        if b >= 0:
            rest = max(rest, table[b, TAIL] + table[b, TIME])
        rest += table[w, TIME]
        value = max(value, start[z] + rest)
    return int(value)


@kernel
def _value_ahead(plan: Plan, path: Longs, c: int, d: int, start: Longs) -> int:
    """The longest path through what moves when the operation at c goes right ahead of that at d."""
    table, u = plan.table, path[c]
    a = table[path[d], BEFORE]
    ends = table[a, HEAD] + table[a, TIME] if a >= 0 else plan.opens[table[u, MACHINE]]
    ends = max(ends, table[u, READY])
    a = table[u, PREVIOUS]
    if a >= 0:
        ends = max(ends, table[a, HEAD] + table[a, TIME])
    first = ends
    ends += table[u, TIME]
    for z in range(d, c):
        w = path[z]
        ends = max(ends, table[w, READY])
        a = table[w, PREVIOUS]
        if a >= 0:
            ends = max(ends, table[a, HEAD] + table[a, TIME])
        start[z] = ends
        ends += table[w, TIME]
    rest, value, b = np.int64(0), np.int64(0), table[u, AFTER]
    if b >= 0:
        rest = table[b, TAIL] + table[b, TIME]
    for z in range(c - 1, d - 1, -1):
        w = path[z]
        b = table[w, NEXT]
        if b >= 0:
            rest = max(rest, table[b, TAIL] + table[b, TIME])
        rest += table[w, TIME]
        value = max(value, start[z] + rest)
    b = table[u, NEXT]
    if b >= 0:
        rest = max(rest, table[b, TAIL] + table[b, TIME])
    return int(max(value, first + table[u, TIME] + rest))
