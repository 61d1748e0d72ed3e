"""Tabu search over the neighbourhood of `moves` (Glover 1989; for the job shop Nowicki & Smutnicki 1996)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from jiqun.base.jit import kernel
from jiqun.exchange.schedule.arrays import Longs
from jiqun.exchange.schedule.plain.moves import (
    AT,
    BEHIND,
    CHOSEN,
    FORBIDDEN,
    KIND,
    LEFT,
    OPERATION,
    ROOM,
    SCORE,
    TRANSFER,
    critical_path,
    list_block_moves,
    list_transfers,
    pair,
)
from jiqun.exchange.schedule.plain.shop import (
    AFTER,
    BEFORE,
    HEAD,
    MACHINE,
    MOVED,
    NOBODY,
    PLACE,
    RANK,
    WAY,
    Plan,
    Shop,
    draw,
    heads,
    makespan,
    put_in,
    resort,
    tails,
    take_out,
)

FREE = 1 << 40
"""So many operations may leave their place where there is no place to keep."""


class Room(NamedTuple):
    """What a search works in, made once: the kernels allocate nothing."""

    path: Longs
    start: Longs
    candidates: Longs
    kept: Longs
    """(2) how many more operations may leave their place, and what that adds to the score of a move"""


def room_for(shop: Shop) -> Room:
    """Room for searches of a shop."""
    return Room(
        np.zeros(shop.size, np.int64), np.zeros(shop.size, np.int64), np.zeros((ROOM, 6), np.int64), np.array([FREE, 0])
    )


@kernel
def search(
    shop: Shop, plan: Plan, best_way: Longs, best_head: Longs, least: int, until: Longs, orders: Longs, clock: int,
    moves: int, patience: int, target: int, tenure: int, budget: int, thrift: int, seed: Any, room: Room,
) -> Any:  # fmt: skip
    """Make moves until the patience, the moves or the way to the target is spent; plans better than `least` are kept.

    Gives the least makespan, the clock after the moves (negative where a move closed a cycle and the plan is spoilt),
    and the clock of the last improvement; `plan` is where the search stands.
    """
    n = plan.order.size
    path, start, candidates, kept = room.path, room.start, room.candidates, room.kept
    span = makespan(shop, plan)
    improved, end = clock, clock + moves
    while clock < end and clock - improved < patience and least > target:
        clock += 1
        length = critical_path(shop, plan, span, path, seed)
        listed = list_transfers(
            shop, plan, path, length, span, least, until, clock, budget, thrift, kept, candidates, seed
        )
        listed = list_block_moves(plan, path, length, least, orders, clock, kept, start, candidates, listed, seed)
        k = _choice(candidates, listed, seed)
        if k < 0:
            break
        if not _make(shop, plan, candidates, k, until, orders, clock, tenure + (length >> 2), seed, kept):
            return least, -clock, improved
        span = makespan(shop, plan)
        if span < least:
            least, improved = span, clock
            for o in range(n):
                best_way[o], best_head[o] = plan.table[o, WAY], plan.table[o, HEAD]
    return least, clock, improved


@kernel
def _choice(candidates: Longs, listed: int, seed: Any) -> int:
    """The best allowed candidate, of equal ones any; where none is allowed any forbidden one."""
    chosen, any_one, ties, stopped = NOBODY, NOBODY, 0, 0
    for k in range(listed):
        if candidates[k, FORBIDDEN]:
            stopped += 1
            if draw(seed, stopped) == 0:
                any_one = k
        elif chosen < 0 or candidates[k, SCORE] < candidates[chosen, SCORE]:
            chosen, ties = k, 1
        elif candidates[k, SCORE] == candidates[chosen, SCORE]:
            ties += 1
            if draw(seed, ties) == 0:
                chosen = k
    return chosen if chosen >= 0 else any_one


@kernel
def _make(
    shop: Shop, plan: Plan, moves: Longs, k: int, until: Longs, orders: Longs, clock: int, tenure: int, seed: Any,
    kept: Longs,
) -> bool:  # fmt: skip
    """Make a move and forbid its reverse; False where it closed a cycle, which ends the use of the plan."""
    table = plan.table
    o, at, kind = moves[k, OPERATION], moves[k, AT], moves[k, KIND]
    kept[LEFT] -= 1 - table[o, MOVED]
    table[o, MOVED] = 1
    if kind == TRANSFER:
        until[table[o, WAY]] = clock + tenure + draw(seed, tenure)
        take_out(plan, o)
        put_in(shop, plan, o, moves[k, CHOSEN], at)
    else:
        place, step, m = table[at, PLACE], 1 if kind == BEHIND else -1, table[o, MACHINE]
        for z in range(table[o, PLACE], place, step):
            other = plan.sequence[m, z + step]
            mark = pair(o, other) if kind == BEHIND else pair(other, o)
            orders[mark] = clock + tenure + draw(seed, tenure)
        take_out(plan, o)
        put_in(shop, plan, o, table[o, WAY], place)
    # Only between its new neighbours may the order be wrong now; heads change from `low` on, tails up to `high`.
    low = high = table[o, RANK]
    if table[o, AFTER] >= 0:
        low = min(low, table[table[o, AFTER], RANK])
    if table[o, BEFORE] >= 0:
        high = max(high, table[table[o, BEFORE], RANK])
    if low < high and not resort(plan, low, high):
        return False
    heads(plan, low)
    tails(plan, high)
    return True
