"""Places, clusters and parties: their checks, their order, and their typed tables."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiqun.base.codes import uscc_problem
from jiqun.base.errors import Place, Problems
from jiqun.rules.vocabulary import DERIVED
from jiqun.snapshot import cells
from jiqun.snapshot.check import Check, cell_checks, nearest_of, repeated, run_checks
from jiqun.snapshot.listing import LISTED, Listing
from jiqun.snapshot.read import Facts, Source
from jiqun.snapshot.sql import arrow, literal, name, rows, run
from jiqun.snapshot.tables import SUBJECT_KINDS, SUBJECT_TABLES, Column, Table

RELATIONS = {"party": ("county", "cluster"), "cluster": ("county",), "place": ("parent",)}
"""The columns of each kind that point at a subject; the snapshot adds <column>_row."""
_MANY_NAMES = 5_000
_ALPHABET = b"0123456789ABCDEFGHJKLMNPQRTUWXY"
_DIGIT = np.full(256, -1, dtype=np.int64)
_DIGIT[np.frombuffer(_ALPHABET, dtype=np.uint8)] = np.arange(31)
_WEIGHTS = np.array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28])


def raw(table: str) -> str:
    """The quoted name of the table that holds the cells of a table as text."""
    return name(f"raw {table}")


def read(column: Column) -> str:
    """The quoted name of the column that holds what was read of a cell, null where it cannot be read."""
    return name(column.name) if column.kind == "text" and not column.choices else name(f"{column.name}=")


def load_raw(con: duckdb.DuckDBPyConnection, source: Source, joins: str = "", more: str = "") -> None:
    """Put a table's cells into DuckDB: each as text without spaces around it, and as what could be read of it."""
    values = "".join(
        f", {cells.of_column(c, 't.' + name(c.name))} AS {read(c)}"
        for c in source.table.columns
        if read(c) != name(c.name)
    )
    text = source.text(strip=True)
    run(
        con,
        f"CREATE OR REPLACE TEMP TABLE {raw(source.table.name)} AS SELECT t.*{values}{more} FROM ({text}) t {joins}",
    )


def check_subjects(con: duckdb.DuckDBPyConnection, facts: Facts, problems: Problems) -> None:
    """Check the three tables of subjects and number their subjects in the table `subject`."""
    for table in SUBJECT_TABLES.values():
        if (source := facts.sources.get(table.name)) is not None:
            load_raw(con, source)
    for table in SUBJECT_TABLES.values():
        if (source := facts.sources.get(table.name)) is not None:
            _check_table(con, facts, source, problems)
    _number_subjects(con, facts)


def _check_table(con: duckdb.DuckDBPyConnection, facts: Facts, source: Source, problems: Problems) -> None:
    table = source.table
    text, key = raw(table.name), name(_key(table))
    checks = [
        (check, text)
        for column in table.columns
        for check in [*cell_checks(column, read(column)), *_reference_checks(con, facts, column)]
    ]
    again = Check(_key(table), "true", "重复", mend="请只保留一行", earlier="_first")
    checks.append((again, repeated(f"(FROM {text} WHERE {key} IS NOT NULL)", [key])))
    run_checks(con, source, checks, problems)
    if table.name == "party":
        _check_uscc(con, source, problems)
    if table.name == "place":
        _check_cycles(con, source, problems)


def _reference_checks(con: duckdb.DuckDBPyConnection, facts: Facts, column: Column) -> Iterable[Check]:
    if column.refers is None or column.refers in facts.broken:
        return
    target = SUBJECT_TABLES[column.refers]
    key, cell = name(_key(target)), name(column.name)
    known = f"SELECT {key} FROM {raw(target.name)} WHERE {key} IS NOT NULL"
    message = f"{target.title}表里没有这个{'编号' if target.name == 'cluster' else '代码'}"
    names = [str(k) for (k,) in rows(con, f"{known} ORDER BY 1 LIMIT {_MANY_NAMES}")]
    yield Check(
        column.name,
        f"{cell} IS NOT NULL AND {cell} NOT IN ({known})",
        message,
        mend=nearest_of(names, f"请先在 {target.name} 表里补上，或改正这里"),
    )


def usccs_are_valid(codes: pa.StringArray) -> npt.NDArray[np.bool_]:
    """Whether each code (none null) satisfies `uscc_problem`, computed for all at once."""
    lengths = pc.binary_length(codes).to_numpy(zero_copy_only=False)
    valid: npt.NDArray[np.bool_] = lengths == 18
    sound = codes.filter(pa.array(valid)) if not valid.all() else codes
    offsets = np.frombuffer(sound.buffers()[1], dtype=np.int32)[sound.offset : sound.offset + len(sound) + 1]
    if len(sound) == 0:
        return valid
    text = np.frombuffer(sound.buffers()[2], dtype=np.uint8)[offsets[0] : offsets[-1]].reshape(-1, 18)
    digits = _DIGIT[text]
    expected = (31 - digits[:, :17] @ _WEIGHTS % 31) % 31
    numeric = ((digits[:, :8] >= 0) & (digits[:, :8] <= 9)).all(axis=1)
    valid[valid] = (digits >= 0).all(axis=1) & numeric & (digits[:, 17] == expected)
    return valid


