"""`jiqun replan`: a live plan after a breakdown, a delay or an urgent order, and what the new plan changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from jiqun.commands.plan import PLAN

if TYPE_CHECKING:
    from jiqun.exchange.schedule.replan import Replan

PROBLEM, CHANGES = "problem.json", "changes.json"
SHOWN = 20


@click.command("replan", help="在执行方案 PLAN（问题 PROBLEM）发生 EVENTS 后重排：写出新问题、新方案、变动和甘特图")
@click.argument("problem", type=click.Path(path_type=Path), metavar="PROBLEM")
@click.argument("plan", type=click.Path(path_type=Path), metavar="PLAN")
@click.argument("events", type=click.Path(path_type=Path), metavar="EVENTS")
@click.option("--now", required=True, type=int, help="现在的时刻，单位同问题；此前已开工的不动")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="结果写到哪个文件夹")
@click.option(
    "--share", default=0.05, show_default=True, type=float, help="与事件无关的工序至多有多大比例可换机器或次序"
)
@click.option("--seconds", default=0.3, show_default=True, type=click.FloatRange(0.05), help="最多求解多少秒")
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1, 64), help="线程数")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="随机种子")
@click.option("--iterations", default=None, type=click.IntRange(1), help="每个线程走多少步；给出后同一种子结果相同")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出变动")
def command(
    problem: Path, plan: Path, events: Path, now: int, out: Path, share: float, seconds: float, threads: int, seed: int,
    iterations: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Read, plan again, check, write, print."""
    from jiqun.base.folders import whole_folder
    from jiqun.exchange.schedule.checker import check
    from jiqun.exchange.schedule.control import Control
    from jiqun.exchange.schedule.derive import derive
    from jiqun.exchange.schedule.reading import problem_as_json, solution_as_json
    from jiqun.exchange.schedule.reading_live import load_events, load_live
    from jiqun.exchange.schedule.replan import replan
    from jiqun.exchange.schedule.report.gantt import PAGE, write_gantt

    live, what = load_live(problem, plan), load_events(events)
    done = replan(live, now, what, Control(seconds, threads, seed, iterations), share)
    if broken := check(done.after):
        raise AssertionError(f"the new plan of {plan} breaks {len(broken)} rules, the first: {broken[0]}")
    following = problem_as_json(derive(done.after.problem, baseline=()))
    changes = {**done.difference.as_dict(), "untouched": len(done.untouched), "disturbed": done.disturbed}
    with whole_folder(out, (PLAN, CHANGES)) as folder:
        for name, content in ((PROBLEM, following), (PLAN, solution_as_json(done.after)), (CHANGES, changes)):
            (folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
        write_gantt(done.after, folder / PAGE, live.problem.name or problem.stem, done.difference)
    if as_json:
        click.echo(json.dumps(changes, ensure_ascii=False))
        return
    _print(done)
    click.echo(f"新问题、新方案、变动和甘特图已写入 {out}")


def _print(done: Replan) -> None:
    change, unit, console = done.difference, done.after.problem.unit, Console()
    late = [s.parts.tardiness for s in (done.before, done.repaired, done.after)]
    facts = Table(show_header=False)
    facts.add_row(
        "完工时间", f"{change.old_end:,} → {change.new_end:,} {unit}（只顺延则为 {int(done.repaired.end.max()):,}）"
    )
    if any(late):
        facts.add_row("加权延期", f"{late[0]:,} → {late[2]:,} {unit}（只顺延则为 {late[1]:,}）")
    facts.add_row("换机器", f"{len(change.machine):,} 道工序")
    facts.add_row("换次序", f"{len(change.order):,} 道工序")
    facts.add_row("只改时间", f"{len(change.shifted):,} 道工序")
    facts.add_row("不变", f"{change.kept:,} 道工序")
    facts.add_row("新增", f"{len(change.added):,} 道工序")
    of = len(done.untouched)
    facts.add_row("与事件无关而换了机器或次序", f"{done.disturbed:,} 道，占 {done.disturbed / max(1, of):.1%}")
    console.print(facts)
    moved = [*change.machine, *change.order]
    if moved:
        table = Table("订单", "工序", "原机器", "新机器", "原开工", "新开工")
        for m in moved[:SHOWN]:
            table.add_row(m.job, m.operation, m.old_machine, m.new_machine, f"{m.old_start:,}", f"{m.new_start:,}")
        console.print(table)
    if len(moved) > SHOWN:
        click.echo(f"只列出前 {SHOWN} 道，其余 {len(moved) - SHOWN} 道见 {CHANGES}")
