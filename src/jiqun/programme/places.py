"""places.csv: the county-level divisions and zones of the city."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from jiqun.base.codes import PLACE_CODE
from jiqun.base.errors import Place as Where
from jiqun.base.errors import Problems, did_you_mean
from jiqun.rules.vocabulary import PLACE_KINDS

COLUMNS = ("code", "name", "parent", "kind", "counted")
_TRUE, _FALSE = {"true", "是", "1"}, {"false", "否", "0"}


@dataclass(frozen=True)
class PlaceRow:
    """A place of the pack; one that is not `counted` lies outside the city's figures."""

    code: str
    name: str
    parent: str | None
    kind: str
    counted: bool


def read_places(path: Path, file: str, problems: Problems) -> tuple[PlaceRow, ...]:
    """Read the places; faults go to `problems` with file and row (the heading is row 1)."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            table = list(csv.reader(stream, strict=True))
    except UnicodeDecodeError:
        problems.add("文件不是 UTF-8 编码", Where(file), mend="请另存为 UTF-8 编码的 CSV")
        return ()
    except csv.Error:
        problems.add("不是正确的 CSV 文件", Where(file), mend="请检查引号是否成对")
        return ()
    if not table or tuple(table[0]) != COLUMNS:
        found = ",".join(table[0]) if table else "空文件"
        problems.add("表头不对", Where(file, row=1), found=found, mend=f"表头应为 {','.join(COLUMNS)}")
        return ()
    rows: list[PlaceRow] = []
    numbers: dict[str, int] = {}
    for number, cells in enumerate(table[1:], start=2):
        if not any(cells):
            continue
        row = _row(cells, file, number, problems)
        if row is None:
            continue
        if row.code in numbers:
            where = Where(file, row=number, field="code")
            problems.add(f"代码重复，已在第 {numbers[row.code]} 行写过", where, found=row.code, mend="请删除其中一行")
            continue
        numbers[row.code] = number
        rows.append(row)
    _check_parents(rows, numbers, file, problems)
    return tuple(rows)


def _row(cells: list[str], file: str, number: int, problems: Problems) -> PlaceRow | None:
    if len(cells) != len(COLUMNS):
        mend = f"应为 {len(COLUMNS)} 列：{'、'.join(COLUMNS)}"
        problems.add(f"列数不对，有 {len(cells)} 列", Where(file, row=number), mend=mend)
        return None
    code, name, parent, kind, counted = (cell.strip() for cell in cells)
    before = len(problems)
    if not PLACE_CODE.fullmatch(code):
        problems.add("代码应为六位行政区划代码", Where(file, row=number, field="code"), found=code)
    if not name:
        problems.add("缺少名称", Where(file, row=number, field="name"), mend="请填写名称")
    if kind not in PLACE_KINDS:
        mend = f"可写：{'、'.join(f'{k}（{v}）' for k, v in PLACE_KINDS.items())}"
        problems.add("类型不对", Where(file, row=number, field="kind"), found=kind, mend=mend)
    if counted.lower() not in _TRUE | _FALSE:
        problems.add("应为 true 或 false", Where(file, row=number, field="counted"), found=counted)
    if len(problems) > before:
        return None
    return PlaceRow(code, name, parent or None, kind, counted.lower() in _TRUE)


def _check_parents(rows: list[PlaceRow], numbers: dict[str, int], file: str, problems: Problems) -> None:
    codes = {row.code for row in rows}
    for row in rows:
        if row.parent is not None and row.parent not in codes:
            where = Where(file, row=numbers[row.code], field="parent")
            problems.add("上级代码不在表中", where, found=row.parent, mend=did_you_mean(row.parent, sorted(codes)))
