"""User: a person who signs in, with one role in one organisation."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from jiqun.web.accounts.models.organisation import Organisation
from jiqun.web.accounts.roles import Role


class User(AbstractUser):
    """An account; role and organisation come and go together."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    full_name = models.CharField("姓名", max_length=60, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    role = models.CharField("角色", max_length=12, choices=Role, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="users", verbose_name="机构"
    )
    is_demo = models.BooleanField("演示账号", default=False)

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        constraints = [
            models.CheckConstraint(condition=Q(role__in=["", *Role.values]), name="user_role_known"),
            models.CheckConstraint(
                condition=Q(role="", organisation__isnull=True) | (~Q(role="") & Q(organisation__isnull=False)),
                name="user_role_with_organisation",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        """The person's name, or the login where it is unknown."""
        return str(self)

    def get_short_name(self) -> str:
        """The same."""
        return str(self)
