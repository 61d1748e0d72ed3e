"""A token: what a program shows instead of a person's password; only its digest is kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Permission(models.TextChoices):
    """What a token may read; never more than its owner."""

    REGISTRY = "registry", "主体、集群、认定、台账"
    FIGURES = "figures", "指标数据"
    RESULTS = "results", "目标和判定结果"
    BULK = "bulk", "批量导出"


class Token(models.Model):
    """The right of one program to read as its owner does, until it expires or is taken back."""

    owner = models.ForeignKey("accounts.User", models.CASCADE, related_name="tokens", verbose_name="所有者")
    name = models.CharField("名称", max_length=60)
    prefix = models.CharField("开头", max_length=12, unique=True)
    digest = models.CharField("摘要", max_length=64)
    permissions = models.JSONField("权限", default=list)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    expires_at = models.DateTimeField("到期时间")
    last_used_at = models.DateTimeField("最近使用", null=True, blank=True)
    revoked_at = models.DateTimeField("收回时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "接口令牌"
        ordering = ["-created_at"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="token_named")]

    def __str__(self) -> str:
        return f"{self.name}（{self.prefix}…）"
