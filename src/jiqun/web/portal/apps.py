"""The portal app."""

from django.apps import AppConfig

from jiqun.web.accounts.roles import BUREAUS, EVERYONE
from jiqun.web.common.navigation import Entry


class PortalConfig(AppConfig):
    """Home page, cluster pages, errors, and the shell of every page."""

    name = "jiqun.web.portal"
    verbose_name = "门户"
    navigation = (
        Entry("首页", "portal:home", EVERYONE, 1, hidden_for=BUREAUS),
        Entry("集群", "portal:clusters", EVERYONE, 60, marks=("portal:clusters", "portal:cluster")),
        Entry("政策", "portal:policies", EVERYONE, 70),
    )
