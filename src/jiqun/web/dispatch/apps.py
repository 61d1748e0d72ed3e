"""The dispatch app."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    """The dispatch desk."""

    name = "jiqun.web.dispatch"
    verbose_name = "调度"
