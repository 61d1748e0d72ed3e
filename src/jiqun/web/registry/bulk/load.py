"""A snapshot's tables into the registry: all or nothing, and the same again when it is done again.

Subjects keep the identity that the registry gave them, so that what refers to them (organisations, the audit trail)
stays true; those that are gone are removed and what referred to them is told. Figures, titles, reviews and entries
are replaced as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from jiqun.base.errors import InputError, Place, Problem, Problems
from jiqun.rules.vocabulary import Vocabulary
from jiqun.snapshot import sql
from jiqun.web.registry.bulk.columns import FACT_TABLES, Columns, Known, known_codes
from jiqun.web.registry.bulk.indexes import set_aside
from jiqun.web.registry.bulk.session import Database, Session, literals, transaction, vacuum
from jiqun.web.registry.search.index import rebuild

ANALYSED = 100_000
"""Of the many observations, in each index."""
_PREFIX = "registry_"
_ORDER = ("place", "cluster", "party")
_OWNED = {
    "party": (
        ("searchkey", "party_id"), ("partyname", "party_id"), ("partycode", "party_id"),
        ("notduplicate", "first_id"), ("notduplicate", "second_id"),
    )
}  # fmt: skip
"""What goes with a subject that is gone."""
_IDENTITY = pa.schema([("code", pa.string()), ("id", pa.int64())])
TITLES = {
    "place": "行政区划", "cluster": "集群", "party": "企业和机构", "observation": "指标数据",
    "recognition": "认定", "review": "复核", "entry": "台账记录",
}  # fmt: skip


class Progress(Protocol):
    """Told what is going on: a stage and how much of it is done."""

    def __call__(self, stage: str, done: int, total: int) -> None: ...


def silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody looks at."""


@dataclass(frozen=True)
class LoadSummary:
    """What a load did."""

    rows: Mapping[str, int]
    removed: Mapping[str, int]
    """Subjects that the registry had and the facts have no more."""
    unlinked: tuple[str, ...]
    """Organisations whose place or firm is among them."""
    snapshot_id: str
    demo: Any = None


@dataclass(frozen=True)
class Limits:
    """How long the registry's texts may be: (table, column) -> characters."""

    limits: Mapping[tuple[str, str], int]

    @classmethod
    def of_models(cls) -> Limits:
        """As the models say."""
        from django.apps import apps

        names = {("cluster", "id"): "code"}
        wanted = {
            "place": ("name",), "cluster": ("id", "name", "chain"), "party": ("name",),
            "observation": ("indicator", "value"), "recognition": ("title",), "review": ("title",),
        }  # fmt: skip
        found = {}
        for table, columns in wanted.items():
            model = apps.get_model("registry", table)
            for column in columns:
                found[table, column] = model._meta.get_field(names.get((table, column), column)).max_length
        return cls(found)


def load_snapshot(
    *,
    database: Database,
    snapshot: Path,
    vocabulary: Vocabulary,
    limits: Limits,
    progress: Progress = silent,
) -> LoadSummary:
    """Replace the registry by a snapshot's tables in one transaction; InputError where a text is too long for it."""
    manifest = json.loads((snapshot / "manifest.json").read_text(encoding="utf-8"))
    con = sql.connect(memory="2GB")
    try:
        columns = Columns(con, snapshot, vocabulary)
        _check_lengths(columns, limits)
        with transaction(database) as session:
            summary = _replace(session, columns, manifest, progress)
        if database.vendor == "postgresql":
            total = sum(summary.rows.values())
            progress("整理", total, total)
            vacuum(database, _tables())
    finally:
        con.close()
    return summary


def _check_lengths(columns: Columns, limits: Limits) -> None:
    problems = Problems()
    for (table, column), limit in limits.limits.items():
        for text in columns.too_long(table, column, limit):
            problems.add(f"文字超过 {limit} 个字符", Place(table, field=column), found=text[:60] + "…", mend="请缩短")
    problems.raise_if_any("数据未载入")


def _replace(session: Session, columns: Columns, manifest: Mapping[str, Any], progress: Progress) -> LoadSummary:
    rows = columns.rows()
    total, done = sum(rows.values()), 0
    for table in FACT_TABLES:  # writes first: on SQLite the transaction must own the write lock before it reads
        session.execute(f"{'TRUNCATE' if session.vendor == 'postgresql' else 'DELETE FROM'} {_PREFIX}{table}")
    again = 0

    def rebuilt() -> None:
        nonlocal again
        again += 1
        progress("重建索引", again, 0)

    columns.identify(_known(session))
    with set_aside(session, _tables(), rebuilt):
        for kind in _ORDER:
            progress(f"载入{TITLES[kind]}", done, total)
            data = columns.subjects(kind)
            if kind == "party":
                names = data.select(["id", "name", "county_id"]).rename_columns(["party_id", "name", "county_id"])
            session.stage(f"stage_{kind}", data)
            _upsert(session, kind, data.schema.names)
            done += rows[kind]
        unlinked = _unlink(session)
        removed = {kind: _remove(session, kind) for kind in reversed(_ORDER)}
        progress("建立检索", done, total)
        rebuild(session, names)
        if session.vendor == "postgresql":
            session.execute("SET CONSTRAINTS ALL IMMEDIATE")  # tables with checks pending cannot be indexed
        for table in FACT_TABLES:
            done = _append(session, columns, table, done, total, progress)
    progress("核对", total, total)
    _settle(session)
    summary = LoadSummary(rows, removed, unlinked, str(manifest["id"]), manifest.get("demo"))
    _record(session, summary)
    return summary


def _tables() -> list[str]:
    return [_PREFIX + table for table in (*_ORDER, *FACT_TABLES, "searchkey")]


