"""The app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The portal desk."""

    name = "jiqun.web.portal"
    label = "portal"
