"""Reads of the board of tasks and of one task."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from jiqun.programme.lights import LIGHTS, Light, light_of
from jiqun.programme.models import Task
from jiqun.programme.pack import Pack
from jiqun.web.accounts.models import Organisation
from jiqun.web.dispatch.overview import target_row
from jiqun.web.dispatch.results import NO_RESULT, target_results
from jiqun.web.dispatch.shapes import TargetRow
from jiqun.web.dispatch.supervision.desk import Desk
from jiqun.web.dispatch.supervision.facts import facts_of_tasks
from jiqun.web.dispatch.supervision.models import Assignment, Milestone, Notice, Order, Part, Report
from jiqun.web.registry.models import Publication


@dataclass(frozen=True)
class TaskRow:
    """A task on the board; milestones and reports as far as the person may see them."""

    task: Task
    light: Light
    lead: Organisation | None
    supporting: tuple[Organisation, ...]
    next_milestone: Milestone | None
    milestones: tuple[Milestone, ...]
    open_notices: int
    latest: Report | None
    targets: tuple[TargetRow, ...]

    @property
    def lead_text(self) -> str | None:
        """Who leads: whom the city charged, else whom the plan names."""
        return self.lead.name if self.lead else self.task.lead

    @property
    def supporting_text(self) -> str:
        """Who supports, likewise."""
        return "、".join([o.name for o in self.supporting] or self.task.supporting)

    @property
    def counts(self) -> tuple[int, int]:
        """Milestones done, and all that were not given up."""
        return sum(m.state == "done" for m in self.milestones), len(self.milestones)


def board(pack: Pack, publication: Publication | None, desk: Desk, today: date) -> list[TaskRow]:
    """Every task of the plan, in its order."""
    facts = facts_of_tasks(pack, publication, today)
    charged: dict[str, list[Assignment]] = defaultdict(list)
    for assignment in Assignment.objects.select_related("organisation"):
        charged[assignment.task].append(assignment)
    milestones: dict[str, list[Milestone]] = defaultdict(list)
    for milestone in desk.milestones().exclude(state="cancelled"):
        milestones[milestone.task].append(milestone)
    latest: dict[str, Report] = {}
    for report in desk.reports().order_by("month", "pk"):
        latest[report.task] = report
    notices = Counter(
        order.notice.subject for order in desk.orders().filter(notice__subject_kind="task").exclude(state="closed")
    )
    targets = _targets(pack, publication)
    return [
        TaskRow(
            task, light_of(pack.supervision.lights, facts[task.id], today),
            next((a.organisation for a in charged[task.id] if a.part == Part.LEAD), None),
            tuple(a.organisation for a in charged[task.id] if a.part == Part.SUPPORTING),
            next((m for m in milestones[task.id] if m.state == "open"), None), tuple(milestones[task.id]),
            notices[task.id], latest.get(task.id), tuple(targets[task.id]),
        )
        for task in pack.programme.tasks
    ]  # fmt: skip


def _targets(pack: Pack, publication: Publication | None) -> dict[str, list[TargetRow]]:
    results, found = target_results(publication) if publication else {}, defaultdict(list)
    for target in pack.targets.values():
        if target.task:
            found[target.task].append(target_row(pack, target, results.get(target.id, NO_RESULT)))
    return found


@dataclass(frozen=True)
class Wanted:
    """The filter of the board."""

    light: str = ""
    action: str = ""
    organisation: str = ""

    def of(self, rows: list[TaskRow]) -> list[TaskRow]:
        """The rows that fit."""
        return [row for row in rows if self._fits(row)]

    def _fits(self, row: TaskRow) -> bool:
        charged = {str(o.pk) for o in (row.lead, *row.supporting) if o is not None}
        return (
            self.light in ("", row.light.name)
            and self.action in ("", str(row.task.action))
            and (not self.organisation or self.organisation in charged)
        )


def counts(rows: list[TaskRow]) -> list[tuple[str, int]]:
    """How many tasks have each light."""
    return [(name, sum(row.light.name == name for row in rows)) for name in LIGHTS]


@dataclass(frozen=True)
class Happening:
    """A line of a task's course."""

    at: datetime
    kind: str
    text: str
    url: str = ""


def course(row: TaskRow, desk: Desk) -> list[Happening]:
    """What happened with a task, the latest first."""
    return sorted(_happenings(row, desk), key=lambda h: h.at, reverse=True)


def _happenings(row: TaskRow, desk: Desk) -> Iterator[Happening]:
    for report in desk.reports().filter(task=row.task.id):
        yield Happening(report.submitted_at, "进展", f"{report.organisation} 报送 {report.month} 进展")
        if report.decided_at and report.state != "submitted":
            reason = f"：{report.reason}" if report.reason else ""
            yield Happening(report.decided_at, "审核", f"{report.month} 进展{report.get_state_display()}{reason}")
    for milestone in row.milestones:
        if milestone.done_on:
            yield Happening(_noon(milestone.done_on), "节点", f"完成节点：{milestone.title}")
    for order in notices_of(desk, "task", row.task.id):
        for step in order.steps.all():
            text = f"{order.notice.number} {order.organisation} {step.action}"
            yield Happening(step.at, "督办", text, f"/notices/{order.notice_id}/")


def notices_of(desk: Desk, kind: str, subject: str) -> list[Order]:
    """Orders about one subject."""
    found = desk.orders().filter(notice__subject_kind=kind, notice__subject=subject)
    return list(found.prefetch_related("steps"))


def notice_list(desk: Desk, state: str) -> list[Order]:
    """Orders, the newest notice first; `overdue` and `open` are states too."""
    found = desk.orders().order_by("-notice__year", "-notice__serial", "organisation__name")
    if state == "overdue":
        found = found.filter(deadline__lt=timezone.localdate())
    if state in ("overdue", "open"):
        return list(found.filter(state__in=["issued", "received", "returned"])[:500])
    return list((found.filter(state=state) if state else found)[:500])


def subject_title(pack: Pack, notice: Notice) -> str:
    """What a notice is about, in words."""
    if notice.subject_kind == "task" and notice.subject in pack.tasks:
        task = pack.tasks[notice.subject]
        return f"任务 {task.number} {task.title}"
    if notice.subject_kind == "target" and notice.subject in pack.targets:
        return f"目标 {pack.targets[notice.subject].title}"
    return notice.subject or "其他事项"


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))
