"""When a resource is open, and how much of it is taken: opening hours cut by holidays and closures, and a sweep."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate

from jiqun.base.workdays import is_working_day
from jiqun.exchange.booking.rules import Rules

Span = tuple[datetime, datetime]


def hours(rules: Rules, day: date) -> list[Span]:
    """The opening hours of a day, joined where they touch, before closures; none on a public holiday."""
    if not rules.holidays and day.weekday() < 5 and not is_working_day(day):
        return []
    midnight = datetime.combine(day, time())
    joined: list[Span] = []
    for opening in sorted(rules.openings):
        if opening.weekday == day.weekday():
            begin, end = (midnight + timedelta(minutes=m) for m in opening[1:])
            if joined and joined[-1][1] == begin:
                joined[-1] = (joined[-1][0], end)
            else:
                joined.append((begin, end))
    return joined


def open_throughout(rules: Rules, begin: datetime, end: datetime) -> bool:
    """Whether the opening hours cover all of the time; hours until 24:00 go on at the next day's 0:00."""
    day = begin.date()
    while begin < end:
        covering = next((e for b, e in hours(rules, day) if b <= begin < e), None)
        if covering is None:
            return False
        begin, day = covering, day + timedelta(days=1)
        if begin < end and begin.time() != time():
            return False
    return True


def open_spans(rules: Rules, begin: datetime, end: datetime) -> Iterator[Span]:
    """The spans from `begin` to `end` in which the resource is open, closures taken out, joined over midnight."""
    current: Span | None = None
    day = begin.date()
    while day <= end.date():
        for span in hours(rules, day):
            if current and current[1] == span[0]:
                current = (current[0], span[1])
                continue
            if current:
                yield from _cut(rules, max(current[0], begin), min(current[1], end))
            current = span
        day += timedelta(days=1)
    if current:
        yield from _cut(rules, max(current[0], begin), min(current[1], end))


def _cut(rules: Rules, begin: datetime, end: datetime) -> Iterator[Span]:
    for closure in sorted(rules.closures):
        if closure.end <= begin or closure.begin >= end:
            continue
        if begin < closure.begin:
            yield begin, closure.begin
        begin = max(begin, closure.end)
    if begin < end:
        yield begin, end


@dataclass(frozen=True)
class Load:
    """How many units are taken as a step function: from `times[i]` on, `taken[i]`."""

    times: list[datetime]
    taken: list[int]

    @classmethod
    def of(cls, spans: Iterable[tuple[datetime, datetime, int]]) -> Load:
        """The sum of spans with their units, by one sweep over begins and ends."""
        change: dict[datetime, int] = {}
        for begin, end, units in spans:
            change[begin] = change.get(begin, 0) + units
            change[end] = change.get(end, 0) - units
        times = sorted(change)
        return cls(times, list(accumulate(change[t] for t in times)))

    def peak(self, begin: datetime, end: datetime) -> int:
        """The most units taken at any time from `begin` to before `end`."""
        first = bisect_right(self.times, begin) - 1
        last = bisect_left(self.times, end)
        return max(self.taken[max(first, 0) : last], default=0)

    def blocked_until(self, begin: datetime, end: datetime, most: int) -> datetime | None:
        """The end of the last stretch within the span where more than `most` are taken; None where there is none."""
        first = max(bisect_right(self.times, begin) - 1, 0)
        for i in range(bisect_left(self.times, end) - 1, first - 1, -1):
            if self.taken[i] > most:
                return self.times[i + 1]
        return None
