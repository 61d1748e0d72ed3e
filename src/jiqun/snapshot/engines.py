"""A snapshot's tables on a backend: embedded DuckDB, or Spark where a province outgrows one machine.

Tables are built from their Parquet schemas alone, so that expressions cost nothing until they run.
"""

from __future__ import annotations

import gc
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Literal, Protocol

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.base.ahead import in_order, processors
from jiqun.rules.vector.lower import lowered
from jiqun.rules.vector.run import Running
from jiqun.snapshot.scan import PIECE, scan
from jiqun.snapshot.sql import literal, name

# Fusing nested selects takes Ibis longer than all the rest of its work, and the backends do it anyway.
ibis.options.sql.fuse_selects = False
BATCH = PIECE
"""Rows of a result that are handled at once."""
Batch = Callable[[], pa.RecordBatch]


class Engine(Protocol):
    """Runs expressions over a snapshot's tables."""

    @property
    def tables(self) -> Mapping[str, ir.Table]:
        """Tables by name."""
        ...

    def batches(self, expression: ir.Table) -> Iterator[Batch]:
        """The rows of an expression, in pieces that several threads may compute."""
        ...

    def table(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression at once."""
        ...

    def close(self) -> None:
        """Let go of the backend."""
        ...


def _itself(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Make many small objects that all live on: looking through them for garbage would take a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def parquet_tables(folder: Path) -> dict[str, Path]:
    """The Parquet files of a snapshot by table name (party, entry/设备更新, …)."""
    return {p.relative_to(folder).with_suffix("").as_posix(): p for p in sorted(folder.rglob("*.parquet"))}


def open_engine(folder: Path, engine: Literal["duckdb", "spark"] = "duckdb", threads: int | None = None) -> Engine:
    """Open a snapshot's folder on a backend."""
    return DuckDBEngine(folder, threads) if engine == "duckdb" else SparkEngine(folder, threads)


@lru_cache(maxsize=128)
def _sql(relation: ops.Relation) -> str:
    from ibis.backends.sql.compilers.duckdb import compiler

    # What `ibis.to_sql` does, less its two copies: of the expression without its backend (tables here have none)
    # and of the syntax tree.
    with no_garbage_collection():
        return str(compiler.to_sqlglot(relation.to_expr()).sql(dialect=compiler.dialect, copy=False))


class DuckDBEngine:
    """Embedded DuckDB over the Parquet files."""

    def __init__(self, folder: Path, threads: int | None = None, memory: str | None = None) -> None:
        config: dict[str, Any] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
        self._threads = config["threads"] = threads or processors()
        if memory:
            config["memory_limit"] = memory
        self.connection = duckdb.connect(config=config)
        self.tables: dict[str, ir.Table] = {}
        self._paths = parquet_tables(folder)
        for table, path in self._paths.items():
            self.tables[table] = ibis.table(ibis.Schema.from_pyarrow(pq.read_schema(path)), name=table)
            self.connection.execute(f"CREATE VIEW {name(table)} AS SELECT * FROM read_parquet({literal(str(path))})")

    def sql(self, expression: ir.Table) -> str:
        """The query that an expression stands for."""
        return _sql(expression.op())

    def batches(self, expression: ir.Table) -> Iterator[Batch]:
        """The rows of an expression, in pieces that several threads may compute.

        DuckDB aggregates; what follows from the columns of a row is computed by the machine, and these columns are read
        without DuckDB where they are those of one table.
        """
        program = lowered(expression)
        running = Running(program, self._fetch)
        pieces = scan(program.main, self._paths, self.table)
        if pieces is None:
            return (partial(running, pa.Table.from_batches([rows])) for rows in self._reader(program.main))
        return (partial(lambda piece: running(piece()), piece) for piece in pieces)

    def _fetch(self, expressions: Sequence[ir.Table]) -> Iterator[pa.Table]:
        """The rows of several expressions: queries too small for more than one thread run beside each other."""

        def fetch(query: str) -> pa.Table:
            with closing(self.connection.cursor()) as cursor:
                return cursor.sql(query).to_arrow_table()

        return in_order(fetch, [self.sql(each) for each in expressions], self._threads)

    def _reader(self, expression: ir.Table) -> Iterator[pa.RecordBatch]:
        with closing(self.connection.sql(self.sql(expression)).to_arrow_reader(BATCH)) as reader:
            yield from reader

    def table(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression at once."""
        return self.connection.sql(self.sql(expression)).to_arrow_table()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


class SparkEngine:
    """A Spark session on this machine (`local[n]`) or the one already running."""

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        from pyspark.sql import SparkSession

        builder: Any = SparkSession.builder
        session = (
            builder.master(f"local[{threads or 2}]")
            .appName("jiqun")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", "4")
            .config("spark.driver.memory", "4g")
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("ERROR")
        self._backend: Any = ibis.pyspark.connect(session)
        # Names of its own: those of another snapshot stand in the same session, and t1, t2, … are Ibis's aliases.
        mark = secrets.token_hex(4)
        self.tables: dict[str, ir.Table] = {
            name: self._backend.read_parquet(path, table_name=f"jiqun_{mark}_{number}")
            for number, (name, path) in enumerate(parquet_tables(folder).items())
        }

    def batches(self, expression: ir.Table) -> Iterator[Batch]:
        """The rows of an expression, in pieces."""
        yield from (partial(_itself, batch) for batch in self.table(expression).to_batches(BATCH))

    def table(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression at once."""
        return self._backend.to_pyarrow(expression)

    def close(self) -> None:
        """The session is left to others of this process."""
