"""The search for the least makespan: constructed plans, tabu search, and new starts between elite plans.

A new start lies between two plans of the elite (path relinking; for this problem González, Vela & Varela 2015): each
operation keeps the way of one of the two, and the sequences follow the mixed starting times of both, which respects
every job, so that no repair is needed.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any

import numpy as np

from jiqun.exchange.schedule.arrays import Ints, Longs
from jiqun.exchange.schedule.control import Run
from jiqun.exchange.schedule.plain.construct import Constructor
from jiqun.exchange.schedule.plain.moves import PAIRS
from jiqun.exchange.schedule.plain.shop import Plan, Shop, empty_plan, link
from jiqun.exchange.schedule.plain.tabu import room_for, search

ELITES = 8
STALE = 4
"""After so many starts for each of the pool without anything new it is given up."""
TENURE = 8
BUDGET = 3000
"""Places tried for transfers in one move, about."""
LEAST_PATIENCE = 1500
PATIENCE = 8
"""Moves without improvement for each operation."""
THRIFT = ((0.9, (1, 4)), (0.97, (1, 8, 24)), (9.0, (16, 40, 64)))
"""How dear work is, by how busy the machines are up to the makespan (share); the starts take turns."""
SHAKE = 0.3
"""Share of the starts that are made beside the best plan."""
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
    """Good plans that differ, and the best of all; where nothing new comes in, the pool is given up and filled anew."""

    size: int
    elites: list[Elite] = field(default_factory=list)
    best: Elite | None = None
    stale: int = 0
    given_up: int = 0
    lock: Lock = field(default_factory=Lock)
    course: list[tuple[float, int]] = field(default_factory=list)
    """Seconds and makespan of each improvement."""

    def note(self, elite: Elite, seconds: float) -> None:
        """Keep the best."""
        with self.lock:
            if self.best is None or elite.value < self.best.value:
                self.best = elite
                self.course.append((seconds, elite.value))

    def offer(self, elite: Elite) -> None:
        """Take a plan in where it is among the best; of two that are nearly alike the better one stays."""
        with self.lock:
            alike = [e for e in self.elites if _alike(e, elite)]
            worst = max((e.value for e in self.elites), default=0)
            refused = any(e.value <= elite.value for e in alike) or (
                not alike and len(self.elites) >= self.size and elite.value >= worst
            )
            self.stale += 1
            if not refused:
                self.stale = 0
                others = [e for e in self.elites if not any(e is a for a in alike)]
                self.elites = sorted([*others, elite], key=lambda e: e.value)[: self.size]
            elif self.stale > STALE * self.size:
                self.elites, self.stale = [], 0
                self.given_up += 1

    def two(self, random: np.random.Generator) -> tuple[Elite, Elite] | None:
        """Two different elites; None while the pool fills."""
        with self.lock:
            if len(self.elites) < self.size:
                return None
            i, k = random.choice(len(self.elites), 2, replace=False)
            return self.elites[int(i)], self.elites[int(k)]

    @property
    def least(self) -> int:
        """The best makespan."""
        return self.best.value if self.best else 1 << 60


def _alike(a: Elite, b: Elite) -> bool:
    """Whether nearly all ways are the same and starts differ little on average."""
    return int((a.way != b.way).sum()) <= len(a.way) // 50 and _close(a, b)


def _close(a: Elite, b: Elite) -> bool:
    return int(np.abs(a.start - b.start).sum()) * 200 <= max(a.value, 1) * len(a.start)


def solve_shop(shop: Shop, run: Run, target: int) -> Pool:
    """Search until the run ends or the target, a lower bound, is reached; the pool's first plan is the best found."""
    control = run.control
    shared = Pool(ELITES)
    # With a budget each thread has its own pool, so that threads do not meddle and every run ends the same.
    pools = [shared if control.iterations is None else Pool(ELITES) for _ in range(control.threads)]
    with ThreadPoolExecutor(control.threads) as threads:
        workers = [_Worker(shop, run, pool, target, k) for k, pool in enumerate(pools)]
        for done in [threads.submit(w.work) for w in workers]:
            done.result()
    return min(pools, key=lambda p: p.least)


