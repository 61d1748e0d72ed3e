"""`jiqun rank`: the pack's index over a snapshot: ranks, how sure they are, and why they changed."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from jiqun.commands._common import AS_OF

if TYPE_CHECKING:
    from jiqun.evaluation.ranking import Ranking


@click.command("rank", help="按方案包的评价体系给 SNAP 中的集群排名，写出 Parquet 和一份 HTML 报告")
@click.argument("snapshot", type=click.Path(path_type=Path), metavar="SNAP")
@click.option("--pack", required=True, type=click.Path(path_type=Path), help="方案包文件夹")
@click.option("--as-of", required=True, type=AS_OF, help="基准日，如 2026-09-30")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="结果写到哪个文件夹")
@click.option(
    "--uncertainty", default=1000, show_default=True, type=click.IntRange(0, 1_000_000), help="模拟次数，0 为不模拟"
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="随机种子")
@click.option(
    "--beside",
    multiple=True,
    help="与哪个先进集群对标（编号或名称，可多次；不写则按方案包的 models，再无则与前三名对标）",
)
@click.option(
    "--plan",
    default=None,
    type=click.Path(path_type=Path),
    help="改用这个评价方案（JSON）里的方法，不用 evaluation.yaml 的 method",
)
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出排名")
def command(
    snapshot: Path,
    pack: Path,
    as_of: datetime,
    out: Path,
    plan: Path | None,
    uncertainty: int,
    seed: int,
    beside: tuple[str, ...],
    as_json: bool,
) -> None:
    """Rank, write the results, print the ranking with its intervals."""
    from jiqun.base.folders import whole_folder
    from jiqun.evaluation.declared import declare, with_plan
    from jiqun.evaluation.planfile import read_plan
    from jiqun.evaluation.ranking import rank
    from jiqun.evaluation.report.page import write_report
    from jiqun.evaluation.report.words import in_words
    from jiqun.evaluation.tables import MANIFEST, RANKING, write_tables
    from jiqun.programme.load import load_pack
    from jiqun.snapshot.engines import open_engine
    from jiqun.snapshot.open import Snapshot

    loaded, opened = load_pack(pack), Snapshot.open(snapshot)
    declared = declare(loaded)
    if plan is not None:
        declared = with_plan(declared, read_plan(plan, declared.tree))
    with (
        Console(stderr=True).status("开始", spinner="dots") as status,
        whole_folder(out, (MANIFEST, RANKING)) as folder,
        closing(open_engine(snapshot)) as backend,
    ):
        ranking = rank(
            backend, snapshot, loaded, declared, as_of.date(), replications=uncertainty, seed=seed, beside=beside,
            progress=lambda stage: status.update(f"{stage}……"),
        )  # fmt: skip
        write_tables(ranking, folder, snapshot_id=opened.id, pack=loaded, seed=seed)
        write_report(
            ranking, loaded, folder, snapshot_id=opened.id, seed=seed, demonstration=bool(opened.demo)
        )  # fmt: skip
    if as_json:
        click.echo(json.dumps(as_dict(ranking), ensure_ascii=False, indent=2))
        return
    Console().print(ranking_table(ranking))
    for name, text in in_words(ranking):
        click.echo(f"{name}：{text}")
    for note in ranking.notes:
        click.echo(note)
    click.echo(f"结果和报告已写入 {out}")


def as_dict(ranking: Ranking) -> dict[str, Any]:
    """The ranking for programs."""
    from jiqun.evaluation.report.words import in_words

    return {
        "as_of": ranking.as_of.isoformat(),
        "method": dict(in_words(ranking)),
        "notes": list(ranking.notes),
        "ranking": _rows(ranking),
    }


def ranking_table(ranking: Ranking) -> Table:
    """Ranks with their intervals and the change from a year ago."""
    from jiqun.evaluation.report.words import decimals, number

    table = Table(title=f"{ranking.declared.file.title}（截至 {ranking.as_of}）", title_justify="left")
    for name in ("名次", "名称", "总指数", "90% 范围", "进入前十", "上年", "变化"):
        table.add_column(name, justify="left" if name == "名称" else "right")
    places = decimals(ranking.result.index)
    for row in _rows(ranking):
        span = "—" if row["rank_low"] is None else f"{row['rank_low']}—{row['rank_high']}"
        top = "—" if row["top_10"] is None else f"{row['top_10']:.0%}"
        gained = row["gained"]
        moved = (
            "—"
            if gained is None
            else f"[green]↑{gained}[/green]"
            if gained > 0
            else f"[red]↓{-gained}[/red]"
            if gained < 0
            else "持平"
        )
        shown = ("—" if row[key] is None else str(row[key]) for key in ("rank", "before"))
        rank, before = shown
        score = number(row["score"], places)
        table.add_row(rank, row["name"], score, span, top, before, moved)
    return table


def _rows(ranking: Ranking) -> list[dict[str, Any]]:
    result, found, change = ranking.result, ranking.distribution, ranking.change
    ranks = result.ranks[:, result.tree.position[result.tree.root]]
    low, high, top = (found.quantile(0.05), found.quantile(0.95), found.within(10)) if found else (None, None, None)
    former = dict(zip(change.units, zip(change.before, change.gained, strict=True), strict=True)) if change else {}
    rows = []
    for i in np.argsort(np.where(np.isnan(ranks), np.inf, ranks), kind="stable"):
        unit = result.panel.units[i]
        before, gained = former.get(unit, (None, None))
        rows.append(
            {"unit": unit, "name": result.panel.name(int(i)), "rank": _whole(ranks[i]),
             "score": None if np.isnan(result.index[i]) else float(result.index[i]),
             "rank_low": None if low is None else _whole(low[i]), "rank_high": None if high is None else _whole(high[i]),
             "top_10": None if top is None or np.isnan(top[i]) else float(top[i]), "before": _whole(before), "gained": _whole(gained)}
        )  # fmt: skip
    return rows


def _whole(value: Any) -> int | None:
    return None if value is None or np.isnan(value) else int(value)
