"""Working days against the State Council's published holidays.

2025: 国办发明电〔2024〕12号. 2026: 国办发明电〔2025〕7号. Each expectation was counted on the calendar by hand.
"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiqun.base.workdays import add_working_days, is_published, is_working_day, working_days_after

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 1, 26), True),  # Sunday worked before the Spring Festival
        (date(2025, 1, 28), False),  # New Year's Eve
        (date(2025, 10, 8), False),  # last day of National Day and Mid-Autumn
        (date(2025, 10, 11), True),  # Saturday worked
        (date(2026, 1, 4), True),  # Sunday worked after New Year
        (date(2026, 2, 14), True),  # Saturday worked before the Spring Festival
        (date(2026, 2, 23), False),  # Monday, last day of the Spring Festival
        (date(2026, 9, 25), False),  # Friday, Mid-Autumn
        (date(2026, 11, 24), True),  # an ordinary Tuesday
        (date(2026, 11, 28), False),  # an ordinary Saturday
    ],
)
def test_holidays_and_the_weekends_worked_for_them(day: date, works: bool) -> None:
    assert is_working_day(day) is works


@pytest.mark.parametrize(
    ("start", "count", "deadline"),
    [
        # 29 and 30 September, then the holiday 1 to 8 October, 9 and 10, Saturday 11 is worked.
        (date(2025, 9, 26), 1, date(2025, 9, 28)),  # Sunday 28 is worked
        (date(2025, 9, 28), 5, date(2025, 10, 11)),
        (date(2025, 9, 30), 1, date(2025, 10, 9)),
        # 2026: 13 and (Saturday) 14 February, holiday 15 to 23, 24 to 27, Saturday 28 is worked.
        (date(2026, 2, 12), 2, date(2026, 2, 14)),
        (date(2026, 2, 12), 3, date(2026, 2, 24)),
        (date(2026, 2, 14), 5, date(2026, 2, 28)),
        # Ten working days over Labour Day: 30 April, 6 to 8, Saturday 9 worked, 11 to 15 May.
        (date(2026, 4, 29), 10, date(2026, 5, 15)),
        # 28 to 30 September, holiday 1 to 7 October, 8, 9, Saturday 10 worked.
        (date(2026, 9, 24), 6, date(2026, 10, 10)),
    ],
)
def test_deadlines(start: date, count: int, deadline: date) -> None:
    assert add_working_days(start, count) == deadline
    assert working_days_after(start, deadline) == count


def test_a_year_without_published_holidays_takes_monday_to_friday() -> None:
    assert [is_published(year) for year in (2025, 2026, 2090)] == [True, True, False]
    assert is_working_day(date(2090, 10, 6)) and not is_working_day(date(2090, 10, 7))


def test_a_limit_has_at_least_one_day() -> None:
    with pytest.raises(ValueError, match="a limit of 0 working days"):
        add_working_days(date(2026, 1, 1), 0)


@given(DAYS, st.integers(1, 40))
def test_a_deadline_is_the_working_day_that_many_working_days_later(start: date, count: int) -> None:
    end = add_working_days(start, count)
    assert is_working_day(end) and end > start
    assert working_days_after(start, end) == count
    assert working_days_after(end, start) == -count
