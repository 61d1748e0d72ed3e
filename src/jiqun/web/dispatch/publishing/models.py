"""A release: a publication on its way: draft, published with a number, withdrawn or discarded."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ReleaseState(models.TextChoices):
    """Where a release stands."""

    DRAFT = "draft", "待发布"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤回"
    DISCARDED = "discarded", "已放弃"


class Release(models.Model):
    """One evaluation made to be published; its figures are frozen from the start."""

    publication = models.OneToOneField(
        "registry.Publication", models.PROTECT, related_name="release", verbose_name="数据"
    )
    job = models.OneToOneField(
        "jobs.Job", models.SET_NULL, null=True, blank=True, related_name="release", verbose_name="任务"
    )
    state = models.CharField("状态", max_length=10, choices=ReleaseState, default=ReleaseState.DRAFT)
    number = models.PositiveIntegerField("期号", null=True, blank=True, unique=True)
    made_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="试算人"
    )
    published_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发布人"
    )
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    reason = models.CharField("撤回原因", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "发布批次"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ReleaseState.values), name="release_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=["published", "withdrawn"], number__isnull=False, published_at__isnull=False)
                | Q(state__in=["draft", "discarded"], number__isnull=True, published_at__isnull=True),
                name="release_numbered_when_published",
            ),
            models.CheckConstraint(condition=~Q(state="withdrawn") | ~Q(reason=""), name="release_withdrawn_why"),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 期" if self.number else f"试算 {self.pk}"
