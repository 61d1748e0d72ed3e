"""The app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and organisations."""

    name = "jiqun.web.accounts"
    label = "accounts"
    verbose_name = "账号与机构"
