"""A message to one person."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Message(models.Model):
    """One line to one person with the page it is about; read once it was opened."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="inbox_messages", verbose_name="收件人"
    )
    text = models.CharField("内容", max_length=300)
    url = models.CharField("网址", max_length=300)
    """A path of this site."""
    key = models.CharField("去重键", max_length=120, blank=True)
    """Same key, same person: the message is sent once (reminders of a daily job)."""
    created_at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("已读时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="inbox_of_recipient"),
            models.Index(fields=["recipient"], condition=Q(read_at__isnull=True), name="inbox_unread"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "key"], condition=~Q(key=""), name="inbox_key_once"),
        ]

    def __str__(self) -> str:
        return self.text
