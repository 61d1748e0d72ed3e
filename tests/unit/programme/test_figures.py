"""Checks of reported figures: what holds, what does not, what cannot be judged; figures by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from textwrap import dedent

import pytest

from jiqun.base.periods import Period
from jiqun.programme.check import check_pack
from jiqun.programme.figures import FigureCheck, Finding, figure_checks, judge, period_values, stored_value
from jiqun.programme.load import load_pack
from jiqun.rules.facts import Subject, World
from jiqun.rules.vocabulary import Indicator

ROUND = Period.parse("2026-03")
INDICATORS = """
    title: 月报
    indicators:
      - name: 产值
        unit: 元
        period: month
        subjects: [cluster]
        cumulative: true
        checks:
          - {id: rises, rule: 产值 >= 0元, message: 累计数下降}
          - {id: change, rule: 绝对值(增长率(产值)) <= 50%, level: explain, message: 变动超过 50%}
      - {name: 人数, unit: 人, period: month, subjects: [cluster]}
    checks:
      - {id: output-a-head, subjects: [cluster], rule: 产值 / 人数 <= 10万元 / 1人, level: warning, message: 人均过高}
"""


@pytest.fixture
def checks(pack_dir: Path) -> dict[str, FigureCheck]:
    """The checks above in a pack, by id."""
    (pack_dir / "indicators" / "months.yaml").write_text(dedent(INDICATORS), encoding="utf-8")
    return {check.id: check for check in figure_checks(load_pack(pack_dir), "cluster")}


def _world(**totals: str) -> World:
    """A cluster whose running totals of 产值 are given by month (m01 …)."""
    indicator = Indicator("产值", unit="元", grain="month", cumulative=True)
    known = {Period.parse(f"2026-{key[1:]}"): Decimal(value) for key, value in totals.items()}
    observed = {("产值", period): value for period, value in period_values(indicator, known).items()}
    return World([Subject("cluster", "c", observations=observed)])


def test_a_check_knows_its_figures(checks: dict[str, FigureCheck]) -> None:
    assert {c.id: (c.level, c.about, c.figures) for c in checks.values()} == {
        "rises": ("error", "产值", ("产值",)),
        "change": ("explain", "产值", ("产值",)),
        "output-a-head": ("warning", "产值", ("产值", "人数")),
    }


def test_a_falling_total_fails_and_a_rising_one_holds(checks: dict[str, FigureCheck]) -> None:
    # 90 after 100: the month would be -10.
    assert judge(checks["rises"], _world(m02="100", m03="90"), "c", ROUND) == Finding("rises", "error", "累计数下降")
    assert judge(checks["rises"], _world(m02="100", m03="100"), "c", ROUND) is None


def test_a_change_is_between_the_months_own_values(checks: dict[str, FigureCheck]) -> None:
    # Totals 40, 100, 190 are months of 40, 60, 90: 90 / 60 - 1 = 50 %, which is allowed; 191 makes it more.
    assert judge(checks["change"], _world(m01="40", m02="100", m03="190"), "c", ROUND) is None
    found = judge(checks["change"], _world(m01="40", m02="100", m03="191"), "c", ROUND)
    assert found == Finding("change", "explain", "变动超过 50%")


def test_what_is_missing_is_open_and_not_passed(checks: dict[str, FigureCheck]) -> None:
    found = judge(checks["change"], _world(m02="100", m03="190"), "c", ROUND)
    assert found == Finding("change", "open", "变动超过 50%", ("产值[2026-02]",))
    assert judge(checks["output-a-head"], _world(m01="1", m02="2", m03="3"), "c", ROUND) == Finding(
        "output-a-head", "open", "人均过高", ("人数[2026-03]",)
    )


def test_totals_become_period_values_only_where_the_one_before_is_known() -> None:
    indicator = Indicator("产值", unit="元", grain="quarter", cumulative=True)
    known = {Period.parse(text): value for text, value in (("2026Q1", Decimal(5)), ("2026Q3", Decimal(20)))}
    assert period_values(indicator, known) == {Period.parse("2026Q1"): Decimal(5)}


@pytest.mark.parametrize(
    ("text", "indicator", "value"),
    [
        ("12000000", Indicator("a", unit="元"), Decimal(12000000)),
        ("35%", Indicator("a", unit="%"), 0.35),
        ("0.35", Indicator("a", unit="%"), 0.35),
        ("否", Indicator("a", "flag"), False),
        ("三级", Indicator("a", "text"), "三级"),
        ("", Indicator("a", unit="元"), None),
        ("很多", Indicator("a", unit="元"), None),
    ],
)
def test_stored_texts_are_read_as_rules_hold_them(text: str, indicator: Indicator, value: object) -> None:
    assert stored_value(text, indicator) == value


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rule: 产值 >= 0元", "rule: 总产值 >= 0元",
         "indicators/months.yaml 第 9 行 第 27 列：没有“总产值”这个名称。您是否要写 产值？\n  总产值 >= 0元\n  ＾＾＾"),
        ("id: change", "id: rises",
         "indicators/months.yaml 第 10 行 第 14 列：校核编号“rises”重复，已用于校核编号（indicators/months.yaml 第 9 行 第 14 列）。请改用别的写法，或删除其中一个"),
        ("rule: 产值 / 人数 <= 10万元 / 1人", "rule: '产值[2025-01] >= 0元'",
         "indicators/months.yaml 第 13 行 第 52 列：校核没有涉及当期的指标（现为“产值[2025-01] >= 0元”）。请写出所校核的指标"),
        ("subjects: [cluster], rule: 产值", "rule: 产值",
         "indicators/months.yaml 第 1 行 第 1 列：校核“output-a-head”涉及几个指标，缺少适用主体 subjects"),
    ],
)  # fmt: skip
def test_a_faulty_check_is_named_with_its_place(pack_dir: Path, old: str, new: str, message: str) -> None:
    text = dedent(INDICATORS).lstrip()
    assert old in text
    (pack_dir / "indicators" / "months.yaml").write_text(text.replace(old, new), encoding="utf-8")
    assert [str(problem) for problem in check_pack(pack_dir).problems] == [message]
