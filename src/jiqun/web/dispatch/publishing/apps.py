"""The app."""

from django.apps import AppConfig

from jiqun.web.accounts.roles import BUREAUS
from jiqun.web.common.navigation import Entry


class PublishingConfig(AppConfig):
    """Publications and briefings."""

    name = "jiqun.web.dispatch.publishing"
    label = "publishing"
    verbose_name = "发布与通报"
    navigation = (Entry("发布", "publishing:releases", BUREAUS, 30, marks=("publishing:",)),)
