"""Plan again after a breakdown, a delay or an urgent order, with the least disturbance; answered as a difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from jiqun.exchange.schedule.control import Control, Run
from jiqun.exchange.schedule.derive import derive
from jiqun.exchange.schedule.difference import Difference, difference
from jiqun.exchange.schedule.live import Live, repair
from jiqun.exchange.schedule.replan_events import Event
from jiqun.exchange.schedule.rich.core import State, decode, total
from jiqun.exchange.schedule.rich.net import Net
from jiqun.exchange.schedule.rich.search import Heat, improve, plan_of
from jiqun.exchange.schedule.solution import Solution

STABILITY = 2000
"""By default a change of machine or order must better the objective by one part in this many."""


@dataclass(frozen=True, eq=False)
class Replan:
    """The plan before, the repair without a search, and the plan after; problems with what has happened frozen."""

    before: Solution
    repaired: Solution
    after: Solution

    @cached_property
    def difference(self) -> Difference:
        """What changed from before to after."""
        return difference(self.before, self.after)


def replan(
    live: Live, now: int, events: Sequence[Event], control: Control | None = None, stability: int | None = None
) -> Replan:
    """Repair the plan, then better it by its own objective plus `stability` for each operation disturbed.

    A weight for disturbance in the problem's objective stands where `stability` is not given. Raises `ScheduleError`
    with every fault of the events.
    """
    run = Run(control or Control(seconds=0.3))
    fixed = repair(live, now, events)
    weight = stability if stability is not None else live.problem.objective.disturbance
    if not weight:
        weight = max(1, fixed.solution.value // STABILITY)
    problem = derive(fixed.problem, objective=replace(fixed.problem.objective, disturbance=weight))
    net = fixed.net._replace(w_disturbance=weight)
    state = fixed.state.copy()
    decode(net, state)
    value = int(total(net, state))
    run.report(0.0, value)
    best, value = improve(net, state, value, run, Heat(0.05, 0.005))
    settled = _settled(live, net, best, value)
    after = plan_of(problem, net, settled, run.elapsed)
    repaired = replace(fixed.solution, problem=problem)
    if repaired.value < after.value:
        after = replace(repaired, seconds=run.elapsed)
    return Replan(live.plan, repaired, after)


def _settled(live: Live, net: Net, state: State, value: int) -> State:
    """The same sequences with nothing sooner than it was planned, where that costs nothing: fewer starts change."""
    start = live.columns[2]
    later = net._replace(release=np.maximum(net.release, np.concatenate([start, net.release[len(start) :]])))
    trial = state.copy()
    return trial if decode(later, trial) and total(net, trial) <= value else state
