"""The app."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """The records."""

    name = "jiqun.web.registry"
    label = "registry"
    verbose_name = "台账"
