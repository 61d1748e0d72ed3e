"""What may be written in a cell, against a plain model of each kind of value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiqun.snapshot import cells
from jiqun.snapshot.sql import connect
from jiqun.snapshot.tables import CellKind


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """One database for all of these tests."""
    connection = connect()
    yield connection
    connection.close()


def read(con: duckdb.DuckDBPyConnection, kind: CellKind, text: str | None, unit: str | None = None) -> object:
    """What DuckDB reads of a cell."""
    query = f"SELECT {cells.value(kind, 't', unit)} FROM (SELECT CAST(? AS VARCHAR) AS t)"
    return con.execute(query, [text]).fetchall()[0][0]


_EXAMPLES: list[tuple[CellKind, str, object]] = [
    ("money", "12000000", 1_200_000_000),
    ("money", "1,234.50", 123_450),
    ("money", "1，234", 123_400),
    ("money", " 5　", 500),
    ("money", "1.2E+8", 12_000_000_000),
    ("money", "-0.005", -1),
    ("money", "0.00499999999999999999", 0),
    ("money", "10000000000000", 10**15),
    ("money", "10000000000000.01", None),
    ("money", "5万元", None),
    ("money", "12,34", None),
    ("number", "0.1", 0.1),
    ("number", "-3", -3.0),
    ("number", "+3", 3.0),
    ("number", "50%", None),
    ("number", "inf", None),
    ("number", "NaN", None),
    ("number", "1e999", None),
    ("number", "—", None),
    ("share", "35%", 0.35),
    ("share", "35.1 ％", 0.351),
    ("share", "-0.07", -0.07),
    ("share", "三成", None),
    ("flag", "是", True),
    ("flag", "TRUE", True),
    ("flag", "1", True),
    ("flag", " 否 ", False),
    ("flag", "False", False),
    ("flag", "0", False),
    ("flag", "有", None),
    ("date", "2025-07-22", date(2025, 7, 22)),
    ("date", "2025/7/2", date(2025, 7, 2)),
    ("date", "2025.7.22", date(2025, 7, 22)),
    ("date", "2025年7月22日", date(2025, 7, 22)),
    ("date", "2025-07-22 00:00:00", date(2025, 7, 22)),
    ("date", "2025-07-22 08:30:00", None),
    ("date", "2025-02-29", None),
    ("date", "2025-07-2x", None),
    ("date", "1899-12-31", None),
    ("date", "2199-12-31", date(2199, 12, 31)),
    ("date", "2200-01-01", None),
    ("date", "20250722", None),
    ("date", "45860", None),
    ("text", "  泵 ", "泵"),
    ("text", "   ", None),
]


@pytest.mark.parametrize(("kind", "text", "value"), _EXAMPLES)
def test_examples(con: duckdb.DuckDBPyConnection, kind: CellKind, text: str, value: object) -> None:
    assert read(con, kind, text, "元") == value


def test_money_in_larger_units(con: duckdb.DuckDBPyConnection) -> None:
    assert read(con, "money", "12.3456789", "万元") == 12_345_679
    assert read(con, "money", "1,000.5", "亿元") == 10_005_000_000_000
    assert read(con, "money", "1000000001", "万元") is None


_DECIMALS = st.decimals(min_value=-(10**13), max_value=10**13, places=6, allow_nan=False, allow_infinity=False)
_SPELLINGS = (str, "{:f}".format, "{:,f}".format, "{:E}".format, " {:f} ".format)


@given(number=_DECIMALS, spell=st.sampled_from(_SPELLINGS))
def test_money_is_rounded_half_up_whatever_its_spelling(
    con: duckdb.DuckDBPyConnection, number: Decimal, spell: object
) -> None:
    assert callable(spell)
    text = spell(number)
    exact = (number * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    assert read(con, "money", text, "元") == int(exact)
    loses = con.execute(f"SELECT {cells.rounded('t', '元')} FROM (SELECT ? AS t)", [text]).fetchall()[0][0]
    assert loses == (number * 100 != exact)


@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_the_nearest_doubles(con: duckdb.DuckDBPyConnection, number: float) -> None:
    assert read(con, "number", repr(number)) == number


@given(number=st.decimals(min_value=-1000, max_value=1000, places=4))
def test_percentages_are_exact_shares(con: duckdb.DuckDBPyConnection, number: Decimal) -> None:
    assert read(con, "share", f"{number:f}%") == float(number / 100)


_SPELT = re.compile(r"[+-]?(\d+|\d{1,3}([,，]\d{3})+)(\.\d*)?([eE][+-]?\d+)?|[+-]?\.\d+([eE][+-]?\d+)?")


@given(text=st.text("0123456789.,，-+eE%万 ", min_size=1, max_size=12))
def test_what_is_not_spelt_as_a_number_is_no_number(con: duckdb.DuckDBPyConnection, text: str) -> None:
    if read(con, "number", text) is not None:
        assert _SPELT.fullmatch(text.strip())


@given(
    day=st.dates(date(1900, 1, 1), date(2199, 12, 31)), form=st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日"])
)
def test_days_are_read_in_every_form(con: duckdb.DuckDBPyConnection, day: date, form: str) -> None:
    assert read(con, "date", day.strftime(form)) == day
