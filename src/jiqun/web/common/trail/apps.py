"""The app."""

from django.apps import AppConfig

from jiqun.web.accounts.roles import FIRMS, OVERSEERS
from jiqun.web.common.navigation import Entry


class TrailConfig(AppConfig):
    """Audit trail and reads of confidential figures."""

    name = "jiqun.web.common.trail"
    label = "trail"
    verbose_name = "留痕"
    navigation = (
        Entry("操作记录", "trail:acts", OVERSEERS, 940, group="管理", marks=("trail:acts",)),
        Entry("查阅记录", "trail:reads", OVERSEERS, 950, group="管理", marks=("trail:reads",)),
        Entry("谁看过我的数据", "trail:own", FIRMS, 900),
    )
