"""Working days of China: weekdays less public holidays, plus the weekend days worked instead (调休).

The State Council publishes the holidays of a year late in the year before (the package chinesecalendar holds them);
in a year that is not published yet Monday to Friday are taken, and `is_published` tells so.
"""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar


def is_published(year: int) -> bool:
    """Whether the holidays of the year are known."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def is_working_day(day: date) -> bool:
    """Whether offices work on the day."""
    return bool(chinese_calendar.is_workday(day)) if is_published(day.year) else day.weekday() < 5


def add_working_days(day: date, count: int) -> date:
    """The working day `count` (at least 1) after a day, which itself does not count; ValueError for less than 1.

    A time limit begins on the day after that on which it was set (民法典 第二百零一条).
    """
    if count < 1:
        raise ValueError(f"a limit of {count} working days")
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_days_after(start: date, end: date) -> int:
    """How many working days lie after `start`, up to and including `end`; negative where `end` is earlier."""
    if end < start:
        return -working_days_after(end, start)
    return sum(is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
