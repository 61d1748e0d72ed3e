"""Reviewing cell by cell. Who acts must have seen the cell's version: of two reviewers the first wins, the other is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction

from jiqun.base.errors import InputError, Problem
from jiqun.web.accounts.models import User
from jiqun.web.common import audit
from jiqun.web.dispatch.rounds.models import Act, Assignment, Cell, CellState, Round
from jiqun.web.dispatch.rounds.services._cells import advance, locked_cells, log, must_be_open, reason_given, settle
from jiqun.web.dispatch.rounds.services._registry import write_approved
from jiqun.web.dispatch.rounds.services._telling import tell_returned, tell_reviewers, tell_units
from jiqun.web.dispatch.rounds.services.filling import last_act

CITY_LEVEL = 2


@dataclass(frozen=True)
class Pick:
    """A cell in the version that the reviewer saw."""

    cell: int
    version: int


@dataclass(frozen=True)
class Conflict:
    """A cell that was not as the reviewer saw it: nothing was done to it."""

    cell: Cell
    what: str


@dataclass(frozen=True)
class Reviewed:
    """What a review did, and what it could not do."""

    done: tuple[Cell, ...]
    conflicts: tuple[Conflict, ...]


@transaction.atomic
def approve_cells(*, actor: User | None, round_: Round, level: int, picks: Sequence[Pick]) -> Reviewed:
    """Give cells the approval of a level (1 county, 2 city); the city's makes the figure count."""
    _must_not_be_draft(round_)
    review = _take(round_, level, picks)
    advance(review.done, CellState.APPROVED if level == CITY_LEVEL else CellState.SUBMITTED, level)
    log(actor, Act.APPROVE, review.done)
    if level == CITY_LEVEL:
        write_approved(round_, review.done)
    _finish(actor, round_, review, "审核通过")
    done = [pk for pk, state in settle(_assignments(review)).items() if state == "approved"]
    tell_units(Assignment.objects.filter(pk__in=done), f"“{round_.title}”的数据已全部审核通过")
    if level < CITY_LEVEL and review.done:
        tell_reviewers(round_, CITY_LEVEL, [], f"“{round_.title}”有 {len(review.done)} 个数据经县级审核，请审核")
    return review


@transaction.atomic
def return_cells(*, actor: User | None, round_: Round, level: int, picks: Sequence[Pick], reason: str) -> Reviewed:
    """Send cells back to whoever filled them, with the reason; they come back to the first reviewer."""
    must_be_open(round_, "数据未退回")
    reason = reason_given(reason, "数据未退回", "退回理由")
    review = _take(round_, level, picks)
    advance(review.done, CellState.RETURNED, 0)
    log(actor, Act.RETURN, review.done, text=reason)
    per_unit = Counter(cell.line.assignment_id for cell in review.done)
    for assignment in Assignment.objects.filter(pk__in=per_unit):
        assignment.returns += per_unit[assignment.pk]
        assignment.save(update_fields=["returns"])
        text = f"“{round_.title}”退回 {per_unit[assignment.pk]} 个数据：{reason}"
        tell_units(Assignment.objects.filter(pk=assignment.pk), text)
    tell_returned(actor, review.done, reason)
    _finish(actor, round_, review, "退回数据", reason)
    settle(_assignments(review))
    return review


@transaction.atomic
def unlock_cell(*, actor: User | None, round_: Round, pick: Pick, reason: str) -> Reviewed:
    """Let one approved cell be corrected; its approved value counts until another is approved."""
    must_be_open(round_, "数据未解锁")
    reason = reason_given(reason, "数据未解锁", "解锁理由")
    review = _sort(round_, [pick], lambda cell: cell.state == CellState.APPROVED)
    advance(review.done, CellState.UNLOCKED, 0)
    log(actor, Act.UNLOCK, review.done, text=reason)
    _finish(actor, round_, review, "解锁数据", reason)
    settle(_assignments(review))
    text = f"“{round_.title}”的 {', '.join(str(cell) for cell in review.done)} 已解锁，请更正：{reason}"
    tell_units(Assignment.objects.filter(pk__in=_assignments(review)), text)
    return review


@transaction.atomic
def comment_cell(*, actor: User | None, cell: Cell, text: str) -> None:
    """Say something about a cell; its state stays."""
    text = reason_given(text, "批注未保存", "批注")
    log(actor, Act.COMMENT, [cell], text=text)
    audit.record(actor=actor, action="批注数据", instance=cell, note=text)


def _take(round_: Round, level: int, picks: Sequence[Pick]) -> Reviewed:
    """The cells that wait for this level's approval, as they were seen."""
    return _sort(round_, picks, lambda cell: cell.state == CellState.SUBMITTED and cell.approved_level == level - 1)


def _sort(round_: Round, picks: Sequence[Pick], waits: Callable[[Cell], bool]) -> Reviewed:
    cells = locked_cells(pick.cell for pick in picks)
    done, conflicts = [], []
    for pick in picks:
        cell = cells.get(pick.cell)
        if cell is None or cell.line.assignment.round_id != round_.pk:
            raise InputError([Problem("所选数据不在这项任务中", mend="请刷新页面")], "审核未完成")
        if cell.version == pick.version and waits(cell):
            done.append(cell)
        else:
            conflicts.append(Conflict(cell, last_act(cell)))
    return Reviewed(tuple(done), tuple(conflicts))


def _assignments(review: Reviewed) -> set[int]:
    return {cell.line.assignment_id for cell in review.done}


def _finish(actor: User | None, round_: Round, review: Reviewed, action: str, note: str = "") -> None:
    if not review.done:
        return
    cells = [cell.pk for cell in review.done]
    after = {"cells": cells if len(cells) <= 200 else len(cells)}
    audit.record(actor=actor, action=action, instance=round_, after=after, note=note)


def _must_not_be_draft(round_: Round) -> None:
    if round_.opened_at is None:
        raise InputError([Problem("任务尚未下发")], "审核未完成")
