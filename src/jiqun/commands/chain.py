"""`jiqun chain`: the industrial chain of a cluster: coverage, gaps, weak links, whom to attract."""

from __future__ import annotations

import json
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from jiqun.base.money import show_money
from jiqun.commands._common import AS_OF

if TYPE_CHECKING:
    from jiqun.chain.analysis import Analysis


@click.command("chain", help="分析 SNAP 中一个集群的产业链，写出 Parquet 和一份 HTML 链图")
@click.argument("snapshot", type=click.Path(path_type=Path), metavar="SNAP")
@click.option("--pack", required=True, type=click.Path(path_type=Path), help="方案包文件夹")
@click.option("--cluster", required=True, help="集群编号或名称")
@click.option("--as-of", required=True, type=AS_OF, help="基准日，如 2026-09-30")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="结果写到哪个文件夹")
@click.option("--candidates", default=None, type=click.Path(path_type=Path), help="候选企业名单（CSV），给它们打分")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="随机种子")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
def command(
    snapshot: Path,
    pack: Path,
    cluster: str,
    as_of: datetime,
    out: Path,
    candidates: Path | None,
    seed: int,
    as_json: bool,
) -> None:
    """Analyse, write the results, print the nodes and what to fill first."""
    from jiqun.base.folders import whole_folder
    from jiqun.chain.analysis import COVERAGE, MANIFEST, analyse, write_tables
    from jiqun.chain.attract import read_candidates
    from jiqun.chain.report.page import write_report
    from jiqun.programme.load import load_pack
    from jiqun.snapshot.open import Snapshot

    loaded, opened = load_pack(pack), Snapshot.open(snapshot)
    listed = None if candidates is None else read_candidates(candidates)
    with Console(stderr=True).status("分析产业链……", spinner="dots"), whole_folder(out, (MANIFEST, COVERAGE)) as folder:
        found = analyse(snapshot, loaded, cluster, as_of.date(), listed, seed)
        write_tables(found, folder, snapshot_id=opened.id, pack=loaded)
        echarts = resources.files("jiqun.web") / "static" / "vendor" / "echarts" / "echarts.min.js"
        write_report(
            found, loaded, folder, snapshot_id=opened.id, demonstration=bool(opened.demo),
            echarts=echarts.read_text(encoding="utf-8"),
        )  # fmt: skip
    if as_json:
        click.echo(json.dumps(as_dict(found), ensure_ascii=False, indent=2))
        return
    _show(found)
    click.echo(f"结果和链图已写入 {out}")


def as_dict(found: Analysis) -> dict[str, Any]:
    """The analysis for programs."""
    return {
        "cluster": found.cluster.id,
        "chain": found.graph.chain.id,
        "as_of": found.as_of.isoformat(),
        "coverage": [{**vars(s), "gap": s.gap, "weak": list(s.weak)} for s in found.states],
        "smallest_cut": list(found.cut),
        "priorities": [{**vars(p), "fit_parts": dict(p.fit_parts), "unknown": list(p.unknown)} for p in found.priorities],
        "candidates": [
            {**vars(c), "firm": c.firm.name, "reasons": list(c.reasons)} for c in found.candidates
        ],
        "notes": list(found.notes),
    }  # fmt: skip


def _show(found: Analysis) -> None:
    from jiqun.chain.coverage import WORDS

    console, nodes = Console(), found.graph.nodes
    table = Table(title=f"{found.cluster.name}　{found.graph.chain.name}", title_justify="left")
    for name in ("节点", "企业", "产能", "链内需求", "弱点"):
        table.add_column(name, justify="left" if name in ("节点", "弱点") else "right")
    for s in found.states:
        money = (
            "待补充" if s.capacity is None else show_money(s.capacity),
            "—" if s.demand is None else show_money(s.demand),
        )
        weak = "、".join(WORDS[w] for w in s.weak)
        style = "red" if "missing" in s.weak else "yellow" if s.weak else "green"
        table.add_row(nodes[s.node].name, str(s.firms), *money, f"[{style}]{weak or '完备'}[/{style}]")
    console.print(table)
    first = "、".join(nodes[p.node].name for p in found.priorities[:5])
    console.print(f"优先招引：{first or '各节点均不缺'}")
    for note in found.notes:
        console.print(note)