def _check_uscc(con: duckdb.DuckDBPyConnection, source: Source, problems: Problems) -> None:
    table = arrow(con, f"SELECT _row, uscc FROM {raw('party')} WHERE uscc IS NOT NULL ORDER BY _row")
    at_fault: list[tuple[int, str]] = []
    for batch in table.to_batches():
        wrong = np.flatnonzero(~usccs_are_valid(batch["uscc"]))
        at_fault += zip(batch["_row"].take(wrong).to_pylist(), batch["uscc"].take(wrong).to_pylist(), strict=True)
    listing = Listing(source.file, "uscc", "请对照营业执照改正")
    for row, code in at_fault[:LISTED]:
        listing.add(row, uscc_problem(code) or "统一社会信用代码有误", found=code, mend=_uscc_mend(code))
    listing.total = len(at_fault)
    problems.extend(listing.problems(source.row))


def _uscc_mend(code: str) -> str | None:
    if "E+" in code.upper():
        return "Excel 把代码变成了科学计数，请把这一列设为文本后重新填写"
    if uscc_problem(code.upper()) is None:
        return f"字母应大写：{code.upper()}"
    return None


def _check_cycles(con: duckdb.DuckDBPyConnection, source: Source, problems: Problems) -> None:
    """No place lies within itself."""
    parents = {code: (parent, row) for code, parent, row in rows(con, f"SELECT code, parent, _row FROM {raw('place')}")}
    sound: set[str] = set()
    for code in parents:
        path: list[str] = []
        current: str | None = code
        while current is not None and current in parents and current not in sound and current not in path:
            path.append(current)
            current = parents[current][0]
        if current is not None and current in path:
            loop = path[path.index(current) :]
            place = Place(source.file, row=source.row(parents[current][1]), field="parent")
            problems.add("上级关系成环", place, found=" → ".join([*loop, current]), mend="请改正其中一个上级")
        sound.update(path)


def _number_subjects(con: duckdb.DuckDBPyConnection, facts: Facts) -> None:
    """The table `subject`: every subject once, numbered through by kind and id, and dense within its kind."""
    parts = [
        f"SELECT DISTINCT {literal(kind)} AS kind, {name(_key(SUBJECT_TABLES[kind]))} AS id FROM {raw(kind)}"
        for kind in SUBJECT_KINDS
        if kind in facts.sources
    ]
    union = " UNION ALL ".join(parts) or "SELECT NULL AS kind, NULL AS id"
    run(
        con,
        f"""CREATE OR REPLACE TEMP TABLE subject AS
        SELECT kind, id, row_number() OVER (ORDER BY kind, id) - 1 AS number,
               row_number() OVER (PARTITION BY kind ORDER BY id) - 1 AS row
        FROM ({union}) WHERE id IS NOT NULL""",
    )


def subject_table(con: duckdb.DuckDBPyConnection, table: Table) -> pa.Table:
    """A checked table of subjects, typed and in the order of its key.

    Its columns: row, the attributes, <relation>_row, and the attributes derived from others.
    """
    text = raw(table.name)
    attributes = [f"raw.{read(c)} AS {name(c.name)}" for c in table.columns]
    joins, links = "", []
    for number, column in enumerate(RELATIONS[table.name]):
        kind = table.column(column).refers
        joins += f" LEFT JOIN subject s{number} ON s{number}.kind = {literal(str(kind))} AND s{number}.id = raw.{name(column)}"
        links.append(f"s{number}.row AS {name(column + '_row')}")
    own = f"JOIN subject own ON own.kind = {literal(table.name)} AND own.id = raw.{name(_key(table))}"
    columns = ", ".join(["own.row AS row", *attributes, *links])
    found = arrow(con, f"SELECT {columns} FROM {text} raw {own}{joins} ORDER BY own.row")
    schema = pa.schema(
        [("row", pa.int64()), *((c.name, c.arrow) for c in table.columns)]
        + [(f"{c}_row", pa.int64()) for c in RELATIONS[table.name]]
    )
    return _with_derived(found.cast(schema), table.name)


def _with_derived(found: pa.Table, kind: str) -> pa.Table:
    """The table with the attributes that follow from others, worked out once for each value that occurs."""
    for column, derived in DERIVED[kind].items():
        encoded = found[derived.column].combine_chunks().dictionary_encode()
        values = pa.array([derived.make(v) for v in encoded.dictionary.to_pylist()], pa.string())
        found = found.append_column(column, values.take(encoded.indices))
    return found


def _key(table: Table) -> str:
    assert table.key is not None, f"{table.name} is a table of subjects"
    return table.key
