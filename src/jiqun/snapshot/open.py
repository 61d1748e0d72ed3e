"""Opening a snapshot: its manifest, its tables for DuckDB, and single subjects."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, Self, cast

import duckdb

from jiqun.base.errors import InputError, Place, Problem, Problems
from jiqun.base.periods import Period
from jiqun.rules.vocabulary import Indicator
from jiqun.snapshot.lookup import Lookup
from jiqun.snapshot.observations import Cell
from jiqun.snapshot.sql import connect, literal, name, run
from jiqun.snapshot.tables import SUBJECT_KINDS
from jiqun.snapshot.write import FORMAT, MANIFEST

_AGAIN = "请重新生成快照"


@dataclass(frozen=True)
class SnapshotColumn:
    """A column of a snapshot's table; `cell` where it holds an indicator in a period."""

    name: str
    type: str
    cell: Cell | None = None


@dataclass(frozen=True)
class Snapshot:
    """A folder of facts that never changes. Safe to share between threads."""

    path: Path
    manifest: Mapping[str, Any]
    tables: Mapping[str, Path]
    """The file of each table: party, observation, entry/设备更新, …"""
    cells: Mapping[str, Cell] = field(repr=False)
    """The indicator and period of each column of values."""

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a snapshot; `InputError` where the folder is none, is damaged or of another format."""
        manifest = read_manifest(path)
        _check_files(path, manifest)
        files = {name: path / str(entry["file"]) for name, entry in manifest["tables"].items()}
        return cls(path, manifest, files, {c: _cell(d) for c, d in manifest["cells"].items()})

    @property
    def id(self) -> str:
        """The digest of its contents: the same facts have the same id."""
        return str(self.manifest["id"])

    @property
    def demo(self) -> Any:
        """The mark of invented facts; None for real ones."""
        return self.manifest["demo"]

    def rows(self, table: str) -> int:
        """How many rows a table has."""
        return int(self.manifest["tables"][table]["rows"])

    def columns(self, table: str) -> tuple[SnapshotColumn, ...]:
        """The columns of a table (a kind of subject is one), in order."""
        found = self.manifest["tables"][table]["columns"]
        wide = table in SUBJECT_KINDS
        return tuple(SnapshotColumn(c["name"], c["type"], self.cells.get(c["name"]) if wide else None) for c in found)

    def connect(self, memory: str = "4GB") -> duckdb.DuckDBPyConnection:
        """A database of its own in which every table is a view of that name."""
        con = connect(memory=memory)
        for table, file in self.tables.items():
            run(con, f"CREATE VIEW {name(table)} AS SELECT * FROM read_parquet({literal(str(file))})")
        return con

    def lookup(self, indicators: Collection[str] | None = None) -> Lookup:
        """A way to find single subjects with their values of some indicators, or of all; files stay open with it."""
        return Lookup(self.tables, self.cells, indicators)


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of a snapshot; InputError where the folder is none, or of another format."""
    file = path / MANIFEST
    if not file.is_file():
        _refuse("这不是数据快照", path, "请先运行 jiqun snapshot 生成快照")
    try:
        manifest: Any = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        _refuse("快照的清单不是有效的 JSON", file, _AGAIN)
    if not isinstance(manifest, dict) or "id" not in manifest:
        _refuse("这不是数据快照的清单", file, "请先运行 jiqun snapshot 生成快照")
    if manifest.get("format") != FORMAT:
        _refuse("快照的格式版本不同", file, _AGAIN, found=str(manifest.get("format")))
    return cast("dict[str, Any]", manifest)


def _refuse(message: str, place: Path, mend: str, found: str | None = None) -> NoReturn:
    raise InputError([Problem(message, Place(str(place)), found, mend)], "快照无法打开")


def _check_files(path: Path, manifest: Mapping[str, Any]) -> None:
    problems = Problems()
    for entry in manifest["tables"].values():
        file = path / str(entry["file"])
        if not file.is_file():
            problems.add("快照缺少这个文件", Place(str(file)), mend=_AGAIN)
        elif (size := file.stat().st_size) != entry["bytes"]:
            problems.add(f"文件大小与清单不符，应为 {entry['bytes']} 字节", Place(str(file)), found=size, mend=_AGAIN)
    problems.raise_if_any("快照已损坏")


def _cell(described: Mapping[str, Any]) -> Cell:
    """The cell that the manifest describes, with as much of its indicator as the snapshot knows."""
    period = Period.parse(described["period"])
    kind = described["kind"]
    indicator = Indicator(
        described["indicator"],
        kind="number" if kind in ("money", "number", "share") else kind,
        unit=described["unit"],
        grain=period.grain,
        cumulative=described["cumulative"],
    )
    return Cell(indicator, period)
