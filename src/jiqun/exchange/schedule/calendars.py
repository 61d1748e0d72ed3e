"""When a machine is open: spans of a calendar less the machine's own closures, cut to a stretch of time."""

from __future__ import annotations

from jiqun.exchange.schedule.records import Calendar, Machine, Span

ALWAYS = None
"""A machine without a calendar is open at all times."""


def openings(calendar: Calendar | None, closed: tuple[Span, ...], begin: int, end: int) -> list[Span]:
    """The times between `begin` and `end` in which the machine works, sorted, apart, touching ones joined."""
    spans = [Span(begin, end)] if calendar is ALWAYS else _repeated(calendar, begin, end)
    return _less(_joined(spans), sorted(closed))


def longest_opening(calendar: Calendar | None) -> int | None:
    """The longest stretch without a pause, leaving closures aside; None where there is no limit."""
    if calendar is ALWAYS:
        return None
    if calendar.period is None:
        return max((s.end - s.begin for s in _joined(list(calendar.spans))), default=0)
    spans = _joined(_repeated(calendar, 0, 2 * calendar.period))
    longest = max((s.end - s.begin for s in spans), default=0)
    return None if longest == 2 * calendar.period else longest


def calendar_of(machine: Machine, calendars: dict[str, Calendar]) -> Calendar | None:
    """The calendar of a machine, None where it has none."""
    return ALWAYS if machine.calendar is None else calendars[machine.calendar]


def _repeated(calendar: Calendar, begin: int, end: int) -> list[Span]:
    if calendar.period is None:
        return [s for s in (Span(max(b, begin), min(e, end)) for b, e in calendar.spans) if s.begin < s.end]
    found = []
    for k in range(begin // calendar.period, -(-end // calendar.period) + 1):
        shift = k * calendar.period
        found += [Span(max(b + shift, begin), min(e + shift, end)) for b, e in calendar.spans]
    return [s for s in found if s.begin < s.end]


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].end >= span.begin:
            joined[-1] = Span(joined[-1].begin, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def _less(spans: list[Span], closed: list[Span]) -> list[Span]:
    for shut in closed:
        cut = []
        for span in spans:
            parts = (Span(span.begin, min(span.end, shut.begin)), Span(max(span.begin, shut.end), span.end))
            cut += [p for p in parts if p.begin < p.end]
        spans = cut
    return spans
