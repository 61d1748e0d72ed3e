"""Plans to begin with: every dispatching rule, then the best ones shaken; and how far operations are split."""

from __future__ import annotations

import numpy as np

from jiqun.exchange.schedule.arrays import Longs
from jiqun.exchange.schedule.control import Run
from jiqun.exchange.schedule.problem import Problem
from jiqun.exchange.schedule.rich.core import State, copy_into, empty_state, total
from jiqun.exchange.schedule.rich.dispatch import Rule, Ways, dispatch
from jiqun.exchange.schedule.rich.net import Net

RULES = (
    *(Ways(Rule.ATCS, ahead, 0.5, delay) for ahead in (0.5, 1.0, 2.0, 4.0) for delay in (0.0, 0.5, 1.0)),
    *(Ways(Rule.COVERT, ahead, 0.5, delay) for ahead in (0.5, 1.0, 2.0) for delay in (0.0, 0.5, 1.0)),
    *(Ways(rule, delay=delay) for rule in Rule if rule not in (Rule.ATCS, Rule.COVERT) for delay in (0.0, 0.5, 1.0)),
)
"""Every rule with the parameters that are tried."""
FALSE_START = 1 << 55
"""Objective of a plan that would move frozen work."""


class Dispatcher:
    """Dispatches one network again and again, keeping the best plan."""

    def __init__(self, problem: Problem, net: Net, seed: int) -> None:
        self.net = net
        self.stretch = _stretch(problem)
        self.rng = np.random.default_rng(seed)
        self.seed = np.array([seed * 2 + 88172645463325253], np.uint64)
        self.frozen, self.frozen_ptr = _frozen(net)
        self.trial, self.best = empty_state(net), empty_state(net)
        self.value: int | None = None

    def run(self, ways: Ways) -> int:
        """Dispatch once; gives the objective."""
        good = dispatch(
            self.net, self.trial, self.stretch, int(ways.rule), ways.ahead, ways.change, ways.delay, ways.price,
            ways.noise, self.seed, self.frozen, self.frozen_ptr,
        )  # fmt: skip
        value = int(total(self.net, self.trial)) + (0 if good else FALSE_START)
        if self.value is None or value < self.value:
            self.value = value
            copy_into(self.trial, self.best)
        return value

    def best_of_rules(self, run: Run, share: float) -> tuple[State, int]:
        """Every rule (at least one where time is short), then random neighbours of the best in the share of time left.

        With a budget of moves in place of time, every rule and as many random ones are run.
        """
        timed = run.control.iterations is None
        until = run.elapsed + share * run.control.seconds
        tried: list[tuple[int, Ways]] = []
        for ways in RULES:
            if tried and (run.stopped or (timed and run.elapsed > until)):
                break
            tried.append((self.run(ways), ways))
        tried.sort(key=lambda t: t[0])
        left = len(RULES)
        while (run.elapsed < until if timed else left > 0) and not run.stopped:
            left -= 1
            _, ways = tried[min(int(self.rng.exponential(2.0)), len(tried) - 1)]
            shaken = self._shaken(ways)
            tried.append((self.run(shaken), shaken))
            tried.sort(key=lambda t: t[0])
        assert self.value is not None
        return self.best, self.value

    def _shaken(self, ways: Ways) -> Ways:
        u = self.rng.lognormal
        price = self.rng.choice([0.0, 0.0, 0.01, 0.1]) if self.net.w_cost or self.net.w_disturbance else 0.0
        delay = float(np.clip(ways.delay + self.rng.normal(0, 0.2), 0, 1))
        return Ways(
            ways.rule, ways.ahead * u(0, 0.4), ways.change * u(0, 0.4), delay, float(price),
            float(self.rng.choice([0, 0.05, 0.2])),
        )  # fmt: skip


def split_lots(problem: Problem) -> Longs | None:
    """The most lots that each operation may be split into and machines can take, None where there are none."""
    a = problem.arrays
    if (a.most_lots == 1).all():
        return None
    by_size = np.maximum(1, a.quantity // np.maximum(a.smallest_lot, 1))
    found: Longs = np.minimum(np.minimum(a.most_lots, by_size), np.diff(a.alt_ptr)).astype(np.int64)
    return np.maximum(found, 1)


def _stretch(problem: Problem) -> Longs:
    """(machines) time that passes for a unit of open time, on average."""
    shares: dict[str | None, float] = {None: 1.0}
    for c in problem.calendars:
        total_time = c.period or max(1, c.spans[-1].end - c.spans[0].begin)
        shares[c.name] = total_time / max(1, sum(s.end - s.begin for s in c.spans))
    return np.array([shares[m.calendar] for m in problem.machines])


def _frozen(net: Net) -> tuple[Longs, Longs]:
    """Frozen tasks by machine and start, with pointers."""
    tasks = np.flatnonzero(net.fixed)
    machines = net.am[net.fixed_alt[tasks]]
    order = tasks[np.lexsort((net.fixed_start[tasks], machines))]
    counts = np.bincount(machines, minlength=len(net.site))
    return order.astype(np.int32), np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
