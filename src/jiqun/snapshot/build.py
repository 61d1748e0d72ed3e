"""Facts folder to snapshot: check everything, then write everything, or say everything that is wrong."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pyarrow as pa

from jiqun.base.errors import Place, Problems
from jiqun.rules.vocabulary import Vocabulary
from jiqun.snapshot import cells
from jiqun.snapshot.digest import ContentDigest, identity
from jiqun.snapshot.events import check_events, event_table, event_tables
from jiqun.snapshot.longform import SCHEMA, LongForm
from jiqun.snapshot.observations import Cell, Encoded, ObservationCheck
from jiqun.snapshot.read import Facts, open_facts
from jiqun.snapshot.sql import connect, name, one, run
from jiqun.snapshot.subjects import check_subjects, raw, subject_table
from jiqun.snapshot.tables import OBSERVATION, SUBJECT_KINDS, SUBJECT_TABLES
from jiqun.snapshot.wide import Doubt, Doubts, Keys, Numbers, Pivot, Subjects
from jiqun.snapshot.write import FORMAT, TableWriter, new_folder, write_manifest, write_table

_BATCH = 100_000
"""Observations that are taken at once from the sorting database."""
REFUSED = "数据有误，没有生成快照"


class Progress(Protocol):
    """Told what is going on: a step, and which share of all is done before it."""

    def __call__(self, step: str, share: float) -> None: ...


def silent(step: str, share: float) -> None:
    """Progress that nobody looks at."""


@dataclass(frozen=True)
class PackMark:
    """Which pack gave the names their meaning."""

    id: str
    version: str


def build(
    facts: Path,
    out: Path,
    vocabulary: Vocabulary,
    pack: PackMark,
    *,
    replace: bool = False,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Make the snapshot `out` of a facts folder and return its manifest; `InputError` lists every fault of the facts."""
    with new_folder(out, replace=replace) as part:
        scratch = part / "scratch"
        scratch.mkdir()
        con = connect(scratch / "spill")
        try:
            checked = _check(con, facts, vocabulary, scratch, progress)
            manifest = _Writing(con, checked, part, progress).run(pack)
        finally:
            con.close()
        shutil.rmtree(scratch)
        write_manifest(part, manifest)
    progress("完成", 1.0)
    return manifest


@dataclass(frozen=True)
class _Checked:
    """Facts without a fault."""

    facts: Facts
    encoded: Encoded
    repeated: ObservationCheck | None
    """Tells of observations that are reported twice, which only shows once they are sorted."""
    problems: Problems


def _check(
    con: duckdb.DuckDBPyConnection, folder: Path, vocabulary: Vocabulary, scratch: Path, progress: Progress
) -> _Checked:
    """Check every table; `InputError` lists all faults."""
    problems = Problems()
    progress("读取数据文件", 0.0)
    facts = open_facts(con, folder, vocabulary, scratch, problems)
    try:
        progress("检查名录", 0.1)
        check_subjects(con, facts, problems)
        progress("检查认定、复核和台账", 0.2)
        check_events(con, facts, vocabulary, problems)
        progress("检查指标数据", 0.3)
        source = facts.sources.get(OBSERVATION.name)
        observations = ObservationCheck(con, facts, source, vocabulary, problems) if source else None
        encoded = observations.run() if observations else Encoded.none(con)
    except duckdb.Error:
        if not _add_unreadable(con, facts, problems):
            raise
        encoded, observations = None, None
    problems.raise_if_any(REFUSED)
    assert encoded is not None, "observations that are refused come with a problem"
    return _Checked(facts, encoded, observations, problems)


def _add_unreadable(con: duckdb.DuckDBPyConnection, facts: Facts, problems: Problems) -> bool:
    """Add the Parquet files whose data cannot be read through, although their ends are whole."""
    found = False
    for source in facts.sources.values():
        try:
            run(con, f"SELECT {', '.join(f'max({name(c)})' for c in source.table.names)} FROM ({source.text()})")
        except duckdb.Error:
            problems.add("Parquet 文件内容损坏，读不完整", Place(source.file), mend="请重新导出或重新传送这个文件")
            found = True
    return found


