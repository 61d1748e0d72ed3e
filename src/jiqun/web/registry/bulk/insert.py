"""Many rows into one table within Django's own transaction; see `load` for replacing whole tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from itertools import chain, repeat
from typing import Any

from django.db import connection

from jiqun.web.registry.bulk.indexes import set_aside
from jiqun.web.registry.bulk.session import Session, quoted

_ROWS, _VALUES = 1_000, 32_766
"""In one statement of SQLite at most: more rows bring nothing, more values it does not take."""


@contextmanager
def quick_sorts() -> Iterator[None]:
    """Around a transaction with many rows: where SQLite may sort in a file, it takes memory in blocks and not row by row."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:  # within a transaction it cannot be changed
        yield
        return
    try:
        _pragma("temp_store = FILE")
        yield
    finally:
        _pragma("temp_store = MEMORY")


def _pragma(words: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {words}")


def insert(table: str, names: Sequence[str], columns: Sequence[Sequence[Any]], constants: Mapping[str, Any]) -> None:
    """Insert rows given by columns, with the same constants in each; the database's constraints are checked."""
    (_copied if connection.vendor == "postgresql" else _together)(table, names, columns, constants)


def _together(table: str, names: Sequence[str], columns: Sequence[Sequence[Any]], constants: Mapping[str, Any]) -> None:
    """Many rows a statement: SQLite prepares a constraint once a statement, not once a row.

    Indexes are made after the rows where these are at least as many as those already there (readers go on meanwhile),
    and the planner is told what is there now.
    """
    width, count = len(names) + len(constants), len(columns[0])
    values = list(chain.from_iterable(zip(*columns, *(repeat(c, count) for c in constants.values()), strict=True)))
    at_once = width * min(_ROWS, _VALUES // width)
    whole = len(values) - len(values) % at_once
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {quoted(table)}")
        most = count >= cursor.fetchone()[0]
        with set_aside(Session("sqlite", connection), [table], lambda: None) if most else nullcontext():
            for start, end, size in ((0, whole, at_once), (whole, len(values), len(values) - whole)):
                if start < end:
                    row = f"({', '.join(['%s'] * width)})"
                    cursor.executemany(
                        f"INSERT INTO {quoted(table)} ({', '.join(map(quoted, (*names, *constants)))}) "
                        f"VALUES {', '.join([row] * (size // width))}",
                        [values[at : at + size] for at in range(start, end, size)],
                    )
        if most:
            cursor.execute(f"ANALYZE {quoted(table)}")


def _copied(table: str, names: Sequence[str], columns: Sequence[Sequence[Any]], constants: Mapping[str, Any]) -> None:
    """By COPY."""
    listed = ", ".join(map(quoted, (*names, *constants)))
    more = tuple(constants.values())
    statement = f"COPY {quoted(table)} ({listed}) FROM STDIN"
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in zip(*columns, strict=True):
            copy.write_row((*row, *more))
