"""What is kept of a task of the plan: who does it, its milestones, its monthly reports."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from jiqun.web.accounts.models import Organisation


class Part(models.TextChoices):
    """The part of an organisation in a task."""

    LEAD = "lead", "牵头"
    SUPPORTING = "supporting", "配合"


class MilestoneState(models.TextChoices):
    """Where a milestone stands."""

    OPEN = "open", "进行中"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"


class ReportState(models.TextChoices):
    """Where a monthly report stands."""

    SUBMITTED = "submitted", "待确认"
    CONFIRMED = "confirmed", "已确认"
    RETURNED = "returned", "已退回"


class Assignment(models.Model):
    """An organisation that the city charged with a task; the pack stays what the plan says."""

    task = models.CharField("任务", max_length=40)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="task_assignments", verbose_name="单位")
    part = models.CharField("分工", max_length=10, choices=Part)
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "任务分工"
        ordering = ["task", "part", "organisation__name"]
        constraints = [
            models.UniqueConstraint(fields=["task", "organisation"], name="assignment_once"),
            models.UniqueConstraint(fields=["task"], condition=Q(part="lead"), name="assignment_one_lead"),
            models.CheckConstraint(condition=Q(part__in=Part.values), name="assignment_part_known"),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.organisation}"


class Milestone(models.Model):
    """Something that a task should have reached on a day."""

    task = models.CharField("任务", max_length=40, db_index=True)
    title = models.CharField("节点", max_length=120)
    due = models.DateField("应完成日期", db_index=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="milestones", verbose_name="责任单位"
    )
    state = models.CharField("状态", max_length=10, choices=MilestoneState, default=MilestoneState.OPEN)
    done_on = models.DateField("完成日期", null=True, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "任务节点"
        ordering = ["due", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="milestone_titled"),
            models.CheckConstraint(
                condition=Q(state="done", done_on__isnull=False)
                | Q(state__in=["open", "cancelled"], done_on__isnull=True),
                name="milestone_done_has_day",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def shown_state(self, today: date) -> str:
        """The state in words, 逾期 where it is."""
        if self.state == MilestoneState.OPEN and self.due < today:
            return "逾期"
        return str(MilestoneState(self.state).label)


class Report(models.Model):
    """What an organisation says of a task's progress in a month; `version` rises with every act on it."""

    task = models.CharField("任务", max_length=40, db_index=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="task_reports", verbose_name="单位")
    month = models.CharField("月份", max_length=7)
    text = models.TextField("进展")
    percentage = models.PositiveSmallIntegerField("完成比例（%）", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=ReportState, default=ReportState.SUBMITTED)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="填报人")
    submitted_at = models.DateTimeField("报送时间")
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)
    reason = models.CharField("退回原因", max_length=300, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "月度进展"
        ordering = ["-month", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["task", "organisation", "month"], name="report_once_a_month"),
            models.CheckConstraint(condition=~Q(text=""), name="report_says_something"),
            models.CheckConstraint(
                condition=Q(percentage__isnull=True) | Q(percentage__lte=100), name="report_percentage"
            ),
            models.CheckConstraint(condition=~Q(state="returned") | ~Q(reason=""), name="report_return_has_reason"),
            models.CheckConstraint(condition=Q(state__in=ReportState.values), name="report_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.month} {self.organisation}"
