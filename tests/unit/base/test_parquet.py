"""Parquet written page by page: two independent readers find in it what went in."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from jiqun.base import parquet
from jiqun.base.parquet import Chunk, Column, ParquetFile


def _read(path: Path) -> list[list[dict[str, object]]]:
    """The rows as Arrow and as DuckDB read them."""
    return [pq.read_table(path).to_pylist(), duckdb.sql(f"FROM read_parquet('{path}')").to_arrow_table().to_pylist()]


def _written(path: Path, columns: list[Column], groups: list[tuple[int, list[Chunk]]]) -> Path:
    with ParquetFile(path, columns) as file:
        for rows, chunks in groups:
            file.write(rows, chunks)
    return path


def test_pages_of_runs_indices_nulls_decimals_and_lists(tmp_path: Path) -> None:
    columns = [
        parquet.text("rule", parquet.REQUIRED), parquet.text("payee", parquet.OPTIONAL),
        parquet.decimal("amount", 18, 2), parquet.texts("missing"),
    ]  # fmt: skip
    words = parquet.words_page(pa.array(["甲", "yi", ""]))
    rule = parquet.index_page(3, b"", 16, parquet.run(1, 3, 16))
    known = parquet.levels(parquet.packed(np.array([1, 0, 1]), 1))
    payee = parquet.index_page(3, known, 16, parquet.packed(np.array([2, 0]), 16))
    amount = parquet.plain_page(3, known, np.array([1, -12345], np.int64).tobytes())
    # [], ["甲", "yi"], ["甲"]
    levels = parquet.levels(parquet.packed(np.array([0, 0, 1, 0]), 1))
    levels += parquet.levels(parquet.packed(np.array([0, 2, 2, 2]), 2))
    missing = parquet.index_page(4, levels, 8, parquet.packed(np.array([0, 1, 0]), 8))
    chunks = [Chunk([rule], words), Chunk([payee], words), Chunk([amount]), Chunk([missing], words)]
    path = _written(tmp_path / "t.parquet", columns, [(3, chunks)])
    expected = [
        {"rule": "yi", "payee": "", "amount": Decimal("0.01"), "missing": []},
        {"rule": "yi", "payee": None, "amount": None, "missing": ["甲", "yi"]},
        {"rule": "yi", "payee": "甲", "amount": Decimal("-123.45"), "missing": ["甲"]},
    ]
    for rows in _read(path):
        assert rows == expected
    assert [(f.name, str(f.type), f.nullable) for f in pq.read_schema(path)] == [
        ("rule", "string", False), ("payee", "string", True), ("amount", "decimal128(18, 2)", True),
        ("missing", "list<element: string>", False),
    ]  # fmt: skip


def test_a_file_without_rows_is_a_file(tmp_path: Path) -> None:
    path = _written(tmp_path / "t.parquet", [parquet.text("a", parquet.REQUIRED)], [])
    assert pq.read_table(path).to_pydict() == {"a": []}


_PAGE = st.integers(1, 300).flatmap(
    lambda size: st.tuples(st.sampled_from([1, 2, 8, 16, 32]), st.integers(0, 2**32 - 1), st.just(size))
)


@settings(max_examples=60, deadline=None)
@given(groups=st.lists(st.lists(_PAGE, min_size=1, max_size=4), min_size=1, max_size=3))
def test_indices_of_every_width_come_back(groups: list[list[tuple[int, int, int]]], tmp_path_factory: object) -> None:
    words = [f"词{i}" for i in range(2)]
    expected, made = [], []
    for group in groups:
        pages = []
        for width, seed, size in group:
            numbers = np.random.default_rng(seed).integers(0, 2, size)
            pages.append(parquet.index_page(size, b"", width, parquet.packed(numbers, width)))
            expected += [{"a": words[i]} for i in numbers]
        made.append((sum(size for *_, size in group), [Chunk(pages, parquet.words_page(pa.array(words)))]))
    path = tmp_path_factory.mktemp("pages") / "t.parquet"  # type: ignore[attr-defined]
    _written(path, [parquet.text("a", parquet.REQUIRED)], made)
    for rows in _read(path):
        assert rows == expected
