"""The workbook goes back with its wrong cells coloured and commented, and a list of all problems."""

from __future__ import annotations

import io
import warnings
from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from jiqun.base.errors import Problem
from jiqun.workbook.grids import LIST, MARK_SHEET, open_book
from jiqun.workbook.guard import Checked, check
from jiqun.workbook.model import Cell, Limits

_HEAD = ("序号", "工作表", "位置", "列", "问题", "现在的内容", "怎样改")
_RED, _DEEP = "FFC7CE", "9C0006"
_MOST_COMMENTS = 2_000
_MOST_BYTES = 4 << 20
"""Beyond so many expanded bytes the file is written anew: editing it in place would take minutes and gigabytes."""
_EXPANDED = 40 << 20


@dataclass(frozen=True)
class Marked:
    """What came of marking a workbook."""

    path: Path
    rewritten: bool
    """A fresh .xlsx with the same rows, because the original is no small .xlsx."""
    commented: int

    @property
    def note(self) -> str:
        """In words, for the person who downloads it."""
        how = (
            "按原来的行列重新生成为 .xlsx（原有的格式和公式没有保留）"
            if self.rewritten
            else "在原工作簿上标注（图表和宏没有保留）"
        )
        return f"{how}；出错的单元格已标红并加批注，全部问题见工作表“{LIST}”"


def write_marked(
    original: Path | bytes, problems: Sequence[Problem], out: Path, limits: Limits | None = None, *, name: str = ""
) -> Marked:
    """Write the marked copy to `out` (.xlsx); InputError where the original cannot be opened at all."""
    limits = limits or Limits()
    data = original if isinstance(original, bytes) else original.read_bytes()
    checked = check(data, name or (original.name if isinstance(original, Path) else ""), limits)
    expanded = sum(map(len, checked.parts.values()))
    if checked.format == "xlsx" and len(data) <= _MOST_BYTES and expanded <= _EXPANDED:
        return Marked(out, False, _edit(data, problems, out))
    return Marked(out, True, _rewrite(checked, problems, out, limits))


def _by_cell(problems: Iterable[Problem]) -> dict[str, dict[tuple[int, int], list[Problem]]]:
    """Problems by worksheet and (row, column); those of a whole row stand at its first cell."""
    found: dict[str, dict[tuple[int, int], list[Problem]]] = defaultdict(lambda: defaultdict(list))
    for problem in problems:
        place = problem.place
        if place.file and place.row:
            found[place.file][place.row, place.column or 1].append(problem)
    return found


def _words(problems: Sequence[Problem]) -> str:
    return "\n".join(p.message + (f"。{p.mend}" if p.mend else "") for p in problems)[:1000]


def _line(number: int, problem: Problem) -> tuple[Any, ...]:
    place = problem.place
    address = place.address if isinstance(place, Cell) and place.row else ""
    return (
        number,
        place.file or "",
        address,
        place.field or "",
        problem.message,
        problem.found or "",
        problem.mend or "",
    )


def _edit(data: bytes, problems: Sequence[Problem], out: Path) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about extensions that openpyxl leaves out, which `Marked.note` says
        book = openpyxl.load_workbook(io.BytesIO(data))
    fill = PatternFill("solid", start_color=_RED, end_color=_RED)
    count = 0
    for name, cells in _by_cell(problems).items():
        if name not in book.sheetnames:
            continue
        page = book[name]
        for (row, column), found in cells.items():
            cell = _anchor(page, row, column)
            cell.fill = copy(fill)
            if count < _MOST_COMMENTS:
                cell.comment = Comment(_words(found), "核对", height=90, width=260)
                count += 1
    if LIST in book.sheetnames:
        del book[LIST]
    page = book.create_sheet(LIST)
    for number, problem in enumerate(problems, 1):
        if number == 1:
            page.append(_HEAD)
        page.append([_safe(page, value) for value in _line(number, problem)])
    for letter, width in zip("ABCDEFG", (6, 16, 10, 18, 44, 24, 44), strict=True):
        page.column_dimensions[letter].width = width
    page.freeze_panes = "A2"
    book.save(out)
    return count


def _anchor(page: Any, row: int, column: int) -> Any:
    """The cell itself, or the first of the merged range that it lies in."""
    cell = page.cell(row, column)
    for merged in page.merged_cells.ranges if type(cell).__name__ == "MergedCell" else ():
        if cell.coordinate in merged:
            return page.cell(merged.min_row, merged.min_col)
    return cell


def _safe(page: Any, value: Any) -> Any:
    """A text that stays a text, whatever it begins with."""
    cell = WriteOnlyCell(page, value)
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def _rewrite(checked: Checked, problems: Sequence[Problem], out: Path, limits: Limits) -> int:
    book = open_book(checked, limits)
    wrong = _by_cell(problems)
    count = 0
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(out), options) as target:
        red = target.add_format({"bg_color": f"#{_RED}", "font_color": f"#{_DEEP}"})
        day = target.add_format({"num_format": "yyyy-mm-dd"})
        for grid in book.grids:
            page = target.add_worksheet(_sheet_name(grid.name, target))
            cells = wrong.get(grid.name, {})
            for r, row in enumerate(grid.rows):
                for c, value in enumerate(row):
                    found = cells.get((r + 1, c + 1))
                    _put(page, r, c, value, red if found else None, day)
                    if found and count < _MOST_COMMENTS:
                        page.write_comment(r, c, _words(found), {"author": ""})
                        count += 1
        _list_page(target, problems)
        mark = target.add_worksheet(MARK_SHEET)
        mark.very_hidden()
        for r, (name, (id_, version)) in enumerate(book.marks.items()):
            for c, text in enumerate((name, id_, version)):
                mark.write_string(r, c, text)
    return count


def _put(page: Any, row: int, column: int, value: Any, wrong: Any, day: Any) -> None:
    if value == "" or value is None:
        if wrong:
            page.write_blank(row, column, None, wrong)
    elif isinstance(value, bool):
        page.write_boolean(row, column, value, wrong)
    elif isinstance(value, (int, float)):
        page.write_number(row, column, value, wrong)
    elif isinstance(value, (date, datetime)):
        page.write_datetime(row, column, value, wrong or day)
    else:
        page.write_string(row, column, str(value) if isinstance(value, (time, timedelta)) else value, wrong)


def _list_page(book: Any, problems: Sequence[Problem]) -> None:
    page = book.add_worksheet(LIST)
    for at, width in enumerate((6, 16, 10, 18, 44, 24, 44)):
        page.set_column(at, at, width)
    page.freeze_panes(1, 0)
    for at, label in enumerate(_HEAD):
        page.write_string(0, at, label)
    for number, problem in enumerate(problems, 1):
        for at, value in enumerate(_line(number, problem)):
            _put(page, number, at, value, None, None)


def _sheet_name(name: str, book: Any) -> str:
    clean = "".join("_" if c in "[]:*?/\\'" else c for c in name)[:28] or "Sheet"
    taken = {s.get_name().lower() for s in book.worksheets()} | {LIST, MARK_SHEET}
    return clean if clean.lower() not in taken else f"{clean}_{len(taken)}"
