"""What a workbook should hold, and what was found in one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from jiqun.base.bounds import Bounds
from jiqun.base.errors import Place, Problem
from jiqun.base.periods import Grain

Kind = Literal["number", "money", "share", "text", "date", "bool", "choice", "code", "uscc", "period"]
KIND_WORDS: dict[Kind, str] = {
    "number": "数", "money": "金额", "share": "百分数", "text": "文本", "date": "日期，如 2025-03-01",
    "bool": "是 或 否", "choice": "从下拉列表中选", "code": "代码（文本）", "uscc": "18 位统一社会信用代码（文本）",
    "period": "期间，如 2025、2025Q3 或 2025-09",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column of a sheet.

    Values read are `Decimal` (number in `unit`, money in yuan, share as a fraction: 12.5% is 0.125), `date`, `bool`,
    `Period`, or `str` (text, code, uscc, and choice in its stored form); a missing one is None.
    """

    name: str
    kind: Kind = "text"
    unit: str | None = None
    """The unit of the value given back: 人, 平方米, …; money is always 元, a share always a fraction."""
    required: bool = False
    choices: Sequence[str] | Mapping[str, str] = ()
    """What may stand there; a mapping gives the stored form of each written one."""
    note: str = ""
    key: bool = False
    """Part of what identifies a row; the header must have it."""
    aliases: tuple[str, ...] = ()
    shown_unit: str | None = None
    """The unit that a template asks for (万元 for an amount held in 元); `unit` where None."""
    grain: Grain | None = None
    """The only grain of periods that may stand there."""
    max_length: int | None = None
    bounds: Bounds | None = None

    @property
    def base_unit(self) -> str | None:
        """The unit that values are given back in, in the clause language's names."""
        return {"money": "元", "share": None}.get(self.kind, self.unit)

    @property
    def template_unit(self) -> str | None:
        """The unit that the header of a template names."""
        return self.shown_unit or {"money": self.unit or "元", "share": "%"}.get(self.kind, self.unit)

    @property
    def stored(self) -> Mapping[str, str]:
        """Written form → stored form of the choices."""
        return self.choices if isinstance(self.choices, Mapping) else {c: c for c in self.choices}


@dataclass(frozen=True)
class Sheet:
    """A table: its columns, and for a template the rows already known."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Mapping[str, Any]] = ()
    """Values by column name, as `read_workbook` gives them back."""
    notes: tuple[str, ...] = ()
    id: str = ""
    """What a hidden mark in the template says, so that an upload finds its template."""
    version: str = ""
    optional: bool = False
    """Whether a workbook may come without it."""

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where there is none."""
        return next((c for c in self.columns if c.name == name), None) or _missing(name)


def _missing(name: str) -> Column:
    raise KeyError(name)


@dataclass(frozen=True)
class Limits:
    """What is refused as too large; the expansion limits stop archives that are small only on the disk."""

    size: int = 20 << 20
    expanded: int = 300 << 20
    ratio: int = 200
    """Expanded to packed bytes; looked at from `ratio_from` expanded bytes on (small files may pack very well)."""
    ratio_from: int = 30 << 20
    entries: int = 2_000
    rows: int = 200_000
    columns: int = 500
    cells: int = 6_000_000
    """Rows × columns of one worksheet, blank cells too: what a reader holds in memory."""
    sheets: int = 60
    shared_strings: int = 3_000_000
    problems: int = 5_000
    """So many faults are listed one by one; the others are counted."""


@dataclass(frozen=True)
class Cell(Place):
    """A cell as a place: `file` is the worksheet, `row` and `column` count from 1, `field` is the column's name."""

    @property
    def address(self) -> str:
        """B12; the row alone where the fault is not in one column."""
        return f"{letters(self.column)}{self.row}" if self.column else f"第 {self.row} 行"

    def __str__(self) -> str:
        sheet = f"工作表“{self.file}”" if self.file else ""
        where = f"{sheet}{self.address}" if self.row else sheet
        return f"{where}（{self.field}）" if self.field else where


def letters(column: int) -> str:
    """The letters of a column that counts from 1."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


@dataclass
class SheetReading:
    """The rows of one declared sheet, by columns; several worksheets may have been joined."""

    sheet: Sheet
    columns: dict[str, list[Any]] = field(default_factory=dict)
    """Values by column name, only of the columns that the workbook has; None is missing, or wrong (see `wrong`)."""
    worksheets: list[str] = field(default_factory=list)
    worksheet: list[int] = field(default_factory=list)
    """For each row the index of its worksheet …"""
    row: list[int] = field(default_factory=list)
    """… and its number there, from 1."""
    at: list[dict[str, int]] = field(default_factory=list)
    """For each worksheet the column numbers, from 1, by column name."""
    wrong: set[int] = field(default_factory=set)
    """Indexes of rows with a fault in a cell."""
    partial: set[str] = field(default_factory=set)
    """Columns of the workbook in which a value is missing, empty, wrong or repaired."""

    def __len__(self) -> int:
        return len(self.row)

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows as mappings by column name."""
        names = list(self.columns)
        for values in zip(*self.columns.values(), strict=True):
            yield dict(zip(names, values, strict=True))

    def cell(self, index: int, name: str | None = None) -> Cell:
        """Where the value of a row stands, for a fault that the caller found."""
        sheet = self.worksheet[index]
        column = self.at[sheet].get(name) if name else None
        return Cell(file=self.worksheets[sheet], column=column, row=self.row[index], field=name)


@dataclass
class Reading:
    """What a workbook holds: rows by declared sheet, every fault, and what was passed over."""

    sheets: dict[str, SheetReading]
    """By the name of the declared sheet; only those found."""
    problems: list[Problem]
    problem_count: int
    """All faults, also those beyond the limit of the list."""
    notices: list[str]
    """What was understood or skipped: totals, extra columns, units, repaired codes."""
    seen: list[str]
    """Names of the visible worksheets."""
    marks: dict[str, tuple[str, str]]
    """Worksheet → (id, version) of the template it came from."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.problem_count == 0
