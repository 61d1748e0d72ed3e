"""What a solver answers: who does what when, what it costs, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np

from jiqun.base.errors import Problem as Fault
from jiqun.exchange.schedule.arrays import Longs
from jiqun.exchange.schedule.faults import ScheduleError
from jiqun.exchange.schedule.measure import Parts, disturbed, measure
from jiqun.exchange.schedule.problem import Assignment, Problem


class Status(StrEnum):
    """How an answer stands."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    TIMED_OUT = "timed_out"

    @property
    def chinese(self) -> str:
        """The word for people."""
        words = {"optimal": "最优", "feasible": "可行", "infeasible": "无解", "timed_out": "超时，未得方案"}
        return words[self.value]


class Setup(NamedTuple):
    """A changeover of a machine: `time` units of its open time, ending where the next work starts."""

    machine: str
    before: str
    after: str
    end: int
    time: int


class Carriage(NamedTuple):
    """What is carried between two operations of a job: leaves when the last lot at the origin ends."""

    job: str
    operation: str
    next_operation: str
    origin: str
    destination: str
    depart: int
    arrive: int
    cost: int


@dataclass(frozen=True, eq=False)
class Solution:
    """Rows of assignments as columns of equal length (positions in the problem), and what is known about them.

    `bound` is a proven lower bound of the weighted objective; `reason` tells why there is no plan. Raises
    `ScheduleError` where columns do not fit the problem; whether the plan is valid is for the checker to say.
    """

    problem: Problem
    operation: Longs
    machine: Longs
    start: Longs
    end: Longs
    quantity: Longs
    status: Status = Status.FEASIBLE
    bound: int | None = None
    reason: str = ""
    seconds: float = 0.0

    def __post_init__(self) -> None:
        columns = (self.operation, self.machine, self.start, self.end, self.quantity)
        faults = []
        if len({len(c) for c in columns}) > 1:
            faults.append(Fault("方案各列长短不一", found="、".join(str(len(c)) for c in columns)))
        for word, column, size in (
            ("工序", self.operation, len(self.problem.operations)), ("机器", self.machine, len(self.problem.machines)),
        ):  # fmt: skip
            if len(column) and not (column.min() >= 0 and column.max() < size):
                faults.append(Fault(f"方案中的{word}序号超出 0—{size - 1}"))
        if self.has_plan == (self.status in (Status.INFEASIBLE, Status.TIMED_OUT)):
            faults.append(Fault(f"状态“{self.status.chinese}”与有无方案不符"))
        if faults:
            raise ScheduleError(faults)

    @property
    def has_plan(self) -> bool:
        """Whether there are assignments."""
        return len(self.operation) > 0

    @cached_property
    def parts(self) -> Parts:
        """The parts of the objective."""
        return measure(self.problem, self.operation, self.machine, self.start, self.end, self.quantity)

    @property
    def value(self) -> int:
        """The weighted objective."""
        return self.parts.weighted(self.problem.objective)

    @property
    def gap(self) -> float | None:
        """(value - bound) / bound, None without a positive bound or a plan."""
        if not self.bound or self.bound <= 0 or not self.has_plan:
            return None
        return (self.value - self.bound) / self.bound

    @cached_property
    def assignments(self) -> tuple[Assignment, ...]:
        """The rows as records, in the order of the operations and, within one, of the starts."""
        ops, machines = self.problem.operations, self.problem.machines
        rows = zip(
            self.operation.tolist(), self.machine.tolist(), self.start.tolist(), self.end.tolist(),
            self.quantity.tolist(), strict=True,
        )  # fmt: skip
        found = []
        for o, m, start, end, quantity in sorted(rows, key=lambda r: (r[0], r[2], r[1])):
            job, op = ops[o]
            whole = quantity == op.quantity
            found.append(Assignment(job.name, op.name, machines[m].name, start, end, None if whole else quantity))
        return tuple(found)

    @cached_property
    def setups(self) -> tuple[Setup, ...]:
        """Every changeover that takes time, by machine and time."""
        p, a, found = self.problem, self.problem.arrays, []
        before = dict(enumerate(m.family for m in p.machines))
        for row in np.lexsort((self.start, self.machine)):
            m, op = int(self.machine[row]), p.operations[int(self.operation[row])][1]
            if a.matrix[m] < 0:
                continue
            old, new = before[m], op.family
            before[m] = new
            if old is None or new is None:
                continue
            families = next(s.families for s in p.setups if s.name == p.machines[m].setups)
            matrix = p.setups[int(a.matrix[m])].times
            time = matrix[families.index(old)][families.index(new)]
            if time:
                found.append(Setup(p.machines[m].name, old, new, int(self.start[row]), time))
        return tuple(found)

    @cached_property
    def carriages(self) -> tuple[Carriage, ...]:
        """Everything carried between sites, in the order of the operations."""
        p, a, found = self.problem, self.problem.arrays, []
        if not p.transports:
            return ()
        leaves: list[dict[int, int]] = [{} for _ in p.operations]
        for o, m, end in zip(self.operation.tolist(), self.machine.tolist(), self.end.tolist(), strict=True):
            site = int(a.site[m])
            leaves[o][site] = max(end, leaves[o].get(site, end))
        names = {int(s): m.site for s, m in zip(a.site, p.machines, strict=True)}
        for o, (job, op) in enumerate(p.operations):
            for b in a.pred[a.pred_ptr[o] : a.pred_ptr[o + 1]]:
                for origin, depart in sorted(leaves[b].items()):
                    for destination in sorted(leaves[o]):
                        if origin != destination:
                            time, cost = int(a.move_time[origin, destination]), int(a.move_cost[origin, destination])
                            ends = names[origin], names[destination]
                            before = p.operations[int(b)][1].name
                            found.append(Carriage(job.name, before, op.name, *ends, depart, depart + time, cost))
        return tuple(found)

    @cached_property
    def disturbed(self) -> tuple[frozenset[int], frozenset[int]]:
        """Operations of the baseline that changed their machine, and those that changed their place in its order."""
        return disturbed(self.problem, self.operation, self.machine, self.start)


def solution_of(problem: Problem, rows: tuple[Assignment, ...], **facts: object) -> Solution:
    """A solution from records; raises `ScheduleError` where a name is not in the problem."""
    faults = [
        Fault(f"方案中的 {word} {name} 不在问题中")
        for row in rows
        for word, name, known in (
            ("工序", f"{row.job} / {row.operation}", (row.job, row.operation) in problem.operation_index),
            ("机器", row.machine, row.machine in problem.machine_index),
        )
        if not known
    ]
    if faults:
        raise ScheduleError(faults)
    at = [problem.operation_index[r.job, r.operation] for r in rows]
    amounts = [problem.operations[o][1].quantity if r.quantity is None else r.quantity for o, r in zip(at, rows)]
    columns = (at, [problem.machine_index[r.machine] for r in rows], [r.start for r in rows], [r.end for r in rows])
    return Solution(problem, *(np.array(c, np.int64) for c in (*columns, amounts)), **facts)  # type: ignore[arg-type]


def no_solution(
    problem: Problem, status: Status, reason: str, bound: int | None = None, seconds: float = 0.0
) -> Solution:
    """The answer without a plan: infeasible with its reason, or timed out."""
    empty = np.empty(0, np.int64)
    return Solution(problem, empty, empty, empty, empty, empty, status, bound, reason, seconds)
