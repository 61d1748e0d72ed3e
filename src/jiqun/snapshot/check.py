"""Set-based checks: a condition in SQL over all rows of a table, and how its faults are told.

The rows that fail are counted in one pass; only where there are any are the first of them fetched, with the row
number and what stood there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import duckdb

from jiqun.base.bounds import OUTSIDE, Bounds
from jiqun.base.errors import Problem, Problems, did_you_mean
from jiqun.base.money import UNITS, parse_money
from jiqun.snapshot import cells
from jiqun.snapshot.listing import LISTED, Listing
from jiqun.snapshot.read import Source
from jiqun.snapshot.sql import literal, name, rows
from jiqun.snapshot.tables import CellKind, Column

Mend = Callable[[str], str | None]
_DATE_MEND = "请写成 2025-07-22"
_MENDS: dict[CellKind, str] = {
    "flag": "请写 是 或 否",
    "date": _DATE_MEND,
    "number": "请只写数字，如 1234.5；没有数据请留空",
    "share": "请写小数 0.35 或百分数 35%；没有数据请留空",
}
_WRONG: dict[CellKind, str] = {
    "flag": "应为是或否",
    "date": "不是有效的日期",
    "number": "应为数字",
    "share": "应为数字或百分数",
    "money": "金额应为数字",
}
TOO_LARGE = "金额超过 10 万亿元"


@dataclass(frozen=True)
class Check:
    """A condition under which a row is at fault, in SQL over the columns of a relation that has `_row`."""

    field: str | None
    fails: str
    message: str
    found: str | None = None
    """SQL of the text that is shown; the field itself where not given."""
    mend: str | Mend | None = None
    earlier: str | None = None
    """SQL of an earlier row that the message names at its end."""


def run_checks(
    con: duckdb.DuckDBPyConnection, source: Source, checks: Iterable[tuple[Check, str]], problems: Problems
) -> None:
    """Add the faults that checks find, each over a relation: a table or a query in parentheses."""
    listed = list(checks)
    totals: dict[int, int] = {}
    for relation in dict.fromkeys(r for _, r in listed):  # one pass over each relation counts the faults of all checks
        mine = [n for n, (_, r) in enumerate(listed) if r == relation]
        counts = ", ".join(f"count(*) FILTER (WHERE {listed[n][0].fails})" for n in mine)
        totals |= zip(mine, rows(con, f"SELECT {counts} FROM {relation}")[0], strict=True)
    for number, (check, relation) in enumerate(listed):
        if totals[number]:
            problems.extend(_listed(con, source, relation, check, totals[number]))


def _listed(
    con: duckdb.DuckDBPyConnection, source: Source, relation: str, check: Check, total: int
) -> Iterable[Problem]:
    found = check.found or (name(check.field) if check.field else "NULL")
    select = f"SELECT _row, CAST({found} AS VARCHAR), {check.earlier or 'NULL'} FROM {relation} WHERE {check.fails}"
    mend = check.mend if isinstance(check.mend, str) else None
    listing = Listing(source.file, check.field, mend)
    for row, text, earlier in rows(con, f"{select} ORDER BY _row LIMIT {LISTED}"):
        message = check.message if earlier is None else f"{check.message}，已见于第 {source.row(earlier)} 行"
        advice = check.mend(text) if callable(check.mend) and text is not None else None
        listing.add(row, message, found=text, mend=advice)
    listing.total = total
    return listing.problems(source.row)


def nearest_of(known: Iterable[str], otherwise: str | None = None) -> Mend:
    """A mend that names the nearest of the known names, or says otherwise."""
    names = list(known)
    return lambda found: did_you_mean(found, names) or otherwise


def cell_checks(column: Column, value: str) -> list[Check]:
    """What may be wrong with the cells of a column taken by themselves; `value` is SQL of what was read of them."""
    text = name(column.name)
    checks = []
    if column.required:
        checks.append(Check(column.name, f"{text} IS NULL", "不能为空", mend="请补填"))
    if column.pattern:
        bad = f"{text} IS NOT NULL AND NOT regexp_full_match({text}, {literal(column.pattern)})"
        checks.append(Check(column.name, bad, "格式不对", mend=f"应为{column.form}"))
    unread = f"{text} IS NOT NULL AND {value} IS NULL"
    if column.choices:
        allowed = f"可填：{'、'.join(dict.fromkeys(column.choices))}"
        checks.append(Check(column.name, unread, "不在可选范围内", mend=nearest_of(column.choices, allowed)))
    elif column.kind != "text":
        checks += value_checks(column.name, column.kind, text, unread, column.unit)
    if column.bounds:
        checks.append(_bounds_check(column, column.bounds, value))
    return checks


def _bounds_check(column: Column, bounds: Bounds, value: str) -> Check:
    """Money is compared in fen."""
    per = 100 if column.kind == "money" else 1
    outside = [
        f"{value} {sign} {limit * per:f}"
        for sign, limit in (("<", bounds.least), (">", bounds.most))
        if limit is not None
    ]
    return Check(column.name, f"({' OR '.join(outside)})", OUTSIDE, found=name(column.name), mend=bounds.mend)


def repeated(relation: str, keys: Iterable[str]) -> str:
    """The rows of a relation whose keys, in SQL, occurred before, with the first such row as `_first`."""
    named = {f"_k{n}": key for n, key in enumerate(keys)}
    grouped = ", ".join(f"{key} AS {alias}" for alias, key in named.items())
    same = " AND ".join(f"{key} IS NOT DISTINCT FROM f.{alias}" for alias, key in named.items())
    first = f"SELECT {grouped}, min(_row) AS _first FROM {relation} GROUP BY ALL HAVING count(*) > 1"
    return f"(SELECT t.*, f._first FROM {relation} t JOIN ({first}) f ON {same} WHERE t._row > f._first)"


def value_checks(field: str, kind: CellKind, text: str, unread: str, unit: str | None) -> list[Check]:
    """The ways in which a cell can fail to be a value of the kind, `unread` being the condition that it does fail."""
    if kind != "money":
        return [Check(field, unread, _WRONG[kind], found=text, mend=_MENDS[kind])]
    is_number = f"{cells.number(text)} IS NOT NULL"
    return [
        Check(field, f"{unread} AND NOT ({is_number})", _WRONG[kind], found=text, mend=_in_unit(unit)),
        Check(field, f"{unread} AND {is_number}", TOO_LARGE, found=text, mend=f"请核对单位是否为{unit}"),
    ]


def _in_unit(unit: str | None) -> Mend:
    """How an amount is to be written: the number itself where it came with its unit."""

    def mend(found: str) -> str:
        try:
            amount = parse_money(found) / UNITS[unit or "元"]
        except ValueError:
            return f"请只写以{unit}为单位的数字，不带单位；没有数据请留空"
        return f"请写以{unit}为单位的数字：{amount.normalize():f}"

    return mend
