"""The app."""

from django.apps import AppConfig

from jiqun.web.accounts.roles import BUREAUS, FIRMS
from jiqun.web.common.navigation import Entry


class RegistryConfig(AppConfig):
    """The records."""

    name = "jiqun.web.registry"
    label = "registry"
    verbose_name = "台账"
    navigation = (
        Entry("全部台账", "registry:home", BUREAUS, 52, "台账", marks=("registry:",)),
        Entry("我的台账", "registry:home", FIRMS, 52, marks=("registry:",)),
    )
