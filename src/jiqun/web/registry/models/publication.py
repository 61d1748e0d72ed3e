"""Publication: an evaluated snapshot that the pages cite."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q


class Publication(models.Model):
    """One evaluation: its snapshot, its results, the as-of date and the pack; never changed, one is current."""

    as_of = models.DateField("数据截至")
    pack_id = models.CharField("方案包", max_length=80)
    pack_version = models.CharField("方案包版本", max_length=40)
    snapshot_id = models.CharField("快照编号", max_length=64)
    snapshot_folder = models.CharField(max_length=200)
    results_folder = models.CharField(max_length=200)
    """Both folders are relative to the data folder, so that it may be moved."""
    created_at = models.DateTimeField("生成时间", auto_now_add=True)
    is_current = models.BooleanField("当前", default=False)
    is_demo = models.BooleanField("演示数据", default=False)
    note = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "发布"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"], condition=Q(is_current=True), name="publication_one_current"
            ),
            models.CheckConstraint(
                condition=~Q(snapshot_id="") & ~Q(snapshot_folder="") & ~Q(results_folder=""),
                name="publication_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.as_of} {self.snapshot_id[:12]}"

    @property
    def snapshot(self) -> Path:
        """The snapshot's folder."""
        return Path(settings.HOME) / self.snapshot_folder

    @property
    def results(self) -> Path:
        """The results' folder."""
        return Path(settings.HOME) / self.results_folder
