"""Limits are in base units and say themselves in the unit in which they were written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from jiqun.base.bounds import Bounds


@pytest.mark.parametrize(
    ("least", "most", "unit", "bounds"),
    [
        (None, None, "元", None),
        (Decimal(0), None, "万元", Bounds(Decimal(0), None, "不小于 0万元")),
        (Decimal("0.5"), Decimal(2), "万元", Bounds(Decimal(5000), Decimal(20000), "不小于 0.5万元、不大于 2万元")),
        (None, Decimal(100), "%", Bounds(None, Decimal(1), "不大于 100%")),
        (Decimal(1), None, "名", Bounds(Decimal(1), None, "不小于 1名")),
    ],
)
def test_limits_in_the_base_unit(least: Decimal | None, most: Decimal | None, unit: str, bounds: Bounds | None) -> None:
    assert Bounds.of(least, most, unit) == bounds


@pytest.mark.parametrize(("value", "holds"), [("-0.01", False), ("0", True), ("1", True), ("1.0001", False)])
def test_both_limits_are_included(value: str, holds: bool) -> None:
    assert Bounds(Decimal(0), Decimal(1)).hold(Decimal(value)) is holds
