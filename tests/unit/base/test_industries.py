"""Codes of GB/T 4754-2017 against the standard's own table."""

from __future__ import annotations

import pytest

from jiqun.base.industries import industry_name, section_name, sections


@pytest.mark.parametrize(
    ("code", "name", "section"),
    [
        ("C3311", "金属结构制造", "制造业"),
        ("3311", "金属结构制造", "制造业"),
        ("13", "农副食品加工业", "制造业"),
        ("43", "金属制品、机械和设备修理业", "制造业"),
        ("12", "其他采矿业", "采矿业"),
        ("D44", "电力、热力生产和供应业", "电力、热力、燃气及水生产和供应业"),
        ("C", "制造业", "制造业"),
        ("0111", "稻谷种植", "农、林、牧、渔业"),
        ("A3311", None, None),
        ("9999", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_a_code_has_a_name_and_a_section(code: str | None, name: str | None, section: str | None) -> None:
    assert (industry_name(code), section_name(code)) == (name, section)


def test_the_standard_has_twenty_sections() -> None:
    assert len(sections()) == 20
    assert sections()[2] == "制造业"
