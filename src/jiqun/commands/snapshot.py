"""`jiqun snapshot`: a facts folder checked and made into a snapshot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from jiqun.commands.sample import TABLES
from jiqun.programme.load import load_pack
from jiqun.snapshot.build import PackMark, build


@click.command("snapshot", help="检查事实文件夹 FACTS，生成数据快照；有任何错误则不写出")
@click.argument("facts", type=click.Path(path_type=Path), metavar="FACTS")
@click.option("--pack", required=True, type=click.Path(path_type=Path), help="方案包文件夹")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="快照写到哪个文件夹")
@click.option("--replace", is_flag=True, help="替换该处原有的快照")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出清单")
def command(facts: Path, pack: Path, out: Path, replace: bool, as_json: bool) -> None:
    """Build the snapshot, showing progress on standard error."""
    loaded = load_pack(pack)
    mark = PackMark(loaded.programme.id, loaded.programme.version)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=as_json) as bar:
        task = bar.add_task("准备", total=1.0)
        manifest = build(
            facts, out, loaded.vocabulary, mark, replace=replace,
            progress=lambda step, share: bar.update(task, description=step, completed=share),
        )  # fmt: skip
    click.echo(json.dumps(manifest, ensure_ascii=False, indent=2) if as_json else _summary(out, manifest))


def _summary(out: Path, manifest: dict[str, Any]) -> str:
    rows = {name: table["rows"] for name, table in manifest["tables"].items()}
    entries = [n for name, n in rows.items() if name.startswith("entry/") and n]
    lines = [f"快照已生成：{out}", f"编号 {manifest['id']}"]
    lines += [f"  {title} {rows.get(name, 0):,} 行" for name, title in TABLES.items()]
    lines.append(f"  台账 {len(entries)} 种，{sum(entries):,} 行")
    for name, count in manifest["rounded"].items():
        lines.append(f"注意：“{name}”有 {count:,} 个金额超过两位小数，已四舍五入到分")
    lines += [f"注意：{warning}" for warning in manifest["warnings"]]
    return "\n".join(lines)
