"""The cultivation app."""

from django.apps import AppConfig


class CultivationConfig(AppConfig):
    """The cultivation desk."""

    name = "jiqun.web.cultivation"
    verbose_name = "培育"
