"""Tasks: who is charged, milestones, monthly reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from jiqun.base.errors import InputError, Problem, Problems
from jiqun.base.periods import Period
from jiqun.web.accounts.models import Organisation, OrganisationKind, User
from jiqun.web.common import audit
from jiqun.web.common.pack import current_pack
from jiqun.web.dispatch.supervision.models import (
    Assignment,
    CalendarKey,
    Milestone,
    MilestoneState,
    Part,
    Report,
    ReportState,
)
from jiqun.web.dispatch.supervision.models.calendar_key import new_key
from jiqun.web.dispatch.supervision.services.files import check_files, keep_files
from jiqun.web.inbox.services import notify

CHANGED = "他人已先处理，您看到的不是最新状态"
RELOAD = "请刷新页面后再操作"


@transaction.atomic
def assign(*, actor: User, task: str, lead: Organisation | None, supporting: Sequence[Organisation]) -> None:
    """Charge organisations with a task; who is left out is no longer charged."""
    before = {a.organisation_id: a.part for a in Assignment.objects.filter(task=task)}
    wanted = {o.pk: (Part.SUPPORTING, o) for o in supporting}
    if lead is not None:
        wanted[lead.pk] = (Part.LEAD, lead)
    after = {pk: part.value for pk, (part, _) in wanted.items()}
    if before == after:
        return
    Assignment.objects.filter(task=task).delete()
    for part, organisation in wanted.values():
        Assignment.objects.create(task=task, organisation=organisation, part=part)
    audit.record(
        actor=actor, action="任务分工", object_type="task", object_id=task, label=task_name(task),
        before={str(k): v for k, v in before.items()}, after={str(k): v for k, v in after.items()},
    )  # fmt: skip
    fresh = [organisation for pk, (_, organisation) in wanted.items() if pk not in before]
    notify(text=f"您单位承担{task_name(task)}，请按月报送进展", url=_task_url(task), organisations=fresh)


@transaction.atomic
def add_milestone(
    *, actor: User | None, task: str, title: str, due: date, organisation: Organisation | None, note: str = ""
) -> Milestone:
    """Set a milestone; InputError without a title."""
    problems = Problems()
    if not title.strip():
        problems.add("节点名称不能为空")
    if len(title.strip()) > 120:
        problems.add("节点名称不能超过 120 字")
    problems.raise_if_any("节点未保存")
    made = Milestone.objects.create(
        task=task, title=title.strip(), due=due, organisation=organisation, note=note.strip()[:300]
    )
    audit.record(actor=actor, action="设置节点", instance=made, after=audit.state_of(made))
    if organisation is not None:
        text = f"新节点：{made.title}，{due} 前完成"
        notify(text=text, url=_task_url(task), organisations=[organisation])
    return made


@transaction.atomic
def finish_milestone(*, actor: User | None, milestone: Milestone, on: date, today: date) -> None:
    """Note that a milestone was reached on a day; InputError where it is not open or the day is to come."""
    if on > today:
        raise InputError([Problem("完成日期不能晚于今天", found=str(on))], "节点未保存")
    _leave_open(actor, milestone, "完成节点", state=MilestoneState.DONE, done_on=on)


@transaction.atomic
def cancel_milestone(*, actor: User, milestone: Milestone, note: str) -> None:
    """Give a milestone up, with the reason."""
    if not note.strip():
        raise InputError([Problem("请写明取消的原因")], "节点未保存")
    _leave_open(actor, milestone, "取消节点", state=MilestoneState.CANCELLED, note=note.strip()[:300])


def _leave_open(actor: User | None, milestone: Milestone, action: str, **values: object) -> None:
    before = audit.state_of(milestone)
    if not Milestone.objects.filter(pk=milestone.pk, state=MilestoneState.OPEN).update(**values):
        raise InputError([Problem("节点已经办结，不能再改", found=str(milestone), mend=RELOAD)], "节点未保存")
    milestone.refresh_from_db()
    audit.record(actor=actor, action=action, instance=milestone, before=before, after=audit.state_of(milestone))


@transaction.atomic
def submit_report(
    *,
    actor: User,
    task: str,
    month: str,
    text: str,
    percentage: int | None,
    files: Sequence[UploadedFile[Any]] = (),
    today: date,
) -> Report:
    """Report a month; a returned report is mended, one that waits is replaced, a confirmed one stands."""
    problems = Problems()
    organisation = actor.organisation
    if organisation is None or not Assignment.objects.filter(task=task, organisation=organisation).exists():
        problems.add("您单位没有承担这项任务，不能报送进展")
    if not text.strip():
        problems.add("进展不能为空", mend="请写明本月做了什么、成效和问题")
    if percentage is not None and not 0 <= percentage <= 100:
        problems.add("完成比例应在 0 至 100 之间", found=percentage)
    _check_month(month, today, problems)
    check_files(files, problems)
    problems.raise_if_any("进展未报送")
    found = Report.objects.select_for_update().filter(task=task, organisation=organisation, month=month).first()
    if found is not None and found.state == ReportState.CONFIRMED:
        raise InputError([Problem("这个月的进展已经确认，不能再改", found=month)], "进展未报送")
    before = audit.state_of(found) if found else None
    report = found or Report(task=task, organisation=organisation, month=month)
    report.text, report.percentage, report.author = text.strip(), percentage, actor
    report.state, report.reason, report.submitted_at = ReportState.SUBMITTED, "", timezone.now()
    report.version += 1 if found else 0
    report.save()
    keep_files(files, report=report)
    after = audit.state_of(report)
    audit.record(actor=actor, action="报送进展", instance=report, label=_label(report), before=before, after=after)
    notify(
        text=f"{organisation} 报送了{task_name(task)} {month} 的进展，待确认", url=_task_url(task), organisations=city()
    )
    return report


@transaction.atomic
def decide_report(*, actor: User, report: Report, version: int, confirm: bool, reason: str = "") -> None:
    """Confirm a report, or return it with a reason; InputError where another was first."""
    if not confirm and not reason.strip():
        raise InputError([Problem("退回时请写明原因")], "未保存")
    before = audit.state_of(report)
    state = ReportState.CONFIRMED if confirm else ReportState.RETURNED
    changed = Report.objects.filter(pk=report.pk, version=version, state=ReportState.SUBMITTED).update(
        state=state, reason="" if confirm else reason.strip()[:300], decided_at=timezone.now(), version=F("version") + 1
    )
    if not changed:
        raise InputError([Problem(CHANGED, mend=RELOAD)], "未保存")
    report.refresh_from_db()
    action = "确认进展" if confirm else "退回进展"
    after = audit.state_of(report)
    audit.record(actor=actor, action=action, instance=report, label=_label(report), before=before, after=after)
    if not confirm:
        text = f"{task_name(report.task)} {report.month} 的进展被退回：{report.reason}"
        notify(text=text, url=_task_url(report.task), organisations=[report.organisation])


@transaction.atomic
def new_calendar_key(*, user: User) -> CalendarKey:
    """Give the person a new calendar address; the old one ends."""
    found, _ = CalendarKey.objects.update_or_create(user=user, defaults={"key": new_key()})
    audit.record(actor=user, action="更换日历订阅地址", object_type="user", object_id=user.pk, label=str(user))
    return found


def task_name(task: str) -> str:
    """A task as people know it; its id where the pack no longer has it."""
    found = current_pack().tasks.get(task)
    return f"任务“{found.number}. {found.title}”" if found else f"任务 {task}"


def city() -> list[Organisation]:
    """The city's bureau."""
    return list(Organisation.objects.filter(kind=OrganisationKind.CITY, is_active=True))


def _check_month(month: str, today: date, problems: Problems) -> None:
    try:
        period = Period.parse(month)
    except ValueError:
        problems.add("月份写错了", found=month, mend="请写成如 2026-09")
        return
    if period.grain != "month":
        problems.add("应为一个月份", found=month, mend="请写成如 2026-09")
    elif period.start > today:
        problems.add("不能报送还没有到的月份", found=month)


def _label(report: Report) -> str:
    return f"{task_name(report.task)} {report.month} {report.organisation}"


def _task_url(task: str) -> str:
    return reverse("supervision:task", args=[task])
