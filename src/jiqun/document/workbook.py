"""Tables as a workbook: the annex with every number; no cell runs as a formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import xlsxwriter

Cell = str | float | int | None


@dataclass(frozen=True)
class Sheet:
    """A sheet of the annex; None cells are written as 待补充."""

    name: str
    header: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]


def write_workbook(sheets: Sequence[Sheet], path: Path) -> None:
    """Write the sheets."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})
        bold = book.add_format({"bold": True, "bg_color": "#EEF3F9", "border": 1})
        plain, soft = book.add_format({"border": 1}), book.add_format({"border": 1, "font_color": "#8A6D3B"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name[:31])
            page.freeze_panes(1, 0)
            for column, text in enumerate(sheet.header):
                widest = max((len(str(row[column])) for row in sheet.rows if row[column] is not None), default=0)
                page.set_column(column, column, max(8, min(60, 2 + int(1.7 * max(len(text), widest * 0.8)))))
                page.write_string(0, column, text, bold)
            for number, row in enumerate(sheet.rows, start=1):
                for column, cell in enumerate(row):
                    if cell is None:
                        page.write_string(number, column, "待补充", soft)
                    elif isinstance(cell, str):
                        page.write_string(number, column, cell, plain)
                    else:
                        page.write_number(number, column, cell, plain)