def _known(session: Session) -> Known:
    ids, last = {}, {}
    for kind, code in known_codes().items():
        ids[kind] = session.table(f"SELECT {code} AS code, id FROM {_PREFIX}{kind}", _IDENTITY)
        if session.vendor == "sqlite":
            given = session.value(f"SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = '{_PREFIX}{kind}'")
        else:
            sequence = f"pg_get_serial_sequence('{_PREFIX}{kind}', 'id')::regclass"
            given = session.value(f"SELECT coalesce(pg_sequence_last_value({sequence}), 0)")
        last[kind] = max(int(given), max(ids[kind]["id"].to_pylist(), default=0))
    return Known(ids, last)


def _upsert(session: Session, kind: str, names: list[str]) -> None:
    columns = ", ".join(names)
    updates = ", ".join(f"{name} = excluded.{name}" for name in names if name != "id")
    session.execute(
        f"INSERT INTO {_PREFIX}{kind} ({columns}) SELECT {_values(session, names)} FROM stage_{kind} WHERE true "
        f"ON CONFLICT (id) DO UPDATE SET {updates}"
    )


def _values(session: Session, names: list[str]) -> str:
    """The staged columns as the table wants them; JSON comes as text, which PostgreSQL wants told."""
    cast = session.vendor == "postgresql"
    return ", ".join(f"CAST({name} AS jsonb)" if cast and name == "data" else name for name in names)


def _gone(kind: str) -> str:
    return f"SELECT id FROM {_PREFIX}{kind} EXCEPT SELECT id FROM stage_{kind}"


def _unlink(session: Session) -> tuple[str, ...]:
    """Organisations of a place or firm that is gone stay, without it; they then see nothing."""
    names: list[str] = []
    for kind in ("place", "party"):
        where = f"{kind}_id IN ({_gone(kind)})"
        found = session.table(
            f"SELECT name FROM accounts_organisation WHERE {where} ORDER BY name", pa.schema([("name", pa.string())])
        )
        names += found["name"].to_pylist()
        session.execute(f"UPDATE accounts_organisation SET {kind}_id = NULL WHERE {where}")
    return tuple(names)


def _remove(session: Session, kind: str) -> int:
    count = int(session.value(f"SELECT count(*) FROM ({_gone(kind)}) AS gone"))
    if count:
        for table, column in _OWNED.get(kind, ()):
            session.execute(f"DELETE FROM {_PREFIX}{table} WHERE {column} IN ({_gone(kind)})")
        session.execute(f"DELETE FROM {_PREFIX}{kind} WHERE id IN ({_gone(kind)})")
    return count


def _append(session: Session, columns: Columns, table: str, done: int, total: int, progress: Progress) -> int:
    reader = columns.facts(table)
    if reader is None:
        return done
    count = done

    def counted() -> Any:
        nonlocal count
        for batch in reader:
            yield batch
            count += batch.num_rows
            progress(f"载入{TITLES[table]}", count, total)

    stream = pa.RecordBatchReader.from_batches(reader.schema, counted())
    if table == "entry":
        session.stage("stage_entry", stream)
        names = reader.schema.names
        session.execute(
            f"INSERT INTO {_PREFIX}entry ({', '.join(names)}) SELECT {_values(session, names)} FROM stage_entry"
        )
    else:
        session.append(_PREFIX + table, stream)
    return count


def _settle(session: Session) -> None:
    """Sequences behind the ids that were given, statistics for the planner, and no reference left hanging."""
    if session.vendor == "postgresql":
        for kind in _ORDER:
            table = _PREFIX + kind
            session.value(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "
                f"greatest((SELECT coalesce(max(id), 1) FROM {table}), "
                f"coalesce(pg_sequence_last_value(pg_get_serial_sequence('{table}', 'id')::regclass), 1)))"
            )
    else:
        _refuse_hanging(session)
    for table in _tables():
        if session.vendor == "sqlite":  # of the others a sample would miss how unequal their columns are
            session.execute(f"PRAGMA analysis_limit={ANALYSED if table == _PREFIX + 'observation' else 0}")
        session.execute(f"ANALYZE {table}")


def _refuse_hanging(session: Session) -> None:
    """SQLite does not check while foreign keys are off; what was made here by joins needs no look."""
    ours = literals([_PREFIX + table for table in FACT_TABLES])
    hanging = session.value(
        "SELECT count(*) FROM sqlite_master m, pragma_foreign_key_check(m.name) "
        f"WHERE m.type = 'table' AND m.name NOT IN ({ours})"
    )
    if hanging:
        problem = Problem(
            f"有 {hanging} 条其他记录引用了数据中已没有的区划、集群或企业", mend="请在数据中补上后重新载入"
        )
        raise InputError([problem], "数据未载入")


def _record(session: Session, summary: LoadSummary) -> None:
    """The row that says what the registry holds now, and the audit row."""
    rows = json.dumps(dict(summary.rows), ensure_ascii=False)
    demo = "NULL" if summary.demo is None else literals([json.dumps(summary.demo, ensure_ascii=False)])
    session.execute(
        f"INSERT INTO {_PREFIX}factsload (at, snapshot_id, rows, demo) "
        f"VALUES (CURRENT_TIMESTAMP, {literals([summary.snapshot_id])}, {literals([rows])}, {demo})"
    )
    after = {"rows": dict(summary.rows), "removed": dict(summary.removed), "unlinked": list(summary.unlinked)}
    session.execute(
        'INSERT INTO common_auditrecord (at, action, object_type, object_id, object_label, "before", "after", note) '
        f"VALUES (CURRENT_TIMESTAMP, '载入数据', 'registry', {literals([summary.snapshot_id])}, '台账', NULL, "
        f"{literals([json.dumps(after, ensure_ascii=False)])}, '')"
    )
