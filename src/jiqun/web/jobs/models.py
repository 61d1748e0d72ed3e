"""Job: one piece of long work, what became of it, and who wanted it."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse


class JobState(models.TextChoices):
    """Where a job stands."""

    WAITING = "waiting", "等待处理"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "失败"
    CANCELLED = "cancelled", "已取消"


ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})
REPEATABLE = frozenset({JobState.FAILED, JobState.CANCELLED})
MARKS = {
    JobState.WAITING: "open", JobState.RUNNING: "info", JobState.DONE: "ok", JobState.FAILED: "bad",
    JobState.CANCELLED: "open",
}  # fmt: skip


class Job(models.Model):
    """Long work of one kind with its parameters; a row of the task queue points at it while it waits or runs."""

    kind = models.CharField("类型", max_length=60)
    title = models.CharField("名称", max_length=200)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发起人"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="机构"
    )
    params = models.JSONField("参数", default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField("状态", max_length=10, choices=JobState, default=JobState.WAITING)
    done = models.PositiveBigIntegerField("已处理", default=0)
    total = models.PositiveBigIntegerField("总数", null=True, blank=True)
    words = models.CharField("进展", max_length=200, blank=True)
    result = models.JSONField("结果", null=True, blank=True, encoder=DjangoJSONEncoder)
    result_url = models.CharField("结果页面", max_length=300, blank=True)
    error = models.TextField("错误", blank=True)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    cancel_requested = models.BooleanField("要求取消", default=False)
    worker = models.CharField("执行进程", max_length=120, blank=True)
    task_id = models.UUIDField("队列编号", null=True, blank=True)
    created_at = models.DateTimeField("提交时间", auto_now_add=True)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)
    heartbeat = models.DateTimeField("最近活动", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        ordering = ["-id"]
        indexes = [models.Index(fields=["state"], name="job_state")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known"),
            models.CheckConstraint(
                condition=~Q(state=JobState.RUNNING) | (~Q(worker="") & Q(heartbeat__isnull=False)),
                name="job_running_has_worker",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(ENDED), finished_at__isnull=False)
                | (~Q(state__in=sorted(ENDED)) & Q(finished_at__isnull=True)),
                name="job_ended_has_day",
            ),
            models.CheckConstraint(condition=~Q(state=JobState.FAILED) | ~Q(error=""), name="job_failed_says_why"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("jobs:job", args=[self.pk])

    @property
    def is_active(self) -> bool:
        """Whether it waits or runs."""
        return self.state not in ENDED

    @property
    def can_repeat(self) -> bool:
        """Whether it may be asked for again."""
        return self.state in REPEATABLE

    @property
    def mark(self) -> str:
        """The colour of its state."""
        return MARKS[JobState(self.state)]

    @property
    def percent(self) -> int | None:
        """How much is done, 0 to 100; None where the whole is not known."""
        if self.state == JobState.DONE:
            return 100
        return min(100 * self.done // self.total, 100) if self.total else None
