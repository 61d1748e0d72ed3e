"""A webhook: an address that is told of events; and each telling."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Event(models.TextChoices):
    """What webhooks can be told of."""

    PUBLISHED = "published", "发布数据"
    RETURNED = "returned", "退回填报数据"
    AWARDED = "awarded", "登记认定"


class Webhook(models.Model):
    """An organisation's address and the events that it wants; messages are signed with its secret."""

    organisation = models.ForeignKey(
        "accounts.Organisation", models.CASCADE, related_name="webhooks", verbose_name="机构"
    )
    url = models.URLField("地址", max_length=400)
    secret = models.CharField("签名密钥", max_length=64)
    events = models.JSONField("事件", default=list)
    is_active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "事件推送"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "url"], name="webhook_once"),
            models.CheckConstraint(condition=~Q(secret=""), name="webhook_signed"),
        ]

    def __str__(self) -> str:
        return self.url


class DeliveryState(models.TextChoices):
    """Where a telling stands."""

    WAITING = "waiting", "等待推送"
    DONE = "done", "已送达"
    FAILED = "failed", "未送达"


class Delivery(models.Model):
    """One event for one webhook."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", verbose_name="推送")
    event = models.CharField("事件", max_length=12, choices=Event)
    payload = models.JSONField("内容")
    state = models.CharField("状态", max_length=8, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    answer = models.CharField("回应", max_length=200, blank=True)
    created_at = models.DateTimeField("发生时间", auto_now_add=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "推送记录"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["waiting", "done", "failed"]), name="delivery_state_known")
        ]
        indexes = [models.Index(fields=["webhook", "-id"], name="delivery_of_webhook")]

    def __str__(self) -> str:
        return f"{self.get_event_display()} → {self.webhook}"
