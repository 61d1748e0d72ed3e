"""Writing a facts folder: CSV or Parquet, chunk by chunk, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from jiqun.base.errors import InputError, Place, Problem
from jiqun.base.folders import draft_folder

Format = Literal["csv", "parquet"]
MARKER = "demo.json"
"""The file that marks a facts folder as invented."""


@dataclass(frozen=True)
class Folder:
    """A facts folder that is being written."""

    path: Path
    format: Format

    def table(self, name: str, table: pa.Table) -> int:
        """Write one table; returns its number of rows."""
        return self.chunks(name, table.schema, [table])

    def chunks(self, name: str, schema: pa.Schema, chunks: Iterable[pa.Table]) -> int:
        """Write one table from its parts; returns its number of rows."""
        path = self.path / f"{name}.{self.format}"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = 0
        with self._writer(path, schema) as writer:
            for chunk in chunks:
                writer.write_table(chunk)
                rows += chunk.num_rows
        return rows

    def _writer(self, path: Path, schema: pa.Schema) -> pq.ParquetWriter | pcsv.CSVWriter:
        if self.format == "parquet":
            return pq.ParquetWriter(path, schema, compression="zstd", compression_level=1)
        return pcsv.CSVWriter(path, schema, write_options=pcsv.WriteOptions(quoting_style="needed"))

    def mark(self, marker: Mapping[str, object]) -> None:
        """Write the file that says that these facts are invented."""
        text = json.dumps(marker, ensure_ascii=False, indent=2) + "\n"
        (self.path / MARKER).write_text(text, encoding="utf-8")


@contextmanager
def new_folder(out: Path, format: Format, *, replace: bool = False) -> Iterator[Folder]:
    """A folder that appears at `out` when all is written; an existing one is refused, or replaced if it is ours."""
    _check_free(out, replace)
    with draft_folder(out) as draft:
        yield Folder(draft, format)


def _check_free(out: Path, replace: bool) -> None:
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not (out / MARKER).is_file():
        problem = Problem("输出位置已有其他内容，不会覆盖", Place(str(out)), mend="请另选一个文件夹")
    elif not replace:
        problem = Problem("输出文件夹已有演示数据", Place(str(out)), mend="请另选一个文件夹，或加 --replace 替换它")
    else:
        return
    raise InputError([problem], "无法写出演示数据")
