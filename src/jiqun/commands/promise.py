"""`jiqun promise`: when a new order can be done against the live plan, by whom, and for how much."""

from __future__ import annotations

import json
from pathlib import Path

import click

from jiqun.base.money import from_fen, show_money


@click.command("promise", help="按 PROBLEM 的在执行方案 PLAN，为订单 ORDER 答复最早交期和费用（均为 JSON 文件）")
@click.argument("problem", type=click.Path(path_type=Path), metavar="PROBLEM")
@click.argument("plan", type=click.Path(path_type=Path), metavar="PLAN")
@click.argument("order", type=click.Path(path_type=Path), metavar="ORDER")
@click.option("--now", default=0, show_default=True, type=int, help="现在的时刻，单位同问题")
@click.option(
    "--slack", default=0.0, show_default=True, type=float, help="每道工序可能超时的比例，如 0.3；据此在交期上留缓冲"
)
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
def command(problem: Path, plan: Path, order: Path, now: int, slack: float, as_json: bool) -> None:
    """Answer for one order; other work stays where it is."""
    from jiqun.exchange.schedule.promise import promise
    from jiqun.exchange.schedule.reading import job_from, read_json
    from jiqun.exchange.schedule.reading_live import load_live

    live = load_live(problem, plan)
    given = promise(live, now, job_from(read_json(order), str(order)), slack)
    if as_json:
        click.echo(json.dumps(given.as_dict(), ensure_ascii=False, indent=2))
        return
    kept = f"，留缓冲 {given.buffer}，承诺 {given.date}" if slack else ""
    late = f"，晚于交期 {given.late}" if given.late else ""
    price = show_money(from_fen(given.price))
    click.echo(f"{given.job.name}：最早 {given.finish} 完工（单位：{live.problem.unit}）{kept}{late}，费用 {price}")
    for row in given.assignments:
        click.echo(f"　工序 {row.operation}　{row.machine}　{row.start}—{row.end}")
