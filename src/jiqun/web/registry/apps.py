"""The app."""

from django.apps import AppConfig

from jiqun.web.accounts.roles import BUREAUS, EDITORS, FIRMS, PUBLISHERS
from jiqun.web.common.navigation import Entry

_PAGES = tuple(f"registry:{name}" for name in ("home", "list", "party", "record", "create", "edit", "search", "rename"))


class RegistryConfig(AppConfig):
    """The records."""

    name = "jiqun.web.registry"
    label = "registry"
    verbose_name = "台账"
    navigation = (
        Entry("全部台账", "registry:home", BUREAUS, 52, "台账", marks=_PAGES),
        Entry("待审数据", "registry:waiting", PUBLISHERS, 51, "台账"),
        Entry("报送进度", "registry:waiting", BUREAUS - PUBLISHERS, 55, "台账"),
        Entry("疑似重复", "registry:duplicates", EDITORS, 53, "台账", marks=("registry:duplicates", "registry:merge")),
        Entry("我的台账", "registry:home", FIRMS, 52, marks=_PAGES),
        Entry("报送进度", "registry:waiting", FIRMS, 55),
    )
