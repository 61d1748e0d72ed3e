"""Many rows into one table within Django's own transaction; see `load` for replacing whole tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from django.db import connection

from jiqun.web.registry.bulk.indexes import set_aside
from jiqun.web.registry.bulk.session import Session, quoted


def insert(table: str, names: Sequence[str], columns: Sequence[Sequence[Any]], constants: Mapping[str, Any]) -> None:
    """Insert rows given by columns, with the same constants in each; the database's constraints are checked."""
    (_copied if connection.vendor == "postgresql" else _staged)(table, names, columns, constants)


def _staged(table: str, names: Sequence[str], columns: Sequence[Sequence[Any]], constants: Mapping[str, Any]) -> None:
    """By way of a table in memory and one statement: SQLite prepares a constraint once a statement, not once a row.

    Indexes are made after the rows where these are at least as many as those already there (readers go on meanwhile),
    and the planner is told what is there now.
    """
    listed = ", ".join(map(quoted, names))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE stage ({listed})")
        cursor.executemany(
            f"INSERT INTO stage VALUES ({', '.join(['%s'] * len(names))})", list(zip(*columns, strict=True))
        )
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {quoted(table)}")
        most = len(columns[0]) >= cursor.fetchone()[0]
        with set_aside(Session("sqlite", connection), [table], lambda: None) if most else nullcontext():
            cursor.execute(
                f"INSERT INTO {quoted(table)} ({', '.join([listed, *map(quoted, constants)])}) "
                f"SELECT {', '.join([listed, *['%s'] * len(constants)])} FROM stage",
                list(constants.values()),
            )
        cursor.execute("DROP TABLE stage")
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
