"""`jiqun simulate`: what a change of a policy's parameters would do."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from jiqun.base.money import show_money
from jiqun.commands._common import AS_OF
from jiqun.programme.load import load_pack
from jiqun.programme.pack import Pack
from jiqun.programme.simulate import BREAKDOWNS, Line, Simulation, read_changes, simulate
from jiqun.snapshot.engines import open_engine
from jiqun.snapshot.open import read_manifest

SHOWN = 15


@click.command("simulate", help="在快照 SNAP 上试算修改参数后的得失")
@click.argument("snapshot", type=click.Path(path_type=Path), metavar="SNAP")
@click.option("--pack", required=True, type=click.Path(path_type=Path), help="方案包文件夹")
@click.option("--as-of", required=True, type=AS_OF, help="基准日，如 2026-09-30")
@click.option(
    "--set", "changes", multiple=True, required=True, help="修改的参数，如 benefit.leader-equipment.ceiling=800万元"
)
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出结果")
def command(snapshot: Path, pack: Path, as_of: datetime, changes: tuple[str, ...], as_json: bool) -> None:
    """Simulate and print who gains and who loses."""
    loaded = load_pack(pack)
    wanted = read_changes(loaded, changes)
    read_manifest(snapshot)
    backend = open_engine(snapshot)
    try:
        found = simulate(backend, snapshot, loaded, wanted, as_of.date())
    finally:
        backend.close()
    if as_json:
        click.echo(json.dumps(_as_dict(found), ensure_ascii=False, indent=2, default=str))
    else:
        _print(loaded, found)


def _as_dict(found: Simulation) -> dict[str, object]:
    def lines(items: tuple[Line, ...]) -> list[dict[str, object]]:
        return [{**vars(x), "difference": x.difference} for x in items]

    return {
        "benefits": lines(found.benefits),
        "by": {column: lines(items) for column, items in found.by.items()},
        "movers": list(found.movers),
    }


def _print(pack: Pack, found: Simulation) -> None:
    console = Console()
    console.print(_table("奖补事项", "事项", found.benefits))
    for column, title in BREAKDOWNS.items():
        moved = tuple(line for line in found.by[column] if line.difference)
        if moved:
            shown = tuple(_named(pack, column, line) for line in moved[:SHOWN])
            more = f"（前 {SHOWN} 项，共 {len(moved)} 项）" if len(moved) > SHOWN else ""
            console.print(_table(f"按{title}{more}", title, shown))
    table = Table(title="变动最大的主体", title_justify="left")
    for name in ("主体", "事项", "原金额", "新金额"):
        table.add_column(name, justify="right" if "金额" in name else "left")
    for mover in found.movers[:SHOWN]:
        before, after = show_money(mover["before"]), show_money(mover["after"])
        table.add_row(mover["name"], pack.benefits[mover["rule"]].title, before, after)
    console.print(table if found.movers else "没有主体的金额发生变化。")


def _named(pack: Pack, column: str, line: Line) -> Line:
    place = pack.place_by_code.get(line.name) if column == "county" else None
    return line if place is None else Line(place.name, line.before, line.after, line.gain, line.lose)


def _table(title: str, first: str, lines: tuple[Line, ...]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in (first, "原金额", "新金额", "差额", "增加", "减少"):
        table.add_column(name, justify="left" if name == first else "right")
    for line in lines:
        sign = "+" if line.difference > Decimal(0) else ""
        table.add_row(
            line.name, show_money(line.before), show_money(line.after), f"{sign}{show_money(line.difference)}",
            f"{line.gain:,}", f"{line.lose:,}",
        )  # fmt: skip
    return table
