"""`jiqun plan`: orders onto the machines of many factories."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from jiqun.base.money import from_fen, show_money
from jiqun.commands._common import progress_bar

if TYPE_CHECKING:
    from jiqun.exchange.schedule.problem import Problem
    from jiqun.exchange.schedule.solution import Solution

PLAN = "plan.json"


@click.command("plan", help="给 PROBLEM 中的订单排产，写出方案（plan.json）和甘特图（plan.html）")
@click.argument("problem", type=click.Path(path_type=Path), metavar="PROBLEM")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="结果写到哪个文件夹")
@click.option("--seconds", default=10.0, show_default=True, type=click.FloatRange(0.05), help="最多求解多少秒")
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1, 64), help="线程数")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="随机种子")
@click.option("--iterations", default=None, type=click.IntRange(1), help="每个线程走多少步；给出后同一种子结果相同")
@click.option(
    "--first-machine", default=None, type=click.IntRange(0, 1), help=".fjs 文件中第一台机器的编号，默认自动识别"
)
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出结果摘要")
def command(
    problem: Path, out: Path, seconds: float, threads: int, seed: int, iterations: int | None,
    first_machine: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Read, solve, check, write, print."""
    from jiqun.base.folders import whole_folder
    from jiqun.exchange.schedule.checker import check
    from jiqun.exchange.schedule.control import Control
    from jiqun.exchange.schedule.reading import solution_as_json
    from jiqun.exchange.schedule.report.gantt import PAGE, write_gantt
    from jiqun.exchange.schedule.solve import solve

    given = read_problem(problem, first_machine)
    with progress_bar("排产", disable=as_json) as show:
        control = Control(
            seconds, threads, seed, iterations,
            progress=lambda p: show("排产" if p.value is None else f"排产，目前最好 {p.value:,}", p.share),
        )  # fmt: skip
        found = solve(given, control)
    if broken := check(found):
        raise AssertionError(f"the plan of {problem} breaks {len(broken)} rules, the first: {broken[0]}")
    told = solution_as_json(found)
    with whole_folder(out, (PLAN,)) as folder:
        (folder / PLAN).write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
        if found.has_plan:
            write_gantt(found, folder / PAGE, given.name or problem.stem)
    if as_json:
        summary = {k: told[k] for k in ("status", "reason", "value", "bound", "parts", "seconds")}
        click.echo(json.dumps(summary, ensure_ascii=False))
        return
    Console().print(_summary(given, found))
    click.echo(f"方案{'和甘特图' if found.has_plan else ''}已写入 {out}")


def read_problem(path: Path, first_machine: int | None = None) -> Problem:
    """A problem from a JSON file, or from one in the format of the public instances."""
    from jiqun.exchange.schedule.fjs import load_fjs
    from jiqun.exchange.schedule.reading import load_problem

    return load_problem(path) if path.suffix.lower() == ".json" else load_fjs(path, first_machine)


def _summary(problem: Problem, found: Solution) -> Table:
    table = Table(show_header=False)
    table.add_row("订单、工序、机器", f"{len(problem.jobs):,}、{len(problem.operations):,}、{len(problem.machines):,}")
    table.add_row("方案", found.status.chinese + (f"：{found.reason}" if found.reason else ""))
    if found.has_plan:
        parts = found.parts
        table.add_row("完工时间", f"{parts.makespan:,} {problem.unit}")
        if found.bound is not None and found.gap is not None:
            table.add_row("已证明下界", f"{found.bound:,}（相差 {found.gap:.2%}）")
        if any(j.due is not None for j in problem.jobs):
            table.add_row("加权延期", f"{parts.tardiness:,} {problem.unit}")
        if parts.cost:
            table.add_row("费用", show_money(from_fen(parts.cost)))
    table.add_row("用时", f"{found.seconds:.1f} 秒")
    return table
