"""Party: a firm, laboratory, institute, bank, park … with a unified social credit code."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from jiqun.rules.vocabulary import PARTY_KINDS, SIZE_CLASSES
from jiqun.web.registry.models.subject import length_is, one_of


class Party(models.Model):
    """A legal person of the programme; empty text and null mean unknown."""

    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("名称", max_length=160)
    kind = models.CharField("类型", max_length=12, choices=list(PARTY_KINDS.items()))
    cluster = models.ForeignKey(
        "registry.Cluster",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="parties",
        verbose_name="所属集群",
    )
    county = models.ForeignKey(
        "registry.Place",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
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
            models.CheckConstraint(condition=one_of("kind", PARTY_KINDS), name="party_kind_known"),
            models.CheckConstraint(condition=one_of("size_class", ("", *SIZE_CLASSES)), name="party_size_known"),
        ]
        # The orders in which lists are read: within a kind, and within a place; the narrowest filters by code.
        indexes = [
            models.Index(fields=["kind", "uscc"], name="party_kind_uscc"),
            models.Index(fields=["kind", "name"], name="party_kind_name"),
            models.Index(fields=["kind", "founded_on"], name="party_kind_founded"),
            models.Index(fields=["county", "kind", "uscc"], name="party_county_uscc"),
            models.Index(fields=["county", "kind", "name"], name="party_county_name"),
            models.Index(fields=["county", "kind", "founded_on"], name="party_county_founded"),
            models.Index(fields=["cluster", "kind", "uscc"], name="party_cluster_uscc"),
            models.Index(fields=["kind", "industry", "uscc"], name="party_industry_uscc"),
            models.Index(fields=["kind", "size_class", "above_size", "uscc"], name="party_size_uscc"),
        ]

    def __str__(self) -> str:
        return self.name
