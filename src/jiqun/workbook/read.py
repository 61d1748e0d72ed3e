"""A workbook as people have it → the columns that were declared, and everything that is wrong, cell by cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import Any

from jiqun.base.errors import Problem, did_you_mean
from jiqun.workbook.grids import Book, Grid, open_book
from jiqun.workbook.guard import check, refusal
from jiqun.workbook.header import Found, declared_unit, find_header, plain
from jiqun.workbook.model import Cell, Column, Limits, Reading, Sheet, SheetReading
from jiqun.workbook.values import Context, Fault, Repaired, is_missing, read_ahead, reader_of

_TOTAL = re.compile(r".*[合小总共]\s*计\s*[:：]?$")
_FOOT = re.compile(
    r"(?:填表|填报|制表|审核|负责|联系|单位负责|统计负责|复核)\S{0,6}[:：]|(?:注|说明|备注|附注|填报说明)\d*[:：.、]"
)
_ORDINARY = re.compile(r"\S.{3,}[^计:： \t\n]", re.S).fullmatch
_SHORT = 4
"""Characters of a key that is looked at more closely."""
_NUMERIC = frozenset({int, float, bool})
_NUMBERING = re.compile(r"[甲乙丙丁戊己]|[(（]?\d{1,3}[)）]?")


def read_workbook(
    source: Path | bytes, sheets: Iterable[Sheet], limits: Limits | None = None, *, name: str = ""
) -> Reading:
    """Read the declared sheets; InputError where the file as a whole is refused (`name` for bytes: its file name)."""
    limits, declared = limits or Limits(), tuple(sheets)
    if isinstance(source, bytes):
        data = source
    else:
        name = name or source.name
        with source.open("rb") as stream:
            data = stream.read(limits.size + 1)
    book = open_book(check(data, name, limits), limits)
    del data
    work = _Work(limits, book)
    for grid in book.grids:
        work.grid(grid, declared)
    if not work.found:
        raise _nothing_found(name, book, declared)
    for sheet in declared:
        if sheet.name not in work.found and not sheet.optional:
            work.problem(f"没有找到“{sheet.name}”的表", Cell(file=sheet.name), mend="请使用下载的模板，不要删改表头")
    seen = [grid.name for grid in book.grids]
    order = {grid: index for index, grid in enumerate(seen)}
    work.problems.sort(key=lambda p: (order.get(p.place.file or "", -1), p.place.row or 0, p.place.column or 0))
    return Reading(work.found, work.problems, work.count, [*book.notices, *work.notices], seen, book.marks)


def _nothing_found(name: str, book: Book, declared: Sequence[Sheet]) -> Exception:
    wanted = "、".join(c.name for c in declared[0].columns if c.key or c.required) or declared[0].columns[0].name
    seen = [str(c) for g in book.grids for row in g.rows[:10] for c in row if isinstance(c, str) and c]
    near = next((n for c in declared[0].columns if c.key and (n := did_you_mean(c.name, seen[:200]))), None)
    found = "、".join(dict.fromkeys(seen))[:60] or "没有内容"
    mend = f"表头里至少要有：{wanted}。" + (f"是否把“{near[6:-1]}”改成规定的列名？" if near else "请使用下载的模板")
    return refusal(name, "没有找到能识别的表头", found=found, mend=mend)


class _Alike(Exception):
    """Among the cells there are numbers or flags: 1, 1.0 and True are equal and not read alike."""


class _Known(dict[Any, Any]):
    """What cells are read as: each is looked at when it is first met."""

    def __init__(self, known: dict[Any, Any], look: Callable[[Any], Any]) -> None:
        super().__init__(known)
        self.look = look

    def __missing__(self, key: Any) -> Any:
        if type(key) in _NUMERIC:
            raise _Alike
        self[key] = value = self.look(key)
        return value


@dataclass
class _Work:
    """What is gathered while the worksheets are read."""

    limits: Limits
    book: Book
    found: dict[str, SheetReading] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    count: int = 0

    def problem(self, message: str, cell: Cell, *, found: Any = None, mend: str | None = None) -> None:
        self.count += 1
        if len(self.problems) < self.limits.problems:
            shown = None if found is None else str(found)[:80]
            self.problems.append(Problem(message, cell, shown, mend))

    def grid(self, grid: Grid, declared: Sequence[Sheet]) -> None:
        """Read one worksheet as the declared sheet that it fits best."""
        if not any(cell != "" for row in grid.rows for cell in row):
            return
        chosen = self._choose(grid, declared)
        if chosen is None:
            if len(self.book.grids) > 1:
                self.notices.append(f"工作表“{grid.name}”没有能识别的表头，已跳过")
            return
        sheet, header = chosen
        reading = self.found.setdefault(sheet.name, SheetReading(sheet))
        self._announce(grid, sheet, header, reading)
        rows = self._body(grid, sheet, header)
        self._append(grid, sheet, header, reading, rows)

    def _choose(self, grid: Grid, declared: Sequence[Sheet]) -> tuple[Sheet, Found] | None:
        mark = self.book.marks.get(grid.name)
        marked = [s for s in declared if mark and s.id and s.id == mark[0]]
        named = [s for s in declared if plain(s.name) == plain(grid.name)]
        for group in (marked, named, declared):
            fits = [(s, f) for s in group if (f := find_header(grid, s))]
            if fits:
                return max(fits, key=lambda fit: len(fit[1].columns) / len(fit[0].columns))
        return None

    def _announce(self, grid: Grid, sheet: Sheet, header: Found, reading: SheetReading) -> None:
        """What the header lacks, has twice or has too much."""
        if reading.worksheets:
            self.notices.append(f"工作表“{grid.name}”与前面的表合并读取为“{sheet.name}”")
        missing = [c.name for c in sheet.columns if (c.key or c.required) and c.name not in header.columns]
        for name in missing:
            near = did_you_mean(name, header.extra)
            self.problem(
                f"缺少“{name}”一列", Cell(file=grid.name, row=header.body, field=name),
                mend=near or "请补上这一列，或使用下载的模板",
            )  # fmt: skip
        for name, places in header.doubled.items():
            columns = "、".join(Cell(column=at + 1, row=header.body).address for at in places)
            self.problem(
                f"“{name}”有 {len(places)} 列（{columns}）",
                Cell(file=grid.name, row=header.body, field=name),
                mend="请只保留一列",
            )
        if header.extra:
            self.notices.append(f"工作表“{grid.name}”有多余的列，没有读取：{'、'.join(header.extra[:12])}")
        units = [f"{name}（{unit.name}）" for name, unit in header.units.items() if unit.name not in (sheet.column(name).template_unit, sheet.column(name).base_unit)]  # fmt: skip
        if units:
            self.notices.append(f"工作表“{grid.name}”按表头的单位换算：{'、'.join(units)}")
        if header.sheet_unit:
            self.notices.append(
                f"工作表“{grid.name}”表头上方注明单位：{header.sheet_unit.name}，表头没写单位的同类列按此换算"
            )

    def _body(self, grid: Grid, sheet: Sheet, header: Found) -> list[int]:
        """Indexes of the rows with data; totals, numbering, repeated headers and feet are passed over and told."""
        rows, used = grid.rows, sorted(set(header.columns.values()))
        keys = [header.columns[c.name] for c in sheet.columns if c.key and c.name in header.columns] or used
        first, last = keys[0], header.body - 1
        title = rows[last][first] if last < len(rows) else ""
        head = [rows[header.body - 1][at] if header.body - 1 < len(rows) else "" for at in used]
        kept, totals, feet = [], [], []
        ordinary = _ordinary([row[first] for row in rows[header.body :]], title) if len(keys) == 1 else []
        told = header.body + 1 if ordinary and all(ordinary) else len(rows)  # where the rest is rows with data
        for index, plain_key in zip(range(header.body, told), ordinary or repeat(False), strict=False):
            row = rows[index]
            if plain_key and index > header.body:
                kept.append(index)
                continue
            if all(is_missing(row[at]) for at in used):
                if _is_foot(row):
                    feet.append(index)
                continue
            bare = any(is_missing(row[at]) for at in keys)
            suspect = bare or any(isinstance(row[at], str) and "计" in row[at][-2:] for at in keys)
            if suspect and _is_total(row):
                totals.append(index)
            elif bare and _is_foot(row):
                feet.append(index)
            elif [row[at] for at in used] == head or (index == header.body and _is_numbering(row)):
                continue
            else:
                kept.append(index)
        kept += range(told, len(rows))
        for what, skipped in (("合计、小计", totals), ("表尾说明", feet)):
            if skipped:
                shown = "、".join(str(i + 1) for i in skipped[:10]) + ("…" if len(skipped) > 10 else "")
                self.notices.append(f"工作表“{grid.name}”跳过{what} {len(skipped)} 行（第 {shown} 行）")
        return kept

    def _append(self, grid: Grid, sheet: Sheet, header: Found, reading: SheetReading, kept: list[int]) -> None:
        before, place = len(reading), len(reading.worksheets)
        reading.worksheets.append(grid.name)
        reading.at.append({name: at + 1 for name, at in header.columns.items()})
        reading.worksheet += [place] * len(kept)
        reading.row += [index + 1 for index in kept]
        together = len(kept) > 1 and kept[-1] - kept[0] == len(kept) - 1
        body = grid.rows[kept[0] : kept[-1] + 1] if together else [grid.rows[index] for index in kept]
        columns = list(zip(*body, strict=True)) or [()] * (1 + max(header.columns.values()))
        for column in sheet.columns:
            at = header.columns.get(column.name)
            if at is None:
                if column.name in reading.columns:
                    reading.partial.add(column.name)
                    reading.columns[column.name] += [None] * len(kept)
                continue
            if before and column.name not in reading.columns:
                reading.partial.add(column.name)
            earlier = reading.columns.setdefault(column.name, [None] * before)
            earlier += self._column(_Strip(grid, column, at, kept, columns[at], reading, before), header)

    def _column(self, strip: _Strip, header: Found) -> list[Any]:
        """The values of one column; each distinct cell is read once."""
        column, cells = strip.column, strip.cells
        unit = header.units.get(column.name)
        if unit is None and header.sheet_unit and (own := declared_unit(column)) and own.dim == header.sheet_unit.dim:
            unit = header.sheet_unit
        read = reader_of(column, Context(unit, self.book.date1904, strip.grid.facts is not None))
        told = set()  # keys of cells about which something is to be said

        def look(key: Any) -> Any:
            cell = key[1] if type(key) is tuple else key
            missing = is_missing(cell) and not (column.stored and cell in column.stored)
            value = None if missing else read(cell)
            if type(value) in (Fault, Repaired) or (value is None and strip.must):
                told.add(key)
            return value

        ahead = read_ahead(column, cells)
        known, keys = _Known(ahead or {}, look), cells
        if ahead is None:
            values = list(cells)
        else:
            try:
                values = list(map(known.__getitem__, cells))
            except _Alike:
                keys = [(type(c), c) if type(c) in _NUMERIC else c for c in cells]
                values = list(map(known.__getitem__, keys))
        apart = strip.read_apart()
        for offset, value in apart.items():
            values[offset] = value
        if told or apart or any(nothing in known.values() for nothing in (None, "")):
            strip.reading.partial.add(column.name)
        if told or apart:
            self._tell(strip, values, apart.keys() | {offset for offset, key in enumerate(keys) if key in told})
        return values

    def _tell(self, strip: _Strip, values: list[Any], offsets: set[int]) -> None:
        """Report what is wrong or missing among these values, and tell what was repaired."""
        repaired: dict[str, int] = {}
        for offset in sorted(offsets):
            value = values[offset]
            if value is None and strip.must:
                self._wrong(strip, offset, Fault("没有填写", "这一列必填"), None)
            elif type(value) is Fault:
                self._wrong(strip, offset, value, strip.cells[offset])
                values[offset] = None
            elif type(value) is Repaired:
                repaired[value.how] = repaired.get(value.how, 0) + 1
                values[offset] = value.value
        for how, times in repaired.items():
            self.notices.append(f"“{strip.column.name}”有 {times} 处自动更正：{how}")

    def _wrong(self, strip: _Strip, offset: int, fault: Fault, cell: Any) -> None:
        strip.reading.wrong.add(strip.before + offset)
        place = Cell(file=strip.grid.name, row=strip.kept[offset] + 1, column=strip.at + 1, field=strip.column.name)
        found = f"{cell:.15g}" if isinstance(cell, float) else cell  # as the sheet shows it: 5, not 5.0
        self.problem(fault.message, place, found=None if cell == "" else found, mend=fault.mend)


@dataclass
class _Strip:
    """One column of one worksheet, only the rows with data."""

    grid: Grid
    column: Column
    at: int
    kept: Sequence[int]
    """Indexes of the rows."""
    cells: Sequence[Any]
    """As they stand in the worksheet."""
    reading: SheetReading
    before: int
    """How many rows the reading had before this worksheet."""

    @property
    def must(self) -> bool:
        """Whether every cell needs a value."""
        return self.column.required or self.column.key

    def read_apart(self) -> dict[int, Any]:
        """By offset the cells that say more than what they hold: percent formats, errors, formulas without a result."""
        facts, column = self.grid.facts, self.at + 1
        if facts is None:
            return {}
        percents = facts.percents({column}) if self.column.kind == "share" else set()
        strange = {r for r, c in (*facts.no_value, *facts.errors) if c == column}
        if not percents and not strange:
            return {}
        read = reader_of(self.column, Context(None, knows_percent_formats=True))
        found: dict[int, Any] = {}
        for offset, index in enumerate(self.kept):
            cell = self.cells[offset]
            if index + 1 in strange:
                found[offset] = _strange(self.grid, index + 1, column)
            elif (index + 1, column) in percents:
                found[offset] = None if is_missing(cell) else read(cell)
        return found


def _ordinary(keys: Sequence[Any], title: Any) -> list[bool]:
    """Which keys are neither missing nor a total, seen at a glance: nearly all rows of a large file are such."""
    if set(map(type, keys)) == {str} and title not in keys:
        joined = "".join(keys)
        if min(map(len, keys)) > _SHORT and joined.isprintable() and not any(mark in joined for mark in " 计:："):
            return [True] * len(keys)
        return [match is not None for match in map(_ORDINARY, keys)]
    return [type(key) is str and _ORDINARY(key) is not None and key != title for key in keys]


def _strange(grid: Grid, row: int, column: int) -> Fault:
    """An error value of Excel, or a formula of which no result was stored."""
    error = grid.facts.errors.get((row, column)) if grid.facts else None
    if error:
        return Fault(f"公式的结果是错误值 {error}", "请改正公式，或直接填写数值")
    return Fault("公式没有保存计算结果", "请在 Excel 中打开并保存一次，或粘贴为数值")


def _is_total(row: Sequence[Any]) -> bool:
    return any(isinstance(cell, str) and _TOTAL.match(cell.strip()) for cell in row[:8])


def _is_foot(row: Sequence[Any]) -> bool:
    first = next((c for c in row if isinstance(c, str) and c.strip()), "")
    return bool(_FOOT.match(first.strip()))


def _is_numbering(row: Sequence[Any]) -> bool:
    """The row 甲 乙 1 2 3 that statistical forms have below the header."""
    cells = [str(int(c)) if isinstance(c, float) and c.is_integer() else str(c).strip() for c in row if c != ""]
    numbers = [int(re.sub(r"\D", "", c)) for c in cells if c.isascii() and re.fullmatch(r"\(?\d{1,3}\)?", c)]
    return (
        len(cells) >= 2
        and all(_NUMBERING.fullmatch(c) for c in cells)
        and numbers == list(range(numbers[0] if numbers else 1, (numbers[0] if numbers else 1) + len(numbers)))
    )
