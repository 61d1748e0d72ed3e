"""A live plan laid out for quick answers: what an event leaves frozen, and the plan repaired without a search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from jiqun.exchange.schedule.arrays import Flags, Ints, Longs
from jiqun.exchange.schedule.derive import derive, with_job
from jiqun.exchange.schedule.measure import alternative_of
from jiqun.exchange.schedule.problem import Assignment, Problem, Span
from jiqun.exchange.schedule.replan_events import Breakdown, Delay, Event, Order, check_events, order_problem
from jiqun.exchange.schedule.rich.core import State, decode, empty_state, link_all, sort_order
from jiqun.exchange.schedule.rich.insert import in_turn, insert_all
from jiqun.exchange.schedule.rich.net import FAR, Net, build_net
from jiqun.exchange.schedule.rich.search import plan_of
from jiqun.exchange.schedule.rich.windows import Windows, end_time, to_clock, windows_of
from jiqun.exchange.schedule.solution import Solution


@dataclass(frozen=True, eq=False)
class Live:
    """A plan in force; the rows are kept by operation and start, one task of the kernels each."""

    problem: Problem
    plan: Solution

    @cached_property
    def rows(self) -> Longs:
        """The plan's rows by task."""
        return np.lexsort((self.plan.machine, self.plan.start, self.plan.operation))

    @cached_property
    def columns(self) -> tuple[Longs, Longs, Longs, Longs, Longs]:
        """(operation, machine, start, end, quantity) by task."""
        p, r = self.plan, self.rows
        return p.operation[r], p.machine[r], p.start[r], p.end[r], p.quantity[r]

    @cached_property
    def ways(self) -> Longs:
        """The alternative of each task, counted within its operation."""
        operation, machine, *_ = self.columns
        found: Longs = alternative_of(self.problem.arrays, operation, machine) - self.problem.arrays.alt_ptr[operation]
        return found

    @cached_property
    def frozen(self) -> Flags:
        """Whether each task is frozen in the problem already."""
        kept = {self.problem.operation_index[f.job, f.operation] for f in self.problem.frozen}
        return np.isin(self.columns[0], list(kept))

    @cached_property
    def ranks(self) -> Longs:
        """The place of each task in the order of its machine."""
        _, machine, start, *_ = self.columns
        order = np.lexsort((start, machine))
        first = np.concatenate([[True], machine[order][1:] != machine[order][:-1]])
        begun = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
        ranks = np.empty(len(order), np.int64)
        ranks[order] = np.arange(len(order)) - begun
        return ranks

    @cached_property
    def windows(self) -> tuple[Ints, Windows]:
        """The calendars and openings that the plan was made with."""
        return windows_of(self.problem, FAR)

    def open_time(self, machine: int, start: int, end: int) -> int:
        """Open time of a machine between two times, as the plan had it."""
        calendar, w = self.windows
        return int(to_clock(w, calendar[machine], end) - to_clock(w, calendar[machine], start))

    def network(self, problem: Problem, fixed: Flags, ends: Longs, tracked: bool = True) -> Net:
        """The network of `problem`, which may have jobs more than the plan, with the `fixed` tasks of the plan fixed."""
        operation, machine, start, _, quantity = self.columns
        old = len(operation)
        more = len(problem.operations) - len(self.problem.operations)
        lots = np.concatenate([np.bincount(operation, minlength=len(self.problem.operations)), np.ones(more, np.int64)])
        shares = np.concatenate([quantity, problem.arrays.quantity[len(self.problem.operations) :]])
        net = build_net(derive(problem, frozen=(), baseline=()), lots, shares)

        def padded(values: Any, rest: int, kind: Any) -> Any:
            return np.concatenate([values, np.full(more, rest)]).astype(kind)

        ways = np.where(fixed, net.ap[:old] + self.ways, -1)
        return net._replace(
            fixed=padded(fixed, 0, np.bool_), fixed_alt=padded(ways, -1, np.int32),
            fixed_start=padded(start, 0, np.int64), fixed_end=padded(ends, 0, np.int64),
            old_machine=padded(machine, -1, np.int32) if tracked else net.old_machine,
            rank=padded(self.ranks, -1, np.int32) if tracked else net.rank,
        )  # fmt: skip

    def state(self, net: Net, begin: Longs) -> State:
        """The plan as a state of `net`, its tasks in the order of `begin`; tasks that are new are not linked yet."""
        state, old = empty_state(net), len(self.rows)
        state.alt[:old] = net.ap[:old] + self.ways
        state.alt[old:] = net.ap[old:-1]
        link_all(net, state, np.argsort(begin, kind="stable"))
        return state


@dataclass(frozen=True, eq=False)
class Repaired:
    """What an event leaves: the problem with what has happened frozen, its network, and the plan repaired."""

    problem: Problem
    net: Net
    state: State
    solution: Solution


