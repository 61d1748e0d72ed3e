"""Terms of pools from files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from jiqun.base.errors import InputError
from jiqun.exchange.pool.reading import load_terms
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
