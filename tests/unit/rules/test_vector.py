"""What follows from a row, on the machine: the same as DuckDB computes, and constants that need more than 32 bits."""

from __future__ import annotations

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jiqun.rules.cells import exactly
from jiqun.rules.vector import machine as m
from jiqun.rules.vector.columns import LookUp, Source
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


def _loaded(source: Source, kind: str, rows: int) -> list[int | float | bool | None]:
    """What the machine finds of a column."""
    load, store = {
        "flag": (m.LOAD_FLAG, m.STORE_FLAG), "whole": (m.LOAD_WHOLE, m.STORE_WHOLE), "real": (m.LOAD_REAL, m.STORE_REAL)
    }[kind]  # fmt: skip
    code = np.array([[load, 0, 0, 0, 0], [store, 0, 0, 0, 0]])
    registers = np.zeros((1, m.BLOCK), np.uint8), np.zeros((1, m.BLOCK), np.int64), np.zeros((1, m.BLOCK))
    out = np.zeros((1, rows + 1), np.uint8), np.zeros((1, rows + 1), np.int64), np.zeros((1, rows + 1))
    m.execute(code, *registers, np.array([source.port]), *out, 1, rows)
    values = {"flag": out[0] == 2, "whole": out[1], "real": out[2]}[kind][0].tolist()
    return [None if state == 1 else value for state, value in zip(out[0][0].tolist(), values, strict=True)][1:]


@pytest.mark.parametrize("start", [0, 1, 8, 509])
def test_columns_are_read_where_they_lie(start: int) -> None:
    n = 1_300
    some = [None if i % 3 == 0 else i - 600 for i in range(n)]
    flags = [None if i % 5 == 0 else i % 2 == 0 for i in range(n)]
    for type_ in pa.int16(), pa.int32(), pa.int64():
        assert _loaded(Source.of(pa.array(some, type_)[start:]), "whole", n - start) == some[start:]
        assert _loaded(Source.of(pa.array(range(n), type_)[start:]), "whole", n - start) == list(range(n))[start:]
    for type_ in pa.float32(), pa.float64():
        assert _loaded(Source.of(pa.array(some, type_)[start:]), "real", n - start) == some[start:]
    days = pa.array(some, pa.int32()).cast(pa.date32())
    assert _loaded(Source.of(days[start:]), "whole", n - start) == some[start:]
    assert _loaded(Source.of(pa.array(flags)[start:]), "flag", n - start) == flags[start:]
    assert _loaded(Source.of(pa.array([i % 7 < 3 for i in range(n)])[start:]), "flag", n - start) == [
        i % 7 < 3 for i in range(start, n)
    ]


def test_columns_of_other_tables_are_read_where_they_lie() -> None:
    days = pa.array([1, None, 3], pa.int32()).cast(pa.date32())
    table = {"_key": [2, 0, 5], "v": [1.5, None, 2.5], "w": [3, None, 7], "f": [True, None, False], "d": days}
    side = LookUp(pa.table(table), "_key")
    rows = side.rows(pa.array([0, 1, 2, None, 9, 5] * 200))
    found = {"v": [1.5, 2.5], "w": [3, 7], "f": [True, False], "d": [1, 3]}
    for (name, (of_two, of_five)), kind in zip(found.items(), ("real", "whole", "flag", "whole"), strict=True):
        expected = [None, None, of_two, None, None, of_five] * 200
        assert _loaded(Source.looked_up(side, rows, name, kind == "flag"), kind, 1_200) == expected
