"""Templates: drop-downs, units in headers, notes as comments, known rows filled in, a page of instructions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from jiqun.rules.units import unit_of
from jiqun.workbook.grids import GUIDE, MARK_SHEET
from jiqun.workbook.header import declared_unit
from jiqun.workbook.model import KIND_WORDS, Column, Sheet, letters

_LISTS = "_choices"
_SPARE_ROWS = 2_000
"""Drop-downs and formats reach so many rows below the known ones."""
_INLINE = 200
"""Excel refuses a drop-down written inline beyond 255 characters; longer ones stand on a hidden sheet."""
_MAX_WIDTH = 34


def write_template(path: Path | IO[bytes], sheets: Iterable[Sheet]) -> None:
    """Write an .xlsx that `read_workbook` reads back with the same sheets; no cell runs as a formula."""
    book = xlsxwriter.Workbook(path if not isinstance(path, Path) else str(path), {"strings_to_formulas": False, "strings_to_urls": False})  # fmt: skip
    with book:
        writer = _Writer(book)
        declared = tuple(sheets)
        for sheet in declared:
            writer.sheet(sheet)
        writer.guide(declared)
        writer.marks(declared)


def shown(value: Any, column: Column) -> Any:
    """A value as the template shows it: in its unit, choices as written, a period as text."""
    if value is None or value == "":
        return None
    if column.kind in ("number", "money", "share") and not isinstance(value, str):
        return float(_in_unit(Decimal(str(value)), column))
    if column.kind == "bool":
        return "是" if value else "否"
    if column.kind == "choice":
        return next((name for name, stored in column.stored.items() if stored == value), str(value))
    if column.kind == "date" and isinstance(value, date):
        return value
    return str(value)


def _in_unit(value: Decimal, column: Column) -> Decimal:
    if column.kind == "share":
        return value * 100
    own, asked = declared_unit(column), unit_of(column.template_unit or "")
    if own and asked and own.factor != asked.factor:
        ratio = own.factor / asked.factor
        return value * ratio.numerator / ratio.denominator
    return value


def header_text(column: Column) -> str:
    """The name with its unit: 营业收入（万元）."""
    unit = column.template_unit
    return f"{column.name}（{unit}）" if unit else column.name


class _Writer:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        base = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
        head = {**base, "bold": True, "text_wrap": True, "align": "center", "border": 1, "border_color": "#B8C4D2"}
        self.head = book.add_format({**head, "bg_color": "#E8EEF6"})
        self.must = book.add_format({**head, "bg_color": "#FCE9D9"})
        self.formats = {
            "text": book.add_format({**base, "num_format": "@"}),
            "date": book.add_format({**base, "num_format": "yyyy-mm-dd", "align": "left"}),
            "number": book.add_format({**base, "num_format": "#,##0.######"}),
        }
        self.plain = book.add_format({**base, "text_wrap": True, "valign": "top"})
        self.title = book.add_format({**base, "bold": True, "font_size": 14})
        self.lists: Any = None
        self.list_count = 0

    def sheet(self, sheet: Sheet) -> None:
        """One table, the header frozen."""
        page = self.book.add_worksheet(_sheet_name(sheet.name))
        page.set_row(0, 32)
        last = len(sheet.rows) + _SPARE_ROWS
        widths = [_width(header_text(column)) for column in sheet.columns]
        for at, column in enumerate(sheet.columns):
            page.write_string(0, at, header_text(column), self.must if column.required or column.key else self.head)
            if comment := _comment(column):
                page.write_comment(0, at, comment, {"x_scale": 1.6, "y_scale": 1.2, "author": ""})
            self._validate(page, column, at, last)
        for row, values in enumerate(sheet.rows, 1):
            for at, column in enumerate(sheet.columns):
                value = shown(values.get(column.name), column)
                self._write(page, row, at, value, column)
                if row <= 200 and isinstance(value, str):
                    widths[at] = max(widths[at], _width(value))
        for at, column in enumerate(sheet.columns):
            page.set_column(at, at, min(_MAX_WIDTH, widths[at]), self._format(column))
        keys = next((i for i, c in enumerate(sheet.columns) if not c.key), 0)
        page.freeze_panes(1, min(keys, 3))
        page.autofilter(0, 0, max(1, len(sheet.rows)), len(sheet.columns) - 1)

    def guide(self, sheets: tuple[Sheet, ...]) -> None:
        """The page of instructions, after the tables."""
        page = self.book.add_worksheet(GUIDE)
        page.set_column(0, 0, 24, self.plain)
        page.set_column(1, 1, 26, self.plain)
        page.set_column(2, 2, 8, self.plain)
        page.set_column(3, 3, 70, self.plain)
        page.write_string(0, 0, GUIDE, self.title)
        lines = (
            "橙色表头为必填列。列的顺序可以变，可以多出别的列（不读取），不要改列名。",
            "没有数据的格留空或填“-”，不要填 0：空表示不知道，0 表示确实为零。",
            "统一社会信用代码、区划代码等按文本填写；合计、小计行会自动跳过。",
            "金额、数量按表头括号里的单位填写；也可以改成其他单位（如 亿元），读取时自动换算。",
        )
        row = 1
        for line in (*lines, *(note for sheet in sheets for note in sheet.notes)):
            page.merge_range(row, 0, row, 3, "", self.plain)
            page.write_string(row, 0, line, self.plain)
            row += 1
        for sheet in sheets:
            row += 1
            for at, label in enumerate((f"{sheet.name}：列", "填什么", "必填", "说明")):
                page.write_string(row, at, label, self.head)
            for column in sheet.columns:
                row += 1
                required = "是" if column.required or column.key else ""
                for at, text in enumerate((header_text(column), _what(column), required, column.note)):
                    page.write_string(row, at, text, self.plain)
            row += 1

    def marks(self, sheets: tuple[Sheet, ...]) -> None:
        """Which template this is, where nobody sees it."""
        page = self.book.add_worksheet(MARK_SHEET)
        page.very_hidden()
        for row, sheet in enumerate(sheets):
            for at, text in enumerate((_sheet_name(sheet.name), sheet.id, sheet.version)):
                page.write_string(row, at, text)

    def _format(self, column: Column) -> Any:
        kinds = {"number": "number", "money": "number", "share": "number", "date": "date"}
        return self.formats[kinds.get(column.kind, "text")]

    def _write(self, page: Any, row: int, at: int, value: Any, column: Column) -> None:
        if value is None:
            return
        if isinstance(value, float):
            page.write_number(row, at, value, self._format(column))
        elif isinstance(value, date):
            page.write_datetime(row, at, value, self._format(column))
        else:
            page.write_string(row, at, value, self._format(column))

    def _validate(self, page: Any, column: Column, at: int, last: int) -> None:
        """A drop-down or a check as the person types."""
        names = ["是", "否"] if column.kind == "bool" else list(column.stored) if column.kind == "choice" else []
        rule: dict[str, Any] = {"ignore_blank": True, "error_title": "请核对", "error_type": "warning"}
        if names:
            inline = len(",".join(names)) <= _INLINE and not any("," in name or name.startswith("=") for name in names)
            source = names if inline else self._list(names)
            rule |= {"validate": "list", "source": source, "error_message": "请从下拉列表中选", "error_type": "stop"}
        elif column.kind in ("number", "money", "share"):
            rule |= {"validate": "decimal", "criteria": "between", "minimum": -1e15, "maximum": 1e15, "error_message": "这一列应填数"}  # fmt: skip
        elif column.kind == "date":
            rule |= {"validate": "date", "criteria": ">", "value": date(1900, 1, 1), "error_message": "这一列应填日期，如 2025-03-01"}  # fmt: skip
        elif column.kind == "uscc":
            rule |= {"validate": "length", "criteria": "==", "value": 18, "error_message": "统一社会信用代码为 18 位"}
        else:
            return
        page.data_validation(1, at, last, at, rule)

    def _list(self, names: list[str]) -> str:
        if self.lists is None:
            self.lists = self.book.add_worksheet(_LISTS)
            self.lists.hide()
        for row, name in enumerate(names):
            self.lists.write_string(row, self.list_count, name)
        self.list_count += 1
        column = letters(self.list_count)
        return f"={_LISTS}!${column}$1:${column}${len(names)}"


def _comment(column: Column) -> str:
    unit = f"，单位：{column.template_unit}" if column.template_unit else ""
    parts = [column.note, f"填写：{_what(column)}{unit}"]
    return "\n".join(p for p in parts if p)[:800]


def _what(column: Column) -> str:
    if column.kind == "choice":
        names = list(column.stored)
        return "下列之一：" + "、".join(names) if len(names) <= 12 else f"从下拉列表中选（{len(names)} 项）"
    return KIND_WORDS[column.kind] + (f"，{column.bounds.words}" if column.bounds else "")


def _width(text: str) -> int:
    return min(_MAX_WIDTH, 3 + sum(2 if ord(c) > 255 else 1 for c in text))


def _sheet_name(name: str) -> str:
    """A name that Excel takes: no []:*?/\\ and at most 31 characters."""
    return "".join("_" if c in "[]:*?/\\'" else c for c in name)[:31]
