"""List scheduling guided by prices: the first plan, and the many that follow from other parameters.

At each step the operation with the lowest score is appended to the machine on which it ends first, a machine's time
being dearer the more it is loaded in the plans before (a Lagrangean view of the machines' capacity; Held & Karp 1971).
"""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from jiqun.exchange.schedule.arrays import Ints, Longs
from jiqun.exchange.schedule.plain.shop import Plan, Shop, copy_into, draw, empty_plan, link, makespan

HUGE = 1e300


class Weights(NamedTuple):
    """What counts when the next operation is chosen: its start, its end, the work that remains for its job."""

    start: float = 1.0
    end: float = 0.0
    remaining: float = 0.05
    machine: float = 4.0
    """How much the price of the machine counts when a way is chosen."""
    noise: float = 0.0
    """Share by which the remaining work is blurred."""


@njit(cache=True, nogil=True)
def _append(
    shop: Shop, weights: Any, price: Any, seed: Any, way: Longs, by: Ints, expected: Any
) -> None:  # pragma: no cover
    jobs = shop.job_ptr.size - 1
    nxt = shop.job_ptr[:-1].copy()
    ready = np.zeros(jobs, np.int64)
    rest = np.zeros(jobs, np.float64)
    best, begin, end = np.zeros(jobs, np.int32), np.zeros(jobs, np.int64), np.zeros(jobs, np.int64)
    stale = np.ones(jobs, np.bool_)
    blur = np.ones(jobs, np.float64)
    free = shop.opens.copy()
    for j in range(jobs):
        for o in range(shop.job_ptr[j], shop.job_ptr[j + 1]):
            rest[j] += expected[o]
    touched = -1
    for step in range(by.size):
        chosen, lowest = -1, HUGE
        for j in range(jobs):
            o = nxt[j]
            if o >= shop.job_ptr[j + 1]:
                continue
            if stale[j] or shop.machine[best[j]] == touched:
                least = HUGE
                for w in range(shop.way_ptr[o], shop.way_ptr[o + 1]):
                    s = max(ready[j], shop.ready[o], free[shop.machine[w]])
                    f = s + shop.duration[w]
                    g = f + weights.machine * shop.duration[w] * price[shop.machine[w]]
                    if g < least or (g == least and s < begin[j]):
                        least, best[j], begin[j], end[j] = g, w, s, f
                stale[j] = False
                if weights.noise > 0:
                    blur[j] = 1.0 + weights.noise * (draw(seed, 2000) / 1000.0 - 1.0)
            score = weights.start * begin[j] + weights.end * end[j] - weights.remaining * rest[j] * blur[j]
            if score < lowest:
                lowest, chosen = score, j
        o = nxt[chosen]
        way[o], by[step] = best[chosen], o
        touched = shop.machine[best[chosen]]
        free[touched] = ready[chosen] = end[chosen]
        rest[chosen] -= expected[o]
        nxt[chosen] += 1
        stale[chosen] = True


class Constructor:
    """Makes plans of one shop; each is a list schedule with weights and prices of its own."""

    def __init__(self, shop: Shop, seed: int) -> None:
        self.shop = shop
        self.random = np.random.default_rng(seed)
        self.state = np.array([seed * 2 + 88172645463325253], np.uint64)
        mean = np.add.reduceat(shop.duration, shop.way_ptr[:-1]) / np.diff(shop.way_ptr)
        self.expected = 0.5 * mean + 0.5 * np.minimum.reduceat(shop.duration, shop.way_ptr[:-1])
        self.by, self.way = np.zeros(shop.size, np.int32), np.zeros(shop.size, np.int64)

    def make(self, weights: Weights, price: Any, plan: Plan) -> int:
        """Write a plan; gives its makespan."""
        _append(self.shop, weights, price, self.state, self.way, self.by, self.expected)
        link(self.shop, plan, self.way, self.by)
        return int(makespan(self.shop, plan))

    def best_of(self, tries: int, until: float) -> tuple[Plan, int]:
        """The best of several plans; the first few are the same every time, and `until` (perf_counter) ends it."""
        best, plan, least = empty_plan(self.shop), empty_plan(self.shop), 1 << 60
        kept, price, kept_price = Weights(), np.ones(self.shop.machines), np.ones(self.shop.machines)
        for i in range(tries):
            if i < len(FIRST):
                weights, price = FIRST[i], np.ones(self.shop.machines)
            elif i % 2 == 0:
                weights, price = self._other(), kept_price.copy()
            else:
                weights = kept
            value = self.make(weights, price, plan)
            if value < least:
                least, kept, kept_price = value, weights, price.copy()
                copy_into(plan, best)
            price = self._prices_after(plan, price)
            if time.perf_counter() >= until:
                break
        return best, least

    def another(self, plan: Plan) -> None:
        """Write a plan with weights at random."""
        self.make(self._other()._replace(noise=0.3), np.ones(self.shop.machines), plan)

    def _prices_after(self, plan: Plan, price: Any) -> Any:
        load = np.bincount(self.shop.machine[plan.way], weights=plan.time, minlength=self.shop.machines)
        price = price * np.exp(np.clip(0.5 * (load / load.mean() - 1), -0.3, 0.3))
        return price / price.mean()

    def _other(self) -> Weights:
        pick = self.random.choice
        start = float(pick([1.0, 1.0, 0.8, 0.5]))
        return Weights(
            start, 1 - start, float(pick([0.02, 0.05, 0.1, 0.2, 0.3, 0.5])), float(pick([0, 0.5, 1, 2, 4, 8])),
            float(pick([0, 0.1, 0.3])),
        )  # fmt: skip


FIRST = tuple(Weights(machine=m) for m in (4.0, 1.0, 0.0, 8.0, 0.5))
