"""Tiny rich problems: the search equals trying everything, the bound is below it, and what cannot be says why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from jiqun.exchange.schedule.checker import check
from jiqun.exchange.schedule.control import Control
from jiqun.exchange.schedule.problem import (
    Alternative,
    Assignment,
    Calendar,
    Horizon,
    Job,
    Machine,
    Objective,
    Operation,
    Problem,
    SetupMatrix,
    Span,
    Transport,
)
from jiqun.exchange.schedule.solution import Status
from jiqun.exchange.schedule.solve import solve

LONG = 400
"""So far the brute force looks ahead."""


def _tiny(seed: int) -> Problem:
    """Three jobs of two operations on two machines at two sites, open 0—10 and 3—9 of every 12, families with setups."""
    rng = np.random.default_rng(seed)

    def operation(name: str) -> Operation:
        ways = [Alternative(m, int(rng.integers(2, 7)), int(rng.integers(1, 20))) for m in "MN"]
        some = ways if rng.random() < 0.7 else [ways[int(rng.integers(2))]]
        return Operation(name, tuple(some), family=str(rng.choice(["f", "g"])), interruptible=bool(rng.random() < 0.6))

    jobs = tuple(
        Job(
            f"J{j}", (operation("1"), operation("2")), int(rng.integers(0, 8)), int(rng.integers(10, 24)), int(rng.integers(1, 5))
        )
        for j in range(3)
    )  # fmt: skip
    return Problem(
        jobs, (Machine("M", site="s", calendar="a", setups="x", family="f", setup_rate=2), Machine("N", site="t", calendar="b", setups="x")),
        (Calendar("a", (Span(0, 10),), 12), Calendar("b", (Span(3, 9),), 12)),
        (SetupMatrix("x", ("f", "g"), ((0, 2), (3, 0))),), (Transport("s", "t", 4, 7),),
        objective=Objective(1, 3, 1),
    )  # fmt: skip


def _orders(left: list[int]) -> Iterator[list[int]]:
    """Every order in which the operations of the jobs may be appended."""
    if not any(left):
        yield []
    for j, count in enumerate(left):
        if count:
            for rest in _orders([c - (k == j) for k, c in enumerate(left)]):
                yield [j, *rest]


def _least(problem: Problem) -> int:
    """The least objective over all machines and orders; each operation as soon as it can be, unit by unit of open time."""
    opened = {m.name: _open_units(problem, m) for m in problem.machines}
    orders = list(_orders([len(j.operations) for j in problem.jobs]))
    ways = [op.alternatives for job in problem.jobs for op in job.operations]
    return min(_value(problem, opened, choice, order) for choice in product(*ways) for order in orders)


def _open_units(problem: Problem, machine: Machine) -> list[int]:
    calendar = next(c for c in problem.calendars if c.name == machine.calendar)
    assert calendar.period is not None
    return [t for t in range(LONG) if any(s.begin <= t % calendar.period < s.end for s in calendar.spans)]


def _value(
    problem: Problem, opened: dict[str, list[int]], choice: tuple[Alternative, ...], order: list[int]
) -> int:  # fmt: skip
    setups, trip = problem.setups[0], problem.transports[0]
    machines = {m.name: m for m in problem.machines}
    family = {m.name: m.family for m in problem.machines}
    free = dict.fromkeys(machines, 0)
    """how many open units of each machine are used up"""
    ends, at, nth, cost = [j.release for j in problem.jobs], [""] * 3, [0] * 3, 0
    for j in order:
        k, job = nth[j], problem.jobs[j]
        nth[j] += 1
        way, op = choice[2 * j + k], job.operations[k]
        machine, units = machines[way.machine], opened[way.machine]
        carried = bool(at[j]) and at[j] != machine.site
        need = 0
        old = family[machine.name]
        if old is not None and op.family is not None:
            need = setups.times[setups.families.index(old)][setups.families.index(op.family)]
        family[machine.name], at[j] = op.family, machine.site
        ready = ends[j] + (trip.time if carried else 0)
        first = free[machine.name] + need
        while units[first] < ready or (
            not op.interruptible and units[first + way.duration - 1] - units[first] >= way.duration
        ):
            first += 1
        free[machine.name] = first + way.duration
        ends[j] = units[first + way.duration - 1] + 1
        cost += way.cost + need * machine.setup_rate + (trip.cost if carried else 0)
    late = sum(job.weight * max(0, end - (job.due or 0)) for job, end in zip(problem.jobs, ends, strict=True))
    return max(ends) + 3 * late + cost


@pytest.mark.parametrize("seed", [0, 4, 8, 24, 26])
def test_the_search_equals_trying_everything(seed: int) -> None:
    problem = _tiny(seed)
    found = solve(problem, Control(iterations=20_000, threads=1))
    assert check(found) == []
    assert found.value == _least(problem)
    assert found.bound is not None
    assert found.bound <= found.value


def test_a_plan_that_meets_its_bound_is_optimal() -> None:
    # Open 0—10 of every 20: 6 and, after the pause, 2 more units end at 28; 8 late with weight 3, nothing else counts.
    job = Job("A", (Operation("1", (Alternative("M", 6),)), Operation("2", (Alternative("M", 6),))), due=14, weight=3)
    problem = Problem(
        (job,), (Machine("M", calendar="c"),), (Calendar("c", (Span(0, 10),), 20),), objective=Objective(0, 1)
    )
    found = solve(problem, Control(seconds=60))
    assert (found.value, found.bound, found.status) == (24, 24, Status.OPTIMAL)
    assert found.seconds < 30


def test_every_reason_why_there_is_no_plan() -> None:
    # Within 30, M is open for 20: A needs 6, a trip of 5 and 8 on N; B and C are 12 each, and M alone can do them.
    problem = Problem(
        (
            Job("A", (Operation("1", (Alternative("M", 6),)), Operation("2", (Alternative("N", 8),)))),
            Job("B", (Operation("1", (Alternative("M", 9),)),)), Job("C", (Operation("1", (Alternative("M", 9),)),)),
            Job("D", (Operation("1", (Alternative("O", 7),)),)),
        ),
        (Machine("M", site="s", calendar="c"), Machine("N", site="t", calendar="c"), Machine("O", site="s", calendar="e")),
        (Calendar("c", (Span(0, 10),), 20), Calendar("e", (Span(0, 5),))), transports=(Transport("s", "t", 5),),
        horizon=Horizon(0, 27),
    )  # fmt: skip
    found = solve(problem, Control(seconds=60))
    assert (found.status, found.has_plan) == (Status.INFEASIBLE, False)
    # A: 0—6, carried until 11, N opens at 20: 28. M: 0—10 and 20—27 are 17 units for 6 + 9 + 9. D: only 5 units are ever open.
    assert found.reason.split("；") == [
        "工件 A 即使独占机器，最早也要 28 完工，晚于排产期结束 27",
        "工件 D 的工序在日历中没有足够的开放时间",
        "机器 M 在排产期内开放 17，而只有它能做的工作共 24",
        "机器 O 在排产期内开放 5，而只有它能做的工作共 7",
    ]


def test_lots_are_not_called_impossible() -> None:
    # 10 pieces in 20 do not fit into 12, in two lots of 5 side by side they do.
    op = Operation("1", (Alternative("M", 20), Alternative("N", 20)), quantity=10, most_lots=2)
    problem = Problem((Job("A", (op,)),), (Machine("M"), Machine("N")), horizon=Horizon(0, 12))
    found = solve(problem, Control(iterations=500, threads=1))
    assert (found.value, found.bound, found.status, check(found)) == (10, 10, Status.OPTIMAL, [])
    assert solve(replace(problem, horizon=Horizon(0, 9)), Control(iterations=50)).status == Status.INFEASIBLE


def test_frozen_work_beyond_the_horizon_is_not_called_impossible() -> None:
    job = Job("A", (Operation("1", (Alternative("M", 8),)),))
    problem = Problem((job,), (Machine("M"),), frozen=(Assignment("A", "1", "M", 0, 8),), horizon=Horizon(2, 5))
    found = solve(problem, Control(iterations=50, threads=1))
    assert (found.status.value in ("optimal", "feasible"), check(found)) == (True, [])
