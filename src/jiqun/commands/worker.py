"""`jiqun worker`: runs background jobs; `jiqun serve` starts one beside the server."""

from __future__ import annotations

import click

from jiqun.commands.serve import set_environment


@click.command("worker", help="执行后台任务（jiqun serve 会自动启动一个）")
@click.option(
    "--pack", default=None, type=click.Path(exists=True, file_okay=False), help="方案包文件夹（默认 JIQUN_PACK）"
)
@click.option("--home", default=None, type=click.Path(file_okay=False), help="数据文件夹（默认 JIQUN_HOME 或 ./var）")
@click.option("--with-parent", is_flag=True, hidden=True)
def command(pack: str | None, home: str | None, with_parent: bool) -> None:
    """Work until SIGINT or SIGTERM; `--with-parent` also until the process that started it ends."""
    set_environment(pack=pack, home=home)
    import django

    django.setup()
    from jiqun.web.jobs.worker import work

    click.echo("后台任务进程已启动。")
    work(until_parent_ends=with_parent)


if __name__ == "__main__":
    command()
