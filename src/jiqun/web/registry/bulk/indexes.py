"""Indexes and foreign keys set aside while millions of rows come in, then made again in one pass each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from jiqun.web.registry.bulk.session import Session, literals, quoted

_SQLITE = """
    SELECT name, sql FROM sqlite_master
    WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({tables}) ORDER BY name
"""
_POSTGRESQL_INDEXES = """
    SELECT c.relname::text AS name, pg_get_indexdef(i.indexrelid) AS definition
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    WHERE t.relname IN ({tables}) AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
      AND t.relnamespace = current_schema()::regnamespace ORDER BY 1
"""
_POSTGRESQL_KEYS = """
    SELECT t.relname::text AS tbl, k.conname::text AS name, pg_get_constraintdef(k.oid) AS definition
    FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
    WHERE k.contype = 'f' AND t.relname IN ({tables})
      AND t.relnamespace = current_schema()::regnamespace ORDER BY 2
"""


@contextmanager
def set_aside(session: Session, tables: Sequence[str], progress: Callable[[], None]) -> Iterator[None]:
    """Drop the tables' secondary indexes and outgoing foreign keys; at the end make them again, which checks them."""
    names = literals(list(tables))
    again: list[str] = []
    if session.vendor == "sqlite":
        for name, definition in _rows(session, _SQLITE.format(tables=names)):
            session.execute(f"DROP INDEX {quoted(name)}")
            again.append(definition)
    else:
        for table, name, definition in _rows(session, _POSTGRESQL_KEYS.format(tables=names)):
            session.execute(f"ALTER TABLE {quoted(table)} DROP CONSTRAINT {quoted(name)}")
            again.append(f"ALTER TABLE {quoted(table)} ADD CONSTRAINT {quoted(name)} {definition}")
        for name, definition in _rows(session, _POSTGRESQL_INDEXES.format(tables=names)):
            session.execute(f"DROP INDEX {quoted(name)}")
            again.insert(0, definition)
    yield
    for statement in again:
        session.execute(statement)
        progress()


def _rows(session: Session, sql: str) -> list[tuple[str, ...]]:
    with session.connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
