"""Re-planning where only the makespan counts and machines are open without end: the rest of the plan as a plain shop."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from jiqun.exchange.schedule.arrays import Flags, Longs
from jiqun.exchange.schedule.control import Run
from jiqun.exchange.schedule.live import Repaired
from jiqun.exchange.schedule.plain.amend import Old, amend
from jiqun.exchange.schedule.plain.shop import Shop
from jiqun.exchange.schedule.problem import Problem
from jiqun.exchange.schedule.records import Objective
from jiqun.exchange.schedule.rich.core import State, decode, link_all, starts
from jiqun.exchange.schedule.rich.net import Net


class Rest(NamedTuple):
    """What is left to do: a shop whose time 0 is the begin of the network, its tasks, and its ways in the network."""

    shop: Shop
    task: Longs
    way: Longs


def rest_of(fixed: Repaired) -> Rest | None:
    """The rest of a repaired plan as a shop; None where it is more than a plain one."""
    problem, net = fixed.problem, fixed.net
    if not _only_machines_and_chains(problem) or bool((net.fixed & (net.fixed_start >= net.begin)).any()):
        return None
    done = np.flatnonzero(net.fixed)
    opens = np.full(len(net.site), net.begin)
    np.maximum.at(opens, net.am[net.fixed_alt[done]], net.fixed_end[done])
    for m, machine in enumerate(problem.machines):
        for span in sorted(machine.closed):
            if span.begin <= opens[m]:
                opens[m] = max(opens[m], span.end)
            else:
                return None
    return _rest(net, done, opens)


def _only_machines_and_chains(problem: Problem) -> bool:
    a, goal = problem.arrays, problem.objective
    return (
        not (problem.calendars or problem.setups or problem.transports)
        and problem.horizon.end is None
        and goal == Objective(goal.makespan, disturbance=goal.disturbance)
        and bool((a.most_lots == 1).all())
        and a.chains
    )


def _rest(net: Net, done: Longs, opens: Longs) -> Rest:
    task = np.flatnonzero(~net.fixed)
    sizes = np.diff(net.ap)[task]
    ptr = np.concatenate([[0], np.cumsum(sizes)])
    way = np.arange(ptr[-1]) - np.repeat(ptr[:-1], sizes) + np.repeat(net.ap[task], sizes)
    counts = np.bincount(net.job[task], minlength=len(net.due))
    ends = np.full(len(net.due), net.begin)
    np.maximum.at(ends, net.job[done], net.fixed_end[done])
    ready = np.maximum(net.release, ends[net.job])[task] - net.begin
    shop = Shop(
        ptr.astype(np.int32), net.am[way], net.ad[way].astype(np.int64),
        np.concatenate([[0], np.cumsum(counts[counts > 0])]).astype(np.int32), len(net.site), ready, opens - net.begin,
    )  # fmt: skip
    return Rest(shop, task, way)


def amended(fixed: Repaired, rest: Rest, free: Flags, most: int, run: Run) -> State:
    """The best plan found in which at most `most` tasks leave their place beside those that are `free`."""
    net, state = fixed.net, fixed.state.copy()
    begins = starts(net, state)
    way = state.alt[rest.task] - net.ap[rest.task] + rest.shop.way_ptr[:-1]
    best = amend(rest.shop, Old(way.astype(np.int64), begins[rest.task] - net.begin, free[rest.task]), most, run)
    state.alt[rest.task] = rest.way[best.way]
    begins[rest.task] = best.start + net.begin
    link_all(net, state, np.argsort(begins, kind="stable"))
    decode(net, state)
    return state
