"""Filling in: many cells at once, each with its own fault where its text does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from jiqun.programme.pack import Pack
from jiqun.web.accounts.models import User
from jiqun.web.common import audit
from jiqun.web.dispatch.rounds.checking import check_lines
from jiqun.web.dispatch.rounds.columns import Column, FigureFault, column_of
from jiqun.web.dispatch.rounds.models import Act, Assignment, Cell, CellEvent, CellState, Round
from jiqun.web.dispatch.rounds.services._cells import locked_cells, log, must_be_open, save_all, settle

NO_LINE = "这个数据不在本填报单中"


@dataclass(frozen=True)
class Edit:
    """What a person wrote into a cell that they saw in a version; None leaves as it is."""

    cell: int
    version: int
    text: str | None = None
    explanation: str | None = None


@dataclass(frozen=True)
class Saved:
    """What became of edits: cells as they are now, and for those not written why."""

    cells: tuple[Cell, ...]
    """Every cell that was written, and others of the same lines whose findings changed."""
    faults: dict[int, str] = field(default_factory=dict)
    """By cell: the text does not fit, or the cell may not be changed."""
    conflicts: dict[int, str] = field(default_factory=dict)
    """By cell: somebody else was first."""


@transaction.atomic
def save_cells(*, actor: User | None, pack: Pack, assignment: Assignment, edits: Sequence[Edit]) -> Saved:
    """Write what fits, refuse the rest cell by cell, and judge the touched lines anew."""
    round_ = Round.objects.get(pk=assignment.round_id)
    must_be_open(round_, "数据未保存")
    columns = {item.pk: column_of(pack, item) for item in round_.items.all()}
    cells = locked_cells(edit.cell for edit in edits)
    work = _Work(assignment, columns, cells)
    for edit in edits:
        work.apply(edit)
    _write(actor, work)
    touched = sorted({cell.line_id for cell in work.written.values()})
    rechecked = recheck(pack, list(columns.values()), assignment, touched)
    settle([assignment.pk])
    if work.written:
        note = f"{len(work.written)} 个数据"
        audit.record(actor=actor, action="填报数据", instance=assignment, note=note)
    fresh = work.written | {cell.pk: cell for cell in rechecked}
    return Saved(tuple(fresh.values()), work.faults, work.conflicts)


def recheck(
    pack: Pack, columns: Sequence[Column], assignment: Assignment, lines: Sequence[int] | None = None
) -> list[Cell]:
    """Judge lines of an assignment (all where None) and keep the findings; the cells whose findings changed."""
    wanted = assignment.lines.select_related("party", "cluster", "place")
    wanted = wanted if lines is None else wanted.filter(pk__in=lines)
    cells = Cell.objects.filter(line__in=wanted.values("pk")).order_by()
    changed = check_lines(pack, columns, list(wanted), cells)
    save_all(changed, "findings", "worst")
    return changed


class _Work:
    """Edits being applied to locked cells."""

    def __init__(self, assignment: Assignment, columns: dict[int, Column], cells: dict[int, Cell]) -> None:
        self.assignment, self.columns, self.cells = assignment, columns, cells
        self.faults: dict[int, str] = {}
        self.conflicts: dict[int, str] = {}
        self.written: dict[int, Cell] = {}
        self.before: dict[int, str] = {}
        self.explained: dict[int, Cell] = {}

    def apply(self, edit: Edit) -> None:
        cell = self.cells.get(edit.cell)
        if cell is None or cell.line.assignment_id != self.assignment.pk:
            self.faults[edit.cell] = NO_LINE
        elif cell.version != edit.version:
            self.conflicts[edit.cell] = last_act(cell)
        elif not cell.is_editable:
            self.faults[edit.cell] = f"该数据{cell.get_state_display()}，不能修改"
        else:
            self._change(cell, edit)

    def _change(self, cell: Cell, edit: Edit) -> None:
        value = cell.value
        if edit.text is not None:
            try:
                value = self.columns[cell.item_id].read(edit.text)
            except FigureFault as fault:
                self.faults[cell.pk] = str(fault)
                return
        explanation = cell.explanation if edit.explanation is None else edit.explanation.strip()[:500]
        if value == cell.value and explanation == cell.explanation:
            return
        if explanation != cell.explanation:
            self.explained[cell.pk] = cell
        if value != cell.value:
            self.before[cell.pk] = cell.value
        untouched = cell.state in (CellState.EMPTY, CellState.DRAFT) and self.assignment.submitted_at is None
        cell.value, cell.explanation, cell.version = value, explanation, cell.version + 1
        cell.state = CellState.EMPTY if untouched and not value and not explanation else CellState.DRAFT
        self.written[cell.pk] = cell


def _write(actor: User | None, work: _Work) -> None:
    save_all(list(work.written.values()), "value", "explanation", "version", "state")
    changed = [cell for pk, cell in work.written.items() if pk in work.before]
    log(actor, Act.FILL, changed, before=work.before)
    for cell in work.explained.values():
        log(actor, Act.EXPLAIN, [cell], text=cell.explanation or "（清空说明）")


def last_act(cell: Cell) -> str:
    """What was done to a cell last, in words."""
    event = CellEvent.objects.filter(cell=cell).exclude(act=Act.COMMENT).select_related("actor").first()
    if event is None:
        return "该数据已被改动，请刷新"
    who = str(event.actor) if event.actor else "系统"
    return f"{who} 已于 {timezone.localtime(event.at):%m-%d %H:%M} {event.get_act_display()}{f'，理由：{event.text}' if event.text else ''}"
