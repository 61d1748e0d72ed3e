"""Terms of pools from files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from jiqun.base.errors import InputError
from jiqun.exchange.pool.reading import load_project, load_terms
from jiqun.exchange.pool.research import Milestone, Project
from jiqun.exchange.pool.terms import Freight, Terms, Tier

GOOD = """
tiers:
  - {least: 1, most: 99, price: 10元}
  - {least: 100, price: 9.5}
alone: 10.50元
least: 50
most: 300
withdraw_until: 2026-11-02 18:00
join_until: 2026-11-04 18:00
tolerance: 50
late_fee: 100
freight: {fixed: 300元, rate: 2}
"""


def test_a_whole_file(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(GOOD, encoding="utf-8")
    assert load_terms(tmp_path / "t.yaml") == Terms(
        (Tier(1, 99, 1000), Tier(100, None, 950)), 1050, 50, 300, datetime(2026, 11, 2, 18), datetime(2026, 11, 4, 18),
        tolerance=50, late_fee=100, freight=Freight(30_000, 200),
    )  # fmt: skip


def test_faults_of_texts_and_of_terms_together(tmp_path: Path) -> None:
    text = (
        GOOD.replace("10.50元", "十元")
        .replace("9.5}", "9.555}")
        .replace("2026-11-02 18:00", "周一")
        .replace("least: 50", "least: 0")
    )
    (tmp_path / "t.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_terms(tmp_path / "t.yaml")
    assert [str(p) for p in error.value.problems] == [
        "“价格档 2”：不足一分（现为“9.555”）。金额至多两位小数",
        "“单独价格”：“十元”不是金额，应写成 500万元 或 1234.50元",
        "“退出截止”：时间应写成 2026-11-02 18:00（现为“周一”）",
        "“成团数量”：至少数须为正整数（现为“0”）",
    ]


PROJECT = """
threshold: 80万元
most: 200万元
pledge_least: 5万元
pledge_until: 2026-11-30 18:00
milestones:
  - {name: 方案评审, share: 300, due: 2027-03-31 18:00}
  - {name: 中试, share: 500, due: 2027-09-30 18:00}
  - {name: 验收, share: 200, due: 2027-12-31 18:00}
"""


def test_a_whole_project(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(PROJECT, encoding="utf-8")
    assert load_project(tmp_path / "p.yaml") == Project(
        80_000_000, datetime(2026, 11, 30, 18),
        (
            Milestone("方案评审", 300, datetime(2027, 3, 31, 18)), Milestone("中试", 500, datetime(2027, 9, 30, 18)),
            Milestone("验收", 200, datetime(2027, 12, 31, 18)),
        ),
        5_000_000, 200_000_000,
    )  # fmt: skip


def _faults_of(text: str, tmp_path: Path) -> list[str]:
    (tmp_path / "p.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_project(tmp_path / "p.yaml")
    return [str(p) for p in error.value.problems]


def test_faults_of_texts_and_of_the_project_together(tmp_path: Path) -> None:
    text = (
        PROJECT.replace("80万元", "八十万")
        .replace("2027-09-30 18:00", "明年")
        .replace("5万元", "0.005元", 1)
        .replace("share: 200", "share: -200")
        .replace("2027-12-31 18:00", "2027-03-01 18:00")
        .replace("name: 验收", "name: 方案评审")
    )
    assert _faults_of(text, tmp_path) == [
        "“节点 中试”：时间应写成 2026-11-02 18:00（现为“明年”）",
        "“门槛”：“八十万”不是金额，应写成 500万元 或 1234.50元",
        "“每户至少”：不足一分（现为“0.005元”）。金额至多两位小数",
        "“节点 方案评审”：写了不止一次",
        "“节点 方案评审”：拨付比例须为正数（现为“-200”）",
        "“节点 方案评审”：期限不晚于 2027-03-31。节点须按先后排列，晚于认筹截止",
        "“节点”：各节点拨付比例之和须为 1000‰（现为“600”）",
    ]


def test_every_fault_of_a_project_that_can_be_read(tmp_path: Path) -> None:
    text = PROJECT.replace("80万元", "0").replace("200万元", "-1").replace("pledge_least: 5万元", "pledge_least: -5")
    text = text[: text.index("milestones")] + "milestones: []"
    assert _faults_of(text, tmp_path) == [
        "“门槛”：须为正数（现为“0”）",
        "“每户至少”：须为正数（现为“-500”）",
        "“总额上限”：总额上限 -100 低于门槛 0",
        "“节点”：没有节点。请至少写一个节点",
    ]
