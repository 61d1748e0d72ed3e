"""`jiqun check`: a pack's faults, or what it holds."""

from __future__ import annotations

import json
from pathlib import Path

import click

from jiqun.base.errors import InputError


@click.command("check", options_metavar="[选项]")
@click.argument("pack", metavar="方案包", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，供程序读取")
def command(pack: Path, as_json: bool) -> None:
    """检查方案包：格式、引用、日期、条文，并运行全部用例。

    一次列出全部错误，每处注明文件、行、列和改法；有错误时退出码为 2。
    """
    from jiqun.programme.check import check_pack

    report = check_pack(pack)
    problems = [*report.problems]
    if report.pack is not None and not problems:
        from jiqun.chain.fit import chain_faults
        from jiqun.evaluation.declared import faults
        from jiqun.programme.briefing import template_problems

        problems += [*template_problems(report.pack), *faults(report.pack), *chain_faults(report.pack)]
    if problems:
        raise InputError(problems, "方案包有误")
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
    else:
        _show(report)


def _show(report: object) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from jiqun.programme.check import Report

    assert isinstance(report, Report) and report.pack is not None and report.counts is not None
    programme, counts = report.pack.programme, report.counts
    console = Console()
    console.print(Text.assemble(("方案包检查通过", "bold green"), f"  {programme.title}"))
    console.print(Text(f"{programme.id}  版本 {programme.version}  {programme.from_} 至 {programme.until}", "dim"))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    for name, number, note in (
        ("任务", counts.tasks, ""),
        ("目标", counts.targets, ""),
        ("指标", counts.indicators, ""),
        ("台账", counts.registers, ""),
        ("梯度", counts.ladders, f"{counts.rungs} 个梯级"),
        ("认定条件", counts.criteria, f"其中 {counts.pending} 条待补充" if counts.pending else "无待补充"),
        ("政策", counts.policies, f"{counts.benefits} 个奖补事项"),
        ("供需种类", counts.kinds, ""),
        ("用例", counts.cases, f"{counts.cases_passed} 个通过"),
    ):
        table.add_row(Text(name), Text(str(number), "bold"), Text(note, "dim"))
    console.print(table)
