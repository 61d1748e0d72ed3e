"""A projection read from the file is the one that DuckDB reads; what is not of one table is left to it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jiqun.snapshot import scan as module
from jiqun.snapshot.engines import DuckDBEngine
from jiqun.snapshot.scan import scan


@pytest.fixture
def engine(tmp_path: Path) -> DuckDBEngine:
    n = 2_500
    columns = {
        "row": pa.array(range(n)),
        "x": pa.array([None if i % 5 == 0 else i / 4 for i in range(n)]),
        "t": pa.array([None if i % 7 == 0 else f"第{i % 3}类" for i in range(n)]),
        "d": pa.array([None if i % 11 == 0 else i for i in range(n)], pa.int32()).cast(pa.date32()),
    }
    pq.write_table(pa.table(columns), tmp_path / "firm.parquet", row_group_size=400)
    pq.write_table(pa.table(columns).slice(0, 0), tmp_path / "none.parquet")
    return DuckDBEngine(tmp_path)


@pytest.mark.parametrize("piece", [1, 1_000, 10_000])
def test_pieces_are_the_rows_in_the_order_of_the_file(
    engine: DuckDBEngine, tmp_path: Path, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PIECE", piece)
    t = engine.tables["firm"].select("row", "t", "d", twice="x")
    wanted = t.select(
        "row", "t", first=t["twice"], again=t["twice"], kind=t["t"] == "第1类", year=t["d"].year().cast("int64")
    )
    pieces = scan(wanted, {"firm": tmp_path / "firm.parquet"}, engine.table)
    assert pieces is not None
    read = [each() for each in pieces]
    assert [len(each) for each in read] == {1: [400] * 6 + [100], 1_000: [800, 800, 900], 10_000: [2_500]}[piece]
    assert pa.concat_tables(read).equals(engine.table(wanted).cast(read[0].schema))


def test_a_table_without_rows_has_no_pieces(engine: DuckDBEngine, tmp_path: Path) -> None:
    assert scan(engine.tables["none"].select("row"), {"none": tmp_path / "none.parquet"}, engine.table) == []
    assert list(engine.batches(engine.tables["none"].select("row"))) == []


def test_what_is_not_of_one_table_is_left_to_the_database(engine: DuckDBEngine, tmp_path: Path) -> None:
    firm = engine.tables["firm"]
    few = firm.filter(firm["row"] < 10)
    assert scan(few.select("row"), {"firm": tmp_path / "firm.parquet"}, engine.table) is None
    found = [batch().to_pydict() for batch in engine.batches(few.select("row", half=few["x"] / 2))]
    assert found == [{"row": list(range(10)), "half": [None if i % 5 == 0 else i / 8 for i in range(10)]}]
