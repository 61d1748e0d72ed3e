"""Files of needs and offers: CSV (UTF-8) or Parquet, one row each, every fault of both files at once."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.base.errors import Place, Problems, did_you_mean
from jiqun.exchange.match.sides import SideTable
from jiqun.programme.exchange import KindRules
from jiqun.programme.models.exchange import RESERVED
from jiqun.programme.quantities import ValueFault
from jiqun.programme.side_values import read_side_value
from jiqun.rules.facts import Value
from jiqun.rules.geo import Point
from jiqun.rules.vocabulary import SIDES, Field

ID = RESERVED[0]
_NAMES = {"需": "需求", "供": "供给"}
_FLAGS = {"true": "是", "1": "是", "false": "否", "0": "否"}
_BARE = re.compile(r"-?\d+(\.\d+)?")
SHOWN = 50
"""Faults of one file that are told one by one."""


def read_sides(rules: KindRules, needs: Path, offers: Path, points: Mapping[str, Point]) -> tuple[SideTable, SideTable]:
    """Both files checked against the kind; InputError with every fault of both."""
    problems = Problems()
    tables = [
        _Reader(side, rules.side(side), path, points, problems).read()
        for side, path in zip(SIDES, (needs, offers), strict=True)
    ]
    problems.raise_if_any("供需文件有误")
    need, offer = tables
    assert need is not None and offer is not None, "a table without problems was read"
    return need, offer


class _Reader:
    def __init__(
        self, side: str, fields: Mapping[str, Field], path: Path, points: Mapping[str, Point], problems: Problems
    ) -> None:
        self._side, self._fields, self._path, self._points, self._problems = side, fields, path, points, problems
        self._faults = 0
        self._known: dict[tuple[str, str], Value] = {}
        self._present: frozenset[str] = frozenset()

    def read(self) -> SideTable | None:
        rows = self._rows()
        if rows is None:
            return None
        ids: dict[str, int] = {}
        read = []
        for number, row in rows:
            id_ = (row.get(ID) or "").strip()
            if not id_ and ID in self._present:
                self._fault(f"缺少{ID}", number, ID, mend="每条都要有不重复的编号")
            elif id_ and id_ in ids:
                self._fault(f"{ID}重复，第 {ids[id_]} 行已用", number, ID, found=id_, mend="请改用别的编号")
            ids.setdefault(id_ or f"第 {number} 行", number)
            read.append(dict(self._values(row, number)))
        if self._faults > SHOWN:
            self._problems.add(f"另有 {self._faults - SHOWN} 处错误没有列出", Place(str(self._path)))
        return None if self._faults else SideTable.of_rows(self._side, self._fields, list(ids), read)

    def _fault(self, message: str, row: int | None, field: str | None, *, found: object = None, mend: str | None = None) -> None:  # fmt: skip
        self._faults += 1
        if self._faults <= SHOWN:
            self._problems.add(message, Place(str(self._path), row=row, field=field), found=found, mend=mend)

    def _rows(self) -> Iterator[tuple[int, dict[str, str]]] | None:
        """The rows with their number as a spreadsheet shows it; None where the file cannot be read."""
        try:
            found = self._parquet() if self._path.suffix == ".parquet" else self._csv()
        except OSError:
            self._fault(f"找不到{_NAMES[self._side]}文件", None, None, mend="请检查路径")
        except (UnicodeDecodeError, csv.Error, pa.ArrowInvalid):
            self._fault("读不懂这个文件", None, None, mend="请另存为“CSV UTF-8（逗号分隔）”或 Parquet")
        else:
            header, rows = found
            self._header(header)
            self._present = frozenset(header)
            return iter(rows)
        return None

    def _csv(self) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
        with self._path.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text, strict=True)
            header = [cell.strip() for cell in next(reader, [])]
            rows = []
            for number, cells in enumerate(reader, 2):
                if not cells:
                    continue
                if len(cells) != len(header):
                    mend = "含逗号的内容要用英文双引号括起来"
                    self._fault(f"这一行有 {len(cells)} 列，应有 {len(header)} 列", number, None, mend=mend)
                    continue
                rows.append((number, dict(zip(header, cells, strict=True))))
        return header, rows

    def _parquet(self) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
        table = pq.read_table(self._path)
        rows = [
            (i, {k: _written(v) for k, v in row.items() if v is not None}) for i, row in enumerate(table.to_pylist(), 2)
        ]
        return table.column_names, rows

    def _header(self, header: list[str]) -> None:
        allowed = [*RESERVED, *self._fields]
        for name in header:
            if name not in allowed:
                mend = did_you_mean(name, allowed) or f"可写的列：{'、'.join(allowed)}"
                self._fault(f"没有“{name}”这一列", 1, None, mend=mend)
        for name in sorted({name for name in header if header.count(name) > 1}):
            self._fault(f"“{name}”这一列重复", 1, None, mend="请只保留一列")
        for name in (ID, *(f.name for f in self._fields.values() if f.required)):
            if name not in header:
                self._fault(f"缺少必填的列“{name}”", 1, None, mend="请补上这一列")

    def _values(self, row: Mapping[str, str], number: int) -> Iterator[tuple[str, Value]]:
        for name, field in self._fields.items():
            if name not in self._present:
                continue  # told once, of the header
            text = (row.get(name) or "").strip()
            if not text:
                if field.required:
                    self._fault("必填而没有填", number, name, mend="请补上")
                continue
            try:
                yield name, self._value(text, field)
            except ValueFault as fault:
                self._fault(fault.message, number, name, found=text, mend=fault.mend)

    def _value(self, text: str, field: Field) -> Value:
        # The same few texts stand in thousands of rows.
        key = (field.name, text)
        if key not in self._known:
            self._known[key] = read_side_value(_typed(text, field), field, self._points)
        return self._known[key]


def _typed(text: str, field: Field) -> object:
    if field.kind == "flag":
        return _FLAGS.get(text.lower(), text)
    if field.kind == "date":
        try:
            return date.fromisoformat(text.replace("/", "-"))
        except ValueError:
            raise ValueFault("不是日期", "请写成 2026-10-01 的形式") from None
    if field.kind == "number" and _BARE.fullmatch(text):
        return Decimal(text)
    return text


def _written(value: object) -> str:
    if isinstance(value, list | tuple):
        return "、".join(map(str, value)) or "无"
    return str(value)
