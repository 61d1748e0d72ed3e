"""Open time of machines as arrays, and the clock of a machine: its open time counted through, and back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from jiqun.base.jit import kernel
from jiqun.exchange.schedule.arrays import Ints, Longs
from jiqun.exchange.schedule.calendars import openings
from jiqun.exchange.schedule.problem import Calendar, Problem
from jiqun.exchange.schedule.records import Span

MOST = 20_000
"""Windows that a calendar is unrolled into at most."""
STEP = 8
"""Times and clock readings are looked up by steps of 2^STEP."""


class Windows(NamedTuple):
    """Openings of each calendar one after another: begin, end, open time before it (`before`); lookups by steps."""

    ptr: Ints
    begin: Longs
    end: Longs
    before: Longs
    origin: Longs
    """(calendars) time at which a lookup begins"""
    time_ptr: Ints
    by_time: Ints
    clock_ptr: Ints
    by_clock: Ints


def windows_of(problem: Problem, far: int) -> tuple[Ints, Windows]:
    """The calendar of each machine (-1: always open) and the openings; after the last comes one that begins at `far`."""
    calendars = {c.name: c for c in problem.calendars}
    first = min((f.start for f in problem.frozen), default=problem.horizon.begin)
    begin = min(first, problem.horizon.begin)
    reach = _reach(problem, begin)
    known: dict[tuple[str | None, tuple[Span, ...]], int] = {}
    unrolled: list[list[Span]] = []
    of = []
    for machine in problem.machines:
        if machine.calendar is None and not machine.closed:
            of.append(-1)
            continue
        key = (machine.calendar, machine.closed)
        if key not in known:
            known[key] = len(unrolled)
            calendar = None if machine.calendar is None else calendars[machine.calendar]
            unrolled.append(_unroll(calendar, machine.closed, begin, reach, far))
        of.append(known[key])
    return np.array(of, np.int32), _arrays(unrolled, begin)


def _reach(problem: Problem, begin: int) -> int:
    """A time by which even work done one after the other is over, were machines open all the time."""
    a = problem.arrays
    worst = int(np.maximum.reduceat(a.alt_duration, a.alt_ptr[:-1]).sum()) if a.n_operations else 0
    # Machines work side by side, so even a tenth of it is ample where there are many.
    spread = worst * 4 // max(1, a.n_machines // 4) + worst // 8
    longest = max((j.release for j in problem.jobs), default=0) - begin
    ends = [f.end - begin for f in problem.frozen] + [s.end - begin for m in problem.machines for s in m.closed]
    rest = int(a.setup.max(initial=0) + a.move_time.max(initial=0)) * 100
    return begin + max(0, longest, *ends) + spread + rest + 1


def _unroll(calendar: Calendar | None, closed: tuple[Span, ...], begin: int, reach: int, far: int) -> list[Span]:
    if calendar is None or calendar.period is None:
        end = far if calendar is None else max([s.end for s in calendar.spans])
        spans = openings(calendar, closed, begin, end)
    else:
        open_share = sum(s.end - s.begin for s in calendar.spans) / calendar.period
        length = min(
            int((reach - begin) / open_share) + 2 * calendar.period, MOST // len(calendar.spans) * calendar.period
        )
        spans = openings(calendar, closed, begin, begin + length)
    return (
        [*spans, Span(far, far * 4)]
        if not spans or spans[-1].end < far
        else [*spans[:-1], Span(spans[-1].begin, far * 4)]
    )


def _arrays(unrolled: list[list[Span]], origin: int) -> Windows:
    ptr, time_ptr, clock_ptr = [0], [0], [0]
    begins: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    by_time: list[np.ndarray] = []
    by_clock: list[np.ndarray] = []
    for spans in unrolled:
        b, e = (np.array(c, np.int64) for c in zip(*spans, strict=True))
        clock = np.concatenate([[0], np.cumsum(e - b)[:-1]])
        begins += b.tolist()
        ends += e.tolist()
        before += clock.tolist()
        # The last window is endless: lookups stop at the one before it, and walk on from there.
        steps = np.arange(origin, int(e[-2] if len(e) > 1 else origin) + 1, 1 << STEP)
        by_time.append(np.searchsorted(e, steps, side="right"))
        by_clock.append(np.searchsorted(clock, np.arange(0, int(clock[-1]) + 1, 1 << STEP), side="right") - 1)
        ptr.append(len(begins))
        time_ptr.append(time_ptr[-1] + len(by_time[-1]))
        clock_ptr.append(clock_ptr[-1] + len(by_clock[-1]))

    def joined(parts: list[np.ndarray]) -> Ints:
        return np.concatenate(parts).astype(np.int32) if parts else np.zeros(0, np.int32)

    return Windows(
        np.array(ptr, np.int32), np.array(begins, np.int64), np.array(ends, np.int64), np.array(before, np.int64),
        np.full(len(unrolled), origin, np.int64), np.array(time_ptr, np.int32), joined(by_time),
        np.array(clock_ptr, np.int32), joined(by_clock),
    )  # fmt: skip


@kernel
def to_clock(w, c, time):  # type: ignore[no-untyped-def]
    """Open time of calendar `c` before `time`, counted from the first window."""
    if c < 0:
        return time
    i = (time - w.origin[c]) >> STEP
    i = max(i, 0)
    size = w.time_ptr[c + 1] - w.time_ptr[c]
    if i >= size:
        i = size - 1
    k = w.ptr[c] + w.by_time[w.time_ptr[c] + i]
    while w.end[k] <= time:
        k += 1
    if time <= w.begin[k]:
        return w.before[k]
    return w.before[k] + time - w.begin[k]


@kernel
def window_at(w, c, clock):  # type: ignore[no-untyped-def]
    """The window in which the unit of open time `clock` lies."""
    i = clock >> STEP
    size = w.clock_ptr[c + 1] - w.clock_ptr[c]
    if i >= size:
        i = size - 1
    k = w.ptr[c] + w.by_clock[w.clock_ptr[c] + i]
    last = w.ptr[c + 1] - 1
    while k < last and w.before[k + 1] <= clock:
        k += 1
    return k


@kernel
def start_time(w, c, clock):  # type: ignore[no-untyped-def]
    """The time at which the unit of open time `clock` begins."""
    if c < 0:
        return clock
    k = window_at(w, c, clock)
    return w.begin[k] + clock - w.before[k]


@kernel
def end_time(w, c, clock):  # type: ignore[no-untyped-def]
    """The time at which work ends whose last unit of open time is `clock` - 1."""
    if c < 0:
        return clock
    return start_time(w, c, clock - 1) + 1


@kernel
def fit(w, c, clock, duration):  # type: ignore[no-untyped-def]
    """The first reading from `clock` on at which `duration` fits into one window."""
    if c < 0:
        return clock
    k = window_at(w, c, clock)
    last = w.ptr[c + 1] - 1
    while k < last and w.before[k + 1] - clock < duration:
        k += 1
        clock = w.before[k]
    return clock
