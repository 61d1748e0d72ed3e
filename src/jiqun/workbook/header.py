"""Finding the header: title lines above it, two or three merged levels, any order, names or aliases, units."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jiqun.rules.units import Unit, unit_of
from jiqun.workbook.grids import Grid
from jiqun.workbook.model import Column, Sheet

_TOP = 40
"""The header stands within so many rows."""
_DEPTH = 4
_PLAIN = re.compile(r"[\s*:、，,。·_\-—%‰]+")
_TAIL = re.compile(r"[/／]\s*([^/／\s]+)$")
_BRACKETS = re.compile(r"[(（\[【]([^()（）\[\]【】]*)[)）\]】]")
_UNIT_LINE = re.compile(r"(?:计量|金额|货币)?单位\s*[:：]\s*(?:人民币)?\s*([^\s,，;；、()（）]+)")
_UNIT_SYNONYMS = {"％": "%", "百分比": "%", "个月": "月", "万": None, "人民币万元": "万元"}


@dataclass(frozen=True)
class Found:
    """The header of a worksheet: which of its columns (from 0) holds which declared column."""

    first: int
    """Row index of the header's first row …"""
    body: int
    """… and of the first row below it."""
    columns: Mapping[str, int]
    units: Mapping[str, Unit]
    """Units that the header names."""
    extra: tuple[str, ...] = ()
    doubled: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    sheet_unit: Unit | None = None
    """From a line such as 单位：万元 above the header."""


def find_header(grid: Grid, sheet: Sheet) -> Found | None:
    """The header with most declared columns; None where not even the key columns (or two others) are found."""
    rows = _unmerged(grid)
    names = _names(sheet)
    best: tuple[int, int, int] | None = None
    for start in range(min(len(rows), _TOP)):
        if not any(isinstance(c, str) and c for c in rows[start]):
            continue
        for depth in range(1, min(_DEPTH, len(rows) - start) + 1):
            count = len(_match(rows[start : start + depth], names)[0])
            if count and (best is None or (count, -depth) > (best[0], -best[2])):
                best = (count, start, depth)
    if best is None:
        return None
    _, start, depth = best
    paths = rows[start : start + depth]
    columns, doubled = _match(paths, names)
    keys = {c.name for c in sheet.columns if c.key}
    if not (keys & columns.keys() or (not keys and len(columns) >= min(2, len(sheet.columns)))):
        return None
    body = max([start + depth, *(low + 1 for top, left, low, _ in grid.merged if start <= top < start + depth)])
    units = {name: unit for name, at in columns.items() if (unit := _unit_in(paths, at))}
    body += _unit_row(rows, body, columns, units)
    width = max(map(len, paths), default=0)
    taken = {*columns.values(), *(at for places in doubled.values() for at in places)}
    labels = (next((p for p in reversed(_path(paths, at)) if p), "") for at in range(width) if at not in taken)
    extra = tuple(dict.fromkeys(label for label in labels if label and label not in ("序号", "编号", "NO", "No.")))
    return Found(start, body, columns, units, extra, doubled, _sheet_unit(rows[:start]))


def plain(text: str) -> str:
    """A name for comparison: half width, without spaces, marks, brackets and what stands in them."""
    bare = _BRACKETS.sub("", unicodedata.normalize("NFKC", text)).strip()
    tail = _TAIL.search(bare)
    return _PLAIN.sub("", bare[: tail.start()] if tail and unit_named(tail[1]) else bare).lower()


def _unmerged(grid: Grid) -> list[list[Any]]:
    """The top rows, each cell of a merged range holding its value."""
    reach = _TOP + _DEPTH
    rows = [list(row) for row in grid.rows[:reach]]
    for top, left, low, right in grid.merged:
        if top >= len(rows) or not rows[top]:
            continue
        value = rows[top][left] if left < len(rows[top]) else ""
        for r in range(top, min(low, len(rows) - 1) + 1):
            for c in range(left, min(right, len(rows[r]) - 1) + 1):
                rows[r][c] = value
    return rows


def _names(sheet: Sheet) -> dict[str, str]:
    return {
        plain(n): column.name for column in reversed(sheet.columns) for n in reversed((column.name, *column.aliases))
    }


def _path(levels: Sequence[Sequence[Any]], at: int) -> list[str]:
    """The labels over a column from the top, without repetitions that merging makes."""
    found: list[str] = []
    for level in levels:
        cell = level[at] if at < len(level) else ""
        text = (str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)).strip()
        if text and (not found or found[-1] != text):
            found.append(text)
    return found


def _match(
    levels: Sequence[Sequence[Any]], names: Mapping[str, str]
) -> tuple[dict[str, int], dict[str, tuple[int, ...]]]:
    """Declared column → column index, and those that more than one column claims."""
    claims: dict[str, list[tuple[int, int]]] = {}
    for at in range(max(map(len, levels), default=0)):
        path = _path(levels, at)
        if not path:
            continue
        for length, text in _spellings(path):
            name = names.get(plain(text))
            if name is not None:
                claims.setdefault(name, []).append((length, at))
                break
    columns, doubled = {}, {}
    for name, found in claims.items():
        most = max(length for length, _ in found)
        places = tuple(at for length, at in found if length == most)
        columns[name] = places[0]
        if len(places) > 1:
            doubled[name] = places
    return columns, doubled


def _spellings(path: list[str]) -> Iterator[tuple[int, str]]:
    """The ways to say a column: all levels, fewer, the last alone; levels in either order."""
    for length in range(len(path), 0, -1):
        part = path[-length:]
        yield length, "".join(part)
        if length > 1:
            yield length, "".join(reversed(part))


def unit_named(text: str) -> Unit | None:
    """A unit as people write it in a header."""
    clean = unicodedata.normalize("NFKC", text).strip().removeprefix("单位").lstrip(":： ").strip()
    return unit_of(_UNIT_SYNONYMS.get(clean, clean) or clean)


def _unit_in(levels: Sequence[Sequence[Any]], at: int) -> Unit | None:
    """The unit in the brackets of the nearest label: 营业收入（万元）, 占比(%)."""
    for label in reversed(_path(levels, at)):
        for inner in _BRACKETS.findall(label):
            unit = next((u for part in re.split(r"[,，;；、]", inner) if (u := unit_named(part))), None)
            if unit:
                return unit
        tail = _TAIL.search(label)
        if unit := unit_named(tail[1] if tail else label[-1:]):
            return unit if tail or unit.name in "%‰" else None
    return None


def _unit_row(rows: list[list[Any]], body: int, columns: Mapping[str, int], units: dict[str, Unit]) -> int:
    """1 where the row below the header holds nothing but units, which are added to `units`."""
    if body >= len(rows):
        return 0
    cells = {at: str(c).strip("()（） ") for at, c in enumerate(rows[body]) if c not in ("", None)}
    found = {at: unit_named(text) for at, text in cells.items() if text not in ("-", "—", "/")}
    if not found or not all(found.values()):
        return 0
    for name, at in columns.items():
        if unit := found.get(at):
            units.setdefault(name, unit)
    return 1


def _sheet_unit(above: list[list[Any]]) -> Unit | None:
    for row in above:
        for cell in row:
            match = _UNIT_LINE.search(unicodedata.normalize("NFKC", cell)) if isinstance(cell, str) else None
            if match and (unit := unit_named(match[1])):
                return unit
    return None


def declared_unit(column: Column) -> Unit | None:
    """The unit that values of the column are given back in."""
    return unit_of(column.base_unit) if column.base_unit else None