def repair(live: Live, now: int, events: Sequence[Event]) -> Repaired:
    """The plan made valid again on the same machines in the same order, starts never sooner; new jobs fill its gaps.

    Work begun before `now` is frozen. Raises `ScheduleError` with every fault of the events.
    """
    check_events(live.problem, now, events)
    problem = _changed(live, now, events)
    start = live.columns[2]
    fixed, ends = _happened(live, problem, now, events)
    for keep in (fixed | (live.frozen & (start >= now)), fixed):
        net = live.network(problem, keep, ends)
        net = net._replace(release=np.maximum(net.release, max(now, problem.horizon.begin)))
        held = net._replace(release=np.maximum(net.release, np.concatenate([start, net.release[len(start) :]])))
        state = live.state(held, start)
        old = len(start)
        good = decode(held, state)
        if len(net.op) > old:
            new = in_turn(net, np.arange(old, len(net.op), dtype=np.int32))
            insert_all(held, state, new, 0.0)
            sort_order(held, state)
            good = decode(held, state) and good
        if good:
            break
    problem = derive(problem, frozen=_frozen_rows(live, net, ends), baseline=live.plan.assignments)
    return Repaired(problem, net, state, plan_of(problem, net, state, 0.0))


def _changed(live: Live, now: int, events: Sequence[Event]) -> Problem:
    problem = live.problem
    for event in events:
        if isinstance(event, Breakdown):
            at = problem.machine_index[event.machine]
            machine = problem.machines[at]
            shut = replace(machine, closed=(*machine.closed, Span(event.begin, event.end)))
            problem = derive(problem, machines=(*problem.machines[:at], shut, *problem.machines[at + 1 :]))
        elif isinstance(event, Delay):
            problem = _delayed(live, problem, now, event)
        elif isinstance(event, Order):
            problem = with_job(problem, order_problem(live.problem, event.job))
    return derive(problem, horizon=replace(problem.horizon, begin=max(now, problem.horizon.begin)))


def _delayed(live: Live, problem: Problem, now: int, event: Delay) -> Problem:
    """The operations of the job that have not begun may begin at the time of the event."""
    j = problem.job_index[event.job]
    first, last = problem.arrays.job_ptr[j : j + 2]
    operation, _, start, *_ = live.columns
    begun = set(operation[(start < now) & (operation >= first) & (operation < last)].tolist())
    job = problem.jobs[j]
    ops = tuple(
        op if first + k in begun else replace(op, earliest=max(event.until, op.earliest or event.until))
        for k, op in enumerate(job.operations)
    )
    job = replace(job, operations=ops)
    made = derive(problem, jobs=(*problem.jobs[:j], job, *problem.jobs[j + 1 :]))
    earliest = problem.arrays.earliest.copy()
    for k, op in enumerate(ops):
        if op.earliest is not None:
            earliest[first + k] = max(op.earliest, job.release)
    made.__dict__["arrays"] = replace(problem.arrays, earliest=earliest)
    made.__dict__["operations"] = (
        *problem.operations[:first], *((job, op) for op in ops), *problem.operations[last:],
    )  # fmt: skip
    made.__dict__["job_index"] = problem.job_index
    made.__dict__["operation_index"] = problem.operation_index
    return made


def _happened(live: Live, problem: Problem, now: int, events: Sequence[Event]) -> tuple[Flags, Longs]:
    """Which tasks have begun before `now`, and when they end as things stand."""
    operation, machine, start, end, _ = live.columns
    fixed, ends = start < now, end.copy()
    broken = [e for e in events if isinstance(e, Breakdown)]
    if broken:
        # With the horizon of the plan: what is under way began before now.
        calendar, w = windows_of(derive(problem, horizon=live.problem.horizon), FAR)
        whole = ~problem.arrays.interruptible[operation]
        for event in broken:
            m = problem.machine_index[event.machine]
            hit = (machine == m) & fixed & (end > max(event.begin, now)) & (start < event.end)
            again = hit & whole
            fixed = fixed & ~again
            for t in np.flatnonzero(hit & ~whole):
                before = live.open_time(m, int(start[t]), int(end[t]))
                ends[t] = end_time(w, calendar[m], to_clock(w, calendar[m], int(start[t])) + before)
    return fixed, ends


def _frozen_rows(live: Live, net: Net, ends: Longs) -> tuple[Assignment, ...]:
    rows = live.plan.assignments
    kept = np.flatnonzero(net.fixed[: len(rows)])
    return tuple(
        rows[t] if rows[t].end == ends[t] else rows[t]._replace(end=int(ends[t])) for t in kept.tolist()
    )  # fmt: skip
