"""Recognitions, reviews and entries of registers: their checks and their typed tables."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from jiqun.base.codes import uscc_problem
from jiqun.base.errors import Problems
from jiqun.rules.vocabulary import SUBJECT_NAMES, Vocabulary
from jiqun.snapshot.check import Check, Mend, cell_checks, nearest_of, repeated, run_checks
from jiqun.snapshot.read import Facts, Source
from jiqun.snapshot.sql import arrow, literal, name, put, rows
from jiqun.snapshot.subjects import load_raw, raw, read
from jiqun.snapshot.tables import OBSERVATION, RECOGNITION, SUBJECT_TABLES, Table

_NO_SUBJECT = {"party": "企业名录里没有这个主体", "cluster": "集群表里没有这个主体", "place": "区划表里没有这个主体"}
_MANY_NAMES = 5_000
_DUPLICATE = Check(None, "true", "与前面的一行完全相同", "subject", "请只保留一行", earlier="_first")


def event_tables(facts: Facts) -> list[Table]:
    """The tables of dated events: every one but the subjects and the observations."""
    others = {*SUBJECT_TABLES, OBSERVATION.name}
    return [t for n, t in facts.tables.items() if n not in others]


def check_events(con: duckdb.DuckDBPyConnection, facts: Facts, vocabulary: Vocabulary, problems: Problems) -> None:
    """Check every table of events, each cell by itself and against subjects and titles."""
    for table in event_tables(facts):
        if (source := facts.sources.get(table.name)) is None:
            continue
        _load(con, source, vocabulary)
        run_checks(con, source, _checks(con, facts, table, vocabulary), problems)


def _load(con: duckdb.DuckDBPyConnection, source: Source, vocabulary: Vocabulary) -> None:
    """The cells, with `_number` and `_subject_row` of their subjects and `_title` and `_kinds` of their titles."""
    joins = "LEFT JOIN subject s ON s.kind = t.subject_kind AND s.id = t.subject"
    more = ", s.number AS _number, s.row AS _subject_row"
    if _is_titled(source.table):
        _resolve_titles(con, source, vocabulary)
        joins += " LEFT JOIN title_name n ON n.written = t.title"
        more += ", n.canonical AS _title, n.kinds AS _kinds"
    load_raw(con, source, joins, more)


def _checks(
    con: duckdb.DuckDBPyConnection, facts: Facts, table: Table, vocabulary: Vocabulary
) -> Iterable[tuple[Check, str]]:
    text = raw(table.name)
    for column in table.columns:
        for check in cell_checks(column, read(column)):
            yield check, text
        if column.name == "subject":
            for check in subject_checks(con, facts):
                yield check, text
    if table.register is not None:
        kind = table.register.subject
        wrong = f"subject_kind IN ({_listed(SUBJECT_NAMES)}) AND subject_kind <> {literal(kind)}"
        yield (
            Check(
                "subject_kind", wrong, "主体类别与台账不符", mend=f"这个台账登记的是{SUBJECT_NAMES[kind]}，应填 {kind}"
            ),
            text,
        )
    if _is_titled(table):
        for check in _title_checks(vocabulary):
            yield check, text
    if table is RECOGNITION:
        late = f"{read(table.column('valid_until'))} < {read(table.column('awarded_on'))}"
        yield Check("valid_until", late, "有效期止早于认定日期", mend="请核对两个日期"), text
        yield _DUPLICATE, _duplicates(table)


def subject_checks(con: duckdb.DuckDBPyConnection, facts: Facts) -> Iterable[Check]:
    """The subject must exist; over a relation made by `with_subject`."""
    for kind, message in _NO_SUBJECT.items():
        if kind not in facts.broken:
            fails = f"subject_kind = {literal(kind)} AND subject IS NOT NULL AND _number IS NULL"
            yield Check("subject", fails, message, mend=_subject_mend(con, kind))


def with_subject(relation: str) -> str:
    """The relation with the number and row of each row's subject, null where there is none."""
    return (
        f"(SELECT t.*, s.number AS _number, s.row AS _subject_row FROM {relation} t "
        "LEFT JOIN subject s ON s.kind = t.subject_kind AND s.id = t.subject)"
    )


def _subject_mend(con: duckdb.DuckDBPyConnection, kind: str) -> Mend:
    otherwise = f"请先在 {kind} 表里补上，或改正这里"
    if kind == "party":
        # The code most like a wrong one is some other firm's: never suggest it.
        return lambda found: uscc_problem(found) or otherwise
    ids = [
        i for (i,) in rows(con, f"SELECT id FROM subject WHERE kind = {literal(kind)} ORDER BY 1 LIMIT {_MANY_NAMES}")
    ]
    return nearest_of(ids, otherwise)


def _resolve_titles(con: duckdb.DuckDBPyConnection, source: Source, vocabulary: Vocabulary) -> None:
    """The table `title_name`: how titles are written here -> the canonical title and who may hold it."""
    written = [
        t for (t,) in rows(con, f"SELECT DISTINCT title FROM ({source.text(strip=True)}) WHERE title IS NOT NULL")
    ]
    titles = {w: t for w in written if (t := vocabulary.title(w)) is not None}
    data = {
        "written": pa.array(titles, pa.string()),
        "canonical": pa.array([t.name for t in titles.values()], pa.string()),
        "kinds": pa.array([sorted(t.subjects) for t in titles.values()], pa.list_(pa.string())),
    }
    put(con, "title_name", pa.table(data))


def _is_titled(table: Table) -> bool:
    # A register may have a field of that name, which is then a text like any other.
    return table.register is None


def _title_checks(vocabulary: Vocabulary) -> Iterable[Check]:
    names = [w for t in vocabulary.titles.values() for w in (t.name, *t.aliases)]
    nearest = nearest_of(names, "请对照方案包中的称号名称")
    yield Check("title", "title IS NOT NULL AND _title IS NULL", "方案包里没有这个称号", mend=nearest)
    wrong = (
        f"_title IS NOT NULL AND subject_kind IN ({_listed(SUBJECT_NAMES)}) AND NOT list_contains(_kinds, subject_kind)"
    )
    yield Check("title", wrong, "这个称号不授予这类主体", mend="请核对 subject_kind 和 title")


def _duplicates(table: Table) -> str:
    """Recognitions equal in every column, titles by their canonical name and dates as dates."""
    dates = (read(table.column(n)) for n in ("awarded_on", "valid_until"))
    whole = f"(FROM {raw(table.name)} WHERE _number IS NOT NULL AND _title IS NOT NULL)"
    return repeated(whole, ["_number", "_title", *dates])


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(literal, names))


def event_table(con: duckdb.DuckDBPyConnection, facts: Facts, table: Table) -> pa.Table:
    """A checked table of events, typed, with its subject's `row`, in the order of subjects and then of its columns."""
    schema = table.schema()
    schema = schema.insert(schema.get_field_index("subject") + 1, pa.field("row", pa.int64()))
    if table.name not in facts.sources:
        return schema.empty_table()
    columns = ", ".join(f"{_typed(table, n)} AS {name(n)}" for n in schema.names)
    order = ", ".join(f"{position} NULLS LAST" for position in range(1, len(schema) + 1))
    return arrow(con, f"SELECT {columns} FROM {raw(table.name)} ORDER BY {order}").cast(schema)


def _typed(table: Table, column: str) -> str:
    if column == "row":
        return "_subject_row"
    if column == "title" and _is_titled(table):
        return "_title"
    return read(table.column(column))
