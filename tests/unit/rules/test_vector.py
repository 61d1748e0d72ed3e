"""What follows from a row, on the machine: the same as DuckDB computes, and constants that need more than 32 bits."""

from __future__ import annotations

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jiqun.rules.cells import exactly
from jiqun.rules.vector.columns import LookUp
from jiqun.rules.vector.lower import lowered
from jiqun.snapshot.engines import DuckDBEngine


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> DuckDBEngine:
    """Firms, some of which have a count of awards, and more rows than a batch or a block holds."""
    folder = tmp_path_factory.mktemp("tables")
    n = 70_001
    firms = {
        "row": range(n),
        "a": [None if i % 7 == 0 else i - 9 for i in range(n)],
        "x": [None if i % 5 == 0 else i / 3 - 7 for i in range(n)],
        "f": [None if i % 3 == 0 else i % 2 == 0 for i in range(n)],
        "t": [None if i % 11 == 0 else "中小"[i % 2] for i in range(n)],
    }
    pq.write_table(pa.table(firms), folder / "firm.parquet", row_group_size=10_000)
    award = {"key": [5, 3, n - 1], "count": [2, None, 7], "day": pa.array([None, 19_000, 20_000], pa.date32())}
    pq.write_table(pa.table(award), folder / "award.parquet")
    return DuckDBEngine(folder)


def test_the_machine_computes_what_duckdb_does(engine: DuckDBEngine) -> None:
    firm, award = engine.tables["firm"], engine.tables["award"]
    t = firm.select("row", "a", "x", "f", "t").left_join(award, firm["row"] == award["key"])
    t = t.mutate(big=exactly(120_000_000) * exactly(100), near=(t.x - 5.0).abs() <= t.x * 1e-12)
    query = t.select(
        "row", "t", "big", "near",
        both=t.f & (t.a > 3), either=t.f | (t.a > 3), no=t.f == ibis.literal(False),
        kind=t.t.isin(["中"]), year=t.day.year(), counted=t["count"].fill_null(0) + t.a,
        rest=t.a % 4, share=t.x / t.a.nullif(0).cast("float64"), most=ibis.greatest(t.a, t["count"]),
        least=ibis.least(t.x, t.a.cast("float64")), root=t.x.abs() ** 0.5, whole=(t.x + 0.5).floor().cast("int64"),
        chosen=ibis.cases((t.f.isnull(), 0), (t.f, t.a), else_=-t.a), bits=(t.a.abs() & 6) | 1,
        known=t.day.notnull(), day=ibis.coalesce(t.day, ibis.date(2026, 1, 1)),
    )  # fmt: skip
    program = lowered(query)
    assert len(program.sides) == 1  # the awards are looked up, not joined
    got = pa.Table.from_batches(batch() for batch in engine.batches(query)).sort_by("row")
    assert got.schema == query.schema().to_pyarrow()
    assert got.equals(engine.table(query).cast(got.schema).sort_by("row"))


def test_one_row_a_key_is_looked_up() -> None:
    table = pa.table({"_key": [2, 0], "v": [1.5, None]})
    look_up = LookUp(table, "_key")
    rows = look_up.rows(pa.array([0, 1, 2, None, 9]))
    assert look_up.taken("v", rows).to_pylist() == [None, None, 1.5, None, None]
    with pytest.raises(ValueError, match="one row a key"):
        LookUp(pa.table({"_key": [1, 1]}), "_key")
