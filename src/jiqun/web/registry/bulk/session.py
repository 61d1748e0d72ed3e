"""One ADBC transaction on the site's database, the same for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, urlencode

import pyarrow as pa

Vendor = Literal["sqlite", "postgresql"]
_PRAGMAS = ("busy_timeout=20000", "foreign_keys=OFF", "synchronous=NORMAL", "cache_size=-262144", "temp_store=FILE")
"""Foreign keys are off while tables are replaced in parts; the loader looks for hanging ones before it commits."""


@dataclass(frozen=True)
class Database:
    """Where the database is, in a form that another process can be told."""

    vendor: Vendor
    uri: str

    @classmethod
    def of_site(cls) -> Database:
        """The database that Django uses now (in a test, the test's)."""
        from django.db import connection

        settings = connection.settings_dict
        if connection.vendor == "sqlite":
            return cls("sqlite", str(settings["NAME"]))
        options = {key: value for key, value in settings["OPTIONS"].items() if isinstance(value, str)}
        query = {"host": settings["HOST"], "port": settings["PORT"], "user": settings["USER"],
                 "password": settings["PASSWORD"], **options}  # fmt: skip
        given = {key: value for key, value in query.items() if value}
        return cls("postgresql", f"postgresql:///{quote(settings['NAME'])}?{urlencode(given, quote_via=quote)}")


class Session:
    """A transaction: SQL and whole Arrow tables in and out."""

    def __init__(self, vendor: Vendor, connection: Any) -> None:
        self.vendor = vendor
        self.connection = connection

    def execute(self, sql: str) -> None:
        """Run one statement for its effect."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql)

    def table(self, sql: str, schema: pa.Schema) -> pa.Table:
        """The rows of a query in the given types (SQLite would guess them from the values)."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            found = cursor.fetch_arrow_table()
        return found.cast(schema) if found.num_rows else schema.empty_table()

    def value(self, sql: str) -> Any:
        """The first column of the first row."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            row = cursor.fetchone()
        return None if row is None else row[0]

    @contextmanager
    def batches(self, sql: str) -> Iterator[pa.RecordBatchReader]:
        """The rows of a query as a stream."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            yield cursor.fetch_record_batch()

    def append(self, table: str, data: pa.Table | pa.RecordBatchReader) -> int:
        """Add rows to a table; columns that are not given take their defaults."""
        with self.connection.cursor() as cursor:
            return int(cursor.adbc_ingest(table, data, mode="append"))

    def stage(self, table: str, data: pa.Table | pa.RecordBatchReader) -> None:
        """Put rows into a temporary table that ends with the session."""
        with self.connection.cursor() as cursor:
            cursor.adbc_ingest(table, data, mode="create", temporary=True)


@contextmanager
def transaction(database: Database) -> Iterator[Session]:
    """One transaction: committed at the end of the block, rolled back on any exception."""
    connection = _connect(database)
    try:
        yield Session(database.vendor, connection)
        connection.adbc_connection.commit()  # of the driver: the one of DB-API does nothing after autocommit was on
    except BaseException:
        connection.adbc_connection.rollback()
        raise
    finally:
        connection.close()


def vacuum(database: Database, tables: Sequence[str]) -> None:
    """Mark the pages of freshly loaded tables of PostgreSQL as seen by all.

    Until then lists cannot be read from their indexes alone, and each first reader of a page writes it; PostgreSQL
    would do it by itself some minutes later, beside the first users.
    """
    connection = _connect(database, autocommit=True)
    try:
        session = Session(database.vendor, connection)
        for table in tables:
            session.execute(f"VACUUM {quoted(table)}")
    finally:
        connection.close()


def _connect(database: Database, *, autocommit: bool = False) -> Any:
    if database.vendor == "postgresql":
        import adbc_driver_postgresql.dbapi as postgresql

        return postgresql.connect(database.uri, autocommit=autocommit)
    import adbc_driver_sqlite.dbapi as sqlite

    connection = sqlite.connect(database.uri, autocommit=True)
    with connection.cursor() as cursor:
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
    connection.adbc_connection.set_autocommit(False)
    return connection


def quoted(name: str) -> str:
    """An identifier in SQL."""
    return '"' + name.replace('"', '""') + '"'


def literals(names: Mapping[str, Any] | list[str]) -> str:
    """Texts as an SQL list of literals."""
    return ", ".join("'" + name.replace("'", "''") + "'" for name in names)
