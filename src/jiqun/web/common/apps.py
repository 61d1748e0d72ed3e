"""The app."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Audit and site-wide helpers."""

    name = "jiqun.web.common"
    label = "common"
    verbose_name = "公共"
