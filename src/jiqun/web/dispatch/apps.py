"""The app."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    """The dispatch desk."""

    name = "jiqun.web.dispatch"
    label = "dispatch"
