"""The cultivation app."""

from django.apps import AppConfig

from jiqun.web.accounts.roles import BUREAUS, FIRMS
from jiqun.web.common.navigation import Entry


class CultivationConfig(AppConfig):
    """The cultivation desk."""

    name = "jiqun.web.cultivation"
    verbose_name = "培育"
    navigation = (
        Entry("企业", "cultivation:firms", BUREAUS, 50, marks=("cultivation:",)),
        Entry("本单位", "cultivation:own", FIRMS, 20, marks=("cultivation:",)),
    )
