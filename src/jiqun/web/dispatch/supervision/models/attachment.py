"""A file of evidence, of a report or of a step."""

from __future__ import annotations

from pathlib import PurePath
from uuid import uuid4

from django.db import models
from django.db.models import Q

from jiqun.web.dispatch.supervision.models.notice import Step
from jiqun.web.dispatch.supervision.models.task import Report


def stored_as(attachment: Attachment, name: str) -> str:
    """A name on disk that nobody chose."""
    return f"supervision/{uuid4().hex}{PurePath(attachment.name).suffix.lower()}"


class Attachment(models.Model):
    """One file; who may see what it belongs to may download it."""

    report = models.ForeignKey(Report, models.CASCADE, null=True, blank=True, related_name="attachments")
    step = models.ForeignKey(Step, models.CASCADE, null=True, blank=True, related_name="attachments")
    name = models.CharField("文件名", max_length=120)
    size = models.PositiveIntegerField("字节数")
    file = models.FileField(upload_to=stored_as)

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(report__isnull=False, step__isnull=True) | Q(report__isnull=True, step__isnull=False),
                name="attachment_of_one",
            ),
        ]

    def __str__(self) -> str:
        return self.name
