"""The parts of a scheduling problem: plain frozen records; `Problem` checks them together.

Times are whole numbers of the problem's unit (minutes, say), counted from its origin; money is whole fen (分).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Span(NamedTuple):
    """The time from `begin` until just before `end`."""

    begin: int
    end: int


class Alternative(NamedTuple):
    """One way to do an operation: `duration` (working time for the whole quantity) on `machine` at `cost` fen."""

    machine: str
    duration: int
    cost: int = 0


class Assignment(NamedTuple):
    """An operation, or a lot of it, on a machine from `start` to `end`; `quantity` None means all of it."""

    job: str
    operation: str
    machine: str
    start: int
    end: int
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """A step of a job.

    `after` names the steps of the same job that must have ended; None means the step before it in the list.
    `most_lots` > 1 lets it be split into lots of at least `smallest_lot` units, each on a machine of its own: a lot
    of q units takes ⌈duration · q / quantity⌉ and costs ⌈cost · q / quantity⌉. `interruptible` work pauses where its
    machine is closed; other work must fit into one opening. It starts at `earliest` at the soonest.
    """

    name: str
    alternatives: tuple[Alternative, ...]
    after: tuple[str, ...] | None = None
    family: str | None = None
    quantity: int = 1
    most_lots: int = 1
    smallest_lot: int = 1
    interruptible: bool = True
    earliest: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """An order: its operations, from when it may start, when it is due, what a unit of lateness weighs."""

    name: str
    operations: tuple[Operation, ...]
    release: int = 0
    due: int | None = None
    weight: int = 1

    def before(self, k: int) -> tuple[str, ...]:
        """The names of the operations that must have ended before the k-th may start."""
        after = self.operations[k].after
        return after if after is not None else tuple(op.name for op in self.operations[max(k - 1, 0) : k])


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine of an owner at a site.

    `calendar` names when it is open (None: always), `closed` are its own closures (breakdown, holiday), `setups`
    names its changeover matrix, `family` is what it is set up for at first (None: the first setup takes no time),
    `setup_rate` is the cost of a unit of setup time in fen.
    """

    name: str
    owner: str = ""
    site: str = ""
    calendar: str | None = None
    closed: tuple[Span, ...] = ()
    setups: str | None = None
    family: str | None = None
    setup_rate: int = 0


@dataclass(frozen=True, slots=True)
class Calendar:
    """When machines are open: `spans`, sorted and apart; with a `period` they repeat for ever, forwards and back."""

    name: str
    spans: tuple[Span, ...]
    period: int | None = None


@dataclass(frozen=True, slots=True)
class SetupMatrix:
    """Working time to change a machine over from the family of a row to that of a column."""

    name: str
    families: tuple[str, ...]
    times: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Transport:
    """Time and cost (fen) to carry a lot from one site to another; the way back is the same unless given itself."""

    origin: str
    destination: str
    time: int
    cost: int = 0


@dataclass(frozen=True, slots=True)
class Horizon:
    """No work that is not frozen may start before `begin` or end after `end` (None: no end)."""

    begin: int = 0
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Objective:
    """Weights of the parts of the objective, which is their weighted sum and to be small.

    makespan: from the begin of the horizon to the last end. tardiness: Σ weight · lateness of the jobs with a due
    date. cost: fen of alternatives, transports and setups. disturbance: operations of the baseline that change
    their machine or their place in its order.
    """

    makespan: int = 1
    tardiness: int = 0
    cost: int = 0
    disturbance: int = 0
