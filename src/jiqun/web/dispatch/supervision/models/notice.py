"""Supervision notices 督办单: one notice, an order to each organisation it is addressed to, and the steps of each."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from jiqun.web.accounts.models import Organisation


class SubjectKind(models.TextChoices):
    """What a notice is about."""

    TASK = "task", "任务"
    TARGET = "target", "目标"
    ROUND = "round", "填报任务"
    OTHER = "other", "其他事项"


class OrderState(models.TextChoices):
    """Where an organisation stands with a notice."""

    ISSUED = "issued", "待签收"
    RECEIVED = "received", "办理中"
    REPLIED = "replied", "已回复"
    RETURNED = "returned", "退回重办"
    CLOSED = "closed", "已办结"


OPEN_STATES = (OrderState.ISSUED, OrderState.RECEIVED, OrderState.RETURNED)
"""The organisation has to act; its time runs."""


class Notice(models.Model):
    """A numbered notice; what each addressee does about it is in its orders."""

    prefix = models.CharField("字", max_length=10)
    year = models.PositiveSmallIntegerField("年")
    serial = models.PositiveIntegerField("序号")
    subject_kind = models.CharField("事由", max_length=6, choices=SubjectKind)
    subject = models.CharField("对象", max_length=60, blank=True)
    title = models.CharField("标题", max_length=120)
    text = models.TextField("督办要求")
    working_days = models.PositiveSmallIntegerField("办理时限（工作日）")
    issued_on = models.DateField("印发日期")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="签发人")
    issuer = models.ForeignKey(Organisation, models.PROTECT, related_name="notices_issued", verbose_name="签发单位")
    is_demo = models.BooleanField("演示", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "督办单"
        ordering = ["-year", "-serial"]
        constraints = [
            models.UniqueConstraint(fields=["prefix", "year", "serial"], name="notice_number_once"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="notice_says_something"),
            models.CheckConstraint(condition=Q(subject_kind="other") | ~Q(subject=""), name="notice_has_subject"),
            models.CheckConstraint(condition=Q(working_days__gte=1), name="notice_has_time"),
        ]

    @property
    def number(self) -> str:
        """As it is cited: 督〔2026〕3号."""
        return f"{self.prefix}〔{self.year}〕{self.serial}号"

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Order(models.Model):
    """A notice as one organisation has it; `version` rises with every act, so that of two at once one is told."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="orders", verbose_name="督办单")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="orders", verbose_name="承办单位")
    state = models.CharField("状态", max_length=8, choices=OrderState, default=OrderState.ISSUED)
    deadline = models.DateField("办理期限", db_index=True)
    level = models.PositiveSmallIntegerField("升级级别", default=0)
    extension_days = models.PositiveSmallIntegerField("申请延期（工作日）", null=True, blank=True)
    extension_reason = models.CharField("延期理由", max_length=300, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "督办承办"
        ordering = ["notice", "organisation__name"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "organisation"], name="order_once"),
            models.CheckConstraint(condition=Q(state__in=OrderState.values), name="order_state_known"),
            models.CheckConstraint(
                condition=Q(extension_days__isnull=True) | ~Q(extension_reason=""), name="order_extension_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice.number} {self.organisation}"

    @property
    def is_open(self) -> bool:
        """Whether the organisation has to act."""
        return self.state in OPEN_STATES

    def is_overdue(self, today: date) -> bool:
        """Whether its time has run out without a reply."""
        return self.is_open and self.deadline < today


class Step(models.Model):
    """Something done in an order, in time order; never changed."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="steps")
    action = models.CharField("动作", max_length=20)
    text = models.TextField("内容", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="经办人")
    """None where the daily job did it."""
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "办理过程"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.action
