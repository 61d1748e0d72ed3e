"""Better a plan in force: tabu search from it, in which only so many operations may leave their place.

Operations that never moved keep their machine and their order among themselves, so that the count of those that moved
bounds the disturbance from above.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from jiqun.exchange.schedule.arrays import Flags, Longs
from jiqun.exchange.schedule.control import Run
from jiqun.exchange.schedule.measure import out_of_order
from jiqun.exchange.schedule.plain.moves import LEFT, PAIRS, PRICE
from jiqun.exchange.schedule.plain.search import BUDGET, FORGET, TENURE, Elite, in_turn
from jiqun.exchange.schedule.plain.shop import MOVED, Shop, empty_plan, link, makespan
from jiqun.exchange.schedule.plain.tabu import room_for, search

DEAR = 8
"""What it adds to the score of a move (in eighths of a unit of time) that an operation leaves its place."""
THRIFT = 1
BACK = (0.1, 0.3, 0.6, 1.0)
"""How far a new start goes back to the old plan."""
PATIENCE = 100
"""Moves without improvement before the search goes on from the best plan."""


class Old(NamedTuple):
    """A valid plan to begin with, and the operations that may move as they like, for what happened is about them."""

    way: Longs
    start: Longs
    free: Flags


def amend(shop: Shop, old: Old, most: int, run: Run) -> Elite:
    """The shortest plan found with at most `most` operations moved beside those that are free."""
    count = run.control.threads
    with ThreadPoolExecutor(count) as threads:
        jobs = [threads.submit(_Amender(shop, old, most, run, k).work) for k in range(count)]
        return min((job.result() for job in jobs), key=lambda e: e.value)


class _Amender:
    """One thread of the search."""

    def __init__(self, shop: Shop, old: Old, most: int, run: Run, number: int) -> None:
        self.shop, self.old, self.most, self.run = shop, old, most, run
        self.plan = empty_plan(shop)
        self.until, self.orders, self.room = (
            np.zeros(len(shop.machine), np.int64),
            np.zeros(PAIRS, np.int64),
            room_for(shop),
        )
        self.seed = np.array([(run.control.seed * 1000 + number + 1) * 7919 + 12345], np.uint64)
        self.random = np.random.default_rng(run.control.seed * 1000 + number + 1)
        self.room.kept[PRICE] = DEAR
        self._begin(old.way, old.start)
        self.best = Elite(int(makespan(shop, self.plan)), self.plan.way.copy(), self.plan.head.copy())

    def work(self) -> Elite:
        """Search until the run ends, from the best plan again and again."""
        clock, improved, done = 0, 0, 0
        way, head, least = self.best.way.copy(), self.best.start.copy(), self.best.value
        chunk = max(5, 25_000 // max(1, self.shop.size))
        while self.run.share(done) < 1.0 and not self.run.stopped:
            before = clock
            found, clock, last = search(
                self.shop, self.plan, way, head, least, self.until, self.orders, clock, chunk, PATIENCE, 0, TENURE,
                BUDGET, THRIFT, self.seed, self.room,
            )  # fmt: skip
            spoilt, clock = clock < 0, abs(clock)
            done += max(1, clock - before)
            if found < least:
                least, improved = int(found), last
            if least < self.best.value:
                self.best = Elite(least, way.copy(), head.copy())
                self.run.report(self.run.share(done), least)
            if spoilt or clock - before < chunk or clock - improved > PATIENCE:
                clock += FORGET
                improved = clock
                self._begin_again()
                way, head, least = self.plan.way.copy(), self.plan.head.copy(), int(makespan(self.shop, self.plan))
        return self.best

    def _begin_again(self) -> None:
        """Between the best plan and the old one, which gives back some of the moves; or from the best where it gives none."""
        share = float(self.random.choice(BACK))
        way = np.where(self.random.random(len(self.best.way)) < share, self.old.way, self.best.way)
        self._begin(way, (1 - share) * self.best.start + share * self.old.start)
        if self.room.kept[LEFT] <= 0:
            self._begin(self.best.way, self.best.start)

    def _begin(self, way: Longs, start: Longs) -> None:
        """Take up a plan, and count anew what has left its place: other machines, and the fewest out of their order."""
        link(self.shop, self.plan, way, in_turn(start))
        moved, machine = way != self.old.way, self.shop.machine[way]
        by = np.lexsort((self.old.start, machine))
        by = by[~(moved | self.old.free)[by]]
        for on in np.split(by, np.flatnonzero(np.diff(machine[by])) + 1):
            moved[on[list(out_of_order(start[on].tolist()))]] = True
        self.room.kept[LEFT] = self.most - int((moved & ~self.old.free).sum())
        self.plan.table[:, MOVED] = moved | self.old.free
