"""A scheduling problem over the machines of many owners: frozen, and checked as a whole when it is built."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from jiqun.exchange.schedule.arrays import Arrays
from jiqun.exchange.schedule.records import (
    Alternative,
    Assignment,
    Calendar,
    Horizon,
    Job,
    Machine,
    Objective,
    Operation,
    SetupMatrix,
    Span,
    Transport,
)

__all__ = [
    "Alternative", "Assignment", "Calendar", "Horizon", "Job", "Machine", "Objective", "Operation", "Problem",
    "SetupMatrix", "Span", "Transport", "plain_problem",
]  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """Jobs to be done on machines.

    `frozen` is work that has happened or may not move; `baseline` is the live plan that disturbance is counted
    against; `unit` says what one unit of time is, for people. Raises `ScheduleError` with every fault at once.
    """

    jobs: tuple[Job, ...]
    machines: tuple[Machine, ...]
    calendars: tuple[Calendar, ...] = ()
    setups: tuple[SetupMatrix, ...] = ()
    transports: tuple[Transport, ...] = ()
    frozen: tuple[Assignment, ...] = ()
    baseline: tuple[Assignment, ...] = ()
    horizon: Horizon = field(default_factory=Horizon)
    objective: Objective = field(default_factory=Objective)
    unit: str = "分钟"
    name: str = ""

    def __post_init__(self) -> None:
        # Here, because the checks import the records of this module's readers.
        from jiqun.exchange.schedule.faults import ScheduleError, faults

        found = faults(self)
        if len(found):
            raise ScheduleError(found)

    @cached_property
    def machine_index(self) -> dict[str, int]:
        """Position of each machine by its name."""
        return {m.name: i for i, m in enumerate(self.machines)}

    @cached_property
    def job_index(self) -> dict[str, int]:
        """Position of each job by its name."""
        return {j.name: i for i, j in enumerate(self.jobs)}

    @cached_property
    def operations(self) -> tuple[tuple[Job, Operation], ...]:
        """Every operation with its job, in the order of the jobs; the positions are those of the arrays."""
        return tuple((job, op) for job in self.jobs for op in job.operations)

    @cached_property
    def operation_index(self) -> dict[tuple[str, str], int]:
        """Position of each operation by the names of its job and itself."""
        return {(job.name, op.name): i for i, (job, op) in enumerate(self.operations)}

    @cached_property
    def arrays(self) -> Arrays:
        """The problem as columns (CSR), for solvers."""
        return Arrays.of(self)

    @cached_property
    def is_plain(self) -> bool:
        """Whether this is a flexible job shop and nothing more: chains of operations, releases, makespan only."""
        return (
            not (self.calendars or self.setups or self.transports or self.frozen or self.baseline)
            and self.horizon.end is None
            and self.objective == Objective(self.objective.makespan)
            and not any(m.closed for m in self.machines)
            and all(op.most_lots == 1 for _, op in self.operations)
            and self.arrays.chains
        )


def plain_problem(
    jobs: Iterable[Iterable[Sequence[tuple[int, int]]]], machines: int, name: str = ""
) -> Problem:  # fmt: skip
    """A flexible job shop from lists: of each job, of each operation, its (machine counted from 0, duration) pairs."""
    names = [f"M{i + 1}" for i in range(machines)]
    made = tuple(
        Job(f"J{j + 1}", tuple(
            Operation(str(o + 1), tuple(Alternative(names[m], p) for m, p in pairs)) for o, pairs in enumerate(ops)
        ))
        for j, ops in enumerate(jobs)
    )  # fmt: skip
    return Problem(made, tuple(Machine(n) for n in names), name=name)
