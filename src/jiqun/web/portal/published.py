"""The published snapshot, opened once a process: its tables for the clause compiler, and queries over them.

Expressions are built on tables that know only their schema and are run as SQL on a cursor of their own, so that
requests in several threads do not wait for each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

from jiqun.programme.pack import Pack
from jiqun.rules.frames import Source
from jiqun.web.registry.models import Publication

Row = dict[str, Any]


class Facts:
    """One snapshot's tables, with the pack that gives them meaning."""

    def __init__(self, folder: Path, pack: Pack) -> None:
        self.pack = pack
        self._connection = duckdb.connect(config={"autoinstall_known_extensions": False, "memory_limit": "2GB"})
        self._tables: dict[str, ir.Table] = {}
        for path in sorted(folder.rglob("*.parquet")):
            name = path.relative_to(folder).with_suffix("").as_posix()
            self._tables[name] = ibis.table(ibis.Schema.from_pyarrow(pq.read_schema(path)), name=name)
            self._connection.execute(
                f"CREATE VIEW {_quoted(name)} AS SELECT * FROM read_parquet({_literal(str(path))})"
            )

    @property
    def tables(self) -> Mapping[str, ir.Table]:
        """Tables by name, without data: they only know their columns."""
        return self._tables

    def source(self) -> Source:
        """The tables as the compiler wants them; a new one for each expression."""
        return Source(self._tables, self.pack.vocabulary)

    def rows(self, expression: ir.Table) -> list[Row]:
        """The rows of an expression over the tables."""
        return self.query(sql_of(expression))

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows of a query."""
        with self._connection.cursor() as cursor:
            rows: list[Row] = cursor.sql(sql, params=list(parameters)).to_arrow_table().to_pylist()
            return rows


def sql_of(expression: ir.Table) -> str:
    """The query that an expression stands for."""
    return str(ibis.to_sql(expression, dialect="duckdb"))


def facts_of(publication: Publication, pack: Pack) -> Facts:
    """The facts of a publication; a snapshot never changes, so it is opened once a process."""
    return _opened(publication.snapshot, _Key(pack))


class _Key:
    """A pack as a key: two are the same where their files are."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack

    def __hash__(self) -> int:
        return hash(self.pack.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.pack.digest == other.pack.digest


@lru_cache(maxsize=2)
def _opened(folder: Path, key: _Key) -> Facts:
    return Facts(folder, key.pack)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
