"""`jiqun evaluate`: every decision and target of a pack over a snapshot."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Literal, cast

import click
from rich.console import Console
from rich.table import Table

from jiqun.base.money import show_money
from jiqun.commands._common import AS_OF
from jiqun.programme.evaluate import Evaluation, evaluate
from jiqun.programme.load import load_pack
from jiqun.programme.pack import Pack
from jiqun.programme.quantities import show_value
from jiqun.programme.targets import TargetResult

STATE_STYLES = {
    "已达标": "bold green",
    "超前": "green",
    "正常": "cyan",
    "滞后": "yellow",
    "严重滞后": "bold red",
    "待定": "dim",
}


@click.command("evaluate", help="在快照 SNAP 上判定全部政策、梯级和目标，结果写成 Parquet")
@click.argument("snapshot", type=click.Path(path_type=Path), metavar="SNAP")
@click.option("--pack", required=True, type=click.Path(path_type=Path), help="方案包文件夹")
@click.option("--as-of", required=True, type=AS_OF, help="基准日，如 2026-09-30")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="结果写到哪个文件夹")
@click.option("--engine", default="duckdb", show_default=True, type=click.Choice(["duckdb", "spark"]), help="计算引擎")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出结果")
def command(snapshot: Path, pack: Path, as_of: datetime, out: Path, engine: str, as_json: bool) -> None:
    """Evaluate, then print the targets and the benefits."""
    loaded = load_pack(pack)
    console = Console(stderr=True)
    with console.status("开始", spinner="dots") as status:
        found = evaluate(
            snapshot, loaded, as_of.date(), out,
            engine=cast(Literal["duckdb", "spark"], engine), progress=lambda stage: status.update(f"{stage}……"),
        )  # fmt: skip
    if as_json:
        click.echo(json.dumps(as_dict(found), ensure_ascii=False, indent=2))
        return
    print_summary(loaded, found)
    click.echo(f"结果已写入 {out}")


def as_dict(found: Evaluation) -> dict[str, object]:
    """The evaluation for programs."""
    return {
        "as_of": found.as_of.isoformat(),
        "targets": [{**vars(t), "as_of": t.as_of.isoformat(), "missing": list(t.missing)} for t in found.targets],
        "decisions": {
            rule: {"符合": s.yes, "不符合": s.no, "待定": s.open, "amount": str(s.amount)}
            for rule, s in found.decisions.items()
        },
    }


def print_summary(pack: Pack, found: Evaluation) -> None:
    """The state of every target, then what every benefit comes to."""
    console = Console()
    console.print(targets_table(pack, found.targets, found.as_of))
    table = Table(title="奖补事项", title_justify="left")
    for name in ("事项", "符合", "不符合", "待定", "金额（上限）"):
        table.add_column(name, justify="left" if name == "事项" else "right")
    for id_, benefit in pack.benefits.items():
        s = found.decisions[id_]
        table.add_row(benefit.title, f"{s.yes:,}", f"{s.no:,}", f"{s.open:,}", show_money(s.amount))
    console.print(table)


def targets_table(pack: Pack, results: tuple[TargetResult, ...], as_of: date) -> Table:
    """Targets with goal, actual, pace and state."""
    table = Table(title=f"目标进展（截至 {as_of}）", title_justify="left")
    for name in ("目标", "目标值", "完成", "时序", "状态"):
        table.add_column(name, justify="left" if name in ("目标", "状态") else "right")
    for result in results:
        target = pack.targets[result.target]
        shown = [show_value(v, target.unit) for v in (result.goal, result.actual, result.pace)]
        style = STATE_STYLES[result.state]
        table.add_row(target.title, *shown, f"[{style}]{result.state}[/{style}]")
    return table
