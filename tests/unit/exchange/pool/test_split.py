"""Fair shares: the closed form against the exact Shapley value, and what is claimed of it."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiqun.exchange.pool.split import along_the_road, in_proportion, largest_remainder, shapley

DISTANCES = st.lists(st.integers(0, 60), min_size=1, max_size=7)
MONEY = st.integers(0, 999)


def road(fixed: int, rate: int, distances: list[int]) -> int:
    return fixed + rate * max(distances)


def test_by_hand() -> None:
    """3000 fixed and 10 a kilometre to 30, 60 and 90: 1000 each; 300 by three, 300 by two, 300 by one."""
    assert along_the_road(3000, 10, [90, 30, 60]) == [1000 + 100 + 150 + 300, 1000 + 100, 1000 + 100 + 150]


def test_remainders_go_to_the_largest_then_to_the_first() -> None:
    assert in_proportion(100, [1, 1, 1]) == [34, 33, 33]
    assert in_proportion(10, [5, 3, 3]) == [4, 3, 3]
    assert in_proportion(11, [1, 3, 2]) == [2, 5, 4]
    with pytest.raises(ValueError, match="do not make up 4"):
        largest_remainder([Fraction(3)], 4)


@given(MONEY, MONEY, DISTANCES)
def test_the_closed_form_is_the_shapley_value(fixed: int, rate: int, distances: list[int]) -> None:
    names = [str(i) for i in range(len(distances))]
    exact = shapley(names, lambda group: road(fixed, rate, [distances[int(i)] for i in group]))
    assert along_the_road(fixed, rate, distances) == [exact[n] for n in names]


@given(MONEY, MONEY, DISTANCES)
def test_no_group_pays_more_than_alone(fixed: int, rate: int, distances: list[int]) -> None:
    shares = along_the_road(fixed, rate, distances)
    assert sum(shares) == road(fixed, rate, distances)
    for size in range(1, len(distances) + 1):
        for group in combinations(range(len(distances)), size):
            assert sum(shares[i] for i in group) <= road(fixed, rate, [distances[i] for i in group])


@given(MONEY, MONEY, DISTANCES, st.integers(0, 60))
def test_equal_pay_equal_farther_pay_more_and_a_newcomer_harms_no_one(
    fixed: int, rate: int, distances: list[int], newcomer: int
) -> None:
    shares = along_the_road(fixed, rate, distances)
    for (a, x), (b, y) in combinations(zip(distances, shares), 2):
        assert (x == y) if a == b else ((x <= y) if a < b else (x >= y))
    after = along_the_road(fixed, rate, [*distances, newcomer])
    assert all(new <= old for new, old in zip(after, shares))


@given(MONEY, MONEY, DISTANCES)
def test_rounding_is_exact_and_keeps_everyone_at_or_below_alone(fixed: int, rate: int, distances: list[int]) -> None:
    shares = along_the_road(fixed, rate, distances)
    whole = largest_remainder(shares, road(fixed, rate, distances))
    assert sum(whole) == road(fixed, rate, distances)
    assert all(abs(w - s) < 1 for w, s in zip(whole, shares))
    assert all(w <= fixed + rate * d for w, d in zip(whole, distances))


def test_the_exact_value_is_for_small_pools() -> None:
    with pytest.raises(ValueError, match="13 members are too many"):
        shapley([str(i) for i in range(13)], len)
