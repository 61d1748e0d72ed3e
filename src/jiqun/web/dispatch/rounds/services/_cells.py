"""What the services of cells share: locking, the log of acts, and the state of an assignment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, F, Q

from jiqun.base.errors import InputError, Problem
from jiqun.web.accounts.models import User
from jiqun.web.dispatch.rounds.models import (
    Act,
    Assignment,
    AssignmentState,
    Cell,
    CellEvent,
    CellState,
    Round,
    RoundState,
)

CHUNK = 500


def locked_cells(ids: Iterable[int]) -> dict[int, Cell]:
    """The cells by id, locked until the transaction ends, in one order for everybody."""
    wanted, found = sorted(set(ids)), {}
    for start in range(0, len(wanted), CHUNK):
        rows = Cell.objects.select_for_update(of=("self",)).filter(pk__in=wanted[start : start + CHUNK])
        found.update({cell.pk: cell for cell in rows.select_related("line__assignment", "item").order_by("pk")})
    return found


def save_all(cells: Sequence[Cell], *fields: str) -> None:
    """Write these fields of locked cells."""
    Cell.objects.bulk_update(cells, fields, batch_size=200)


def advance(cells: Sequence[Cell], state: str, level: int) -> None:
    """Put locked cells into a state, a version on; what the city approved is the value that counts from now."""
    changes: dict[str, Any] = {"state": state, "approved_level": level, "version": F("version") + 1}
    if state == CellState.APPROVED:
        changes["approved_value"] = F("value")
    for start in range(0, len(cells), CHUNK):
        Cell.objects.filter(pk__in=[cell.pk for cell in cells[start : start + CHUNK]]).update(**changes)
    for cell in cells:
        cell.state, cell.approved_level, cell.version = state, level, cell.version + 1
        if state == CellState.APPROVED:
            cell.approved_value = cell.value


def log(
    actor: User | None, act: Act, cells: Iterable[Cell], *, text: str = "", before: dict[int, str] | None = None
) -> None:
    """One event a cell; `before` gives the values that were changed."""
    CellEvent.objects.bulk_create(
        (
            CellEvent(
                cell=cell, actor=actor, act=act, text=text[:500], after=cell.value,
                before=cell.value if before is None else before.get(cell.pk, ""),
            )
            for cell in cells
        ),
        batch_size=1000,
    )  # fmt: skip


def settle(ids: Iterable[int]) -> dict[int, str]:
    """Bring the state of assignments in line with their cells; the new states of those that changed."""
    changed = {}
    tally = {state: Count("lines__cells", filter=Q(lines__cells__state=state)) for state in CellState.values}
    rows = Assignment.objects.filter(pk__in=set(ids)).annotate(**{f"n_{k}": v for k, v in tally.items()})
    for assignment in rows:
        counts = Counter({state: getattr(assignment, f"n_{state}") for state in CellState.values})
        state = _state(assignment, counts)
        if state != assignment.state:
            changed[assignment.pk] = state
            Assignment.objects.filter(pk=assignment.pk).update(state=state)
    return changed


def _state(assignment: Assignment, counts: Counter[str]) -> str:
    if assignment.submitted_at is None:
        return AssignmentState.FILLING if counts[CellState.DRAFT] else AssignmentState.NOT_STARTED
    if counts[CellState.RETURNED] or counts[CellState.UNLOCKED] or counts[CellState.DRAFT]:
        return AssignmentState.RETURNED
    return AssignmentState.SUBMITTED if counts[CellState.SUBMITTED] else AssignmentState.APPROVED


def must_be_open(round_: Round, title: str) -> None:
    """InputError where a round takes no more figures."""
    if round_.state != RoundState.OPEN:
        mend = "如需更正，请联系市级主管部门"
        raise InputError([Problem(f"填报任务“{round_.title}”{round_.get_state_display()}", mend=mend)], title)


def reason_given(reason: str, title: str, what: str = "理由") -> str:
    """The reason without spaces around it; InputError where there is none."""
    if not reason.strip():
        raise InputError([Problem(f"请写明{what}", mend=f"{what}会告知对方，并留在流转记录里")], title)
    return reason.strip()[:500]
