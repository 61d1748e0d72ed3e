"""The app."""

from django.apps import AppConfig

from jiqun.web.accounts.roles import BUREAUS
from jiqun.web.common.navigation import Entry


class PeopleConfig(AppConfig):
    """Management of organisations, accounts and invitations."""

    name = "jiqun.web.accounts.people"
    label = "people"
    verbose_name = "账号管理"
    navigation = (
        Entry("账号", "people:accounts", BUREAUS, 910, group="管理", marks=("people:account",)),
        Entry("机构", "people:organisations", BUREAUS, 920, group="管理", marks=("people:organisation",)),
        Entry("邀请", "people:invitations", BUREAUS, 930, group="管理", marks=("people:invitation",)),
    )
