"""What people write and what is stored: units, blanks, full width, shares, yes and no, choices, registers."""

from __future__ import annotations

from typing import Any

import pytest

from jiqun.base.periods import Period
from jiqun.programme.models import IndicatorSpec, RegisterSpec


def _column(shown_unit: str, **spec: Any) -> Any:
    from jiqun.web.dispatch.rounds.columns import Column
    from jiqun.web.dispatch.rounds.models import RoundItem

    return Column(RoundItem(name="a", period="2026-03", unit=shown_unit), IndicatorSpec(name="a", **spec))


MONEY = {"unit": "元", "period": "month"}


@pytest.mark.parametrize(
    ("unit", "spec", "text", "stored", "shown"),
    [
        ("万元", MONEY, "1,234.5", "12345000", "1,234.5"),
        ("万元", MONEY, "１２", "120000", "12"),
        ("万元", MONEY, "1.2亿元", "120000000", "12,000"),
        ("万元", MONEY, "500元", "500", "0.05"),
        ("万元", MONEY, "-3", "-30000", "-3"),
        ("万元", MONEY, " — ", "", ""),
        ("万元", MONEY, "0", "0", "0"),
        ("人", {"unit": "人"}, "120人", "120", "120"),
        ("%", {"unit": "%"}, "35.5%", "0.355", "35.5"),
        ("%", {"unit": "%"}, "35.5", "0.355", "35.5"),
        ("", {"kind": "flag"}, "√", "是", "是"),
        ("", {"kind": "text", "choices": ("一级", "二级")}, "二级", "二级", "二级"),
    ],
)
def test_texts_become_stored_values(unit: str, spec: dict[str, Any], text: str, stored: str, shown: str) -> None:
    column = _column(unit, **spec)
    assert column.read(text) == stored
    assert column.show(stored) == shown


@pytest.mark.parametrize(
    ("unit", "spec", "text", "message"),
    [
        ("万元", MONEY, "三百", "“三百”不是数，请填以“万元”为单位的数"),
        ("万元", MONEY, "nan", "“nan”不是数，请填以“万元”为单位的数"),
        ("万元", MONEY, "1.00000001", "“1.00000001”精确到分以下，请检查小数位数"),
        ("万元", MONEY, "9999999999999", "“9999999999999”大得不合情理，请核对单位（万元）"),
        ("", {"kind": "flag"}, "也许", "“也许”不在可选值中，可填：是、否"),
        ("", {"kind": "text", "choices": ("一级",)}, "九级", "“九级”不在可选值中，可填：一级"),
    ],
)
def test_what_does_not_fit_is_told(unit: str, spec: dict[str, Any], text: str, message: str) -> None:
    from jiqun.web.dispatch.rounds.columns import FigureFault

    with pytest.raises(FigureFault) as fault:
        _column(unit, **spec).read(text)
    assert str(fault.value) == message


def test_a_register_is_said_to_have_changed_or_not() -> None:
    from jiqun.web.dispatch.rounds.columns import Column
    from jiqun.web.dispatch.rounds.models import RoundItem

    item = RoundItem(name="a", kind="register", period="2026-03")
    column = Column(item, RegisterSpec(name="a", title="台账a"))
    assert (column.title, column.choices, column.read("无变化")) == ("台账a", ("有更新", "无变化"), "无变化")


@pytest.mark.parametrize(
    ("period", "cumulative", "base", "name"),
    [
        ("2026-03", True, "2025-03", "上年同期"),
        ("2026-03", False, "2026-02", "上月"),
        ("2026Q1", False, "2025Q4", "上季"),
        ("2026", False, "2025", "上年"),
    ],
)
def test_figures_are_compared_with_what_they_can_be(period: str, cumulative: bool, base: str, name: str) -> None:
    from jiqun.web.dispatch.rounds.columns import Column
    from jiqun.web.dispatch.rounds.models import RoundItem

    grain = Period.parse(period).grain
    spec = IndicatorSpec(name="a", unit="元", period=grain, cumulative=cumulative)
    column = Column(RoundItem(name="a", period=period, unit="万元"), spec)
    assert (str(column.base_period), column.base_name) == (base, name)


@pytest.mark.parametrize(
    ("grain", "asked", "periods"),
    [
        ("month", "2026-03", ["2026-03"]),
        ("quarter", "2026-03", ["2026Q1"]),
        ("quarter", "2026-02", []),
        ("year", "2025Q4", ["2025"]),
        ("month", "2026Q1", ["2026-01", "2026-02", "2026-03"]),
        ("quarter", "2025", ["2025Q1", "2025Q2", "2025Q3", "2025Q4"]),
    ],
)
def test_a_round_asks_for_the_periods_that_end_with_it(grain: str, asked: str, periods: list[str]) -> None:
    from jiqun.web.dispatch.rounds.columns import periods_asked

    assert [str(period) for period in periods_asked(grain, Period.parse(asked))] == periods
