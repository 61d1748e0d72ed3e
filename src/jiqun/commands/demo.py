"""`jiqun demo`: invented data, loaded, evaluated and served, in one go."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from jiqun.commands._common import AS_OF, progress_bar
from jiqun.commands.evaluate import targets_table
from jiqun.commands.serve import prepare_site, run, set_environment

if TYPE_CHECKING:
    from jiqun.web.accounts.demo import DemoAccount

DEMO_HOME = "var/demo"


@click.command("demo", help="生成演示数据（全部虚构），导入、评估并启动平台")
@click.option(
    "--pack",
    default="programmes/shijiazhuang-2025",
    show_default=True,
    type=click.Path(exists=True, file_okay=False),
    help="方案包文件夹",
)
@click.option("--firms", default=3000, show_default=True, type=click.IntRange(1, 1_000_000), help="企业数")
@click.option("--as-of", default="2026-09-30", show_default=True, type=AS_OF, help="基准日")
@click.option(
    "--home",
    default=DEMO_HOME,
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="演示数据文件夹",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="监听端口")
@click.option("--serve/--no-serve", default=True, help="是否启动网站")
def command(pack: str, firms: int, as_of: datetime, home: Path, host: str, port: int, serve: bool) -> None:
    """Make a demonstration from nothing; what an earlier one left in its folder is renewed."""
    set_environment(host=host, pack=pack, home=str(home))
    prepare_site()
    accounts = _fill(home, firms, as_of)
    _print_accounts(accounts)
    if serve:
        run(host=host, port=port, workers=1, threads=8)


def _fill(home: Path, firms: int, as_of: datetime) -> list[DemoAccount]:
    """Generate, load, evaluate and publish; print the state of the targets; return the accounts that were made."""
    from django.utils.timezone import localdate

    from jiqun.programme.targets import TARGETS, read_targets
    from jiqun.sample.generate import generate
    from jiqun.web.accounts.demo import create_demo_accounts
    from jiqun.web.common.pack import current_pack
    from jiqun.web.dispatch.rounds.demo import clear_demo_rounds, create_demo_round
    from jiqun.web.dispatch.supervision.demo import clear_demo_supervision, create_demo_supervision
    from jiqun.web.registry import services

    pack, facts = current_pack(), home / "facts"
    with progress_bar("生成演示数据") as show:
        shutil.rmtree(facts, ignore_errors=True)
        generate(pack, firms, facts, seed=None, format="parquet", replace=False, progress=show)
        clear_demo_rounds()
        services.load_facts(folder=facts, pack=pack, progress=show)
        publication = services.refresh(actor=None, as_of=as_of.date(), pack=pack, note="演示数据", progress=show)
        accounts = create_demo_accounts()
        create_demo_round(pack)
        clear_demo_supervision()
        create_demo_supervision(pack, localdate())
    targets = read_targets(publication.results / TARGETS)
    Console().print(targets_table(pack, tuple(targets.values()), as_of.date()))
    return accounts


def _print_accounts(accounts: list[DemoAccount]) -> None:
    table = Table(title="演示账号（仅供演示，不得用于正式环境）", title_justify="left")
    for name in ("角色", "账号", "密码", "所见范围"):
        table.add_column(name)
    for account in accounts:
        table.add_row(account.role.label, account.username, account.password, account.stands_for or "全部数据")
    Console().print(table)
