"""Attachment: a file that belongs to a register entry."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Attachment(models.Model):
    """A bounded file under a random name; `entry_id` is plain, since a reload replaces entries as a whole."""

    entry_id = models.BigIntegerField("记录", db_index=True)
    name = models.CharField("文件名", max_length=120)
    stored = models.CharField("存放名", max_length=80, unique=True)
    size = models.PositiveIntegerField("大小")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(name="") & ~Q(stored=""), name="attachment_named")]

    def __str__(self) -> str:
        return self.name
