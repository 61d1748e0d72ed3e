"""Recognition: a title awarded to a subject."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from jiqun.web.registry.models.subject import OfSubject, one_subject, unique_for_subject


class Recognition(OfSubject):
    """A title with its award date and, where it has one, its last valid day."""

    title = models.CharField("称号", max_length=80)
    awarded_on = models.DateField("认定日期")
    valid_until = models.DateField("有效期至", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "认定"
        ordering = ["-awarded_on", "title"]
        constraints = [
            one_subject("recognition"),
            *unique_for_subject("recognition", "title", "awarded_on"),
            models.CheckConstraint(condition=~Q(title=""), name="recognition_titled"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("awarded_on")),
                name="recognition_valid_after_award",
            ),
        ]
        indexes = [
            models.Index(fields=["title", "awarded_on"], name="recognition_title"),
            models.Index(fields=["awarded_on"], name="recognition_on"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.awarded_on}）"
