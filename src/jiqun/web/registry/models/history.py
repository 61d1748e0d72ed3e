"""What a party was called and coded before, and which pairs of parties were found to be two."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class PartyName(models.Model):
    """A former name of a party."""

    party = models.ForeignKey("registry.Party", models.CASCADE, related_name="former_names", verbose_name="主体")
    name = models.CharField("名称", max_length=160)
    from_on = models.DateField("启用日期", null=True, blank=True)
    until_on = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "曾用名"
        ordering = ["-until_on", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="party_name_named")]

    def __str__(self) -> str:
        return self.name


class PartyCode(models.Model):
    """The code of a party that was merged into another: its address leads to the one that was kept."""

    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    party = models.ForeignKey("registry.Party", models.CASCADE, related_name="former_codes", verbose_name="主体")
    merged_at = models.DateTimeField("合并时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "曾用代码"

    def __str__(self) -> str:
        return self.uscc


class NotDuplicate(models.Model):
    """Two parties that look alike and were found to be two."""

    first = models.ForeignKey("registry.Party", models.CASCADE, related_name="+")
    second = models.ForeignKey("registry.Party", models.CASCADE, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "非重复主体"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="not_duplicate_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="not_duplicate_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id}, {self.second_id}"
