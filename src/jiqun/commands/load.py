"""`jiqun load`: a facts folder into the site's database."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jiqun.commands._common import AS_OF, progress_bar
from jiqun.commands.serve import set_environment

if TYPE_CHECKING:
    from jiqun.web.registry.bulk.load import LoadSummary
    from jiqun.web.registry.models import Publication


@click.command("load", help="检查事实文件夹 FACTS 并导入数据库（全部成功或完全不变；再次导入即替换）")
@click.argument("facts", type=click.Path(path_type=Path), metavar="FACTS")
@click.option(
    "--pack", default=None, type=click.Path(exists=True, file_okay=False), help="方案包文件夹（默认 JIQUN_PACK）"
)
@click.option("--home", default=None, type=click.Path(file_okay=False), help="数据文件夹（默认 JIQUN_HOME 或 ./var）")
@click.option("--as-of", default=None, type=AS_OF, help="导入后按此基准日评估并发布，如 2026-09-30")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出结果")
def command(facts: Path, pack: str | None, home: str | None, as_of: datetime | None, as_json: bool) -> None:
    """Load, publish where a day is given, and say what was done."""
    set_environment(pack=pack, home=home)
    from jiqun.commands.serve import prepare_database

    prepare_database()
    from jiqun.web.common.pack import current_pack
    from jiqun.web.registry import services

    loaded = current_pack()
    with progress_bar("准备", disable=as_json) as show:
        summary = services.load_facts(folder=facts, pack=loaded, progress=show)
        publication = None
        if as_of is not None:
            publication = services.refresh(actor=None, as_of=as_of.date(), pack=loaded, progress=show)
    if as_json:
        click.echo(json.dumps(as_dict(summary, publication), ensure_ascii=False, indent=2))
    else:
        print_summary(summary, publication)


def as_dict(summary: LoadSummary, publication: Publication | None) -> dict[str, object]:
    """What was done, for programs."""
    published = publication and {
        "as_of": publication.as_of.isoformat(),
        "snapshot": str(publication.snapshot),
        "results": str(publication.results),
    }
    return {
        "snapshot_id": summary.snapshot_id,
        "demo": summary.demo is not None,
        "rows": dict(summary.rows),
        "removed": dict(summary.removed),
        "unlinked": list(summary.unlinked),
        "publication": published,
    }


def print_summary(summary: LoadSummary, publication: Publication | None) -> None:
    """What was done, for people."""
    from jiqun.web.registry.bulk.load import TITLES

    click.echo("导入完成" + ("（演示数据）" if summary.demo is not None else "") + "：")
    for table, title in TITLES.items():
        click.echo(f"  {title} {summary.rows[table]:,} 条")
    for kind, count in summary.removed.items():
        if count:
            click.echo(f"  原有{TITLES[kind]}中有 {count:,} 个不在新数据中，已删除")
    for name in summary.unlinked:
        click.echo(f"  注意：机构“{name}”关联的对象已不存在，该机构的账号暂时看不到数据，请重新关联")
    if publication is not None:
        click.echo(f"已按 {publication.as_of} 评估并发布，结果在 {publication.results}")


if __name__ == "__main__":
    command()