class _Writing:
    """Writes checked facts as the tables of a snapshot."""

    def __init__(self, con: duckdb.DuckDBPyConnection, checked: _Checked, folder: Path, progress: Progress) -> None:
        self._con, self._checked, self._folder, self._progress = con, checked, folder, progress
        self._facts, self._encoded = checked.facts, checked.encoded
        self._tables: dict[str, dict[str, Any]] = {}

    def run(self, pack: PackMark) -> dict[str, Any]:
        """Write all tables; returns the manifest."""
        self._progress("写出认定、复核和台账", 0.5)
        for table in event_tables(self._facts):
            self._tables[table.name] = write_table(self._folder, table.name, event_table(self._con, self._facts, table))
        self._progress("排列指标数据", 0.6)
        doubts = self._write_observations()
        return {
            "format": FORMAT,
            "id": identity({t: str(entry["sha256"]) for t, entry in self._tables.items()}),
            "pack": {"id": pack.id, "version": pack.version},
            "demo": self._facts.demo,
            "tables": self._tables,
            "cells": {c.column: _described(c) for c in self._encoded.cells},
            "rounded": self._encoded.rounded | self._rounded_entries(),
            "warnings": _warnings(doubts),
        }

    def _write_observations(self) -> Doubts:
        """One pass over the sorted observations writes their long form and the three wide tables."""
        subjects = self._subjects()
        firsts = [s.first for s in subjects]
        ids = pa.chunked_array([c for s in subjects for c in s.attributes[s.key].chunks], pa.string()).combine_chunks()
        with ExitStack() as open_files:
            writers = {s.kind: open_files.enter_context(self._wide_writer(s)) for s in subjects}
            long_writer = open_files.enter_context(
                TableWriter(self._folder, OBSERVATION.name, SCHEMA, unique=["value"])
            )
            worker = open_files.enter_context(ThreadPoolExecutor(1, "long-form"))
            pivot = Pivot(
                subjects, self._encoded.cells, self._encoded.texts, lambda kind, rows: writers[kind].write(rows)
            )
            long = LongForm(long_writer, worker, ids, firsts, self._encoded.cells, self._encoded.texts)
            for keys, numbers in self._sorted():
                long.add(keys, numbers)
                if long.twice:
                    break
                pivot.add(keys, numbers)
            self._refuse_repeated(long)
            pivot.finish()
            self._tables |= {kind: writer.finish() for kind, writer in writers.items()}
            self._tables[OBSERVATION.name] = long_writer.finish(long.finish())
        return pivot.doubts

    def _subjects(self) -> list[Subjects]:
        found, first = [], 0
        for kind in SUBJECT_KINDS:
            table = SUBJECT_TABLES[kind]
            attributes = subject_table(self._con, table)
            found.append(Subjects(kind, first, attributes, str(table.key), self._encoded.approved[kind]))
            first += attributes.num_rows
        return found

    def _wide_writer(self, subjects: Subjects) -> TableWriter:
        schema = subjects.schema(self._encoded.cells)
        return TableWriter(
            self._folder, subjects.kind, schema, ContentDigest(subjects.kind, schema), [subjects.key, "name"]
        )

    def _sorted(self) -> Iterator[tuple[Keys, Numbers]]:
        total = max(1, one(self._con, "SELECT count(*) FROM encoded"))
        done = 0
        ordered = self._con.sql("SELECT key, number FROM encoded ORDER BY key")
        for batch in ordered.to_arrow_reader(_BATCH):
            self._progress("写出指标数据", 0.65 + 0.34 * done / total)
            done += batch.num_rows
            yield batch["key"].to_numpy(), batch["number"].to_numpy()

    def _refuse_repeated(self, long: LongForm) -> None:
        if long.twice:
            assert self._checked.repeated is not None, "without observations none is repeated"
            self._checked.repeated.explain_duplicates()
            self._checked.problems.raise_if_any(REFUSED)

    def _rounded_entries(self) -> dict[str, int]:
        """How many amounts in registers lost digits beyond the fen, by register.field."""
        found = {}
        for table in event_tables(self._facts):
            for column in (c for c in table.columns if c.kind == "money" and table.name in self._facts.sources):
                loses = cells.rounded(name(column.name), column.unit)
                count = one(self._con, f"SELECT count(*) FROM {raw(table.name)} WHERE {loses}")
                if count:
                    found[f"{table.name}.{column.name}"] = count
        return found


def _described(cell: Cell) -> dict[str, Any]:
    indicator = cell.indicator
    return {
        "indicator": indicator.name,
        "period": str(cell.period),
        "kind": cell.kind,
        "unit": indicator.unit,
        "cumulative": indicator.cumulative,
    }


def _warnings(doubts: Doubts) -> list[dict[str, Any]]:
    falling = [
        _warning(c, d, f"指标“{c.indicator.name}”{c.period.chinese}的累计值低于上一期，共 {d.count} 个主体")
        for c, d in sorted(doubts.falling.items(), key=_by_column)
    ]
    shares = [
        _warning(c, d, f"指标“{c.indicator.name}”{c.period.chinese}有 {d.count} 个值超过 1000%，请确认是否漏写了百分号")
        for c, d in sorted(doubts.large_shares.items(), key=_by_column)
    ]
    return falling + shares


def _by_column(item: tuple[Cell, Doubt]) -> str:
    return item[0].column


def _warning(cell: Cell, doubt: Doubt, message: str) -> dict[str, Any]:
    return {"message": message, "column": cell.column, "count": doubt.count, "examples": doubt.examples}
