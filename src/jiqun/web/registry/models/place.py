"""Place: a division of the state (GB/T 2260) or a functional zone."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from jiqun.rules.vocabulary import PLACE_KINDS
from jiqun.web.registry.models.subject import length_is


class Place(models.Model):
    """A city, county-level division or zone."""

    code = models.CharField("代码", max_length=6, unique=True)
    name = models.CharField("名称", max_length=60)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    kind = models.CharField("类型", max_length=12, choices=list(PLACE_KINDS.items()))

    class Meta:
        verbose_name = verbose_name_plural = "区划"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(PLACE_KINDS)), name="place_kind_known"),
            models.CheckConstraint(condition=length_is("code", 6), name="place_code_length"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="place_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name
