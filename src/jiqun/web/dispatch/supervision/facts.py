"""The facts of tasks that lights are decided on, for all tasks at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from jiqun.base.periods import Period
from jiqun.programme.lights import TaskFacts
from jiqun.programme.pack import Pack
from jiqun.web.dispatch.overview import LATE
from jiqun.web.dispatch.results import NO_RESULT, target_results
from jiqun.web.dispatch.supervision.models import Milestone, MilestoneState, Order, Report, ReportState, SubjectKind
from jiqun.web.registry.models import Publication


def facts_of_tasks(pack: Pack, publication: Publication | None, today: date) -> Mapping[str, TaskFacts]:
    """The facts of every task as of a day."""
    milestones: dict[str, list[Milestone]] = defaultdict(list)
    for milestone in Milestone.objects.exclude(state=MilestoneState.CANCELLED):
        milestones[milestone.task].append(milestone)
    reported: dict[str, str] = {}
    sent = Report.objects.exclude(state=ReportState.RETURNED).order_by("month")
    for task, month in sent.values_list("task", "month"):
        reported[task] = month
    overdue: dict[str, int] = defaultdict(int)
    for order in Order.objects.filter(notice__subject_kind=SubjectKind.TASK).select_related("notice"):
        overdue[order.notice.subject] += order.is_overdue(today)
    due_day = pack.supervision.reports.due_day
    states = _target_states(pack, publication)
    return {
        task: TaskFacts(
            milestones=len(milestones[task]),
            **_lateness(milestones[task], today),
            months_without_report=months_without_report(reported.get(task), today, due_day),
            **_targets(states.get(task, []) if states is not None else None),
            overdue_notices=overdue[task],
        )
        for task in pack.tasks
    }


def months_without_report(last: str | None, today: date, due_day: int) -> int | None:
    """Months after the last reported one whose report is overdue; None before the first report."""
    if last is None:
        return None
    due = Period.last_complete(today, "month").shift(0 if today.day > due_day else -1)
    return max(due.index - Period.parse(last).index, 0)


def _lateness(milestones: list[Milestone], today: date) -> dict[str, int]:
    late = [(today - m.due).days for m in milestones if m.state == MilestoneState.OPEN and m.due < today]
    return {"overdue_milestones": len(late), "longest_overdue": max(late, default=0)}


def _target_states(pack: Pack, publication: Publication | None) -> Mapping[str, list[str]] | None:
    if publication is None:
        return None
    results, found = target_results(publication), defaultdict(list)
    for target in pack.targets.values():
        if target.task:
            found[target.task].append(results.get(target.id, NO_RESULT).state)
    return found


def _targets(states: list[str] | None) -> dict[str, Any]:
    """Counts of the linked targets; their share only among those whose state is known."""
    if states is None:
        return {}
    known = [state for state in states if state != "待定"]
    behind = sum(state in LATE for state in known)
    return {
        "linked_targets": len(states), "targets_behind": behind, "targets_far_behind": known.count("严重滞后"),
        "share_behind": behind / len(known) if known else None,
    }  # fmt: skip
