"""How far the units of a round are: completeness, timeliness, returned cells; by unit and by county."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from jiqun.base.workdays import working_days_after
from jiqun.web.dispatch.rounds.models import Assignment, CellState, Chain, Round

_CELLS = "lines__cells"
_HEADER = (
    "县（市、区）", "填报单位数", "已提交单位", "按时提交单位", "逾期未交单位", "应填数据", "已填数据", "完整率", "待审数据",
    "已审核数据", "退回待改数据", "累计退回次数", "按时率", "督办次数",
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """How far one unit is, or all units of a county together."""

    name: str
    units: int
    submitted: int
    on_time: int
    overdue: int
    """Not submitted although the deadline is over."""
    cells: int
    filled: int
    waiting: int
    approved: int
    returned: int
    returns: int
    reminders: int
    assignment: int | None = None
    state: str = ""
    state_word: str = ""
    late: bool = False
    submitted_at: datetime | None = None

    @property
    def completeness(self) -> float | None:
        """The part of the cells that have a value or say why not."""
        return self.filled / self.cells if self.cells else None

    @property
    def timeliness(self) -> float | None:
        """The part of the units that submitted in time."""
        return self.on_time / self.units if self.units else None


@dataclass(frozen=True)
class Deadline:
    """How much time is left, in working days."""

    due_on: date
    left: int

    @property
    def words(self) -> str:
        """As people say it."""
        if self.left > 0:
            return f"剩 {self.left} 个工作日"
        return (
            "今日截止"
            if self.left == 0 and self.due_on >= timezone.localdate()
            else f"已逾期 {max(-self.left, 1)} 个工作日"
        )

    @property
    def look(self) -> str:
        """How urgent: ok, warn or bad."""
        if self.due_on < timezone.localdate():
            return "bad"
        return "warn" if self.left <= 2 else "ok"


def deadline_of(round_: Round) -> Deadline | None:
    """The deadline of an opened round."""
    if round_.due_on is None:
        return None
    return Deadline(round_.due_on, working_days_after(timezone.localdate(), round_.due_on))


def counted(assignments: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """Assignments with their cells counted."""
    conditions = {
        "n_cells": Q(lines__cells__isnull=False),
        "n_filled": ~Q(lines__cells__value="") | ~Q(lines__cells__explanation=""),
        "n_waiting": Q(lines__cells__state=CellState.SUBMITTED),
        "n_approved": Q(lines__cells__state=CellState.APPROVED),
        "n_returned": Q(lines__cells__state__in=[CellState.RETURNED, CellState.UNLOCKED]),
        "n_required": Q(lines__cells__item__required=True)
        | Q(lines__cells__state__in=[s for s in CellState.values if s != "empty"]),
    }
    return assignments.annotate(**{name: Count(_CELLS, filter=condition) for name, condition in conditions.items()})


def standing_of(assignment: Any) -> Standing:
    """One unit's standing, of a `counted` assignment."""
    due = assignment.round.due_on
    submitted = assignment.submitted_at is not None
    return Standing(
        name=str(assignment), units=1, submitted=int(submitted), on_time=int(submitted and not assignment.late),
        overdue=int(not submitted and due is not None and due < timezone.localdate()),
        cells=assignment.n_required, filled=min(assignment.n_filled, assignment.n_required),
        waiting=assignment.n_waiting, approved=assignment.n_approved, returned=assignment.n_returned,
        returns=assignment.returns, reminders=assignment.reminders, assignment=assignment.pk, state=assignment.state,
        state_word=assignment.get_state_display(), late=assignment.late, submitted_at=assignment.submitted_at,
    )  # fmt: skip


def by_county(round_: Round, assignments: QuerySet[Assignment]) -> list[Standing]:
    """One row a county; where counties fill that is the unit itself."""
    rows = [(a, standing_of(a)) for a in counted(assignments.filter(round=round_))]
    if round_.chain == Chain.COUNTY:
        return [standing for _, standing in rows]
    groups: dict[str, list[Standing]] = {}
    for assignment, standing in rows:
        groups.setdefault(str(assignment.place or "未归属县（市、区）"), []).append(standing)
    return [together(name, group) for name, group in groups.items()]


def together(name: str, parts: Iterable[Standing]) -> Standing:
    """Several standings as one."""
    parts = list(parts)
    summed = ("units", "submitted", "on_time", "overdue", "cells", "filled", "waiting", "approved", "returned", "returns",
              "reminders")  # fmt: skip
    return Standing(name=name, **{key: sum(getattr(part, key) for part in parts) for key in summed})


def statistics_table(rows: Iterable[Standing]) -> tuple[tuple[str, ...], list[list[object]]]:
    """The statistics as header and rows."""
    return _HEADER, [
        [
            s.name, s.units, s.submitted, s.on_time, s.overdue, s.cells, s.filled, _percent(s.completeness), s.waiting,
            s.approved, s.returned, s.returns, _percent(s.timeliness), s.reminders,
        ]
        for s in rows
    ]  # fmt: skip


def _percent(part: float | None) -> str:
    return "" if part is None else f"{part * 100:.1f}%"


def tasks_of(assignments: QuerySet[Assignment]) -> list[dict[str, Any]]:
    """What waits for the people who fill these assignments, the most urgent first."""
    waiting = assignments.filter(round__state="open", state__in=["not-started", "filling", "returned"])
    rows = [
        {"assignment": a, "standing": standing_of(a), "deadline": deadline_of(a.round)}
        for a in counted(waiting).order_by("round__due_on", "round")[:50]
    ]
    return rows
