"""What no plan can beat: the earliest ends of jobs, a bound of the objective, and proofs that there is no plan at all."""

from __future__ import annotations

import numpy as np

from jiqun.base.jit import kernel
from jiqun.exchange.schedule.arrays import Longs
from jiqun.exchange.schedule.problem import Problem
from jiqun.exchange.schedule.rich.net import FAR, Net
from jiqun.exchange.schedule.rich.windows import end_time, fit, to_clock


def earliest_ends(problem: Problem, net: Net) -> Longs:
    """(tasks) when each would end were its job alone: the fastest ways, with transport, calendars and what is frozen.

    `net` is unsplit; an operation that may be split counts as its largest lot, which is as small as it may be.
    """
    at = np.zeros(len(net.am), np.int64)
    _fill(net, np.array(_in_turn(net)), _least_durations(problem), at)
    found: Longs = np.minimum.reduceat(at, net.ap[:-1])
    return found


def lower_bound(problem: Problem, ends: Longs) -> int:
    """A bound of the weighted objective from the earliest ends and the cheapest ways."""
    a, goal = problem.arrays, problem.objective
    ends = np.maximum.reduceat(ends, a.job_ptr[:-1])
    late = int((a.weight * np.maximum(ends - a.due, 0)).sum())
    cheapest = int(np.minimum.reduceat(a.alt_cost, a.alt_ptr[:-1]).sum())
    return goal.makespan * (int(ends.max()) - problem.horizon.begin) + goal.tardiness * late + goal.cost * cheapest


def reasons(problem: Problem, net: Net, ends: Longs) -> list[str]:
    """Why there is no plan: jobs too late even alone, machines with more work of their own than open time; else none."""
    limit = FAR if problem.horizon.end is None else problem.horizon.end
    found = []
    open_ends = np.maximum.reduceat(np.where(net.fixed, problem.horizon.begin, ends), problem.arrays.job_ptr[:-1])
    for job, end in zip(problem.jobs, open_ends.tolist(), strict=True):
        if end >= FAR:
            found.append(f"工件 {job.name} 的工序在日历中没有足够的开放时间")
        elif end > limit:
            found.append(f"工件 {job.name} 即使独占机器，最早也要 {end} 完工，晚于排产期结束 {limit}")
    return found + (_overfull(problem, net, limit) if limit < FAR else [])


@kernel
def _fill(net, order, durations, at):  # type: ignore[no-untyped-def]
    """Write when each way of each task ends at the soonest."""
    for t in order:
        for a in range(net.ap[t], net.ap[t + 1]):
            if net.fixed[t]:
                at[a] = net.fixed_end[t] if a == net.fixed_alt[t] else FAR
                continue
            m, ready = net.am[a], net.release[t]
            for i in range(net.pp[t], net.pp[t + 1]):
                b, soonest = net.pv[i], np.int64(FAR)
                for w in range(net.ap[b], net.ap[b + 1]):
                    soonest = min(soonest, at[w] + net.move[net.site[net.am[w]], net.site[m]])
                ready = max(ready, soonest)
            clock = to_clock(net.windows, net.calendar[m], ready)
            if net.whole[t]:
                clock = fit(net.windows, net.calendar[m], clock, durations[a])
            at[a] = min(np.int64(FAR), end_time(net.windows, net.calendar[m], clock + durations[a]))


def _least_durations(problem: Problem) -> Longs:
    """(ways) of the largest lot that must be, where operations may be split."""
    a = problem.arrays
    lot = np.minimum(np.maximum(a.smallest_lot, -(-a.quantity // np.maximum(a.most_lots, 1))), a.quantity)
    share, whole = (np.repeat(c.astype(np.int64), np.diff(a.alt_ptr)) for c in (lot, a.quantity))
    found: Longs = -(-a.alt_duration.astype(np.int64) * share // whole)
    return found


def _in_turn(net: Net) -> list[int]:
    """The tasks, each behind those it waits for (Kahn 1962)."""
    left = np.diff(net.pp).tolist()
    found = [t for t, waits in enumerate(left) if not waits]
    for t in found:
        for x in net.sv[net.sp[t] : net.sp[t + 1]].tolist():
            left[x] -= 1
            if not left[x]:
                found.append(x)
    return found


def _overfull(problem: Problem, net: Net, limit: int) -> list[str]:
    """Machines whose own work, which no other can do, is more than their open time from the begin to the limit."""
    alone = np.flatnonzero((np.diff(net.ap) == 1) & ~net.fixed)
    way = net.ap[alone]
    work = np.bincount(net.am[way], weights=net.ad[way], minlength=len(net.site)).astype(np.int64)
    found = []
    for m, machine in enumerate(problem.machines):
        calendar = net.calendar[m]
        opened = int(to_clock(net.windows, calendar, limit) - to_clock(net.windows, calendar, net.begin))
        if work[m] > opened:
            found.append(f"机器 {machine.name} 在排产期内开放 {opened}，而只有它能做的工作共 {work[m]}")
    return found
