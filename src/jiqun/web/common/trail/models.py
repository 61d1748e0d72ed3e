"""Reads of a firm's confidential figures by others."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class ReadRecord(models.Model):
    """Somebody outside a firm opened a page with its figures: once an hour for each person, firm and page."""

    at = models.DateTimeField("时间", auto_now_add=True)
    hour = models.DateTimeField("时段")
    """The hour of `at`: what is read again within it is the same read."""
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="查阅人")
    # No foreign key: a reload of the registry may drop the firm, and the read remains a fact.
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    """Empty where figures of many firms were exported at once."""
    party_name = models.CharField("企业", max_length=160)
    page = models.CharField("页面", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "查阅记录"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["reader", "uscc", "page", "party_name", "hour"], name="read_once_an_hour")
        ]
        indexes = [models.Index(fields=["uscc", "-id"], name="read_of_party")]

    def __str__(self) -> str:
        return f"{self.reader} {self.party_name} {self.page}"
