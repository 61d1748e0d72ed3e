"""Worksheets looked through as bytes: the same as by patterns, and read in halves the same as whole."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from jiqun.workbook import Column, Limits, Sheet, grids, parts, read_workbook, scan
from jiqun.workbook.guard import check, with_content
from jiqun.workbook.model import letters
from tests.unit.workbook.test_hostile import inline, sheet_xml

PLACES = st.lists(st.tuples(st.integers(1, 2_000_000), st.integers(1, 16_384)), max_size=30)


@given(PLACES, st.integers(20, 200), st.booleans())
def test_extents_are_those_found_by_patterns(places: list[tuple[int, int]], window: int, formulas: bool) -> None:
    """Whatever window a tag falls in."""
    rest = "<f>1</f>" if formulas else ""
    rows = "".join(f'<row r="{row}"><c r="{letters(at)}{row}" t="e">{rest}<v>1</v></c></row>' for row, at in places)
    data = sheet_xml(f'<cols><col min="1"/></cols>{rows}<r/>').encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "_WINDOW", window)
        found = scan.usual_of(data)
    assert found is not None
    assert (found.rows, max(found.columns, 26)) == parts._extent(data)
    assert found.ordered == (sorted(row for row, _ in places) == [row for row, _ in places])
    assert (found.formulas, found.errors) == (bool(places) and formulas, bool(places))


@pytest.mark.parametrize(
    "rows",
    [
        '<row><c r="A1"/></row>', '<row r="1"><c/></row>', "<row r='1'/>", '<row r="1"><c s="1" r="A1"/></row>', '<row r ="1"/>',
        '<row r="1"><c r="a1"/></row>', '<row r="1"><c r="1"/></row>', '<row r="1"><c r="A"/></row>', '<row r="1"><c r="AAAA1"/></row>',
        '<x:row r="1"/>', '<row r="1"><x:c r="A1"/></row>', '<!-- <row r="1"/> -->', '<![CDATA[<row r="1"/>]]>', '<?a <row r="1"/>?>',
        '<row r="1x"/>', '<row r="12345678901"/>', '<row r="',
    ],
)  # fmt: skip
def test_what_is_written_in_another_way_is_left_to_the_patterns(rows: str) -> None:
    assert scan.usual_of(sheet_xml(rows).encode()) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(("text", "found"), [("!", False), ("a!<b", False), ("<!", True), ("x" * 99 + "<!", True)])
def test_declarations_in_any_encoding(encoding: str, text: str, found: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "_WINDOW", 10)
    assert scan.may_declare(text.encode(encoding)) is found


COLUMNS = ("名称", "人数", "日期", "备注")
SHEET = Sheet(
    "表",
    (Column("名称", key=True), Column("人数", "number", unit="人"), Column("日期", "date"), Column("备注")),
)


def _book(*, wide: int, gap: int, left: int = 0) -> bytes:
    """Forty rows and another sheet; `wide` is the first row with a note, `gap` the first after ten blank ones."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        page = made.add_worksheet("表")
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        page.merge_range(0, left, 0, left + 3, "标题")
        page.write_row(1, left, COLUMNS)
        for row in range(2, 42):
            at = row + 10 if row >= gap else row
            page.write(at, left, f"甲{row}")
            if row % 9 == 0:
                page.write_formula(at, left + 1, "=1/0", None, "#DIV/0!")
            else:
                page.write(at, left + 1, row)
            page.write_datetime(at, left + 2, date(2025, 1, row % 28 + 1), day)
            if row >= wide:
                page.write(at, left + 3, "有")
        made.add_worksheet("另表").write(0, 0, "其他")
    return out.getvalue()


def _read(data: bytes, monkeypatch: pytest.MonkeyPatch, large: int) -> tuple[Any, int]:
    """What is read, and how often a lower half was."""
    calls, lower = [], grids._lower
    monkeypatch.setattr(grids, "_LARGE", large)
    monkeypatch.setattr(grids, "_lower", lambda *given: calls.append(given) or lower(*given))
    book = grids.open_book(check(data, "a.xlsx", Limits()), Limits())
    monkeypatch.setattr(grids, "_lower", lower)
    return [(g.name, g.rows, g.merged) for g in book.grids], len(calls)


@pytest.mark.parametrize(
    ("wide", "gap", "left"), [(2, 99, 0), (30, 99, 0), (99, 20, 2), (2, 21, 1), (2, 3, 0), (2, 40, 3)]
)
def test_two_halves_are_the_whole(wide: int, gap: int, left: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = _book(wide=wide, gap=gap, left=left)
    whole, none = _read(data, monkeypatch, 1 << 30)
    parted, one = _read(data, monkeypatch, 1)
    assert (none, one) == (0, 1)
    assert parted == whole
    assert len(whole[0][1]) == (52 if gap < 42 else 42)
    monkeypatch.setattr(grids, "_LARGE", 1)
    problems = [(p.place.row, p.message) for p in read_workbook(data, [SHEET], name="a.xlsx").problems]
    lines = {row: row + 1 + (10 if row >= gap else 0) for row in (9, 18, 27, 36)}
    assert problems == [(line, "公式的结果是错误值 #DIV/0!") for line in lines.values()]


@pytest.mark.parametrize(
    ("change", "calls"),
    [
        ({}, 1),
        ({50: (50, 30)}, 0),  # a row out of order
        ({row: (row, 40) for row in range(20, 40)}, 1),  # cells that say another row than theirs: no two halves fit
    ],
)
def test_rows_that_say_something_else_are_read_as_they_always_were(
    change: dict[int, tuple[int, int]], calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [change.get(row, (row, row)) for row in range(1, 61)]
    written = "".join(
        f'<row r="{row}">{inline(f"{letters(at)}{cell}", "甲")}</row>' for at, (row, cell) in enumerate(rows, 1)
    )
    data = with_content(_book(wide=2, gap=99), "xl/worksheets/sheet1.xml", [memoryview(sheet_xml(written).encode())])
    assert _read(data, monkeypatch, 1) == (_read(data, monkeypatch, 1 << 30)[0], calls)
