"""The Gantt of tasks and milestones: positions as percentages of the span shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jiqun.base.periods import Period
from jiqun.programme.pack import Pack
from jiqun.web.dispatch.supervision.models import Milestone
from jiqun.web.dispatch.supervision.queries import TaskRow

MARKS = {"已完成": "done", "逾期": "late", "进行中": "open"}


@dataclass(frozen=True)
class Tick:
    """A year, quarter or month of the axis."""

    label: str
    at: str
    width: str
    middle: str


@dataclass(frozen=True)
class Mark:
    """A milestone in its lane."""

    at: str
    milestone: Milestone
    state: str
    css: str


@dataclass(frozen=True)
class Lane:
    """A task with its bar from the programme's start to its last due day, and its milestones."""

    row: TaskRow
    start: str
    width: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Gantt:
    """All lanes, the axis and where today is."""

    ticks: tuple[Tick, ...]
    lanes: tuple[Lane, ...]
    today: str | None


def gantt(pack: Pack, rows: list[TaskRow], span: tuple[date, date], today: date) -> Gantt:
    """The lanes within a span of days."""
    return Gantt(_ticks(span), tuple(_lane(pack, row, span, today) for row in rows), _inside(today, span))


def _lane(pack: Pack, row: TaskRow, span: tuple[date, date], today: date) -> Lane:
    first = pack.programme.from_
    ends = [m.due for m in row.milestones] + [t.due for t in pack.targets.values() if t.task == row.task.id]
    last = max(ends, default=pack.programme.until)
    start, end = _share(max(first, span[0]), span), _share(min(last, span[1]), span)
    marks = []
    for milestone in row.milestones:
        at, state = _inside(milestone.due, span), milestone.shown_state(today)
        if at is not None:
            marks.append(Mark(at, milestone, state, MARKS[state]))
    return Lane(row, f"{start:.2f}%", f"{max(end - start, 0):.2f}%", tuple(marks))


def _ticks(span: tuple[date, date]) -> tuple[Tick, ...]:
    long = (span[1] - span[0]).days > 400
    grain = "year" if long else "quarter" if (span[1] - span[0]).days > 100 else "month"
    period, found = Period.containing(span[0], grain), []  # type: ignore[arg-type]
    while period.start <= span[1]:
        left, right = _share(period.start, span), min(_share(period.end, span), 100.0)
        label = {
            "year": f"{period.calendar_year}年",
            "quarter": f"{period.ordinal}季度",
            "month": f"{period.ordinal}月",
        }
        found.append(Tick(label[grain], f"{left:.2f}%", f"{right - left:.2f}%", f"{(left + right) / 2:.2f}%"))
        period = period.shift(1)
    return tuple(found)


def _share(day: date, span: tuple[date, date]) -> float:
    return (day - span[0]).days / max((span[1] - span[0]).days, 1) * 100


def _inside(day: date, span: tuple[date, date]) -> str | None:
    return f"{_share(day, span):.2f}%" if span[0] <= day <= span[1] else None
