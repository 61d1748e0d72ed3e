"""A list as a file: CSV while it is read, Excel and Parquet through a temporary file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import IO, Any
from urllib.parse import quote

from django.http import FileResponse, HttpResponseBase

from jiqun.base.money import UNITS
from jiqun.web.portal.exports import csv_response
from jiqun.web.registry.lists.columns import Column
from jiqun.web.registry.lists.reading import Reading

FORMATS = {"xlsx": "Excel", "csv": "CSV", "parquet": "Parquet"}
EXCEL_ROWS = 200_000
"""What Excel still opens with ease; whoever needs more takes CSV or Parquet."""
BATCH = 10_000


def export(reading: Reading, form: str) -> HttpResponseBase:
    """The download in one of `FORMATS`."""
    name = reading.spec.title
    header = [_heading(c) for c in reading.columns]
    if form == "csv":
        return csv_response(name, header, (_cells(reading.columns, row) for row in reading.everything()))
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- the response closes it
    if form == "xlsx":
        _write_excel(file, reading, header)
    else:
        _write_parquet(file, reading)
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=f"export.{form}")
    response["Content-Disposition"] = f"attachment; filename=\"export.{form}\"; filename*=UTF-8''{quote(name)}.{form}"
    return response


def _heading(column: Column) -> str:
    return f"{column.label}（{column.unit}）" if column.unit else column.label


def _cells(columns: Sequence[Column], row: Any) -> list[Any]:
    return [_cell(column, row) for column in columns]


def _cell(column: Column, row: Any) -> Any:
    """Numbers in the base unit, a share in percent, as the heading says; other values as people read them."""
    value = column.value(row)
    if column.kind == "number" and value is not None:
        number = Decimal(str(value))
        return number * 100 if column.unit == "%" else number
    return column.text(row)


def _write_excel(file: IO[bytes], reading: Reading, header: list[str]) -> None:
    from xlsxwriter import Workbook

    book = Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(reading.spec.title[:31].translate(str.maketrans("", "", "[]:*?/\\'")))
    bold = book.add_format({"bold": True, "bg_color": "#EEF3F9"})
    for i, text in enumerate(header):
        sheet.set_column(i, i, max(10, min(40, len(text) * 2 + 4)))
        sheet.write_string(0, i, text, bold)
    sheet.freeze_panes(1, 0)
    at = 1
    for at, row in enumerate(islice(reading.everything(), EXCEL_ROWS), start=1):
        for i, cell in enumerate(_cells(reading.columns, row)):
            if isinstance(cell, Decimal):
                sheet.write_number(at, i, float(cell))
            elif cell is not None:
                sheet.write_string(at, i, cell)
    if at == EXCEL_ROWS:
        sheet.write_string(at + 1, 0, f"只列前 {EXCEL_ROWS:,} 行；全部数据请导出 CSV 或 Parquet")
    book.close()


def _write_parquet(file: IO[bytes], reading: Reading) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(c.label, _type(c)) for c in reading.columns])
    with pq.ParquetWriter(file, schema) as writer:
        source = reading.everything()
        while rows := list(islice(source, BATCH)):
            writer.write_table(pa.table([_array(c, rows) for c in reading.columns], schema=schema))


def _type(column: Column) -> Any:
    import pyarrow as pa

    if column.kind == "number":
        return pa.decimal128(18, 2) if column.unit in UNITS else pa.float64()
    return {"flag": pa.bool_(), "date": pa.date32()}.get(column.kind, pa.string())


def _array(column: Column, rows: Sequence[Any]) -> Any:
    import pyarrow as pa

    return pa.array(list(_typed(column, rows)), _type(column))


def _typed(column: Column, rows: Sequence[Any]) -> Iterator[Any]:
    for row in rows:
        value = column.value(row)
        if column.kind == "number" and value is not None:
            yield Decimal(str(value)) if column.unit in UNITS else float(value)
        elif column.kind == "date" and isinstance(value, str):
            yield date.fromisoformat(value)
        elif column.kind in ("text", "choice"):
            yield column.text(row)
        else:
            yield value
