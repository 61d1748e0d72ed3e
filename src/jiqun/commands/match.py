"""`jiqun match`: the best offers for needs, their scores, and why the others do not fit."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from jiqun.commands._common import AS_OF

if TYPE_CHECKING:
    from jiqun.exchange.match.run import NeedAnswer, Run

SHOWN = 10
"""Needs, and refused offers of one need, that are shown."""


@click.command("match", help="为需求找供给：前几名、得分和不合条件的原因")
@click.argument("pack", metavar="方案包", type=click.Path(path_type=Path))
@click.option("--kind", required=True, help="供需种类的名称或编号，如 关键设备")
@click.option("--needs", required=True, type=click.Path(path_type=Path), help="需求文件（CSV 或 Parquet）")
@click.option("--offers", required=True, type=click.Path(path_type=Path), help="供给文件（CSV 或 Parquet）")
@click.option("--need", "one", default=None, help="只看这一条需求（编号），并说明其余供给为何不合")
@click.option("--top", default=10, show_default=True, type=click.IntRange(1, 1000), help="每条需求取前几名")
@click.option("--as-of", required=True, type=AS_OF, help="截至日，如 2026-09-30")
@click.option("--out", default=None, type=click.Path(path_type=Path), help="结果写到哪个文件夹")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
def command(
    pack: Path, kind: str, needs: Path, offers: Path, one: str | None, top: int, as_of: datetime, out: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Match, write the results, print them; nothing is written where a file has a fault."""
    from jiqun.exchange.match.run import run_match

    with Console(stderr=True).status("匹配……", spinner="dots"):
        run = run_match(pack, kind, needs, offers, need=one, top=top, as_of=as_of.date(), out=out)
    if as_json:
        click.echo(json.dumps(run.as_dict(), ensure_ascii=False, indent=2))
        return
    _show(run)
    if out is not None:
        click.echo(f"结果已写入 {out}")


def _show(run: Run) -> None:
    console, kind = Console(), run.rules.kind
    console.print(Text.assemble((kind.name, "bold"), f"　需求 {len(run.needs)} 条，供给 {len(run.offers)} 条，截至 {run.as_of}"))  # fmt: skip
    if run.slow is not None:
        console.print(Text(f"条文“{run.slow}”没有快速算法，已改用数据库查询", "yellow"))
    for answer in run.answers[:SHOWN]:
        _show_need(console, run, answer)
    if len(run.answers) > SHOWN:
        console.print(
            Text(f"另有 {len(run.answers) - SHOWN} 条需求没有列出；用 --need 看一条，用 --out 写出全部", "dim")
        )


def _show_need(console: Console, run: Run, answer: NeedAnswer) -> None:
    table = Table(title=f"需求 {answer.need}", title_justify="left")
    for name in ("名次", "供给", "得分"):
        table.add_column(name, justify="left" if name == "供给" else "right")
    for term in run.rules.terms:
        table.add_column(f"{term.name} {term.weight * 100:.0f}%", justify="right")
    for place, match in enumerate(answer.matches, 1):
        cells = ["—" if v is None else f"{v * 100:.1f}" for v in match.terms]
        table.add_row(str(place), Text(match.offer), f"{match.score * 100:.1f}", *cells)
    if answer.matches:
        console.print(table)
    else:
        console.print(Text(f"需求 {answer.need}：没有匹配的供给", "yellow"))
    if answer.reasons is None:
        return
    found = answer.reasons
    console.print(f"　匹配 {found.matched} 家，不合 {found.refused} 家，待定 {found.pending} 家")
    for name, count in found.counts:
        if count:
            console.print(f"　　{name}不合：{count} 家")
    for fix in found.fixes:
        console.print(Text(f"　▸ {fix}", "green"))
    for offer, names in found.refusals[:SHOWN]:
        console.print(Text(f"　{offer}：{'、'.join(names)}不合"))
    for offer, missing in found.open[:SHOWN]:
        console.print(Text(f"　{offer}：待定，缺少 {'、'.join(missing)}"))
