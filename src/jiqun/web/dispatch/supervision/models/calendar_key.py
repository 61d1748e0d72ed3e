"""The key of a person's calendar address."""

from __future__ import annotations

from secrets import token_urlsafe

from django.conf import settings
from django.db import models


def new_key() -> str:
    """A secret that cannot be guessed."""
    return token_urlsafe(32)


class CalendarKey(models.Model):
    """Who knows the key may read the person's calendar; a new key ends the old address."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_key")
    key = models.CharField("密钥", max_length=60, unique=True, default=new_key)

    class Meta:
        verbose_name = verbose_name_plural = "日历订阅"

    def __str__(self) -> str:
        return str(self.user)
