"""Cluster: firms of one trade in one county."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Cluster(models.Model):
    """An industrial cluster; `code` is the `id` of the facts; empty text and null mean unknown."""

    code = models.CharField("编号", max_length=40, unique=True)
    name = models.CharField("名称", max_length=120)
    county = models.ForeignKey(
        "registry.Place",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="clusters",
        verbose_name="所属县（市、区）",
    )
    chain = models.CharField("产业链", max_length=60, blank=True)
    provincial_key = models.BooleanField("省级重点", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "集群"
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="cluster_named")]

    def __str__(self) -> str:
        return self.name
