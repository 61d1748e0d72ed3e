"""The earliest date and the price for one new order against the live plan, without a new plan for the rest."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from jiqun.base.errors import Problems
from jiqun.exchange.schedule.derive import derive, with_job
from jiqun.exchange.schedule.faults import ScheduleError
from jiqun.exchange.schedule.live import Live
from jiqun.exchange.schedule.problem import Assignment, Job
from jiqun.exchange.schedule.replan_events import check_order, order_problem
from jiqun.exchange.schedule.rich.core import State, decode, sort_order
from jiqun.exchange.schedule.rich.insert import in_turn, insert_all
from jiqun.exchange.schedule.rich.net import Net
from jiqun.exchange.schedule.rich.search import plan_of
from jiqun.exchange.schedule.rich.windows import end_time
from jiqun.exchange.schedule.solution import Solution

MOST_SLACK = 10
"""An overrun of more than ten times is no slack but another duration."""


@dataclass(frozen=True, eq=False)
class Promise:
    """When a new order can be done, for how much, and by whom; `plan` is the live plan with it."""

    job: Job
    finish: int
    buffer: int
    """working time kept in hand behind the finish"""
    date: int
    """what is promised: the finish and the buffer, counted in the open time of the machine that ends last"""
    price: int
    """fen: alternatives, carriage and setups that the order adds to the plan"""
    plan: Solution
    seconds: float

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        """The rows of the order."""
        return tuple(a for a in self.plan.assignments if a.job == self.job.name)

    @property
    def late(self) -> int:
        """How much later than due the promised date is; 0 where it is in time or has no due date."""
        return 0 if self.job.due is None else max(0, self.date - self.job.due)

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "job": self.job.name, "finish": self.finish, "buffer": self.buffer, "date": self.date, "price": self.price, "due": self.job.due, "late": self.late,
            "assignments": [a._asdict() for a in self.assignments], "seconds": round(self.seconds, 4),
        }  # fmt: skip


def promise(live: Live, now: int, job: Job, slack: float = 0.0) -> Promise:
    """The soonest that gaps of the live plan allow, operation by operation, with nothing of it moved.

    `slack` is the share of its duration by which an operation may overrun. The buffer is √Σ(slack · duration)² over the
    chain of operations that sets the finish, for overruns add up only in part (root square error; Newbold 1998,
    "Project Management in the Fast Lane"). Raises `ScheduleError` with every fault of the order.
    """
    begun = time.perf_counter()
    found = Problems()
    if not 0 <= slack <= MOST_SLACK:
        found.add(f"缓冲比例须在 0 至 {MOST_SLACK} 之间", found=slack)
    check_order(live.problem, job, found)
    if len(found):
        raise ScheduleError(found)
    _, _, start, end, _ = live.columns
    old = len(start)
    problem = with_job(live.problem, order_problem(live.problem, job))
    problem = derive(problem, horizon=replace(problem.horizon, begin=max(now, problem.horizon.begin)))
    net = live.network(problem, np.ones(old, np.bool_), end, tracked=False)
    state = live.state(net, start)
    decode(net, state)
    insert_all(net, state, in_turn(net, np.arange(old, len(net.op), dtype=np.int32)), 0.0)
    sort_order(net, state)
    decode(net, state)
    problem = derive(problem, frozen=live.plan.assignments)
    plan = plan_of(problem, net, state, time.perf_counter() - begun)
    price = plan.parts.cost - live.plan.parts.cost
    last = old + int(state.end[old:].argmax())
    buffer, date = _buffered(net, state, last, slack)
    return Promise(job, int(state.end[last]), buffer, date, price, plan, time.perf_counter() - begun)


def _buffered(net: Net, state: State, last: int, slack: float) -> tuple[int, int]:
    """(buffer, promised date) behind the task that ends last; back along whichever task of the job came last."""
    task, squares = last, 0.0
    while task >= 0:
        squares += (slack * float(net.ad[state.alt[task]])) ** 2
        before = net.pv[net.pp[task] : net.pp[task + 1]]
        task = int(before[state.end[before].argmax()]) if len(before) else -1
    buffer = math.ceil(math.sqrt(squares) - 1e-9)
    calendar = int(net.calendar[net.am[state.alt[last]]])
    return buffer, int(end_time(net.windows, calendar, state.clock[last] + buffer))
