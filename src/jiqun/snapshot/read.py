"""Reading a facts folder: which files it holds, and each table as rows of text that know their row number.

A file is CSV or Parquet; either way its cells are taken as text first, so that every cell that cannot be read is
reported with its row and what stood there.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.base.errors import Place, Problem, Problems, did_you_mean
from jiqun.rules.vocabulary import Vocabulary
from jiqun.snapshot import cells, csvfile
from jiqun.snapshot.sql import literal, name
from jiqun.snapshot.tables import ENTRY, Table, tables

SUFFIXES = (".csv", ".parquet")
DEMO_MARKER = "demo.json"
"""A facts folder that holds this file is invented; the snapshot says so."""
_NOTES = frozenset({DEMO_MARKER, "README.md", "README.txt", "说明.md", "说明.txt"})


@dataclass(frozen=True)
class Source:
    """One table of a facts folder, ready to be read as text."""

    table: Table
    file: str
    """Its path within the folder, as people are told."""
    parquet: Path
    present: frozenset[str]
    """The columns that the file has."""
    origin: Path

    def text(self, *, strip: bool = False) -> str:
        """A query of `_row` (as a spreadsheet counts, the header being row 1) and every cell as text, empty ones null."""
        columns = ", ".join(f"{self._cell(c, strip)} AS {name(c)}" for c in self.table.names)
        whole = f"SELECT file_row_number + 2 AS _row, {columns} FROM read_parquet({literal(str(self.parquet))}, binary_as_string = true)"
        filled = " OR ".join(f"{name(c)} IS NOT NULL" for c in self.table.names)
        return f"SELECT * FROM ({whole}) WHERE {filled}"

    def _cell(self, column: str, strip: bool) -> str:
        if column not in self.present:
            return "CAST(NULL AS VARCHAR)"
        text = f"CAST({name(column)} AS VARCHAR)"
        return cells.stripped(text) if strip else f"nullif({text}, '')"

    @cached_property
    def _blank_lines(self) -> list[int]:
        return csvfile.blank_lines(self.origin) if self.origin.suffix.lower() == ".csv" else []

    def row(self, number: int) -> int:
        """The row as a person counts it, blank lines included."""
        row = number
        while (shifted := number + bisect_right(self._blank_lines, row)) != row:
            row = shifted
        return row


@dataclass(frozen=True)
class Facts:
    """A facts folder that has been opened."""

    folder: Path
    tables: Mapping[str, Table]
    """Every table there may be."""
    sources: Mapping[str, Source]
    """Those that there are and whose rows could be read."""
    broken: frozenset[str]
    """Those whose files could not be read, or not wholly: nothing can be said about what refers to them."""
    demo: Any = None
    """The mark of invented facts, null for real ones."""


@dataclass
class _Reading:
    con: duckdb.DuckDBPyConnection
    folder: Path
    scratch: Path
    known: dict[str, Table]
    problems: Problems
    sources: dict[str, Source] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)


def open_facts(
    con: duckdb.DuckDBPyConnection, folder: Path, vocabulary: Vocabulary, scratch: Path, problems: Problems
) -> Facts:
    """Open every table of the folder; faults of the folder and of the files' shape are added to `problems`."""
    if not folder.is_dir():
        problems.add("找不到数据文件夹", Place(str(folder)), mend="请检查路径")
        return Facts(folder, {}, {}, frozenset())
    reading = _Reading(con, folder, scratch, tables(vocabulary), problems)
    files = _find_files(reading)
    for table in reading.known.values():
        _open_table(reading, table, files.get(table.name, []))
    return Facts(folder, reading.known, reading.sources, frozenset(reading.broken), _demo_marker(folder, problems))


def _find_files(reading: _Reading) -> dict[str, list[Path]]:
    """The files of each table; whatever is no table is reported."""
    found: dict[str, list[Path]] = {}
    for path in _files(reading, reading.folder):
        file = path.relative_to(reading.folder).as_posix()
        table = file.removesuffix(path.suffix)
        if path.suffix.lower() in SUFFIXES and table in reading.known:
            found.setdefault(table, []).append(path)
        else:
            _refuse_file(reading, file, table, path.suffix)
    return found


def _files(reading: _Reading, folder: Path) -> Iterator[Path]:
    """The files of the folder and of entry/, without notes and what programs leave behind; links are followed."""
    for path in sorted(p for p in folder.iterdir() if not p.name.startswith((".", "~$")) and p.name not in _NOTES):
        file = path.relative_to(reading.folder).as_posix()
        if not path.is_dir():
            yield path
        elif file == ENTRY.rstrip("/"):
            yield from _files(reading, path)
        else:
            mend = "台账放在 entry 文件夹里，其他表直接放在数据文件夹里"
            reading.problems.add("数据文件夹里没有这种子文件夹", Place(file), mend=mend)


