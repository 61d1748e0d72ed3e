"""Money as a person reads it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from jiqun.base.money import parse_money, show_money


@pytest.mark.parametrize(
    ("yuan", "text"),
    [
        (None, "待补充"),
        (Decimal("0"), "0元"),
        (Decimal("1234.50"), "1,234.5元"),
        (Decimal("5000000"), "500万元"),
        (Decimal("1235000000"), "12.35亿元"),
        (Decimal("-5000000"), "-500万元"),
    ],
)
def test_money_is_shown_in_the_largest_unit_it_reaches(yuan: Decimal | None, text: str) -> None:
    assert show_money(yuan) == text


@pytest.mark.parametrize(
    ("yuan", "text"),
    [
        (Decimal("9999.99"), "9,999.99元"),
        (Decimal("99999.99"), "99,999.99元"),
        (Decimal("-99999.99"), "-99,999.99元"),
        (Decimal("199999900"), "19,999.99万元"),
        (Decimal("4999999999.99"), "4,999,999,999.99元"),
    ],
)
def test_money_just_short_of_a_whole_unit_is_not_shown_as_reaching_it(yuan: Decimal, text: str) -> None:
    assert show_money(yuan) == text
    assert parse_money(show_money(yuan)) == yuan
