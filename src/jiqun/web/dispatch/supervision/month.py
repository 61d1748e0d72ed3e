"""The days of a month as weeks, with what is due on each."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from jiqun.base.periods import Period
from jiqun.base.workdays import is_published, is_working_day
from jiqun.web.common.agenda import Item


@dataclass(frozen=True)
class DayCell:
    """A day of the month view."""

    day: date
    inside: bool
    works: bool
    is_today: bool
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Month:
    """A month: its weeks from Monday, its neighbours, and whether its holidays are known."""

    period: Period
    weeks: tuple[tuple[DayCell, ...], ...]
    holidays_known: bool

    @property
    def before(self) -> str:
        """The month before."""
        return str(self.period.shift(-1))

    @property
    def after(self) -> str:
        """The month after."""
        return str(self.period.shift(1))

    @property
    def days(self) -> list[DayCell]:
        """The days with something due, for the list."""
        return [cell for week in self.weeks for cell in week if cell.inside and cell.items]


def month_of(period: Period, items: Iterable[Item], today: date) -> Month:
    """The view of a month."""
    by_day: dict[date, list[Item]] = {}
    for item in items:
        by_day.setdefault(item.on, []).append(item)
    weeks = Calendar().monthdatescalendar(period.calendar_year, period.ordinal)
    cells = tuple(
        tuple(
            DayCell(d, d.month == period.ordinal, is_working_day(d), d == today, tuple(by_day.get(d, ()))) for d in week
        )
        for week in weeks
    )
    return Month(period, cells, is_published(period.calendar_year))
