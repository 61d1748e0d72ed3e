"""The app."""

from django.apps import AppConfig

from jiqun.web.accounts.roles import BUREAUS, FIRMS
from jiqun.web.common.navigation import Entry


class RoundsConfig(AppConfig):
    """Reporting rounds."""

    name = "jiqun.web.dispatch.rounds"
    label = "rounds"
    verbose_name = "填报任务"
    navigation = (Entry("填报", "rounds:index", BUREAUS | FIRMS, 20, marks=("rounds:",)),)
