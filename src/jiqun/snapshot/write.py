"""Writing a snapshot: Parquet in small row groups, a manifest, and a folder that appears whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.base.errors import InputError, Place, Problem
from jiqun.base.folders import draft_folder
from jiqun.snapshot.digest import ContentDigest

MANIFEST = "manifest.json"
FORMAT = 1
WIDE_GROUP = 16_384
LONG_GROUP = 8_192
"""Rows of a row group of subjects and of facts: small, because one subject is found by the statistics of its group and
costs the reading of that group; scans of a million rows hardly notice."""


class TableWriter:
    """One table of a snapshot while it is written; pieces become row groups."""

    def __init__(
        self,
        folder: Path,
        table: str,
        schema: pa.Schema,
        digest: ContentDigest | None = None,
        unique: Sequence[str] = (),
    ) -> None:
        """Without a digest the caller gives its own when the table is done; `unique` columns hardly repeat a text."""
        self.table, self.schema, self.rows = table, schema, 0
        self._digest = digest
        self._path = folder / f"{table}.parquet"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        of_facts = "subject" in schema.names
        self._group = LONG_GROUP if of_facts else WIDE_GROUP
        repeated = [
            f.name
            for f in schema
            if f.name not in unique and (pa.types.is_string(_plain(f.type)) or (f.name == "row" and of_facts))
        ]
        # Subjects are read whole, all rows of many columns, which LZ4 makes a third quicker than Zstandard.
        codec: dict[str, Any] = {"compression": "zstd", "compression_level": 1} if of_facts else {"compression": "lz4"}
        self._writer = pq.ParquetWriter(self._path, schema, use_dictionary=repeated, store_schema=False, **codec)

    def write(self, data: pa.Table) -> None:
        """The next rows."""
        self.rows += data.num_rows
        self._writer.write_table(data, row_group_size=self._group)
        if self._digest is not None:
            self._digest.update(data)

    def finish(self, digest: str | None = None) -> dict[str, Any]:
        """Close the file; returns what the manifest says of it."""
        self._writer.close()
        if digest is None:
            assert self._digest is not None, "a table without a digest of its own is given one"
            digest = self._digest.hexdigest()
        return {
            "file": f"{self.table}.parquet",
            "rows": self.rows,
            "bytes": self._path.stat().st_size,
            "sha256": digest,
            "columns": [{"name": f.name, "type": str(_plain(f.type))} for f in self.schema],
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def write_table(folder: Path, table: str, data: pa.Table) -> dict[str, Any]:
    """Write a table that is in memory; returns what the manifest says of it."""
    with TableWriter(folder, table, data.schema, ContentDigest(table, data.schema)) as writer:
        writer.write(data)
        return writer.finish()


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest, which makes a folder a snapshot."""
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


@contextmanager
def new_folder(out: Path, *, replace: bool = False) -> Iterator[Path]:
    """A folder that appears at `out` when all went well; another snapshot there is replaced only on demand."""
    check_free(out, replace=replace)
    with draft_folder(out) as part:
        yield part


def check_free(out: Path, *, replace: bool) -> None:
    """InputError where `out` holds something that must not be lost."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not (out / MANIFEST).is_file() or not (out / "party.parquet").is_file():
        problem = Problem("输出位置已有其他内容，不会覆盖", Place(str(out)), mend="请另选一个文件夹")
    elif not replace:
        problem = Problem("输出文件夹已有数据快照", Place(str(out)), mend="请另选一个文件夹，或加 --replace 替换它")
    else:
        return
    raise InputError([problem], "无法写出数据快照")
