"""The app."""

from django.apps import AppConfig

from jiqun.web.accounts.roles import BUREAUS
from jiqun.web.common.navigation import Entry


class BoardConfig(AppConfig):
    """The targets board."""

    name = "jiqun.web.dispatch.board"
    label = "board"
    verbose_name = "目标看板"
    navigation = (
        Entry("目标看板", "board:board", BUREAUS, 11, group="调度", marks=("board:board", "board:shares")),
        Entry("覆盖矩阵", "board:coverage", BUREAUS, 12, group="调度", marks=("board:coverage",)),
    )
