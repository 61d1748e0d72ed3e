"""`jiqun tick`: what every day brings; called by the system's timer, as often as it likes."""

from __future__ import annotations

from datetime import datetime

import click

from jiqun.commands._common import AS_OF
from jiqun.commands.serve import prepare_database, set_environment


@click.command("tick", help="每日例行：督办到期提醒、逾期升级；同一天重复运行不会重复提醒")
@click.option(
    "--pack", default=None, type=click.Path(exists=True, file_okay=False), help="方案包文件夹（默认 JIQUN_PACK）"
)
@click.option("--home", default=None, type=click.Path(file_okay=False), help="数据文件夹（默认 JIQUN_HOME 或 ./var）")
@click.option("--day", default=None, type=AS_OF, help="哪一天（默认今天）")
def command(pack: str | None, home: str | None, day: datetime | None) -> None:
    """Remind and escalate as of a day."""
    set_environment(pack=pack, home=home)
    prepare_database()
    from django.utils import timezone

    from jiqun.web.common.pack import current_pack
    from jiqun.web.dispatch.supervision.services.daily import run_daily

    done = run_daily(rules=current_pack().supervision, today=day.date() if day else timezone.localdate())
    click.echo(f"已提醒 {done.reminded} 人次，升级 {done.escalated} 件。")
