"""Submitting: everything is checked once more; only what changed goes to review."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from jiqun.base.errors import InputError, Place, Problem
from jiqun.programme.pack import Pack
from jiqun.web.accounts.models import User
from jiqun.web.common import audit
from jiqun.web.dispatch.rounds.columns import column_of
from jiqun.web.dispatch.rounds.models import Act, Assignment, Cell, CellState, Round, RoundItem, Worst
from jiqun.web.dispatch.rounds.models.cell import EDITABLE
from jiqun.web.dispatch.rounds.services._cells import advance, locked_cells, log, must_be_open, settle
from jiqun.web.dispatch.rounds.services._telling import tell_reviewers
from jiqun.web.dispatch.rounds.services.filling import recheck


@transaction.atomic
def submit(*, actor: User | None, pack: Pack, assignment: Assignment, now: datetime | None = None) -> int:
    """Send every changed cell to review; how many. InputError lists what stands in the way, cell by cell."""
    locked = Assignment.objects.select_for_update(of=("self",)).select_related("party", "place").get(pk=assignment.pk)
    round_ = Round.objects.get(pk=locked.round_id)
    must_be_open(round_, "数据未提交")
    recheck(pack, [column_of(pack, item) for item in round_.items.all()], locked)
    ids = Cell.objects.filter(line__assignment=locked, state__in=EDITABLE).values_list("pk", flat=True)
    cells = list(locked_cells(ids).values())
    problems = list(faults(cells))
    if problems:
        raise InputError(problems, "数据未提交")
    sent = [cell for cell in cells if cell.value or cell.explanation]
    if not sent:
        raise InputError([Problem("没有新的数据可以提交", mend="请先填报或修改数据")], "数据未提交")
    advance(sent, CellState.SUBMITTED, _given(round_, locked))
    log(actor, Act.SUBMIT, sent)
    _note(actor, round_, locked, len(sent), now or timezone.now())
    settle([locked.pk])
    return len(sent)


def _given(round_: Round, assignment: Assignment) -> int:
    """The approval that submitted cells have already; where no county is known the city reviews alone."""
    return round_.first_level if assignment.place_id is not None else 1


def faults(cells: list[Cell]) -> Iterator[Problem]:
    """What keeps cells that the unit may still change from being submitted."""
    for cell in sorted(cells, key=lambda c: (c.line.position, c.item.position)):
        for message, mend in _faults(cell, cell.item):
            yield Problem(message, Place(row=cell.line.position + 1, field=cell.item.name), cell.value or None, mend)


def _faults(cell: Cell, item: RoundItem) -> Iterator[tuple[str, str]]:
    if cell.state in (CellState.RETURNED, CellState.UNLOCKED):
        yield f"{cell.get_state_display()}的数据还没有处理", "请修改数据，或写明不修改的原因"
    elif not cell.value and not cell.explanation:
        if cell.state == CellState.DRAFT:
            yield "清空的数据没有说明原因", "请填数，或写明原因"
        elif item.required:
            yield "必填项没有填", "请填数；确实无法提供的，请写明原因"
    for finding in cell.findings:
        if finding["level"] == Worst.ERROR:
            yield finding["message"], "请核对并修改"
        elif finding["level"] == Worst.EXPLAIN and not cell.explanation:
            yield finding["message"], "请核对；数据无误的，请写明原因"


def _note(actor: User | None, round_: Round, assignment: Assignment, count: int, now: datetime) -> None:
    """When it was first submitted, whether late; the reviewers are told."""
    before = audit.state_of(assignment)
    if assignment.submitted_at is None:
        assignment.submitted_at = now
        assignment.late = bool(round_.due_on and timezone.localdate(now) > round_.due_on)
        assignment.state = "submitted"
        assignment.save(update_fields=["submitted_at", "late", "state"])
    audit.record(
        actor=actor, action="提交填报数据", instance=assignment, before=before, after=audit.state_of(assignment),
        note=f"{count} 个数据",
    )  # fmt: skip
    level = _given(round_, assignment) + 1
    places = [] if assignment.place_id is None else [assignment.place_id]
    tell_reviewers(round_, level, places, f"{assignment} 提交了“{round_.title}” {count} 个数据，请审核")
