"""What may happen to a live plan, checked against it: a breakdown, a late job, an urgent order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jiqun.base.errors import InputError, Place, Problems, did_you_mean
from jiqun.exchange.schedule.faults import ScheduleError
from jiqun.exchange.schedule.problem import Job, Problem
from jiqun.exchange.schedule.records import Horizon


@dataclass(frozen=True)
class Breakdown:
    """A machine is down from `begin` until `end`; what it is doing pauses, or is done anew if it may not pause."""

    machine: str
    begin: int
    end: int


@dataclass(frozen=True)
class Delay:
    """What a job still needs is there at `until` only: none of its operations that have not begun starts before."""

    job: str
    until: int


@dataclass(frozen=True)
class Order:
    """A new job that comes into the plan."""

    job: Job


Event = Breakdown | Delay | Order


def check_events(problem: Problem, now: int, events: Sequence[Event]) -> None:
    """Raise `ScheduleError` with every fault of the events."""
    found = Problems()
    if not events:
        found.add("没有写明发生了什么", mend="请给出故障、延误或新订单")
    added: set[str] = set()
    for event in events:
        if isinstance(event, Breakdown):
            place = Place(field=f"故障 {event.machine}")
            if event.machine not in problem.machine_index:
                found.add("没有这台机器", place, mend=did_you_mean(event.machine, problem.machine_index))
            if event.end <= event.begin:
                found.add(f"恢复时间（{event.end}）不晚于故障时间（{event.begin}）", place)
            if event.end <= now:
                found.add(f"恢复时间（{event.end}）已过，现为 {now}", place, mend="只写还在影响计划的故障")
        elif isinstance(event, Delay):
            place = Place(field=f"延误 {event.job}")
            if event.job not in problem.job_index:
                found.add("没有这个工件", place, mend=did_you_mean(event.job, problem.job_index))
            if event.until <= now:
                found.add(f"可开工时间（{event.until}）已过，现为 {now}", place)
        else:
            check_order(problem, event.job, found, taken=added)
            added.add(event.job.name)
    if len(found):
        raise ScheduleError(found)


def check_order(problem: Problem, job: Job, found: Problems, taken: set[str] | frozenset[str] = frozenset()) -> None:
    """Note every fault of a new job against the machines and rules of a problem."""
    if job.name in problem.job_index or job.name in taken:
        found.add("名称已被占用", Place(field=f"工件 {job.name}"), mend="请换一个名称")
    try:
        order_problem(problem, job)
    except InputError as error:
        found.extend(error.problems)


def order_problem(problem: Problem, job: Job) -> Problem:
    """A problem of one job alone on the machines of another; raises `ScheduleError` where it does not fit them."""
    return Problem(
        (job,), problem.machines, problem.calendars, problem.setups, problem.transports,
        horizon=Horizon(problem.horizon.begin, problem.horizon.end), objective=problem.objective, unit=problem.unit,
    )  # fmt: skip
