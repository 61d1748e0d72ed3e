"""An assignment as a workbook: its template, and what an upload would change in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from django.db import transaction

from jiqun.base.errors import Problem
from jiqun.programme.pack import Pack
from jiqun.web.accounts.models import User
from jiqun.web.dispatch.rounds import services
from jiqun.web.dispatch.rounds.checking import code_of
from jiqun.web.dispatch.rounds.columns import Column
from jiqun.web.dispatch.rounds.grid import columns_of
from jiqun.web.dispatch.rounds.models import Assignment, Cell, Line, Worst
from jiqun.web.dispatch.rounds.models.round import SUBJECT_WORDS
from jiqun.web.dispatch.rounds.services import Edit
from jiqun.workbook import Column as Field
from jiqun.workbook import Limits, Sheet, SheetReading, read_workbook, write_template

LIMITS = Limits(size=10 << 20, expanded=100 << 20, rows=20_000, columns=200, cells=1_000_000)
SHEET = "填报表"
KEY = {"party": "统一社会信用代码", "cluster": "集群编号", "place": "区划代码"}
NOTES = (
    "只填写有底色说明的指标列，代码列不要改动；累计指标填年初以来累计数。",
    "空白、“-”表示不改动原有的数，不等于 0；要清空请在网页上操作。",
)


@dataclass(frozen=True)
class Change:
    """A cell that an upload would change."""

    subject: str
    column: Column
    before: str
    after: str


@dataclass(frozen=True)
class Preview:
    """What an upload would do; nothing is written where there are problems."""

    edits: tuple[Edit, ...]
    changes: tuple[Change, ...]
    unchanged: int
    problems: tuple[Problem, ...]
    notices: tuple[str, ...]

    @property
    def added(self) -> int:
        """How many cells had no value."""
        return sum(not change.before for change in self.changes)

    @property
    def altered(self) -> int:
        """How many cells had another value."""
        return len(self.changes) - self.added


def write_assignment(pack: Pack, assignment: Assignment, out: Path | IO[bytes]) -> None:
    """The template of an assignment with what is filled in already."""
    write_template(out, [_sheet(pack, assignment, with_rows=True)])


def preview(pack: Pack, assignment: Assignment, actor: User, data: bytes, name: str) -> Preview:
    """Read an upload and say what it would change; InputError where the file as a whole is refused."""
    sheet = _sheet(pack, assignment, with_rows=False)
    reading = read_workbook(data, [sheet], LIMITS, name=name)
    work = _Work(columns_of(pack, assignment.round), assignment)
    for found in reading.sheets.values():
        work.sheet(found)
    problems = [*reading.problems, *work.problems]
    if not problems and work.edits:
        problems += _would_fail(pack, assignment, actor, work)
    return Preview(
        tuple(work.edits.values()), tuple(work.changes), work.unchanged, tuple(problems), tuple(reading.notices)
    )


def _sheet(pack: Pack, assignment: Assignment, *, with_rows: bool) -> Sheet:
    round_ = assignment.round
    columns = columns_of(pack, round_)
    kind = round_.subject_kind
    fields = (
        Field(KEY[kind], kind="uscc" if kind == "party" else "code", key=True, required=True),
        Field(f"{SUBJECT_WORDS[kind]}名称", note="仅供核对，以代码为准"),
        *(_field(column, round_.period) for column in columns),
    )
    return Sheet(
        name=SHEET, columns=fields, rows=list(_rows(assignment, columns)) if with_rows else (), notes=NOTES,
        id=f"round-{round_.pk}-{assignment.pk}",
    )  # fmt: skip


def _field(column: Column, period: str) -> Field:
    note = "；".join(
        part
        for part in (
            "年初以来累计" if column.cumulative else "",
            "" if column.item.required else "选填",
            getattr(column.spec, "definition", None) or "",
        )
        if part
    )
    name = field_name(column, period)
    indicator = column.indicator
    if column.choices and column.kind != "flag":
        return Field(name, kind="choice", choices=column.choices, note=note)
    if column.kind == "flag":
        return Field(name, kind="bool", note=note)
    if column.kind != "number" or indicator is None:
        return Field(name, note=note, max_length=400)
    if indicator.is_money:
        return Field(name, kind="money", unit="元", shown_unit=column.item.unit, note=note)
    if indicator.unit == "%":
        return Field(name, kind="share", note=note)
    return Field(name, kind="number", unit=indicator.unit, note=note)


def field_name(column: Column, period: str) -> str:
    """The header of an item; with its period where the round asks for several."""
    return column.title if column.item.period == period else f"{column.title} {column.period.chinese}"


def _rows(assignment: Assignment, columns: tuple[Column, ...]) -> Iterator[dict[str, Any]]:
    kind, period = assignment.round.subject_kind, assignment.round.period
    cells = {(c.line_id, c.item_id): c for c in Cell.objects.filter(line__assignment=assignment).order_by()}
    for line in assignment.lines.select_related("party", "cluster", "place"):
        row: dict[str, Any] = {KEY[kind]: code_of(kind, line.subject), f"{SUBJECT_WORDS[kind]}名称": str(line.subject)}
        for column in columns:
            value = cells[line.pk, column.item.pk].value
            row[field_name(column, period)] = _held(column, value)
        yield row


def _held(column: Column, stored: str) -> Any:
    """A stored value as `write_template` wants it."""
    if not stored:
        return None
    if column.kind == "flag":
        return stored == "是"
    return Decimal(stored) if column.kind == "number" and not stored.endswith("%") else stored


class _Work:
    """Rows of an upload matched with the lines of the assignment."""

    def __init__(self, columns: tuple[Column, ...], assignment: Assignment) -> None:
        self.kind, self.period, self.columns = assignment.round.subject_kind, assignment.round.period, columns
        lines = assignment.lines.select_related("party", "cluster", "place")
        self.lines: dict[str, Line] = {code_of(self.kind, line.subject).upper(): line for line in lines}
        cells = Cell.objects.filter(line__assignment=assignment).order_by()
        self.cells = {(cell.line_id, cell.item_id): cell for cell in cells}
        self.problems: list[Problem] = []
        self.edits: dict[int, Edit] = {}
        self.places: dict[int, Any] = {}
        self.changes: list[Change] = []
        self.unchanged = 0
        self.seen: set[str] = set()

    def sheet(self, found: SheetReading) -> None:
        for index, row in enumerate(found.rows()):
            code = str(row.get(KEY[self.kind]) or "").upper()
            at = found.cell(index, KEY[self.kind])
            if not code:
                continue
            if code not in self.lines:
                mend = "请核对代码，或删除这一行"
                self.problems.append(Problem(f"不在本填报单的{SUBJECT_WORDS[self.kind]}中", at, code, mend))
            elif code in self.seen:
                self.problems.append(Problem("这一行重复", at, code, "请只保留一行"))
            else:
                self.seen.add(code)
                self._line(self.lines[code], row, found, index)

    def _line(self, line: Line, row: dict[str, Any], found: SheetReading, index: int) -> None:
        for column in self.columns:
            name = field_name(column, self.period)
            value = column.store(row.get(name))
            cell = self.cells[line.pk, column.item.pk]
            if not value or value == cell.value:
                self.unchanged += 1
            elif not cell.is_editable:
                message = f"该数据{cell.get_state_display()}，不能修改"
                mend = f"请改回 {column.show(cell.value)}，或申请退回"
                self.problems.append(Problem(message, found.cell(index, name), column.show(value), mend))
            else:
                self.edits[cell.pk] = Edit(cell.pk, cell.version, column.show(value))
                self.places[cell.pk] = found.cell(index, name)
                self.changes.append(Change(str(line.subject), column, column.show(cell.value), column.show(value)))


def _would_fail(pack: Pack, assignment: Assignment, actor: User, work: _Work) -> list[Problem]:
    """What the checks would refuse, found by writing the edits and taking them back."""
    with transaction.atomic():
        edits = list(work.edits.values())
        saved = services.save_cells(actor=actor, pack=pack, assignment=assignment, edits=edits)
        transaction.set_rollback(True)
    shown = {edit.cell: edit.text for edit in edits}
    found = [Problem(why, work.places[pk], shown.get(pk)) for pk, why in saved.faults.items()]
    found += [
        Problem(finding["message"], work.places[cell.pk], shown.get(cell.pk), "请核对并修改")
        for cell in saved.cells
        for finding in cell.findings
        if finding["level"] == Worst.ERROR and cell.pk in work.places
    ]
    return sorted(found, key=lambda p: (p.place.row or 0, p.place.column or 0))
