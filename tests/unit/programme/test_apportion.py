"""Sharing out: published examples, and sums that always hold."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiqun.programme.apportion import NotApportionable, largest_remainder, rebalance, rising, within

WEIGHTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=30)


def test_the_hare_quota_example() -> None:
    """100,000 votes and 10 seats (the usual textbook example): quotas 4.7, 1.6, 1.58, 1.2, 0.61, 0.31."""
    assert largest_remainder(10, [47_000, 16_000, 15_800, 12_000, 6_100, 3_100]) == [5, 2, 1, 1, 1, 0]


def test_the_alabama_paradox() -> None:
    """Populations 6, 6, 2: with 10 seats the third gets 2, with 11 only 1; cumulative parts do not fall."""
    assert largest_remainder(10, [6, 6, 2]) == [4, 4, 2]
    assert largest_remainder(11, [6, 6, 2]) == [5, 5, 1]
    assert rising([10, 11], [6, 6, 2]) == [[4, 4, 2], [5, 4, 2]]


def test_no_weights_share_equally() -> None:
    """Nothing known: equal parts, the first ones get the rest."""
    assert largest_remainder(7, [0, 0, 0]) == [3, 2, 2]


def test_fixed_parts_stay() -> None:
    """20 in all, 甲 fixed at 8: the others had 6 and 3 and share 12 as 8 and 4."""
    assert rebalance(20, {"甲": 8, "乙": 6, "丙": 3}, frozenset({"甲"})) == {"甲": 8, "乙": 8, "丙": 4}


@pytest.mark.parametrize(("fixed", "left"), [({"甲"}, -1), ({"甲", "乙"}, -4)])
def test_too_much_is_fixed(fixed: set[str], left: int) -> None:
    """What cannot be shared is told."""
    with pytest.raises(NotApportionable, match=f"{left} is left") as caught:
        rebalance(7, {"甲": 8, "乙": 3}, frozenset(fixed))
    assert caught.value.left == left


def test_floors_and_caps() -> None:
    """14 by weights 2, 2, 2 and 0 with caps 2, 1, 3, 9: 2 + 1 + 3 is full, and what is left goes to the last."""
    assert within(14, [Decimal(2), Decimal(2), Decimal(2), Decimal(0)], [0] * 4, [2, 1, 3, 9]) == [2, 1, 3, 8]
    assert within(6, [Decimal(3), Decimal(3)], [5, 0], [None, None]) == [5, 1]


@pytest.mark.parametrize(("total", "left"), [(20, 5), (3, -2)])
def test_floors_and_caps_that_cannot_be(total: int, left: int) -> None:
    """Caps of 15 do not reach 20; floors of 5 exceed 3."""
    with pytest.raises(NotApportionable) as caught:
        within(total, [Decimal(1), Decimal(1)], [5, 0], [5, 10])
    assert caught.value.left == left


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8), st.data())
def test_parts_keep_floors_and_caps(rows: list[tuple[int, int, int]], data: st.DataObject) -> None:
    """Whatever lies between the floors and the caps can be shared out exactly."""
    floors, caps = [min(a, b) for a, b, _ in rows], [max(a, b) for a, b, _ in rows]
    total = data.draw(st.integers(sum(floors), sum(caps)))
    parts = within(total, [Decimal(w) for *_, w in rows], floors, caps)
    assert sum(parts) == total
    assert all(f <= p <= c for f, p, c in zip(floors, parts, caps, strict=True))


@given(st.integers(0, 5_000), WEIGHTS)
def test_parts_add_up_and_keep_their_quota(total: int, weights: list[int]) -> None:
    """The sum is exact and no part is a whole one off its quota."""
    parts = largest_remainder(total, weights)
    assert sum(parts) == total
    whole = sum(weights) or len(weights)
    assert all(
        abs(p - total * (w if sum(weights) else 1) / whole) < 1 + 1e-9 for p, w in zip(parts, weights, strict=True)
    )


@given(st.lists(st.integers(0, 300), min_size=1, max_size=4), WEIGHTS)
def test_cumulative_parts_never_fall(new: list[int], weights: list[int]) -> None:
    """Each year adds up, and nobody loses from one year to the next."""
    totals = [sum(new[: i + 1]) for i in range(len(new))]
    years = rising(totals, weights)
    assert [sum(year) for year in years] == totals
    assert all(a <= b for first, then in pairwise(years) for a, b in zip(first, then, strict=True))


@given(st.dictionaries(st.text("甲乙丙丁戊", min_size=1, max_size=3), st.integers(0, 50), min_size=2), st.data())
def test_rebalancing_holds_the_sum(parts: dict[str, int], data: st.DataObject) -> None:
    """Whatever is fixed below the total stays, and the sum is the total."""
    fixed = frozenset(data.draw(st.sets(st.sampled_from(sorted(parts)), max_size=len(parts) - 1)))
    total = sum(parts[k] for k in fixed) + data.draw(st.integers(0, 100))
    found = rebalance(total, dict(parts), fixed)
    assert sum(found.values()) == total
    assert all(found[key] == parts[key] for key in fixed)
