"""Plan again after a breakdown, a delay or an urgent order, with the least disturbance; answered as a difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np

from jiqun.base.errors import Problem as Fault
from jiqun.exchange.schedule.arrays import Flags
from jiqun.exchange.schedule.control import Control, Run
from jiqun.exchange.schedule.derive import derive
from jiqun.exchange.schedule.difference import Difference, difference
from jiqun.exchange.schedule.faults import ScheduleError
from jiqun.exchange.schedule.live import Live, Repaired, repair
from jiqun.exchange.schedule.problem import Assignment, Objective, plain_problem
from jiqun.exchange.schedule.replan_events import Breakdown, Delay, Event, Order
from jiqun.exchange.schedule.replan_plain import amended, rest_of
from jiqun.exchange.schedule.rich.core import State, decode, total
from jiqun.exchange.schedule.rich.net import Net
from jiqun.exchange.schedule.rich.search import Heat, improve, plan_of
from jiqun.exchange.schedule.solution import Solution, solution_of

SHARE = 0.05
"""By default this share of the operations that the events do not touch may change machine or order."""
STABILITY = 2000
"""Such a change must better the objective by one part in this many."""
SEARCH = 0.92
"""Share of the time for the search; the rest is for laying out the plan."""
FINE = 64
"""The objective is counted in so many parts of its unit, so that the price of a change may be less than a unit."""


@cache
def warm_up() -> None:
    """Compile the kernels, or load them from disk, so that a time limit is spent on the search."""
    problem = plain_problem([[[(0, 2), (1, 3)], [(1, 2)]], [[(0, 2)]]], 2)
    rows = (Assignment("J1", "1", "M1", 0, 2), Assignment("J1", "2", "M2", 2, 4), Assignment("J2", "1", "M1", 2, 4))
    live = Live(problem, solution_of(problem, rows))
    order = Order(replace(problem.jobs[0], name="J3"))
    for at in (problem, derive(problem, objective=Objective(1, 1))):
        _replan(Live(at, live.plan), 1, (Breakdown("M1", 1, 3), order), Control(iterations=1, threads=1), 1.0)


@dataclass(frozen=True, eq=False)
class Replan:
    """The plan before, the repair without a search, and the plan after; problems with what has happened frozen.

    `untouched` are the operations (positions) not begun that no event is about.
    """

    before: Solution
    repaired: Solution
    after: Solution
    untouched: frozenset[int]

    @cached_property
    def difference(self) -> Difference:
        """What changed from before to after."""
        return difference(self.before, self.after)

    @cached_property
    def disturbed(self) -> int:
        """How many of the untouched operations changed their machine or their order among themselves."""
        at = self.after.problem.operation_index
        kept = tuple(a for a in self.before.assignments if at[a.job, a.operation] in self.untouched)
        machines, order = replace(self.after, problem=derive(self.after.problem, baseline=kept)).disturbed
        return len(machines) + len(order)


def replan(
    live: Live, now: int, events: Sequence[Event], control: Control | None = None, share: float = SHARE
) -> Replan:
    """Repair the plan, then better it by its own objective; at most `share` of what no event touches is disturbed.

    Raises `ScheduleError` with every fault of the events.
    """
    if not 0 <= share <= 1:
        raise ScheduleError([Fault("可变动工序的比例须在 0 至 1 之间", found=str(share))])
    warm_up()
    return _replan(live, now, events, control or Control(seconds=0.3), share)


def _replan(live: Live, now: int, events: Sequence[Event], control: Control, share: float) -> Replan:
    run = Run(replace(control, seconds=SEARCH * control.seconds))
    fixed = repair(live, now, events)
    free = _touched(live, fixed, events)
    most = int(share * int((~(free | fixed.net.fixed)).sum()))
    net = fixed.net._replace(w_disturbance=0)
    run.report(0.0, int(total(net, fixed.state)))
    rest = rest_of(fixed)
    state = amended(fixed, rest, free, most, run) if rest is not None else _annealed(fixed, free, most, run)
    state = _settled(live, net, state)
    if total(net, state) < total(net, fixed.state):
        after = plan_of(fixed.problem, net, state, run.elapsed)
    else:
        after = replace(fixed.solution, seconds=run.elapsed)
    return Replan(live.plan, fixed.solution, after, frozenset(fixed.net.op[~(free | fixed.net.fixed)].tolist()))


def _touched(live: Live, fixed: Repaired, events: Sequence[Event]) -> Flags:
    """Which tasks an event is about: planned on a machine while it is down, of a job that is late, of a new order."""
    _, machine, start, end, _ = live.columns
    found = np.ones(len(fixed.net.op), np.bool_)
    old = found[: len(start)]
    old[:] = False
    for event in events:
        if isinstance(event, Breakdown):
            at = fixed.problem.machine_index[event.machine]
            old |= (machine == at) & (start < event.end) & (end > event.begin)
        elif isinstance(event, Delay):
            old |= fixed.net.job[: len(start)] == fixed.problem.job_index[event.job]
    return found


def _annealed(fixed: Repaired, free: Flags, most: int, run: Run) -> State:
    """Annealing with a price on each change, and an end to changes."""
    net, state = _fine(fixed.net), fixed.state.copy()
    net = net._replace(w_disturbance=max(1, int(total(net, state)) // STABILITY))
    state.moved[:] = free
    state.left[0] = most
    best, _ = improve(net, state, int(total(net, state)), run, Heat(0.05, 0.005))
    return best


def _fine(net: Net) -> Net:
    """The network with its objective in parts of a unit."""
    return net._replace(
        w_makespan=net.w_makespan * FINE, weight=net.weight * FINE, ac=net.ac * FINE, move_price=net.move_price * FINE,
        setup_price=net.setup_price * FINE, w_cost=net.w_cost * FINE, w_disturbance=0,
    )  # fmt: skip


def _settled(live: Live, net: Net, state: State) -> State:
    """The same sequences with nothing sooner than it was planned, where that costs nothing: fewer starts change."""
    start = live.columns[2]
    later = net._replace(release=np.maximum(net.release, np.concatenate([start, net.release[len(start) :]])))
    trial = state.copy()
    return trial if decode(later, trial) and total(net, trial) <= total(net, state) else state
