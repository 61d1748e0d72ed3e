"""Symbolic time against a date: windows become periods, ranges become days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from jiqun.base.periods import Grain, Period, add_months
from jiqun.rules.nodes import DateBound, DateRange, IndicatorAt, Window, YearRef

_PER_YEAR: dict[Grain, int] = {"year": 1, "quarter": 4, "month": 12}


@lru_cache(maxsize=4096)
def _period(as_of: date, grain: Grain, moved: int) -> Period:
    """The period so many after the last complete one; a firm's explanation asks for some hundreds two thousand times."""
    return Period.last_complete(as_of, grain).shift(moved)


@dataclass(frozen=True)
class When:
    """The as-of date, the rule's period of effect, and how far a window has moved the base period."""

    as_of: date
    effective: tuple[date, date] | None = None
    shift: int = 0
    """Months that the window at hand has moved the base period by."""

    def base(self, grain: Grain) -> Period:
        """The last complete period of the grain, moved by the window at hand."""
        return _period(self.as_of, grain, self.shift * _PER_YEAR[grain] // 12)

    def moved(self, shift: int, grain: Grain) -> When:
        """The same date with the base period moved by `shift` periods of the grain from here."""
        return When(self.as_of, self.effective, self.shift + shift * 12 // _PER_YEAR[grain])

    def period_of(self, node: IndicatorAt) -> Period:
        """The period that an indicator node means."""
        grain = node.indicator.grain
        return node.period or _period(self.as_of, grain, self.shift * _PER_YEAR[grain] // 12 + node.offset)

    def year(self, ref: YearRef) -> int:
        """The calendar year that a reference means."""
        return ref.year if ref.year is not None else self.as_of.year + ref.offset

    def windows(self, window: Window, extra: int = 0) -> list[When]:
        """This date moved to each period of the window, earliest first; `extra` adds earlier ones."""
        if window.count is not None:
            return [self.moved(-k, window.grain) for k in range(window.count - 1 + extra, -1, -1)]
        assert window.first is not None and window.last is not None
        base = self.as_of.year - 1
        first, last = self.year(window.first), self.year(window.last)
        return [self.moved(y - base, "year") for y in range(first - extra, last + 1)]

    def days(self, span: DateRange) -> tuple[date, date]:
        """The first and last day of a range."""
        start, end = self._day(span.start, False), self._day(span.end, True)
        return (start + timedelta(days=1) if span.open_start else start), end

    def _day(self, bound: DateBound, end: bool) -> date:
        match bound.kind:
            case "date":
                assert bound.day is not None
                return bound.day
            case "year" | "as-of-year":
                year = bound.number + (self.as_of.year if bound.kind == "as-of-year" else 0)
                return date(year, 12, 31) if end else date(year, 1, 1)
            case "as-of":
                return self.as_of
            case "months":
                return add_months(self.as_of, bound.number)
            case "days":
                return self.as_of + timedelta(days=bound.number)
            case "effective":
                assert self.effective is not None, "checked when built"
                return self.effective[1 if end else 0]
