"""`jiqun snapshot`: a facts folder becomes a snapshot, or all its faults are told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from jiqun.programme.load import load_pack
from jiqun.snapshot.build import PackMark, build

NAMES = {
    "place": "行政区划",
    "cluster": "产业集群",
    "party": "企业和机构",
    "observation": "指标数据",
    "recognition": "认定",
    "review": "复核",
}


@click.command("snapshot", help="检查事实文件夹，并做成数据快照")
@click.argument("facts", metavar="事实文件夹", type=click.Path(path_type=Path))
@click.option(
    "--pack",
    default=Path("programmes/shijiazhuang-2025"),
    show_default=True,
    type=click.Path(path_type=Path),
    help="方案包文件夹",
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="快照写到哪个文件夹")
@click.option("--replace", is_flag=True, help="替换该文件夹中原有的快照")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出结果")
def command(facts: Path, pack: Path, out: Path, replace: bool, as_json: bool) -> None:
    """Make the snapshot, showing progress on standard error."""
    loaded = load_pack(pack)
    mark = PackMark(loaded.programme.id, loaded.programme.version)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=as_json or not console.is_terminal) as bar:
        task = bar.add_task("读取方案包", total=1.0)

        def show(step: str, share: float) -> None:
            bar.update(task, description=step, completed=share)

        manifest = build(facts, out, loaded.vocabulary, mark, replace=replace, progress=show)
    click.echo(json.dumps(_facts(out, manifest), ensure_ascii=False) if as_json else _summary(out, manifest))


def _rows(manifest: dict[str, Any]) -> dict[str, int]:
    return {name: entry["rows"] for name, entry in manifest["tables"].items()}


def _facts(out: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    return {
        "out": str(out),
        "id": manifest["id"],
        "pack": manifest["pack"],
        "rows": _rows(manifest),
        "rounded": manifest["rounded"],
        "warnings": manifest["warnings"],
    }


def _summary(out: Path, manifest: dict[str, Any]) -> str:
    rows = _rows(manifest)
    entries = sum(n for name, n in rows.items() if name not in NAMES)
    counts = "，".join(f"{shown} {rows[name]:,}" for name, shown in NAMES.items())
    lines = [f"已生成数据快照 {manifest['id'][:12]}：{out}", f"{counts}，台账 {entries:,}"]
    if manifest["demo"] is not None:
        lines.append("这是演示数据，不是真实数据")
    if manifest["rounded"]:
        lines.append(f"有 {sum(manifest['rounded'].values()):,} 个金额超过两位小数，已四舍五入到分")
    lines += [f"提醒：{warning['message']}（如 {'、'.join(warning['examples'])}）" for warning in manifest["warnings"]]
    return "\n".join(lines)
