"""The app."""

from django.apps import AppConfig

from jiqun.web.accounts.roles import BUREAUS, SIGNED_IN
from jiqun.web.common.navigation import Entry


class SupervisionConfig(AppConfig):
    """Tasks and supervision."""

    name = "jiqun.web.dispatch.supervision"
    label = "supervision"
    verbose_name = "任务督办"
    navigation = (
        Entry("任务看板", "supervision:board", BUREAUS, 30, "任务", ("supervision:board", "supervision:task")),
        Entry("甘特图", "supervision:gantt", BUREAUS, 30, "任务"),
        Entry("督办单", "supervision:notices", SIGNED_IN, 30, "任务", ("supervision:notice",)),
        Entry("日历", "supervision:calendar", SIGNED_IN, 30, "任务", ("supervision:calendar",)),
    )

    def ready(self) -> None:
        """Collect what the apps contribute to the calendar."""
        from jiqun.web.common import agenda

        agenda.discover()
