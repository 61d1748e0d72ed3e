"""`jiqun assign`: teams to clusters, experts to needs, under quotas; what to give up where not all can hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from jiqun.base.errors import InputError, Place, Problem

if TYPE_CHECKING:
    from jiqun.exchange.assign.explain import Why
    from jiqun.exchange.assign.plan import Plan
    from jiqun.exchange.assign.problem import Problem as Assignment


@click.command("assign", help="按 FILE（YAML 或 JSON）分派；条件不能同时满足时，列出最少要放弃哪些")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--out", default=None, type=click.Path(path_type=Path), help="结果写到哪个 .csv 或 .parquet 文件")
@click.option("--why", multiple=True, metavar="派方:受方", help="说明为何没有这样派，可写多次")
@click.option("--relax", is_flag=True, help="条件不能同时满足时，按放弃后的条件写出结果")
@click.option("--time-limit", default=30.0, show_default=True, type=click.FloatRange(0.1), help="求解时限（秒）")
@click.option("--gap", default=1e-4, show_default=True, type=click.FloatRange(0, 1), help="大问题离最优至多差几成即止")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
def command(
    file: Path, out: Path | None, why: tuple[str, ...], relax: bool, time_limit: float, gap: float, as_json: bool
) -> None:
    """Read, solve, explain, write, print."""
    from jiqun.exchange.assign.explain import why_not
    from jiqun.exchange.assign.reading import load_problem
    from jiqun.exchange.assign.solve import solve

    asked = _questions(out, why)
    problem = load_problem(file)
    with Console(stderr=True).status("求解……", spinner="dots"):
        plan = solve(problem, time_limit, gap)
        answers = {pair: why_not(problem, plan, *pair, time_limit) for pair in asked}
    written = out is not None and (plan.status in ("optimal", "feasible") or (relax and plan.status == "infeasible"))
    if out is not None and written:
        _write(plan, out)
    if as_json:
        click.echo(json.dumps(as_dict(problem, plan, answers), ensure_ascii=False, indent=2))
        return
    _show(problem, plan, answers)
    if written:
        click.echo(f"结果已写入 {out}")
    elif out is not None:
        click.echo("没有写出结果" + ("；加 --relax 按放弃后的条件写出" if plan.status == "infeasible" else ""))


def _questions(out: Path | None, why: tuple[str, ...]) -> list[tuple[str, str]]:
    found = []
    if out is not None and out.suffix not in (".csv", ".parquet"):
        found.append(Problem("结果文件须为 .csv 或 .parquet", Place(str(out))))
    pairs = []
    for text in why:
        agent, mark, task = text.partition(":")
        pairs.append((agent, task))
        if not (agent and mark and task):
            found.append(Problem("须写成 派方编号:受方编号", Place(field="--why"), found=text))
    if found:
        raise InputError(found)
    return pairs


def as_dict(problem: Assignment, plan: Plan, answers: dict[tuple[str, str], Why]) -> dict[str, Any]:
    """The answer for programs; scores in points."""
    from jiqun.exchange.assign.problem import SCALE

    return {
        "status": plan.status,
        "value": plan.value / SCALE,
        "bound": plan.bound / SCALE,
        "gap": plan.gap,
        "assignments": [vars(r) for r in plan.rows],
        "given_up": [{**vars(g), "objects": list(g.objects)} for g in plan.given_up],
        "minimal": plan.minimal,
        "why": [
            {
                "agent": a,
                "task": t,
                "kind": w.kind,
                "text": w.text,
                "loss": w.loss / SCALE,
                "gained": [vars(r) for r in w.gained],
                "lost": [vars(r) for r in w.lost],
            }
            for (a, t), w in answers.items()
        ],
    }


def _show(problem: Assignment, plan: Plan, answers: dict[tuple[str, str], Why]) -> None:
    from jiqun.exchange.assign.plan import STATUS_WORDS, points

    words = problem.words
    click.echo(f"{STATUS_WORDS[plan.status]}")
    if plan.given_up:
        proven = "已证明最少" if plan.minimal else "时限内未证明最少"
        click.echo(f"须放弃 {len(plan.given_up)} 条（{proven}）：")
        for g in plan.given_up:
            note = "（原定不可放弃）" if g.weight is None else ""
            click.echo(f"  · {g.text}：差 {g.amount}{note}")
        click.echo("放弃之后的分派：")
    names = {a.id: a.name or a.id for a in problem.agents}, {t.id: t.name or t.id for t in problem.tasks}
    table = Table()
    for name in (words.task, words.agent, "牵头", "分值"):
        table.add_column(name, justify="right" if name == "分值" else "left")
    for row in plan.rows:
        table.add_row(names[1][row.task], names[0][row.agent], "牵头" if row.lead else "", f"{row.score:g}")
    Console().print(table)
    fair = "（含公平项）" if problem.fairness.spread or problem.fairness.floor else ""
    gap = "" if plan.status != "feasible" else f"，上界 {points(plan.bound)}，至多差 {plan.gap:.3%}"
    click.echo(f"共 {len(plan.rows)} 次分派，总分{fair} {points(plan.value)}{gap}")
    for (agent, task), why in answers.items():
        click.echo(f"{words.agent} {agent} — {words.task} {task}：{why.text}")


def _write(plan: Plan, out: Path) -> None:
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    table = pa.table(
        {
            "agent": pa.array([r.agent for r in plan.rows], pa.string()),
            "task": pa.array([r.task for r in plan.rows], pa.string()),
            "lead": pa.array([r.lead for r in plan.rows], pa.bool_()),
            "score": pa.array([r.score for r in plan.rows], pa.float64()),
        }
    )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.suffix == ".csv":
            pyarrow.csv.write_csv(table, out)
        else:
            pyarrow.parquet.write_table(table, out)
    except OSError as error:
        raise InputError([Problem(f"结果写不出去：{error.strerror or error}", Place(str(out)))]) from error
