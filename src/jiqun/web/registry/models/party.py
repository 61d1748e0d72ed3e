"""Party: a firm, laboratory, institute, bank, park … with a unified social credit code."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from jiqun.rules.vocabulary import PARTY_KINDS, SIZE_CLASSES
from jiqun.web.registry.models.subject import length_is


class Party(models.Model):
    """A legal person of the programme; empty text and null mean unknown."""

    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("名称", max_length=160, db_index=True)
    kind = models.CharField("类型", max_length=12, choices=list(PARTY_KINDS.items()))
    cluster = models.ForeignKey(
        "registry.Cluster",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parties",
        verbose_name="所属集群",
    )
    county = models.ForeignKey(
        "registry.Place",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parties",
        verbose_name="所属县（市、区）",
    )
    industry = models.CharField("行业", max_length=5, blank=True)
    founded_on = models.DateField("成立日期", null=True, blank=True)
    size_class = models.CharField("企业规模", max_length=4, blank=True, choices=[(s, s) for s in SIZE_CLASSES])
    above_size = models.BooleanField("规上", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "主体"
        ordering = ["uscc"]
        constraints = [
            models.CheckConstraint(condition=length_is("uscc", 18), name="party_uscc_length"),
            models.CheckConstraint(condition=Q(uscc=Upper(F("uscc"))), name="party_uscc_upper"),
            models.CheckConstraint(condition=~Q(name=""), name="party_named"),
            models.CheckConstraint(condition=Q(kind__in=list(PARTY_KINDS)), name="party_kind_known"),
            models.CheckConstraint(condition=Q(size_class__in=["", *SIZE_CLASSES]), name="party_size_known"),
        ]

    def __str__(self) -> str:
        return self.name
