"""Quarter and year ends, and how many of their steps lie between two days."""

from __future__ import annotations

from datetime import date

QUARTER_DAYS = 365.25 / 4
_ENDS = ((3, 31), (6, 30), (9, 30), (12, 31))


def period_ends(first: date, last: date) -> list[date]:
    """The quarter ends from `first` to `last`, both included."""
    every = (date(year, *end) for year in range(first.year, last.year + 1) for end in _ENDS)
    return [day for day in every if first <= day <= last]


def is_year_end(day: date) -> bool:
    """Whether the day closes a calendar year."""
    return (day.month, day.day) == (12, 31)


def steps_between(start: date, end: date, per_year: int = 4) -> float:
    """The quarters (or years) from one day to another; a whole number between period ends."""
    steps = (end - start).days / (365.25 / per_year)
    whole = round(steps)
    return float(whole) if abs(steps - whole) < 0.05 else steps
