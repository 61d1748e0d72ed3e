"""How a target is split: the city's goal over counties, a county's share over its clusters; versions are kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from jiqun.web.registry.models import Cluster, Place


class Decomposition(models.Model):
    """One version of the split of a target, over all counties (no `county`) or over the clusters of one."""

    target = models.CharField("目标", max_length=80)
    county = models.ForeignKey(Place, models.PROTECT, null=True, related_name="decompositions", verbose_name="县")
    version = models.PositiveIntegerField("版本")
    is_final = models.BooleanField("定稿", default=False)
    note = models.CharField("说明", max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="保存人")
    created_at = models.DateTimeField("保存时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "目标分解"
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["target", "version"], condition=Q(county__isnull=True), name="board_city_version_once"
            ),
            models.UniqueConstraint(
                fields=["target", "county", "version"],
                condition=Q(county__isnull=False),
                name="board_county_version_once",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="board_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.county or '全市'} 第 {self.version} 版"


class TargetShare(models.Model):
    """What one county or cluster should have reached by the end of a year, in base units (元, 家, parts of one)."""

    decomposition = models.ForeignKey(Decomposition, models.CASCADE, related_name="shares", verbose_name="分解")
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", verbose_name="县（市、区）")
    """In the split of a county: what its firms outside clusters should reach."""
    cluster = models.ForeignKey(Cluster, models.PROTECT, null=True, related_name="+", verbose_name="集群")
    year = models.PositiveSmallIntegerField("年度")
    value = models.DecimalField("年末应达", max_digits=20, decimal_places=6, null=True)
    """Unknown where nothing was entered yet."""
    locked = models.BooleanField("固定", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "目标份额"
        constraints = [
            models.UniqueConstraint(
                fields=["decomposition", "place", "year"],
                condition=Q(place__isnull=False),
                name="board_place_share_once",
            ),
            models.UniqueConstraint(
                fields=["decomposition", "cluster", "year"],
                condition=Q(cluster__isnull=False),
                name="board_cluster_share_once",
            ),
            models.CheckConstraint(
                condition=Q(place__isnull=False, cluster__isnull=True) | Q(place__isnull=True, cluster__isnull=False),
                name="board_share_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place or self.cluster} {self.year}"
