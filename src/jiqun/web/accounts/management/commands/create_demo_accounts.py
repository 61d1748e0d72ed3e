"""Make one demonstration account a role and print the passwords."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jiqun.base.errors import InputError
from jiqun.web.accounts.demo import create_demo_accounts


class Command(BaseCommand):
    """`create_demo_accounts [--password …]`."""

    help = "为每种角色建立一个演示账号并显示密码（仅供演示，不得用于正式环境）"

    def add_arguments(self, parser: CommandParser) -> None:
        """--password."""
        parser.add_argument("--password", help="所有演示账号共用的密码（默认每个账号随机生成）")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them."""
        try:
            made = create_demo_accounts(password=options["password"])
        except InputError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("演示账号（仅供演示，不得用于正式环境）：")
        for account in made:
            self.stdout.write(
                f"  {account.role.label}\t{account.username}\t{account.password}\t{account.stands_for or '全部数据'}"
            )
