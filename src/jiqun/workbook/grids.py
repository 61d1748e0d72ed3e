"""The cells of every visible worksheet, whatever the format of the file."""

from __future__ import annotations

import csv
import io
import pickle
import re
import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import python_calamine as calamine

from jiqun.workbook.guard import SAVE_AS, Checked, encrypted, refusal, with_content
from jiqun.workbook.model import Limits
from jiqun.workbook.parts import BookFacts, SheetFacts, facts_of, refuse_extent
from jiqun.workbook.scan import Pieces, halves

MARK_SHEET = "_jiqun"
"""The hidden worksheet of a template: worksheet, id and version in each row."""
GUIDE, LIST = "填写说明", "问题清单"
"""Worksheets that we add for the reader's eyes; nothing is read from them."""
_APART_MEMORY = 2 << 30
_APART_SECONDS = 120
_LARGE = 4 << 20
"""A worksheet of so many bytes is read in halves."""
_DELIMITERS = ",\t;|"


@dataclass
class Grid:
    """A worksheet from A1 on; blank cells are empty texts."""

    name: str
    rows: list[list[Any]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First row, first column, last row, last column, from 0."""
    facts: SheetFacts | None = None
    """Only an .xlsx says more about its cells."""


@dataclass
class Book:
    """A workbook opened."""

    grids: list[Grid]
    marks: dict[str, tuple[str, str]]
    date1904: bool = False
    notices: list[str] = field(default_factory=list)


def open_book(checked: Checked, limits: Limits) -> Book:
    """Read all visible worksheets; InputError where that is impossible or too much."""
    if checked.format == "csv":
        return _text_book(checked, limits)
    facts = facts_of(checked, limits) if checked.format == "xlsx" else None
    raw = _package(checked, facts) if facts else _apart(checked)
    if isinstance(raw, str):
        if raw == "password":
            raise encrypted(checked.name)
        raise refusal(checked.name, "工作簿不能打开，可能已损坏或过大", found=raw[:80] or None, mend=SAVE_AS)
    sheets, hidden, marks = raw
    sheets = [sheet for sheet in sheets if sheet[0] not in (GUIDE, LIST)]
    for name, rows, _ in sheets:
        refuse_extent(checked.name, name, len(rows), len(rows[0]) if rows else 0, limits)
    grids = [Grid(name, rows, merged, facts.sheets.get(name) if facts else None) for name, rows, merged in sheets]
    notices = [f"隐藏的工作表“{name}”没有读取" for name in hidden if not name.startswith("_")]
    if checked.macros:
        notices.append("文件带有宏；只读取了单元格的内容，没有运行宏")
    return Book(grids, marks, bool(facts and facts.date1904), notices)


Raw = tuple[list[tuple[str, list[list[Any]], list[tuple[int, int, int, int]]]], list[str], dict[str, tuple[str, str]]]
"""Visible worksheets, names of hidden ones, marks."""


def _calamine(data: bytes) -> Raw | str:
    """Everything at once; a word of explanation where the file cannot be read."""
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets, hidden, marks = [], [], {}
        for meta in book.sheets_metadata:
            if meta.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            if meta.name == MARK_SHEET:
                rows = book.get_sheet_by_name(meta.name).to_python()
                marks = {str(r[0]): (str(r[1]), str(r[2])) for r in rows if len(r) >= 3}
            elif meta.visible != calamine.SheetVisibleEnum.Visible:
                hidden.append(meta.name)
            else:
                sheet = book.get_sheet_by_name(meta.name)
                merged = [(*a, *b) for a, b in sheet.merged_cell_ranges or ()]
                sheets.append((meta.name, sheet.to_python(skip_empty_area=False), merged))
    except calamine.PasswordError:
        return "password"
    except (calamine.CalamineError, OSError, ValueError) as error:
        return str(error) or type(error).__name__
    return sheets, hidden, marks


def _package(checked: Checked, facts: BookFacts) -> Raw | str:
    """An .xlsx, read in a thread while this one looks at its cells; a large worksheet is read as two halves side by side."""
    name = max(facts.sheets, key=lambda n: len(checked.parts[facts.sheets[n].part]), default="")
    contents = _parted(checked, facts, name)
    with ThreadPoolExecutor(2) as pool:
        if contents is None:
            reading = pool.submit(_calamine, checked.data)
        else:
            part = facts.sheets[name].part
            reading = pool.submit(lambda: _calamine(with_content(checked.data, part, contents[0])))
            lower = pool.submit(lambda: _lower(with_content(checked.data, part, contents[1]), name))
        for sheet in facts.sheets.values():
            sheet.look()
        found = reading.result()
        if contents is not None:
            found = _joined(found, name, lower.result()) or _calamine(checked.data)
    return found


def _parted(checked: Checked, facts: BookFacts, name: str) -> tuple[Pieces, Pieces] | None:
    """A worksheet in two, each with some of its rows; None where it is small, or not written as usual."""
    sheet = facts.sheets.get(name)
    if sheet is None or sheet.usual is None or not sheet.usual.ordered:
        return None
    data = checked.parts[sheet.part]
    if len(data) < _LARGE or sum(other.part == sheet.part for other in facts.sheets.values()) > 1:
        return None
    return halves(data)


def _lower(data: bytes, name: str) -> tuple[int, list[list[Any]]] | None:
    """The rows of a worksheet from its first cell on, and how many stand above; None where it cannot be read."""
    try:
        sheet = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(name)
        top, left = sheet.start or (0, 0)
        rows = sheet.to_python()
    except (calamine.CalamineError, OSError, ValueError):
        return None
    return top, [[""] * left + row for row in rows] if left else rows


def _joined(found: Raw | str, name: str, lower: tuple[int, list[list[Any]]] | None) -> Raw | None:
    """Both halves; None where they do not fit together."""
    if isinstance(found, str) or lower is None:
        return None
    top, below = lower
    rows = next((rows for sheet, rows, _ in found[0] if sheet == name), [])
    if not below or name in found[1]:
        return found
    if not rows or top < len(rows):
        return None
    width, narrow = max(len(rows[0]), len(below[0])), rows if len(rows[0]) < len(below[0]) else below
    for row in narrow:
        row.extend([""] * (width - len(row)))
    rows += [[""] * width for _ in range(top - len(rows))] + below
    return found


def _apart(checked: Checked) -> Raw | str:
    """In a process with bounded memory and time: the extent of these formats is not known before they are read."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "jiqun.workbook.grids"],
            input=checked.data, capture_output=True, timeout=_APART_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "超过时限"
    if done.returncode:
        return "超过内存限度或格式有误"
    found: Raw | str = pickle.loads(done.stdout)
    return found


def _text_book(checked: Checked, limits: Limits) -> Book:
    data = checked.data
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    notices = []
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise refusal(
                checked.name, f"第 {line} 行起不能识别文字编码（不是 UTF-8，也不是 GB18030）", mend=SAVE_AS
            ) from error
        notices.append("文件编码是 GB18030（GBK），已按此读取")
    if "\0" in text:
        raise refusal(checked.name, "文件里有不可见的二进制内容，不是文本表格", mend=SAVE_AS)
    lines = text[: 1 << 16].splitlines()[:20]
    delimiter = max(_DELIMITERS, key=lambda d: sum(line.count(d) for line in lines))
    rows: list[list[Any]] = []
    csv.field_size_limit(1 << 17)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    try:
        for row in reader:
            rows.append([_unquoted(cell) for cell in row])
            if len(row) > limits.columns or len(rows) > limits.rows:
                refuse_extent(checked.name, checked.name, len(rows), len(row), limits)
    except csv.Error as error:
        raise refusal(checked.name, f"第 {len(rows) + 1} 行的引号没有闭合，或单元格过长", mend=SAVE_AS) from error
    width = max(map(len, rows), default=0)
    refuse_extent(checked.name, checked.name, len(rows), width, limits)
    for row in rows:
        row.extend([""] * (width - len(row)))
    return Book([Grid(re.sub(r"\.\w+$", "", checked.name), rows)], {}, notices=notices)


def _unquoted(cell: str) -> str:
    """Without the marks that keep a text a text in a CSV file: ="9113", '9113 and a trailing tab."""
    if cell.startswith('="') and cell.endswith('"'):
        return cell[2:-1]
    return cell[1:] if cell.startswith("'") else cell


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_APART_MEMORY, _APART_MEMORY))
    sys.stdout.buffer.write(pickle.dumps(_calamine(sys.stdin.buffer.read()), protocol=5))


if __name__ == "__main__":
    _main()
