"""The published snapshot, opened once a process: its tables for the clause compiler, and the way to single subjects.

Expressions are built on tables that know only their schema and are run as SQL on a cursor of their own, so that
requests in several threads do not wait for each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from jiqun.programme.pack import Pack, PackKey
from jiqun.rules.frames import Source
from jiqun.snapshot.engines import DuckDBEngine
from jiqun.snapshot.lookup import Lookup
from jiqun.snapshot.open import Snapshot
from jiqun.web.registry.models import Publication

Row = dict[str, Any]


class Facts:
    """One snapshot's tables, with the pack that gives them meaning."""

    def __init__(self, folder: Path, pack: Pack) -> None:
        self.pack, self._folder = pack, folder
        self._engine = DuckDBEngine(folder, memory="2GB")

    @property
    def tables(self) -> Mapping[str, ir.Table]:
        """Tables by name, without data: they only know their columns."""
        return self._engine.tables

    @cached_property
    def lookup(self) -> Lookup:
        """The way to single subjects: their titles, reviews and figures as reported."""
        return Snapshot.open(self._folder).lookup(())

    def source(self) -> Source:
        """The tables as the compiler wants them; a new one for each expression."""
        return Source(self.tables, self.pack.vocabulary)

    def rows(self, expression: ir.Table) -> list[Row]:
        """The rows of an expression over the tables."""
        with self._engine.connection.cursor() as cursor:
            rows: list[Row] = cursor.sql(sql_of(expression)).to_arrow_table().to_pylist()
            return rows


def sql_of(expression: ir.Table) -> str:
    """The query that an expression stands for."""
    return str(ibis.to_sql(expression, dialect="duckdb"))


def facts_of(publication: Publication, pack: Pack) -> Facts:
    """The facts of a publication; a snapshot never changes, so it is opened once a process."""
    return _opened(publication.snapshot, PackKey(pack))


@lru_cache(maxsize=2)
def _opened(folder: Path, key: PackKey) -> Facts:
    return Facts(folder, key.pack)
