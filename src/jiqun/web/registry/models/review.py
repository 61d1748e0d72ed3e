"""Review: the check whether a title is kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from jiqun.web.registry.models.subject import OfSubject, one_subject, unique_for_subject


class Outcome(models.TextChoices):
    """How a review ended."""

    PASSED = "通过", "通过"
    FAILED = "不通过", "不通过"
    MEND = "整改", "整改"


class Review(OfSubject):
    """One review of one title."""

    title = models.CharField("称号", max_length=80)
    reviewed_on = models.DateField("复核日期")
    outcome = models.CharField("结果", max_length=4, choices=Outcome)

    class Meta:
        verbose_name = verbose_name_plural = "复核"
        ordering = ["-reviewed_on", "title"]
        constraints = [
            one_subject("review"),
            *unique_for_subject("review", "title", "reviewed_on"),
            models.CheckConstraint(condition=~Q(title=""), name="review_titled"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="review_outcome_known"),
        ]
        indexes = [
            models.Index(fields=["title", "reviewed_on"], name="review_title"),
            models.Index(fields=["reviewed_on"], name="review_on"),
        ]

    def __str__(self) -> str:
        return f"{self.title}复核{self.outcome}（{self.reviewed_on}）"
