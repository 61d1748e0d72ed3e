"""Tables as CSV that Excel opens as they are meant, with a BOM, and as workbooks; no cell runs as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse, StreamingHttpResponse

from jiqun.web.portal.formats import safe_cell


class _Line:
    """A file of one line, so that rows are sent as they are made."""

    def write(self, text: str) -> str:
        return text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of the file, the BOM first."""
    writer = csv.writer(_Line())
    yield "\ufeff"
    yield writer.writerow([safe_cell(cell) for cell in header])
    for row in rows:
        yield writer.writerow([safe_cell(cell) for cell in row])


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """A download of the table; `name` is the file's Chinese name without suffix."""
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename=\"export.csv\"; filename*=UTF-8''{quote(name)}.csv"
    return response


def workbook_response(
    name: str, sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[object]]]], note: str = ""
) -> HttpResponse:
    """A workbook of sheets (title, heading, lines); numbers stay numbers, `note` stands above each heading."""
    stream = BytesIO()
    options: dict[str, Any] = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, {**options, "default_date_format": "yyyy-mm-dd"}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E4EFF9", "border": 1, "text_wrap": True})
        for title, header, rows in sheets:
            sheet, top = book.add_worksheet(title[:31]), 1 if note else 0
            if note:
                sheet.write_string(0, 0, note)
            sheet.write_row(top, 0, header, bold)
            sheet.freeze_panes(top + 1, 1)
            sheet.set_column(0, 0, 36)
            sheet.set_column(1, max(1, len(header) - 1), 14)
            for number, row in enumerate(rows, start=top + 1):
                for column, cell in enumerate(row):
                    _put(sheet, number, column, cell)
    response = HttpResponse(
        stream.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response["Content-Disposition"] = f"attachment; filename=\"export.xlsx\"; filename*=UTF-8''{quote(name)}.xlsx"
    return response


def _put(sheet: Any, row: int, column: int, cell: object) -> None:
    if cell is None:
        return
    if isinstance(cell, date):
        sheet.write_datetime(row, column, cell)
    elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
        sheet.write_number(row, column, cell)
    else:
        sheet.write_string(row, column, str(cell))
