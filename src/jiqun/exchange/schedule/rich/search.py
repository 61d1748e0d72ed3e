"""Solve any problem: dispatching with many rules, then annealing in threads; the best plan that was found."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache
from threading import Lock
from typing import NamedTuple

import numpy as np

from jiqun.exchange.schedule.control import Control, Run
from jiqun.exchange.schedule.problem import Problem, plain_problem
from jiqun.exchange.schedule.rich.anneal import anneal, probe
from jiqun.exchange.schedule.rich.bound import earliest_ends, lower_bound, reasons
from jiqun.exchange.schedule.rich.core import State, copy_into, sort_order, starts, total
from jiqun.exchange.schedule.rich.moves import new_journal
from jiqun.exchange.schedule.rich.net import FAR, Net, build_net
from jiqun.exchange.schedule.rich.start import Dispatcher, split_lots
from jiqun.exchange.schedule.solution import Solution, Status, no_solution

DISPATCHING = 0.08
"""Share of the time for dispatching."""
MOVES_PER_CYCLE = 1000
"""Moves a task gets in one cooling where the time allows several."""


COOLINGS = (1.0, 1.0, 3.0, 1.0)
"""How hot each cooling begins; all but the first begin from the best plan."""


class Heat(NamedTuple):
    """Temperatures of a cooling as shares of the median growth of a random worsening move."""

    hot: float = 0.1
    cold: float = 0.002


@dataclass
class Shared:
    """The best plan of all threads."""

    best: State
    value: int
    lock: Lock = field(default_factory=Lock)

    def offer(self, state: State, value: int) -> None:
        """Take over a better plan."""
        with self.lock:
            if value < self.value:
                self.value = value
                copy_into(state, self.best)


def solve_rich(problem: Problem, control: Control | None = None) -> Solution:
    """The best plan found for a problem of any kind."""
    run = Run(control or Control())
    whole = build_net(problem)
    ends = earliest_ends(problem, whole)
    if why := reasons(problem, whole, ends):
        return no_solution(problem, Status.INFEASIBLE, "；".join(why), seconds=run.elapsed)
    lots = split_lots(problem)
    nets = [whole] + ([build_net(problem, lots)] if lots is not None else [])
    found = []
    for net in nets:
        dispatcher = Dispatcher(problem, net, run.control.seed)
        state, value = dispatcher.best_of_rules(run, DISPATCHING / len(nets))
        found.append((value, net, state))
    value, net, state = min(found, key=lambda f: f[0])
    run.report(run.share(0), value)
    bound = lower_bound(problem, ends)
    best, value = improve(net, state, value, run, target=bound)
    return solution_from_state(problem, net, best, run, bound)


@cache
def warm_up() -> None:
    """Compile the kernels, or load them from disk, so that a time limit is spent on the search."""
    solve_rich(plain_problem([[[(0, 1), (1, 2)], [(1, 1)]], [[(0, 1)]]], 2), Control(iterations=1, threads=1))


def improve(
    net: Net, state: State, value: int, run: Run, heat: Heat | None = None, target: int = 0
) -> tuple[State, int]:  # fmt: skip
    """Anneal in threads from a plan until the run ends or the target is met; gives the best and its objective."""
    threads = run.control.threads
    heat = heat or Heat()
    if (net.fixed | net.held).all():
        return state, value
    shared = Shared(state.copy(), value)
    with ThreadPoolExecutor(threads) as pool:
        jobs = [pool.submit(_anneal, net, state, value, run, shared, k, heat, target) for k in range(threads)]
        # In the order of the threads, so that runs with a budget end the same every time.
        ends = [job.result() for job in jobs]
    return min(ends, key=lambda e: e[1])


def _anneal(
    net: Net, state: State, value: int, run: Run, shared: Shared, thread: int, heat: Heat, target: int
) -> tuple[State, int]:  # fmt: skip
    current, best, journal = state.copy(), state.copy(), new_journal(net)
    seed = np.array([(run.control.seed * 1_000_003 + thread * 7919 + 88172645463325252) % 2**63 or 1], np.uint64)
    n = len(net.job)
    growths = probe(net, current, journal, seed, 200)
    middle = float(np.median(growths)) if len(growths) else 1.0
    hot, cold = max(heat.hot * middle, 1.0), max(heat.cold * middle, 0.3)
    chunk = int(np.clip(1_000_000 // n, 100, 2000))
    chunk = min(chunk, run.control.iterations or chunk)
    done, cycles, best_value, begun, t0 = 0, 1, value, run.share(0), run.elapsed
    while run.share(done) < 1.0 and not run.stopped:
        share = (run.share(done) - begun) / max(1e-9, 1.0 - begun)
        if done == chunk:
            cycles = _cycles(n, done, run, t0)
        phase = (share * cycles) % 1.0
        first = hot * COOLINGS[int(share * cycles) % len(COOLINGS)]
        warmth = first * (cold / first) ** phase
        value, best_value, _ = anneal(
            net, current, best, journal, seed, chunk, warmth, warmth * 0.999, value, best_value
        )  # fmt: skip
        done += chunk
        run.report(run.share(done), best_value)
        shared.offer(best, best_value)
        if best_value <= target:
            break
        after = ((run.share(done) - begun) / max(1e-9, 1.0 - begun) * cycles) % 1.0
        if after < phase:
            _begin_again(net, current, best, shared, run)
            value, best_value = int(total(net, current)), int(total(net, best))
    sort_order(net, best)
    return best, best_value


def _cycles(n: int, done: int, run: Run, begun: float) -> int:
    """How many coolings fit into the run."""
    budget = run.control.iterations
    moves = budget or done / max(1e-6, run.elapsed - begun) * (run.control.seconds - begun)
    return int(np.clip(round(moves / (MOVES_PER_CYCLE * n)), 1, 24))


def _begin_again(net: Net, current: State, best: State, shared: Shared, run: Run) -> None:
    """Go on from the best plan; from that of all threads only where the run need not be repeatable."""
    if run.control.iterations is None:
        with shared.lock:
            if shared.value < total(net, best):
                copy_into(shared.best, best)
    copy_into(best, current)


def solution_from_state(problem: Problem, net: Net, state: State, run: Run, bound: int) -> Solution:
    """The plan of a state, or the answer that there is none within the horizon and the calendars."""
    end = int(state.end[~net.fixed].max(initial=0))
    if end > net.end or end >= FAR:
        reason = "未找到在排产期和日历之内完工的方案"
        return no_solution(problem, Status.TIMED_OUT, reason, bound, run.elapsed)
    found = plan_of(problem, net, state, run.elapsed)
    return replace(found, bound=bound, status=Status.OPTIMAL if found.value == bound else Status.FEASIBLE)


def plan_of(problem: Problem, net: Net, state: State, seconds: float) -> Solution:
    """The plan of a decoded state."""
    op, machine, quantity = (c.astype(np.int64) for c in (net.op, net.am[state.alt], net.quantity))
    return Solution(problem, op, machine, starts(net, state), state.end.copy(), quantity, seconds=seconds)
