"""The dispatch app."""

from django.apps import AppConfig

from jiqun.web.accounts.roles import BUREAUS
from jiqun.web.common.navigation import Entry


class DispatchConfig(AppConfig):
    """The dispatch desk."""

    name = "jiqun.web.dispatch"
    verbose_name = "调度"
    navigation = (Entry("总览", "dispatch:overview", BUREAUS, 10, marks=("dispatch:",)),)
