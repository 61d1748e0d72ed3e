"""The app."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """Messages to people, and the bell in the header."""

    name = "jiqun.web.inbox"
    label = "inbox"
    verbose_name = "消息"
