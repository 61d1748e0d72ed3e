"""How values look: examples that a person can check."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from jiqun.web.portal import formats


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (Decimal(1235000000), "元", "12.35亿元"),
        (Decimal("3186.4"), "亿元", "3,186.4亿元"),
        (5_000_000, "元", "500万元"),
        (0, "元", "0元"),
        (0.0764, "%", "7.6%"),
        (1, "%", "100.0%"),
        (1234, "家", "1,234家"),
        (2.5, "年", "2.5年"),
        (0, "家", "0家"),
        (None, "家", "待补充"),
        (12, None, "12"),
    ],
)
def test_show_number(value: Decimal | float | None, unit: str | None, shown: str) -> None:
    assert formats.show_number(value, unit) == shown


def test_digits_and_unit_apart_for_a_card() -> None:
    assert formats.split_number(Decimal(318640000000), "元") == ("3,186.4", "亿元")
    assert formats.split_number(0.682, "%") == ("68.2", "%")


def test_days_and_shares() -> None:
    assert formats.show_day(date(2026, 9, 30)) == "2026-09-30"
    assert formats.show_day(None) == "待补充"
    assert formats.show_share(0.4567) == "45.7%"
    assert formats.show_share(None) == "待补充"


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"), ("-5", "-5"), ("-cmd", "'-cmd"), ("@x", "'@x"), ("\t=1", "'\t=1"),
        ("石家庄", "石家庄"), (None, ""), (12, "12"), ("-1.50", "-1.50"), ("+86", "'+86"),
    ],
)  # fmt: skip
def test_a_cell_never_runs_as_a_formula(cell: object, safe: str) -> None:
    assert formats.safe_cell(cell) == safe


def test_every_state_and_outcome_has_its_colour() -> None:
    assert {s: formats.state_class(s) for s in formats.STATES} == {
        "超前": "ahead", "正常": "ok", "滞后": "warn", "严重滞后": "bad", "已达标": "met", "待定": "open",
    }  # fmt: skip
    assert [formats.state_class(o) for o in ("符合", "不符合", "待定", "别的")] == ["ok", "bad", "open", "open"]
