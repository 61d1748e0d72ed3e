"""Explanations: actual value, threshold, gap, missing facts and records of a small firm that can be checked by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from jiqun.base.periods import Period
from jiqun.rules.build import parse_rule
from jiqun.rules.explain import Explanation, explain
from jiqun.rules.facts import Entry, Recognition, Subject, World
from jiqun.rules.reference import Item
from jiqun.rules.timing import When
from jiqun.rules.vocabulary import Field, Indicator, Register, Title, Vocabulary

VOCABULARY = Vocabulary.of(
    [Indicator("营业收入", unit="元"), Indicator("研发费用", unit="元"), Indicator("净利润", unit="元")],
    [Title("领跑者企业")],
    [Register("设备更新", "party", (Field("类别", choices=("生产", "其他")), Field("金额", "number", "元")))],
)
FIRM = Subject(
    "party",
    "甲",
    {"kind": "enterprise", "name": "甲厂"},
    observations={
        ("营业收入", Period.year(2025)): Decimal(10_000_000),
        ("研发费用", Period.year(2025)): Decimal(210_000),
    },
    recognitions={"领跑者企业": (Recognition(date(2024, 3, 1), date(2027, 2, 28)),)},
    entries={
        "设备更新": tuple(Entry(date(2025, m, 1), {"类别": "生产", "金额": Decimal(10_000)}) for m in range(1, 11))
    },
)
WHEN = When(date(2026, 9, 30), (date(2025, 7, 22), date(2027, 12, 31)))


def told(text: str) -> Explanation:
    rule = parse_rule(text, VOCABULARY, subject="party", effective=True)
    return explain(rule.node, World([FIRM]), Item(FIRM), WHEN)


def test_a_ratio_tells_its_gap_in_percentage_points_and_the_figures_it_is_made_of() -> None:
    assert told("研发费用 / 营业收入 >= 3%").as_dict() == {
        "text": "研发费用 / 营业收入 >= 3%",
        "outcome": "不符合",
        "kind": "比较",
        "actual": "2.1%",
        "operator": "≥",
        "threshold": "3%",
        "gap": "差 0.9 个百分点",
        "children": [
            {"text": "研发费用（2025年）", "outcome": None, "kind": "取值", "actual": "21万元"},
            {"text": "营业收入（2025年）", "outcome": None, "kind": "取值", "actual": "1,000万元"},
        ],
    }


def test_money_tells_its_gap_in_money() -> None:
    found = told("营业收入 >= 1500万元")
    assert (found.outcome, found.actual, found.threshold, found.gap) == (
        "不符合",
        "1,000万元",
        "1500万元",
        "差 500万元",
    )


def test_a_missing_figure_is_named_and_leaves_no_gap() -> None:
    found = told("净利润 > 0元")
    assert (found.outcome, found.actual, found.gap, found.missing) == ("待定", "待补充", None, ("净利润[2025]",))


def test_both_sides_of_an_or_are_shown() -> None:
    found = told('营业收入 >= 1500万元 或 持有("领跑者企业")')
    assert (found.outcome, found.kind) == ("符合", "或")
    assert [c.outcome for c in found.children] == ["不符合", "符合"]
    assert found.children[1].records == ("2024-03-01 认定，有效期至 2027-02-28",)


def test_entries_that_were_counted_are_listed_and_capped() -> None:
    found = told('合计(设备更新.金额, 年度 = 上年, 类别 = "生产") >= 20万元')
    assert (found.actual, found.gap) == ("10万元", "差 10万元")
    assert found.records[0] == "2025-01-01，类别 生产，金额 1万元"
    assert len(found.records) == 9 and found.records[-1] == "另有 2 条"


def test_a_band_tells_which_bands_were_tried() -> None:
    found = told("分档(研发费用 / 营业收入; >=3%: 20分, >=2%: 10分, 其他: 0分) >= 20分")
    band = found.children[0]
    assert (found.actual, found.gap, band.kind, band.actual) == ("10分", "差 10分", "分档", "10分")
    assert [(c.outcome, c.actual) for c in band.children] == [(None, "2.1%"), ("不符合", "20分"), ("符合", "10分")]


def test_each_year_of_a_run_of_years_is_told_apart() -> None:
    found = told("连续(营业收入 >= 500万元, 近2年)")
    assert found.outcome == "待定"
    assert [(c.text[:5], c.outcome) for c in found.children] == [("2024年", "待定"), ("2025年", "符合")]


def test_an_unknown_condition_is_open() -> None:
    assert told('待补充("省级细则")').as_dict() == {
        "text": '待补充("省级细则")', "outcome": "待定", "kind": "待补充", "missing": ["待补充：省级细则"],
    }  # fmt: skip
