"""FactsLoad: one replacement of the registry by a facts folder."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class FactsLoad(models.Model):
    """What was loaded, and whether it is invented; the latest one describes the registry."""

    at = models.DateTimeField("时间", auto_now_add=True)
    snapshot_id = models.CharField("快照编号", max_length=64)
    rows = models.JSONField("行数", default=dict)
    demo = models.JSONField("演示数据标记", null=True, blank=True)
    """What marks invented facts, as their folder has it; null for real ones."""

    class Meta:
        verbose_name = verbose_name_plural = "载入记录"
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=~Q(snapshot_id=""), name="facts_load_named")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.snapshot_id[:12]}"
