"""The registry as a facts folder of Parquet, read through ADBC.

`export_facts` runs in this process; a server uses `export_apart` (see `bulk`: on SQLite a process must not hold the
file open through two libraries). Texts are read as texts, so that values leave as they came.
"""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb

from jiqun.snapshot import sql
from jiqun.web.registry.bulk.session import Database, Session, transaction

log = logging.getLogger(__name__)

_FLAG = "CASE WHEN {0} IS NULL THEN '' WHEN {0} THEN 'true' ELSE 'false' END"
_DAY = "coalesce(CAST({0} AS text), '')"
_SUBJECT_KEYS = {"cluster": "code", "party": "uscc", "place": "code"}
_TYPES = {"founded_on": "DATE", "awarded_on": "DATE", "valid_until": "DATE", "reviewed_on": "DATE", "on": "DATE",
          "above_size": "BOOLEAN", "provincial_key": "BOOLEAN"}  # fmt: skip
_SUBJECTS = {
    "place": """
        SELECT t.code, t.name, coalesce(p.code, '') AS parent, t.kind
        FROM registry_place t LEFT JOIN registry_place p ON p.id = t.parent_id""",
    "cluster": f"""
        SELECT t.code AS id, t.name, coalesce(p.code, '') AS county, t.chain,
            {_FLAG.format("t.provincial_key")} AS provincial_key
        FROM registry_cluster t LEFT JOIN registry_place p ON p.id = t.county_id""",
    "party": f"""
        SELECT t.uscc, t.name, t.kind, coalesce(c.code, '') AS cluster, coalesce(p.code, '') AS county, t.industry,
            {_DAY.format("t.founded_on")} AS founded_on, t.size_class, {_FLAG.format("t.above_size")} AS above_size
        FROM registry_party t LEFT JOIN registry_place p ON p.id = t.county_id
        LEFT JOIN registry_cluster c ON c.id = t.cluster_id""",
}
_FACTS = {
    "observation": "t.indicator, t.period, t.value, t.state",
    "recognition": f"t.title, {_DAY.format('t.awarded_on')} AS awarded_on, {_DAY.format('t.valid_until')} AS valid_until",
    "review": f"t.title, {_DAY.format('t.reviewed_on')} AS reviewed_on, t.outcome",
}


def export_facts(*, database: Database, out: Path) -> None:
    """Write the registry to a new folder `out`, whole or not at all; FileExistsError where it exists."""
    if out.exists():
        raise FileExistsError(out)
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    (part / "entry").mkdir(parents=True)
    con = sql.connect(memory="1GB")
    try:
        with transaction(database) as session:
            _one_view(session)
            for name, query in _SUBJECTS.items():
                _write(session, con, query, part / f"{name}.parquet")
            for name, columns in _FACTS.items():
                _write(session, con, _of_subjects(name, columns), part / f"{name}.parquet")
            for register in _registers(session):
                _write_register(session, con, register, part / "entry" / f"{register}.parquet")
            _mark(session, part)
        part.rename(out)
    finally:
        con.close()
        shutil.rmtree(part, ignore_errors=True)


def export_apart(*, database: Database, out: Path) -> None:
    """The same in a process of its own, for callers that have the database open; RuntimeError where it fails."""
    command = [sys.executable, "-m", "jiqun.web.registry.export", str(out)]
    request = json.dumps({"vendor": database.vendor, "uri": database.uri})  # not an argument: it may hold a password
    done = subprocess.run(command, input=request, text=True, capture_output=True, check=False)
    if done.returncode:
        log.error("export failed: %s", done.stderr)
        raise RuntimeError(f"导出数据失败：{done.stderr.strip().splitlines()[-1] if done.stderr.strip() else ''}")


def _one_view(session: Session) -> None:
    """All tables as they are at one moment (SQLite gives that to any transaction)."""
    if session.vendor == "postgresql":
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _of_subjects(table: str, columns: str, where: str = "true") -> str:
    """The rows of a fact table with the kind and the own code of their subject."""
    return " UNION ALL ".join(
        f"SELECT CAST('{kind}' AS text) AS subject_kind, s.{key} AS subject, {columns} "
        f"FROM registry_{table} t JOIN registry_{kind} s ON s.id = t.{kind}_id WHERE {where}"
        for kind, key in _SUBJECT_KEYS.items()
    )


def _write(session: Session, con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Stream a query of texts into a Parquet file, empty texts as missing, days and flags typed."""
    with session.batches(query) as reader:
        columns = ", ".join(
            f"CAST(nullif(CAST({sql.name(n)} AS VARCHAR), '') AS {_TYPES.get(n, 'VARCHAR')}) AS {sql.name(n)}"
            for n in reader.schema.names
        )
        con.register("_rows", reader)
        sql.run(
            con, f"COPY (SELECT {columns} FROM _rows) TO {sql.literal(str(path))} (FORMAT parquet, COMPRESSION zstd)"
        )
        con.unregister("_rows")


def _registers(session: Session) -> list[str]:
    with session.connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT register FROM registry_entry WHERE state = 'approved' ORDER BY register")
        return [name for (name,) in cursor.fetchall()]


def _write_register(session: Session, con: duckdb.DuckDBPyConnection, register: str, path: Path) -> None:
    """One register's approved entries, a column for each field that occurs."""
    columns = f'{_DAY.format("t.entry_on")} AS "on", CAST(t.data AS text) AS data'
    where = f"t.register = {sql.literal(register)} AND t.state = 'approved'"
    with session.batches(_of_subjects("entry", columns, where)) as reader:
        con.register("_rows", reader)
        sql.run(con, "CREATE OR REPLACE TEMP TABLE _entries AS FROM _rows")
        con.unregister("_rows")
    keys = [k for (k,) in sql.rows(con, "SELECT DISTINCT unnest(json_keys(data)) AS k FROM _entries ORDER BY k")]
    fields = "".join(f", json_extract_string(data, {sql.literal(_json_path(k))}) AS {sql.name(k)}" for k in keys)
    rows = f'SELECT subject_kind, subject, CAST("on" AS DATE) AS "on"{fields} FROM _entries'
    sql.run(con, f"COPY ({rows}) TO {sql.literal(str(path))} (FORMAT parquet, COMPRESSION zstd)")


def _json_path(key: str) -> str:
    return '$."' + key.replace('"', '\\"') + '"'


def _mark(session: Session, folder: Path) -> None:
    """The mark of invented facts stays with them."""
    text = session.value("SELECT coalesce(CAST(demo AS text), '') FROM registry_factsload ORDER BY id DESC LIMIT 1")
    if text and text != "null":
        (folder / "demo.json").write_text(json.dumps(json.loads(text), ensure_ascii=False, indent=2), encoding="utf-8")


def _main() -> None:
    given = json.loads(sys.stdin.read())
    export_facts(database=Database(given["vendor"], given["uri"]), out=Path(sys.argv[1]))


if __name__ == "__main__":
    _main()
