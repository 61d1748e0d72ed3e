"""The app."""

from django.apps import AppConfig

from jiqun.web.accounts.roles import SIGNED_IN
from jiqun.web.common.navigation import Entry


class ApiConfig(AppConfig):
    """Programs that read and are told."""

    name = "jiqun.web.api"
    label = "api"
    verbose_name = "数据接口"
    navigation = (Entry("数据接口", "interface:home", SIGNED_IN, 95, group="管理", marks=("interface:",)),)
