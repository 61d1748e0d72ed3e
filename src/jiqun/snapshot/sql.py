"""Small helpers to speak with DuckDB."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa


def name(text: str) -> str:
    """A quoted identifier."""
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A quoted text."""
    return "'" + text.replace("'", "''") + "'"


def mapping(expression: str, cases: dict[str, str]) -> str:
    """A CASE that maps texts to texts; null where none fits."""
    whens = " ".join(f"WHEN {literal(k)} THEN {literal(v)}" for k, v in cases.items())
    return f"CASE {expression} {whens} END" if cases else "CAST(NULL AS VARCHAR)"


def connect(spill: Path | None = None, memory: str = "4GB") -> duckdb.DuckDBPyConnection:
    """A private in-memory database that never reaches for the network and spills into `spill`."""
    config: dict[str, Any] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": memory,
    }
    if spill is not None:
        config["temp_directory"] = str(spill)
    return duckdb.connect(config=config)


def rows(con: duckdb.DuckDBPyConnection, query: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """Run a query to its end and return its rows."""
    found: list[tuple[Any, ...]] = con.execute(query, parameters).fetchall()
    return found


def one(con: duckdb.DuckDBPyConnection, query: str) -> Any:
    """The single value of a query."""
    return rows(con, query)[0][0]


def run(con: duckdb.DuckDBPyConnection, statement: str) -> None:
    """Run a statement whose result does not matter."""
    rows(con, statement)


def put(con: duckdb.DuckDBPyConnection, table: str, data: pa.Table) -> None:
    """Make a table of Arrow data."""
    con.register("_put", data)
    run(con, f"CREATE OR REPLACE TEMP TABLE {name(table)} AS SELECT * FROM _put")
    con.unregister("_put")


def arrow(con: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    """The result of a query as an Arrow table."""
    return con.sql(query).to_arrow_table()
