"""The app."""

from django.apps import AppConfig

from jiqun.web.accounts.roles import SIGNED_IN
from jiqun.web.common.navigation import Entry


class IntakeConfig(AppConfig):
    """Import and export by workbooks."""

    name = "jiqun.web.registry.intake"
    label = "intake"
    verbose_name = "导入导出"
    navigation = (Entry("导入导出", "intake:index", SIGNED_IN, 58, group="台账", marks=("intake:",)),)
