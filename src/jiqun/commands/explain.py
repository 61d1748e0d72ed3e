"""`jiqun explain`: why a rule decides as it does for one subject, and the shortest way to it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jiqun.commands._common import AS_OF

if TYPE_CHECKING:
    from rich.tree import Tree

    from jiqun.programme.explain import RuleExplanation
    from jiqun.rules.explain import Explanation

_COLOURS = {"符合": "green", "不符合": "red", "待定": "yellow"}
_MARKS = {"符合": "✓", "不符合": "✗", "待定": "?"}
ROLES = {"reference": "参考", "quota": "名额", "process": "程序"}


@click.command("explain", options_metavar="[选项]")
@click.argument("snapshot", metavar="快照", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--pack", required=True, metavar="方案包", type=click.Path(path_type=Path), help="方案包文件夹")
@click.option("--rule", required=True, metavar="编号", help="奖补事项或梯级的编号")
@click.option("--subject", required=True, metavar="编号", help="统一社会信用代码或集群编号")
@click.option("--as-of", required=True, metavar="日期", type=AS_OF, help="截至日，如 2026-09-30")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，供程序读取")
def command(snapshot: Path, pack: Path, rule: str, subject: str, as_of: datetime, as_json: bool) -> None:
    """说明一个主体对一条规则的判定：每个条件的实际值、要求、差距、依据，以及最短路径。"""
    from jiqun.programme.explain import explain_rule, snapshot_facts
    from jiqun.programme.load import load_pack

    loaded, day = load_pack(pack), as_of.date()
    found = explain_rule(loaded, snapshot_facts(snapshot, loaded, day), rule, subject, day)
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    else:
        _show(found)


def _show(found: RuleExplanation) -> None:
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree

    from jiqun.base.money import show_money

    console = Console()
    amount = ""
    if found.amount is not None:
        amount = f"  {'不超过 ' if found.ceiling else ''}{show_money(found.amount)}"
    console.print(Text(f"{found.title}（{found.id}）", "bold"))
    console.print(Text(f"{found.name or ''}  {found.subject}  截至 {found.as_of}", "dim"))
    console.print(Text(f"{found.outcome}{amount}", f"bold {_COLOURS[found.outcome]}"))
    if found.amount_rule and found.amount is not None:
        console.print(Text(f"金额：{found.amount_rule}"))
    for line in (found.text, found.document and f"依据：{found.document}"):
        if line:
            console.print(Text(line, "dim"))
    tree = Tree("条件")
    for condition in found.conditions:
        part = condition.explanation
        role = f"〔{ROLES[condition.role]}，不参与判定〕" if condition.role in ROLES else ""
        branch = _add(tree, part, f"{condition.name}：{condition.text}{role}")
        notes = [condition.clause, condition.confidence and f"把握{condition.confidence}", condition.note]
        if any(notes):
            branch.add(Text("　".join(note for note in notes if note), "dim"))
    console.print(tree)
    if found.missing:
        console.print(Text(f"缺少：{'、'.join(found.missing)}", "yellow"))
    _show_path(console.print, found)


def _add(tree: Tree, part: Explanation, heading: str | None = None) -> Tree:
    from rich.text import Text

    mark = f"{_MARKS[part.outcome]} " if part.outcome else ""
    words = Text(f"{mark}{heading or part.text}", _COLOURS.get(part.outcome or "", ""))
    figures = [
        part.actual and f"实际 {part.actual}",
        part.threshold and f"要求 {part.operator or ''}{part.threshold}",
        part.gap,
    ]
    detail = "，".join(f for f in figures if f)
    if detail:
        words.append(f"  {detail}", "default")
    if part.missing:
        words.append(f"  缺少 {'、'.join(part.missing)}", "yellow")
    branch = tree.add(words)
    for record in part.records:
        branch.add(Text(record, "dim"))
    for child in part.children:
        _add(branch, child)
    return branch


def _show_path(write: object, found: RuleExplanation) -> None:
    assert callable(write)
    from rich.text import Text

    if found.outcome == "符合":
        return
    if found.path is None:
        write(Text("最短路径：没有可行的改变", "dim"))
        return
    if found.path.note:
        write(Text(f"最短路径：{found.path.note}", "yellow"))
        return
    write(Text(f"最短路径（{len(found.path.steps)} 步，最早 {found.path.counts_on} 全部计入）：", "bold"))
    for number, step in enumerate(found.path.steps, start=1):
        note = f"（{step.note}）" if step.note else ""
        write(Text(f"  {number}. {step.text} {step.change or ''}，最早 {step.counts_on} 计入{note}"))
