"""Invitation: a one-time link by which a person makes an account."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from jiqun.web.accounts.models import Organisation, Role


class Invitation(models.Model):
    """An account that waits for its person; of the link only a digest is kept."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="invitations", verbose_name="机构")
    role = models.CharField("角色", max_length=12, choices=Role)
    full_name = models.CharField("姓名", max_length=60, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    digest = models.CharField("链接摘要", max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="邀请人")
    created_at = models.DateTimeField("邀请时间", auto_now_add=True)
    expires_at = models.DateTimeField("有效期至")
    revoked_at = models.DateTimeField("撤销时间", null=True)
    accepted_at = models.DateTimeField("接受时间", null=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="invitation", verbose_name="账号"
    )

    class Meta:
        verbose_name = verbose_name_plural = "邀请"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, user__isnull=True)
                | Q(accepted_at__isnull=False, user__isnull=False, revoked_at__isnull=True),
                name="invitation_accepted_by_a_user",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_known"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email or f"{self.organisation}的{self.get_role_display()}人员"

    @property
    def state(self) -> str:
        """Where it stands, in a word."""
        if self.accepted_at:
            return "已接受"
        if self.revoked_at:
            return "已撤销"
        return "待接受" if self.expires_at > timezone.now() else "已过期"

    @property
    def is_open(self) -> bool:
        """Whether its link still works."""
        return self.state == "待接受"
