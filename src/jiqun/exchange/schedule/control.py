"""How long a search may take and who is told: deadline, budget, seed, threads, progress, cancel."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import NamedTuple

from jiqun.base.errors import Problem as Fault
from jiqun.exchange.schedule.faults import ScheduleError


class Progress(NamedTuple):
    """How a search stands: share of its time or budget that is used, seconds, best objective so far."""

    share: float
    seconds: float
    value: int | None


@dataclass(frozen=True)
class Control:
    """Limits of a search.

    `iterations` (moves of each thread) in place of `seconds` makes a run that is the same every time for one seed
    and number of threads. `cancel` stops the search, which answers with what it has.
    """

    seconds: float = 10.0
    threads: int = 2
    seed: int = 0
    iterations: int | None = None
    progress: Callable[[Progress], None] | None = None
    cancel: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        faults = [
            Fault(f"{word}须大于零", found=str(value))
            for word, value in (("求解秒数", self.seconds), ("线程数", self.threads), ("迭代次数", self.iterations))
            if value is not None and value <= 0
        ]
        if self.seed < 0:
            faults.append(Fault("随机种子不能为负", found=str(self.seed)))
        if faults:
            raise ScheduleError(faults)


class Run:
    """One run under a control: its clock, and the reports of its threads merged."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.begun = time.perf_counter()
        self._lock = Lock()
        self._share = 0.0
        self._value: int | None = None

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return time.perf_counter() - self.begun

    @property
    def stopped(self) -> bool:
        """Whether somebody called for an end."""
        return self.control.cancel.is_set()

    def share(self, done: int) -> float:
        """The share of the time, or of the budget where there is one, that a thread with `done` moves has used."""
        budget = self.control.iterations
        return min(1.0, done / budget if budget else self.elapsed / self.control.seconds)

    def report(self, share: float, value: int | None) -> None:
        """Tell whoever listens how far the run is; values only get better."""
        with self._lock:
            self._share = max(self._share, share)
            if value is not None and (self._value is None or value < self._value):
                self._value = value
            if self.control.progress is not None:
                self.control.progress(Progress(self._share, self.elapsed, self._value))
