"""CSV files: the header, a fast conversion to Parquet as all text, and what is wrong where that fails.

DuckDB converts; it never guesses types. Where it refuses a file, a slow pass with the csv module names every fault
with the row as a spreadsheet shows it (the header is row 1).
"""

from __future__ import annotations

import codecs
import csv
import logging
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.base.errors import Place, Problem, Problems
from jiqun.snapshot.listing import Listing
from jiqun.snapshot.sql import literal, run

log = logging.getLogger(__name__)
_CHUNK = 1 << 20
SAVE_AS_UTF8 = "请在 Excel 中另存为“CSV UTF-8（逗号分隔）”"
_MAGIC = {
    b"PK\x03\x04": ("这是 Excel 工作簿，不是 CSV 文件", SAVE_AS_UTF8),
    b"\xd0\xcf\x11\xe0": ("这是旧版 Excel 工作簿，不是 CSV 文件", SAVE_AS_UTF8),
    b"\xff\xfe": ("文件编码是 UTF-16，不是 UTF-8", SAVE_AS_UTF8),
    b"\xfe\xff": ("文件编码是 UTF-16，不是 UTF-8", SAVE_AS_UTF8),
    b"PAR1": ("这是 Parquet 文件，不是 CSV 文件", "请把扩展名改为 .parquet"),
}


def header(path: Path, file: str, problems: Problems) -> list[str] | None:
    """The names in the first row; None where the file cannot be read at all."""
    with path.open("rb") as stream:
        start = stream.read(8)
    if not start.strip(b"\xef\xbb\xbf\r\n \t"):
        problems.add("文件是空的，连标题行也没有", Place(file), mend="请重新导出，或删去这个文件")
        return None
    for magic, (message, mend) in _MAGIC.items():
        if start.startswith(magic):
            problems.add(message, Place(file), mend=mend)
            return None
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            return [cell.strip() for cell in next(csv.reader(text, strict=True))]
    except UnicodeDecodeError:
        problems.extend(_encoding_fault(path, file))
    except csv.Error:
        problems.add("标题行的引号没有闭合", Place(file, row=1), mend="请检查标题行，或重新导出文件")
    return None


def to_parquet(con: duckdb.DuckDBPyConnection, path: Path, file: str, names: list[str], target: Path) -> list[Problem]:
    """Copy the rows as text into a Parquet file; returns what is wrong with the file, in the order of its rows.

    Where some rows have the wrong number of cells, the others are copied, so that their faults are found as well;
    where the rows cannot be told apart, there is no copy.
    """
    columns = ", ".join(f"{literal(n)}: 'VARCHAR'" for n in names)
    options = (
        f"columns = {{{columns}}}, header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
        "nullstr = '', strict_mode = true, null_padding = false"
    )
    source = f"read_csv({literal(str(path))}, {options})"
    try:
        run(con, f"COPY (FROM {source}) TO {literal(str(target))} (FORMAT parquet, COMPRESSION snappy)")
    except duckdb.Error as error:
        log.info("DuckDB refused %s: %s", path, error)
        target.unlink(missing_ok=True)
        unreadable = _encoding_fault(path, file)
        misshapen, open_quotes = ([], []) if unreadable else _shape_faults(path, file, len(names))
        if not unreadable and not open_quotes:
            _slow_copy(path, names, target)
        return [*unreadable, *misshapen, *open_quotes]
    return []


def blank_lines(path: Path) -> list[int]:
    """The rows that are blank lines, which the conversion leaves out, so that later rows can be counted as a person does."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        return [row for row, cells in enumerate(csv.reader(text), 1) if not cells]


def _encoding_fault(path: Path, file: str) -> list[Problem]:
    """Where the file stops being UTF-8, and which encoding it is likely to be."""
    row = _first_undecodable_row(path, "utf-8-sig")
    if row is None:
        return []
    chinese = _first_undecodable_row(path, "gb18030") is None
    message = "文件编码是 GB18030（GBK），不是 UTF-8" if chinese else "文件编码不是 UTF-8"
    return [Problem(message, Place(file, row=row), mend=SAVE_AS_UTF8)]


def _first_undecodable_row(path: Path, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    row = 1
    with path.open("rb") as stream:
        while True:
            chunk = stream.read(_CHUNK)
            try:
                row += decoder.decode(chunk, final=not chunk).count("\n")
            except UnicodeDecodeError as error:
                return row + bytes(error.object[: error.start]).count(b"\n")
            if not chunk:
                return None


def _shape_faults(path: Path, file: str, width: int) -> tuple[list[Problem], list[Problem]]:
    """Rows with too few or too many cells; quotes that never close."""
    few = Listing(file, mend="请补齐这一行，或重新导出文件")
    many = Listing(file, mend="含逗号的内容要用英文双引号括起来")
    quotes = Listing(file, mend="请检查这一行的英文双引号；文件可能被截断，请重新导出")
    last = end = 0
    for row, found in _records(path):
        if isinstance(found, str):
            quotes.add(row, "引号没有闭合或位置不对")
        elif found and found < width:
            few.add(row, f"这一行只有 {found} 列，应有 {width} 列")
            last = row
        elif found > width:
            many.add(row, f"这一行有 {found} 列，应有 {width} 列")
        end = row
    if last and last == end and not _ends_with_newline(path):
        few.mend = "文件可能被截断，请重新导出"
    return [*few.problems(), *many.problems()], quotes.problems()


def _records(path: Path) -> Iterator[tuple[int, int | str]]:
    """Each row with its number of cells (0 for a blank line), or with the complaint of the csv module."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.reader(text, strict=True)
        row = 0
        while True:
            row += 1
            try:
                yield row, len(next(reader))
            except StopIteration:
                return
            except csv.Error as error:
                yield row, str(error)
                if "field limit" in str(error):  # an open quote swallowed so much that rows can no longer be counted
                    return


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as stream:
        stream.seek(-1, 2)
        return stream.read(1) in b"\r\n"


def _slow_copy(path: Path, names: list[str], target: Path) -> None:
    """What DuckDB's strict reading refuses, such as mixed line ends; rows of the wrong width become blank ones."""
    schema = pa.schema([(n, pa.string()) for n in names])
    with path.open(encoding="utf-8-sig", newline="") as text, pq.ParquetWriter(target, schema) as writer:
        width = len(names)
        rows = (
            cells if len(cells) == width else [""] * width
            for cells in islice(csv.reader(text, strict=True), 1, None) if cells
        )  # fmt: skip
        while chunk := list(islice(rows, 50_000)):
            columns = [[cell or None for cell in column] for column in zip(*chunk, strict=True)]
            writer.write_table(pa.table(dict(zip(names, columns, strict=True)), schema=schema))
