"""The portal app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Home page, cluster pages, errors, and the shell of every page."""

    name = "jiqun.web.portal"
    verbose_name = "门户"
