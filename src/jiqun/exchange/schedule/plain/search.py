"""The search for the least makespan: constructed plans, tabu search, and new starts between elite plans.

A new start lies between two plans of the elite (path relinking; for this problem González, Vela & Varela 2015): each
operation keeps the way of one of the two, and the sequences follow the mixed starting times of both, which respects
every job, so that no repair is needed.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np

from jiqun.exchange.schedule.arrays import Longs
from jiqun.exchange.schedule.control import Run
from jiqun.exchange.schedule.plain.construct import Constructor
from jiqun.exchange.schedule.plain.moves import PAIRS
from jiqun.exchange.schedule.plain.shop import Plan, Shop, empty_plan, link
from jiqun.exchange.schedule.plain.tabu import search

ELITES = 8
TENURE = 10
BUDGET = 3000
"""Places tried for transfers in one move, about."""
FORGET = 1 << 16
"""So far the clock jumps at a new start: whatever was forbidden is allowed again."""


@dataclass(frozen=True)
class Elite:
    """A plan in short: the ways and the starts rebuild it."""

    value: int
    way: Longs
    start: Longs


@dataclass
class Pool:
    """The best plans so far, no two alike, the best first."""

    elites: list[Elite] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)
    course: list[tuple[float, int]] = field(default_factory=list)
    """Seconds and makespan of each improvement."""

    def offer(self, elite: Elite, seconds: float) -> None:
        """Take a plan in where it is among the best; of two that are nearly alike the better one stays."""
        with self.lock:
            if not self.elites or elite.value < self.elites[0].value:
                self.course.append((seconds, elite.value))
            near = len(elite.way) // 50
            alike = [e for e in self.elites if int((e.way != elite.way).sum()) <= near and _close(e, elite)]
            if any(e.value <= elite.value for e in alike):
                return
            others = [e for e in self.elites if not any(e is a for a in alike)]
            self.elites = sorted([*others, elite], key=lambda e: e.value)[:ELITES]

    @property
    def least(self) -> int:
        """The best makespan."""
        return self.elites[0].value if self.elites else 1 << 60


def _close(a: Elite, b: Elite) -> bool:
    return int(np.abs(a.start - b.start).sum()) * 200 <= max(a.value, 1) * len(a.start)


def solve_shop(shop: Shop, run: Run, target: int, start: Elite | None = None) -> Pool:
    """Search until the run ends or the target, a lower bound, is reached; the pool's first plan is the best found."""
    control = run.control
    shared = Pool()
    # With a budget each thread has its own pool, so that threads do not meddle and every run ends the same.
    pools = [shared if control.iterations is None else Pool() for _ in range(control.threads)]
    for pool in {id(p): p for p in pools}.values():
        if start is not None:
            pool.offer(start, run.elapsed)
    with ThreadPoolExecutor(control.threads) as threads:
        workers = [_Worker(shop, run, pool, target, k) for k, pool in enumerate(pools)]
        for done in [threads.submit(w.work) for w in workers]:
            done.result()
    return min(pools, key=lambda p: p.least)


class _Worker:
    """One thread of the search."""

    def __init__(self, shop: Shop, run: Run, pool: Pool, target: int, number: int) -> None:
        self.shop, self.run, self.pool, self.target = shop, run, pool, target
        seed = run.control.seed * 1000 + number + 1
        self.random = np.random.default_rng(seed)
        self.seed = np.array([seed * 7919 + 12345], np.uint64)
        self.constructor = Constructor(shop, seed)
        self.until = np.zeros(len(shop.machine), np.int64)
        self.orders = np.zeros(PAIRS, np.int64)
        self.clock, self.moves = 0, 0

    def work(self) -> None:
        """Construct, search, start anew, until the run ends."""
        n = self.shop.size
        quick = (
            self.run.begun + min(0.1, 0.1 * self.run.control.seconds) if self.run.control.iterations is None else 1e300
        )
        plan, value = self.constructor.best_of(30, quick)
        self.pool.offer(Elite(value, plan.way.copy(), plan.head.copy()), self.run.elapsed)
        patience = int(np.clip(20 * n, 3000, 20000))
        while not self._ended():
            self._descend(plan, patience)
            if not self._ended():
                self._new_start(plan)

    def _ended(self) -> bool:
        return self.run.share(self.moves) >= 1.0 or self.run.stopped or self.pool.least <= self.target

    def _descend(self, plan: Plan, patience: int) -> None:
        """Tabu search from a plan until it finds nothing better for a while."""
        n = len(plan.way)
        chunk = max(20, 1_500_000 // (4 * n))
        way, head = plan.way.copy(), plan.head.copy()
        least = first = int((plan.head + plan.time).max())
        improved = self.clock
        while not self._ended():
            left = patience - (self.clock - improved)
            moves = (
                chunk if self.run.control.iterations is None else min(chunk, self.run.control.iterations - self.moves)
            )
            before = self.clock
            found, clock, last = search(
                self.shop, plan, way, head, least, self.until, self.orders, self.clock, moves, left, self.target,
                TENURE, BUDGET, self.seed,
            )  # fmt: skip
            self.clock = abs(clock)
            self.moves += max(1, self.clock - before)
            if found < least:
                least, improved = found, last
                self.pool.offer(Elite(int(least), way.copy(), head.copy()), self.run.elapsed)
            self.run.report(self.run.share(self.moves), self.pool.least)
            if clock < 0 or self.clock - improved >= patience or self.clock - before < moves:
                break
        if least == first:
            self.pool.offer(Elite(int(least), way, head), self.run.elapsed)

    def _new_start(self, plan: Plan) -> None:
        """Between two elites, or beside one with some operations on other machines."""
        with self.pool.lock:
            elites = list(self.pool.elites)
        a = elites[int(self.random.integers(len(elites)))]
        b = elites[int(self.random.integers(len(elites)))]
        share = float(self.random.uniform(0.2, 0.5))
        if a is b:
            way, start = self._shaken(a.way), a.start.astype(np.float64)
        else:
            way = np.where(self.random.random(len(a.way)) < share, b.way, a.way)
            start = (1 - share) * a.start + share * b.start
        link(self.shop, plan, way, np.lexsort((np.arange(len(way)), start)).astype(np.int32))
        self.clock += FORGET

    def _shaken(self, way: Longs) -> Longs:
        found = way.copy()
        n = len(way)
        for o in self.random.integers(n, size=int(self.random.integers(2, max(4, min(n // 8, 40))))):
            found[o] = self.random.integers(self.shop.way_ptr[o], self.shop.way_ptr[o + 1])
        return found


def warm_up() -> None:
    """Compile the kernels (they are cached on disk), so that a time limit is spent on the search."""
    shop = Shop(
        np.array([0, 2, 4], np.int32), np.array([0, 1, 0, 1], np.int32),
        np.array([2, 3, 3, 2], np.int64), np.array([0, 2], np.int32), 2,
    )  # fmt: skip
    plan, _ = Constructor(shop, 1).best_of(1, time.perf_counter())
    seed: Any = np.array([1], np.uint64)
    search(
        shop, plan, plan.way.copy(), plan.head.copy(), 99, np.zeros(4, np.int64), np.zeros(PAIRS, np.int64), 0, 3, 9, 0,
        TENURE, BUDGET, seed,
    )  # fmt: skip


def rebuilt(shop: Shop, elite: Elite) -> Plan:
    """The whole plan of an elite."""
    plan = empty_plan(shop)
    link(shop, plan, elite.way, np.lexsort((np.arange(len(elite.way)), elite.start)).astype(np.int32))
    return plan
