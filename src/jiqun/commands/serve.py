"""`jiqun serve`: the site, on granian."""

from __future__ import annotations

import ipaddress
import os

import click

from jiqun.commands._worker_process import WorkerProcess

SITE = "jiqun.web.config.wsgi:application"


@click.command("serve", help="启动平台网站")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="监听端口")
@click.option("--workers", default=None, type=click.IntRange(1, 64), help="进程数（默认按处理器数，最多 4）")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 128), help="每个进程的线程数")
@click.option("--prepare/--no-prepare", default=True, help="启动前更新数据库结构和静态文件")
@click.option(
    "--pack", default=None, type=click.Path(exists=True, file_okay=False), help="方案包文件夹（默认 JIQUN_PACK）"
)
@click.option("--home", default=None, type=click.Path(file_okay=False), help="数据文件夹（默认 JIQUN_HOME 或 ./var）")
def command(
    host: str, port: int, workers: int | None, threads: int, prepare: bool, pack: str | None, home: str | None
) -> None:
    """Serve until SIGINT or SIGTERM, then let running requests end."""
    set_environment(host=host, pack=pack, home=home)
    if prepare:
        prepare_site()
    run(host=host, port=port, workers=workers or min(os.cpu_count() or 1, 4), threads=threads)


def set_environment(*, host: str | None = None, pack: str | None = None, home: str | None = None) -> None:
    """Put the options where the settings read them; on a loopback address the site speaks plain HTTP unless told."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiqun.web.config.settings")
    if pack:
        os.environ["JIQUN_PACK"] = os.path.abspath(pack)
    if home:
        os.environ["JIQUN_HOME"] = os.path.abspath(home)
    if host and _is_loopback(host):
        os.environ.setdefault("JIQUN_HTTPS", "0")


def prepare_database() -> None:
    """Set Django up and bring the database's schema up to date."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    settings.HOME.mkdir(parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)


def prepare_site() -> None:
    """Bring the database's schema and the static files up to date."""
    from django.core.management import call_command
    from django.db import connections

    prepare_database()
    call_command("collectstatic", interactive=False, verbosity=0)
    connections.close_all()


def run(*, host: str, port: int, workers: int, threads: int, application: str = SITE) -> None:
    """Run the server in this process until it is told to stop."""
    from granian import Granian
    from granian.constants import Interfaces

    server = Granian(
        application,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=20,
    )
    shown = f"[{host}]" if ":" in host else host
    server.on_startup(lambda: click.echo(f"平台已启动：http://{shown}:{port}/  （按 Ctrl+C 停止）"))
    server.on_shutdown(lambda: click.echo("平台已停止。"))
    worker = WorkerProcess()
    try:
        server.serve()
    finally:
        worker.stop()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


if __name__ == "__main__":
    command()
