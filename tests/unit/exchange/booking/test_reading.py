"""Booking rules from files."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from jiqun.base.errors import InputError
from jiqun.exchange.booking.reading import load_rules
from jiqun.exchange.booking.rules import Cancelling, Closure, Limit, Opening, Rules

GOOD = """
openings: {周一至周二: [08:00-12:00, 13:00-18:00], 周六: 09:00-12:00}
units: 2
shortest: 60
valid_until: 2026-12-31
closures: [{begin: 2026-11-03 08:00, end: 2026-11-03 18:00, reason: 检修}]
limits: [{period: week, bookings: 3}]
qualifications: [操作证]
cancelling: {free_minutes: 120, late_fee: 300}
override: [limit]
"""


def load(folder: Path, text: str) -> Rules:
    (folder / "r.yaml").write_text(text, encoding="utf-8")
    return load_rules(folder / "r.yaml")


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as error:
        load(folder, text)
    return [str(p) for p in error.value.problems]


def test_a_whole_file(tmp_path: Path) -> None:
    hours = [Opening(d, b, e) for b, e in ((480, 720), (780, 1080)) for d in (0, 1)]
    assert load(tmp_path, GOOD) == Rules(
        (*hours, Opening(5, 540, 720)), units=2, shortest=60, valid_until=date(2026, 12, 31),
        closures=(Closure(datetime(2026, 11, 3, 8), datetime(2026, 11, 3, 18), "检修"),),
        limits=(Limit("week", 3),), qualifications=frozenset({"操作证"}), cancelling=Cancelling(120, 300),
        override=frozenset({"limit"}),
    )  # fmt: skip


def test_faults_of_texts_and_of_rules_together(tmp_path: Path) -> None:
    text = "openings: {周一至周五至周日: 8-9, 周1: 08:00-09:00, 周五至周一: 08:00-09:00}\nunits: 0\nclosures: [{begin: 昨天, end: 2026-11-03 18:00}]\n"
    assert faults(tmp_path, text) == [
        "“开放时段”：应写成 周一、周一至周五 或 每天（现为“周一至周五至周日”）",
        "“开放时段 周一至周五至周日”：时段应写成 08:00-12:00（现为“8-9”）",
        "“开放时段”：应写成 周一、周一至周五 或 每天（现为“周1”）",
        "“开放时段”：后一天早于前一天（现为“周五至周一”）。请分开写",
        "“停用时段”：时间应写成 2026-11-03 08:00（现为“昨天”）",
        "“开放时段”：没有开放时段。请至少写一个开放时段",
        "“容量”：名额为零（现为“0”）",
    ]


def test_unknown_keys_are_named_with_their_line(tmp_path: Path) -> None:
    first = faults(tmp_path, GOOD.replace("units", "unit"))[0]
    assert first.startswith("r.yaml 第 3 行") and "：不认识的键“unit”" in first
    with pytest.raises(InputError, match="文件不存在"):
        load_rules(tmp_path / "none.yaml")