def _refuse_file(reading: _Reading, file: str, table: str, suffix: str) -> None:
    if table in reading.known:
        mend = "请另存为 CSV UTF-8（.csv）或 Parquet（.parquet）"
        reading.problems.add("数据文件只能是 CSV 或 Parquet", Place(file), found=suffix or None, mend=mend)
        return
    what = "方案包里没有这个台账" if table.startswith(ENTRY) else "数据文件夹里没有这种表"
    near = did_you_mean(table, reading.known)
    reading.problems.add(what, Place(file), found=table, mend=near or f"可用的表：{'、'.join(reading.known)}")


def _open_table(reading: _Reading, table: Table, files: list[Path]) -> None:
    if len(files) > 1:
        reading.broken.add(table.name)
        places = "、".join(p.relative_to(reading.folder).as_posix() for p in files)
        reading.problems.add(f"{table.title}有两个文件", Place(table.name), found=places, mend="请只保留一个")
    elif files:
        source = _open_file(reading, table, files[0])
        if source is None:
            reading.broken.add(table.name)
        else:
            reading.sources[table.name] = source
    elif table.must_exist:
        reading.broken.add(table.name)
        reading.problems.add(
            f"缺少{table.title}表", Place(table.name), mend=f"请放入 {table.name}.csv 或 {table.name}.parquet"
        )


def _open_file(reading: _Reading, table: Table, path: Path) -> Source | None:
    file = path.relative_to(reading.folder).as_posix()
    is_csv = path.suffix.lower() == ".csv"
    header = csvfile.header(path, file, reading.problems) if is_csv else _parquet_header(path, file, reading.problems)
    if header is None:
        return None
    wrong = list(_header_faults(table, header, file))
    parquet = path
    if is_csv:
        parquet = reading.scratch / f"{table.name.replace('/', '-')}.parquet"
        # Names of columns may repeat in a wrong header; the copy needs distinct ones to find the other faults.
        names = header if len(set(header)) == len(header) else [f"{i}" for i in range(len(header))]
        misshapen = csvfile.to_parquet(reading.con, path, file, names, parquet)
        if misshapen:
            reading.broken.add(table.name)
        reading.problems.extend([*wrong, *misshapen])
    else:
        reading.problems.extend(wrong)
    return None if wrong or not parquet.exists() else Source(table, file, parquet, frozenset(header), path)


def _parquet_header(path: Path, file: str, problems: Problems) -> list[str] | None:
    if path.stat().st_size == 0:
        problems.add("文件是空的", Place(file), mend="请重新导出，或删去这个文件")
        return None
    try:
        return [str(n) for n in pq.read_schema(path).names]
    except (pa.ArrowException, OSError):
        problems.add(
            "不是完整的 Parquet 文件，文件尾缺失或损坏", Place(file), mend="文件可能没有传完，请重新导出或重新传送"
        )
        return None


def _header_faults(table: Table, header: list[str], file: str) -> Iterable[Problem]:
    """Missing, unknown and repeated columns; a wrong separator shows as a single odd column."""
    if len(header) == 1 and any(mark in header[0] for mark in "\t;，；|"):
        yield Problem("列之间没有用英文逗号分隔", Place(file, row=1), header[0], csvfile.SAVE_AS_UTF8)
        return
    unknown = [n for n in dict.fromkeys(header) if n not in table.names]
    missing = [c.name for c in table.columns if c.name not in header and not c.may_lack]
    for column in missing:
        yield Problem("缺少这一列", Place(file, row=1, field=column), mend=_rename(column, unknown) or "请补上这一列")
    for column in unknown:
        near = did_you_mean(column, table.names) if column else None
        allowed = f"可用的列：{'、'.join(table.names)}"
        yield Problem(
            "没有这一列" if column else "标题行有空的列名", Place(file, row=1), column or None, near or allowed
        )
    for column in sorted({n for n in header if header.count(n) > 1 and n in table.names}):
        yield Problem("这一列出现了两次", Place(file, row=1, field=column), mend="请只保留一列")


def _rename(column: str, unknown: list[str]) -> str | None:
    """Of the columns that are not known, the one that was likely meant."""
    near = did_you_mean(column, [u for u in unknown if u])
    return near and near.replace("您是否要写", "是否写成了")


def _demo_marker(folder: Path, problems: Problems) -> Any:
    path = folder / DEMO_MARKER
    if not path.is_file():
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        problems.add("演示数据标记不是有效的 JSON", Place(DEMO_MARKER), mend="请重新生成演示数据")
        return None
