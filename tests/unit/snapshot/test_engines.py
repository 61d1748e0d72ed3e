"""A snapshot's tables on DuckDB: the query an expression stands for."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.snapshot.engines import DuckDBEngine


def test_the_query_is_the_one_that_ibis_writes_and_its_expression_can_be_asked_again(tmp_path: Path) -> None:
    pq.write_table(pa.table({"row": [0, 1, 2], "营业收入": [5, None, 7]}), tmp_path / "party.parquet")
    with closing(DuckDBEngine(tmp_path)) as engine:
        table = engine.tables["party"]
        known = table.mutate(known=table["营业收入"].notnull()).filter(table["row"] > 0)
        assert engine.sql(known) == str(ibis.to_sql(known, dialect="duckdb", pretty=False))
        expected = [{"row": 1, "营业收入": None, "known": False}, {"row": 2, "营业收入": 7, "known": True}]
        assert [engine.table(known).to_pylist() for _ in range(2)] == [expected, expected]
