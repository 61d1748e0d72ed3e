"""docs/clause-language.md, printed from the spec: `python -m tests.spec.document` writes it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from jiqun.rules.facts import Subject, Value
from jiqun.rules.geo import Point
from tests.spec.chapters import AS_OF, CHAPTERS, GROUPED, Example
from tests.spec.facts import KIND_OF, WORLD

TARGET = Path(__file__).parents[2] / "docs" / "clause-language.md"
_KINDS = {"party": "企业", "cluster": "集群", "place": "县", "pair": "供需"}
_HEAD = f"""# 条文语言

由 `tests/spec` 打印，请勿手改：`uv run python -m tests.spec.document`。每个例子都在参考求值器、DuckDB 和 Spark 上验证过。

- 词与词之间用空格或标点隔开；全角标点可用；`#` 后面是注释。
- 结果是缺数（待定）时，列出缺的事实。截至日不另注明的是 {AS_OF}，施行期是 2025-07-22 至 2027-12-31。
- 单位：元 千元 万元 亿元，人 万人，家 个 项 台 件 次 …，年 个月 天，平方米 亩 公顷 平方公里，分，吨 千瓦时 …，% ‰，以及 万元/亩 之类。
- 期间：`近3年` `近4季度` `近12个月`（止于上一个完整的期间），`2024 至 本年`；日期的期间还有 `本年` `施行期` `近400天` `未来6个月` 和用“至”连起来的两个日期。
- 供需：关于一条需求和一条供给的条文用 `需.…`、`供.…` 说两方的字段，没有期间、称号、台账和集合。
- 集合：`企业` `全部主体` `集群` `县` 和任何台账；从集群、县看是自己的成员，从全市看是计入全市的全部。条件里用 `主体.…` 说台账条目的主体，`日期` `年度` 说条目的日期和年份。
"""


def shown(value: Value) -> str:
    """A value as the reference prints it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Point):
        return f"东经{value.lon:g} 北纬{value.lat:g}"
    if isinstance(value, frozenset):
        return "{" + "、".join(sorted(value)) + "}"
    return "缺数" if value is None else str(value)


def _result(example: Example) -> str:
    missing = f"：{'；'.join(example.missing)}" if example.missing else ""
    return shown(example.value) + missing


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _about(example: Example) -> str:
    who = "全市" if example.about is None else f"{_KINDS[KIND_OF[example.about]]} {example.about}"
    return who if example.as_of == AS_OF else f"{who}，截至 {example.as_of}"


def _facts(subject: Subject) -> str:
    parts = [f"{k}={shown(v)}" for k, v in subject.attributes.items()]
    parts += [f"所属集群={subject.cluster}"] if subject.cluster else []
    parts += [f"所属县={subject.county}"] if subject.county else []
    parts += [f"{name}[{period}]={shown(v)}" for (name, period), v in subject.observations.items()]
    for title, awards in subject.recognitions.items():
        parts += [
            f"{title} {r.awarded_on} 认定" + (f"，有效至 {r.valid_until}" if r.valid_until else "") for r in awards
        ]
    for title, reviews in subject.reviews.items():
        parts += [f"{title} {r.reviewed_on} 复核{r.outcome}" for r in reviews]
    for register, entries in subject.entries.items():
        for e in entries:
            fields = " ".join(f"{k}={shown(v)}" for k, v in e.fields.items())
            parts.append(f"{register}（{_day(e.on)} {fields}）")
    return "；".join(parts)


def _day(on: date | None) -> str:
    return str(on) if on else "无日期"


def document() -> str:
    """The whole reference."""
    lines = [_HEAD]
    for chapter, specs in CHAPTERS.items():
        lines.append(f"## {chapter}\n")
        for spec in specs:
            lines += [
                f"### {spec.name}\n",
                f"{spec.meaning}\n",
                f"类型：{spec.types}\n",
                "| 条文 | 关于 | 结果 |",
                "|---|---|---|",
            ]
            lines += [f"| `{_cell(e.rule)}` | {_about(e)} | {_cell(_result(e))} |" for e in spec.examples]
            lines.append("")
    rule, table = GROUPED
    lines.append(f"写在最外层的 `{rule}`：{'，'.join(f'{k} {shown(v)}' for k, v in table.items())}。\n")
    lines.append("## 例中的事实\n")
    lines += [f"- {_KINDS[s.kind]} **{s.id}**：{_facts(s)}" for s in WORLD.subjects.values()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TARGET.write_text(document(), encoding="utf-8")