class _Worker:
    """One thread of the search."""

    def __init__(self, shop: Shop, run: Run, pool: Pool, target: int, number: int) -> None:
        self.shop, self.run, self.pool, self.target, self.number = shop, run, pool, target, number
        seed = run.control.seed * 1000 + number + 1
        self.random = np.random.default_rng(seed)
        self.seed = np.array([seed * 7919 + 12345], np.uint64)
        self.constructor = Constructor(shop, seed)
        self.until, self.room = np.zeros(len(shop.machine), np.int64), room_for(shop)
        self.orders = np.zeros(PAIRS, np.int64)
        self.clock, self.moves, self.starts = 0, 0, 0

    def work(self) -> None:
        """Construct, search, start anew, until the run ends."""
        n = self.shop.size
        quick = (
            self.run.begun + min(0.1, 0.1 * self.run.control.seconds) if self.run.control.iterations is None else 1e300
        )
        plan, value = self.constructor.best_of(30, quick)
        self.pool.note(Elite(value, plan.way.copy(), plan.head.copy()), self.run.elapsed)
        patience = int(np.clip(PATIENCE * n, LEAST_PATIENCE, 20000))
        while not self._ended():
            self._descend(plan, patience)
            if not self._ended():
                self._new_start(plan)

    def _ended(self) -> bool:
        return self.run.share(self.moves) >= 1.0 or self.run.stopped or self.pool.least <= self.target

    def _descend(self, plan: Plan, patience: int) -> None:
        """Tabu search from a plan until it finds nothing better for a while."""
        n, thrift = len(plan.way), self._thrift(plan)
        chunk = max(20, 1_500_000 // (4 * n))
        way, head = plan.way.copy(), plan.head.copy()
        least = int((plan.head + plan.time).max())
        improved = self.clock
        while not self._ended():
            left = patience - (self.clock - improved)
            moves = (
                chunk if self.run.control.iterations is None else min(chunk, self.run.control.iterations - self.moves)
            )
            before = self.clock
            found, clock, last = search(
                self.shop, plan, way, head, least, self.until, self.orders, self.clock, moves, left, self.target,
                TENURE, BUDGET, thrift, self.seed, self.room,
            )  # fmt: skip
            self.clock = abs(clock)
            self.moves += max(1, self.clock - before)
            if found < least:
                least, improved = found, last
                if least < self.pool.least:
                    self.pool.note(Elite(int(least), way.copy(), head.copy()), self.run.elapsed)
            self.run.report(self.run.share(self.moves), self.pool.least)
            if clock < 0 or self.clock - improved >= patience or self.clock - before < moves:
                break
        self.pool.offer(Elite(int(least), way, head))

    def _thrift(self, plan: Plan) -> int:
        busy = float(plan.time.sum()) / self.shop.machines / max(1, self.pool.least)
        some = next(some for most, some in THRIFT if busy <= most)
        self.starts += 1
        return some[(self.starts + self.number) % len(some)]

    def _new_start(self, plan: Plan) -> None:
        """Between two elites, or beside the best with some operations on other machines; afresh where a pool was given up."""
        self.clock += FORGET
        two, best = self.pool.two(self.random), self.pool.best
        assert best is not None
        if two is None and self.pool.given_up:
            self.constructor.another(plan)
            way, start = self._shaken(plan.way), plan.head.astype(np.float64)
        elif two is None or self.random.random() < SHAKE:
            way, start = self._shaken(best.way), best.start.astype(np.float64)
        else:
            a, b = two
            share = float(self.random.uniform(0.25, 0.5))
            way = np.where(self.random.random(len(a.way)) < share, b.way, a.way)
            start = (1 - share) * a.start + share * b.start
        link(self.shop, plan, way, in_turn(start))

    def _shaken(self, way: Longs) -> Longs:
        found = way.copy()
        n = len(way)
        for o in self.random.integers(n, size=int(self.random.integers(2, max(4, min(n // 8, 40))))):
            found[o] = self.random.integers(self.shop.way_ptr[o], self.shop.way_ptr[o + 1])
        return found


@cache
def warm_up() -> None:
    """Compile the kernels, or load them from disk, so that a time limit is spent on the search."""
    shop = Shop(
        np.array([0, 2, 4], np.int32), np.array([0, 1, 0, 1], np.int32),
        np.array([2, 3, 3, 2], np.int64), np.array([0, 2], np.int32), 2, np.zeros(2, np.int64), np.zeros(2, np.int64),
    )  # fmt: skip
    plan, _ = Constructor(shop, 1).best_of(1, time.perf_counter())
    seed: Any = np.array([1], np.uint64)
    search(
        shop, plan, plan.way.copy(), plan.head.copy(), 99, np.zeros(4, np.int64), np.zeros(PAIRS, np.int64), 0, 3, 9, 0,
        TENURE, BUDGET, 1, seed, room_for(shop),
    )  # fmt: skip


def in_turn(start: Any) -> Ints:
    """The operations by their starts, of equal ones in the order of their jobs."""
    return np.argsort(start, kind="stable").astype(np.int32)


def rebuilt(shop: Shop, elite: Elite) -> Plan:
    """The whole plan of an elite."""
    plan = empty_plan(shop)
    link(shop, plan, elite.way, in_turn(elite.start))
    return plan
