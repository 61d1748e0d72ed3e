"""Which model a history allows, what stands where none is, and what must hold of every forecast."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiqun.programme.forecasting import BackTest, Forecast, Point, Settings, forecast, period_ends, steps_between

DUE = date(2027, 12, 31)
ENDS = period_ends(date(2022, 12, 31), date(2026, 12, 31))
COUNT = Settings(DUE, cumulative=True)
LEVEL = Settings(DUE, cumulative=False, bounds=(0.0, float("inf")))


def series(values: list[float | None], last: date = date(2026, 9, 30)) -> list[tuple[date, float | None]]:
    """Values on the quarter ends up to `last`."""
    ends = [day for day in ENDS if day <= last][-len(values) :]
    return list(zip(ends, values, strict=True))


def test_steps() -> None:
    """Quarter ends are whole steps apart, other days part of one."""
    assert steps_between(date(2026, 9, 30), DUE) == 5
    assert steps_between(date(2025, 12, 31), DUE, 1) == 2
    assert steps_between(date(2026, 8, 15), date(2026, 9, 30)) == pytest.approx(46 / 91.3125)


@pytest.mark.parametrize(
    ("history", "settings", "reason"),
    [
        ([1.0, None], LEVEL, "当前值待定，无法预测"),
        ([], LEVEL, "当前值待定，无法预测"),
        ([1, 2, 3], COUNT, "只有 2 个季度的新增数，至少要 4 个（一整年）"),
        ([3.0] * 6, COUNT, "5 个季度没有新增，不作外推"),
        ([1, 2, 3, 2, 5], LEVEL, "只有 5 个季末值，至少要 6 个"),
        ([4.0] * 7, LEVEL, "7 个季末值没有变化，不作外推"),
        # 2025Q1 to 2026Q3, a change in each first quarter only
        ([1, 1, 1, 1, 2, 2, 2], LEVEL, "按年变化，只有 2 个年度值，至少要 4 个"),
    ],
)
def test_too_little(history: list[float | None], settings: Settings, reason: str) -> None:
    """A reason stands instead of a forecast."""
    found = forecast(series(history) if history else [], settings)

    assert (found.reason, found.model, found.path, found.end) == (reason, None, (), None)


def test_over() -> None:
    """Nothing is foretold after the due date."""
    assert forecast([(DUE, 5.0)], COUNT) == Forecast(reason="已到期，不再预测")


def test_counts_of_a_year() -> None:
    """One each quarter for a year: (4 + ½)/4 a quarter, five quarters more on top of the 4 there are."""
    found = forecast(series([0, 1, 2, 3, 4]), COUNT)

    assert (found.model, found.points, found.tested) == ("counts", 4, None)
    assert found.path[-1].mean == pytest.approx(4 + 5 * 4.5 / 4)
    assert [p.on for p in found.path] == period_ends(date(2026, 12, 31), DUE)


def test_a_yearly_count_begins_anew() -> None:
    """2, 4, 6, 8 in the year, then 2, 4, 6: two a quarter, and one quarter is left of this year."""
    history = series([0, 2, 4, 6, 8, 2, 4, 6])[-7:]
    settings = Settings(date(2026, 12, 31), cumulative=True, yearly=True)

    found = forecast(history, settings)

    assert found.points == 6
    assert found.path == (Point(date(2026, 12, 31), 6 + 12.5 / 6, 6 + 0, found.path[0].high),)


def test_back_test_by_hand() -> None:
    """Six new a quarter after four of 6 each: (24 + ½)/4 = 6.125 was expected, 6.1 with five, 6.083 with six, …"""
    found = forecast(series([6.0 * i for i in range(8)]), COUNT)

    # Seven increments, at least four to learn from: two steps ahead, from two origins.
    assert found.tested == BackTest(2, 2, pytest.approx((0.25 + 0.2) / 2), pytest.approx((0.25 + 0.2) / 24), 1.0)


def test_drift_from_a_day_within_a_quarter() -> None:
    """The walk goes on from the latest value with the slope of the quarter ends."""
    history = [*series([1, 2, 4, 5, 5, 7], date(2026, 6, 30)), (date(2026, 8, 15), 8.0)]

    found = forecast(history, LEVEL)

    assert (found.model, found.points) == ("drift", 6)
    assert found.path[-1].mean == pytest.approx(8 + 6 / 5 * steps_between(date(2026, 8, 15), DUE))


def test_yearly_drift() -> None:
    """Figures of the year before, 5, 6, 8 and 9: the fourth is known already; one more year adds 4/3."""
    values = [5.0, 5, 5, 5, 5, 6, 6, 6, 6, 8, 8, 8, 8, 9, 9, 9]
    found = forecast(series(values[1:]), LEVEL)

    assert (found.model, found.points) == ("drift-yearly", 4)
    assert found.path[-1].mean == pytest.approx(9 + 4 / 3)
    assert [p.on for p in found.path] == [DUE]


def test_seasons_where_they_are_clear() -> None:
    """Sixteen quarters of a growing wave, and it does no worse than the plain walk."""
    wave = [3.0, -1.0, 0.0, -2.0]
    found = forecast(series([40 + 2 * i + wave[i % 4] + 0.1 * (i % 3) for i in range(16)]), LEVEL)

    assert (found.model, found.points) == ("seasonal", 16)


def test_a_share_stays_within_bounds() -> None:
    """A share that climbs steeply is not foretold above one."""
    found = forecast(series([0.1, 0.3, 0.4, 0.6, 0.8, 0.9, 0.95]), Settings(DUE, False, bounds=(0.0, 1.0)))

    assert (found.path[-1].mean, found.path[-1].high) == (1.0, 1.0)


@given(st.lists(st.integers(0, 30), min_size=4, max_size=16), st.booleans())
def test_counts_hold_what_is_certain(new: list[int], yearly: bool) -> None:
    """A count is never foretold below what there is, ends surround the middle, and later days are no lower."""
    totals = [float(sum(new[:i])) for i in range(len(new) + 1)]
    found = forecast(series(totals[-16:]), COUNT)
    if found.end is None:
        assert found.reason
        return
    low = [p.low for p in found.path]
    assert all(p.low >= totals[-1] and p.low <= p.high for p in found.path)
    assert low == sorted(low)
    assert found.end.reaches(totals[-1]) == 1.0
    assert found.end.reaches(totals[-1] + 5) >= found.end.reaches(totals[-1] + 6)


@given(st.lists(st.floats(0, 1), min_size=6, max_size=15))
def test_levels_keep_their_bounds(values: list[float]) -> None:
    """A share's forecast lies between 0 and 1, its ends around its middle; the same history tells the same."""
    settings = Settings(DUE, False, bounds=(0.0, 1.0))
    found = forecast(series(list(values)), settings)

    assert all(0 <= p.low <= p.mean <= p.high <= 1 for p in found.path)
    assert found == forecast(series(list(values)), settings)
