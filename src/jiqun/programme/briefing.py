"""The briefing 调度通报: a template of the pack filled with the results of one evaluation; for the city or one county.

Every figure comes from the results' files; what is unknown is written as 待补充. Placeholders are names only: a template
cannot run anything.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import pyarrow.parquet as pq

from jiqun.base.errors import InputError, Place, Problem, nearest
from jiqun.base.money import show_money
from jiqun.document.charts import bars
from jiqun.document.content import Block, Document, Figure, Heading, Paragraph, Table, chinese_date
from jiqun.document.workbook import Cell, Sheet
from jiqun.programme.breakdown import FIGURES
from jiqun.programme.models import BriefingFile, BriefingSection, Target
from jiqun.programme.pack import Pack
from jiqun.programme.quantities import show_value
from jiqun.programme.targets import TARGETS, TargetResult, read_targets

UNKNOWN = "待补充"
LATE, LEADING = ("滞后", "严重滞后"), ("已达标", "超前")
_PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
NAMES = frozenset(
    {"plan", "plan_short", "city", "as_of", "total", "met", "ahead", "on_pace", "behind", "far_behind", "open", "late",
     "leading", "benefit_cases", "benefit_amount", "ranking_first", "counties", "snapshot"}
)  # fmt: skip
"""What the text of a city's briefing may name."""
COUNTY_NAMES = NAMES | {"county", "county_first", "county_rank"}


@dataclass(frozen=True)
class Results:
    """What one evaluation found, as a briefing reads it."""

    pack: Pack
    folder: Path
    as_of: date
    snapshot: str
    demonstration: bool = False

    @cached_property
    def targets(self) -> tuple[TargetResult, ...]:
        """The targets that the pack still has, in its order."""
        found = read_targets(self.folder / TARGETS)
        return tuple(found[id] for id in self.pack.targets if id in found)

    @cached_property
    def of_places(self) -> dict[tuple[str, str], float | None]:
        """The value of each measure (its text) in each place (its code) on the day."""
        table = pq.read_table(self.folder / FIGURES, filters=[("kind", "=", "place"), ("as_of", "=", self.as_of)])
        return {(r["measure"], r["subject"]): r["value"] for r in table.to_pylist()}

    @cached_property
    def benefits(self) -> tuple[int, Decimal]:
        """How many benefits are due, and the money, as ceilings."""
        ids = list(self.pack.benefits)
        filters = [("outcome", "=", "符合"), ("rule", "in", ids)]
        table = pq.read_table(self.folder / "decisions.parquet", columns=["amount"], filters=filters)
        amounts = [a for a in table["amount"].to_pylist() if a is not None]
        return len(amounts), sum(amounts, Decimal(0))

    def target(self, id: str) -> TargetResult | None:
        """A target's result by its id."""
        return next((t for t in self.targets if t.target == id), None)

    @property
    def counties(self) -> list[tuple[str, str]]:
        """Codes and names of the county-level divisions that are counted."""
        return [(p.code, p.name) for p in self.pack.places if p.kind not in ("city", "zone") and p.counted]

    def in_place(self, target: Target, code: str) -> float | None:
        """A target's measure in a place; None where it means nothing there or is unknown."""
        return self.of_places.get((target.measure, code))


def write_briefing(file: BriefingFile, results: Results, county: str | None = None) -> Document:
    """The briefing of the city, or of the county with this code; InputError for an unknown county."""
    names = _names(file, results, county)
    sections = file.sections if county is None else file.county_sections
    blocks = [block for section in sections for block in _section(section, file, results, names, county)]
    title = file.title if county is None else file.county_title
    marks = ("演示数据：各项完成值由程序生成，不是真实统计",) if results.demonstration else ()
    return Document(
        _filled(title, names), tuple(blocks), file.signed_by, results.as_of, head=file.head, marks=marks
    )  # fmt: skip


def annex(file: BriefingFile, results: Results, county: str | None = None) -> list[Sheet]:
    """Every number of the briefing, in base units, with its source."""
    header = ("目标", "单位", "目标值", "完成值", "时序要求", "状态", "尚待判定", "条款", "度量")
    rows: list[Sequence[Cell]] = []
    for result in results.targets:
        target = results.pack.targets[result.target]
        actual = result.actual if county is None else results.in_place(target, county)
        rows.append(
            (target.title, target.unit, result.goal, actual, result.pace, result.state, result.undetermined,
             target.clause, target.measure)
        )  # fmt: skip
    sheets = [Sheet("目标进展", header, rows)]
    if county is None:
        ranked = [results.pack.targets[id] for id in file.ranking if id in results.pack.targets]
        cells = [(name, *(results.in_place(t, code) for t in ranked)) for code, name in results.counties]
        sheets.append(Sheet("各县（市、区）", ("县（市、区）", *(t.title for t in ranked)), cells))
    source = [("数据截至", results.as_of.isoformat()), ("数据快照", results.snapshot), ("方案", results.pack.programme.title),
              ("方案包版本", results.pack.programme.version), ("数值单位", "元、家、项等基本单位；比率为小数")]  # fmt: skip
    return [*sheets, Sheet("来源", ("项目", "内容"), source)]


def template_problems(pack: Pack) -> list[Problem]:
    """What the templates of a pack name that there is not."""
    found = []
    for file in pack.briefings.values():
        for i, id in enumerate(file.ranking):
            if id not in pack.targets:
                mend = _near(id, tuple(pack.targets), "请写 targets.yaml 中的编号")
                found.append(Problem("没有这个目标", file.place("ranking", i), found=id, mend=mend))
        texts = [
            (file.title, NAMES, file.place("title")),
            (file.county_title, COUNTY_NAMES, file.place("county_title")),
        ]
        for sections, known in ((file.sections, NAMES), (file.county_sections, COUNTY_NAMES)):
            texts += [(t, known, s.place("paragraphs", i)) for s in sections for i, t in enumerate(s.paragraphs)]
            texts += [(s.heading, known, s.place("heading")) for s in sections]
        for text, known, place in texts:
            found += _unknown_names(text, known, place)
    return found


def _unknown_names(text: str, known: frozenset[str], place: Place) -> list[Problem]:
    return [
        Problem(
            "通报里没有这个数",
            place,
            found=name,
            mend=_near(name, tuple(sorted(known)), "可用 " + "、".join(sorted(known))),
        )
        for name in _PLACE.findall(text)
        if name not in known
    ]


def _near(name: str, known: tuple[str, ...], otherwise: str) -> str:
    near = nearest(name, list(known), 1)
    return f"您是否要写 {near[0]}？" if near else otherwise


def _filled(text: str, names: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda match: names.get(match[1], UNKNOWN), text)


def _names(file: BriefingFile, results: Results, county: str | None) -> dict[str, str]:
    states, pack = Counter(t.state for t in results.targets), results.pack
    cases, amount = results.benefits
    first = next((pack.targets[id] for id in file.ranking if id in pack.targets), None)
    title = pack.programme.title
    names = {
        "plan": title, "plan_short": re.sub(r"[（(].*?[)）]", "", title), "city": pack.programme.city.name,
        "as_of": chinese_date(results.as_of), "total": str(len(results.targets)), "met": str(states["已达标"]),
        "ahead": str(states["超前"]), "on_pace": str(states["正常"]), "behind": str(states["滞后"]),
        "far_behind": str(states["严重滞后"]), "open": str(states["待定"]),
        "late": str(sum(states[s] for s in LATE)), "leading": str(sum(states[s] for s in LEADING)),
        "benefit_cases": f"{cases:,}", "benefit_amount": show_money(amount),
        "ranking_first": first.title if first else UNKNOWN, "counties": str(len(results.counties)),
        "snapshot": results.snapshot[:12],
    }  # fmt: skip
    if county is None:
        return names
    place = dict(results.counties).get(county)
    if place is None:
        known = "、".join(f"{code}（{name}）" for code, name in results.counties[:6])
        raise InputError(
            [Problem("没有这个县（市、区）", found=county, mend=f"请写区划代码，如 {known}")], "通报无法生成"
        )
    value = results.in_place(first, county) if first else None
    rank = dict((code, rank) for rank, code, *_ in _ranked(file, results)).get(county)
    shown = UNKNOWN if value is None or first is None else show_value(value, first.unit)
    return {**names, "county": place, "county_first": shown, "county_rank": UNKNOWN if rank is None else str(rank)}


def _section(
    section: BriefingSection, file: BriefingFile, results: Results, names: Mapping[str, str], county: str | None
) -> list[Block]:
    blocks: list[Block] = [Heading(1, _filled(section.heading, names))]
    blocks += [Paragraph(_filled(text, names)) for text in section.paragraphs]
    if section.show == "targets":
        blocks.append(_targets(results) if county is None else _county_targets(results, county))
    elif section.show == "behind":
        blocks += _listed(results, LATE)
    elif section.show == "ahead":
        blocks += _listed(results, LEADING)
    elif section.show == "tasks":
        blocks += _tasks(results)
    elif section.show in ("counties", "chart"):
        blocks += _counties(file, results, with_table=section.show == "counties")
    return blocks


def _targets(results: Results) -> Table:
    rows = []
    for t in results.targets:
        target = results.pack.targets[t.target]
        rows.append((target.title, *(_shown(v, target.unit) for v in (t.goal, t.actual, t.pace)), t.state))
    return Table(
        "表：主要目标进展",
        ("目标", "目标值", "完成值", "时序要求", "状态"),
        tuple(rows),
        (6, 2, 2, 2, 2),
        frozenset({1, 2, 3}),
    )


def _county_targets(results: Results, county: str) -> Table:
    rows = []
    for t in results.targets:
        target = results.pack.targets[t.target]
        if (target.measure, county) in results.of_places:
            mine = results.in_place(target, county)
            rows.append((target.title, _shown(mine, target.unit), _shown(t.actual, target.unit), t.state))
    return Table(
        "表：本县（市、区）各项指标",
        ("目标", "本县完成", "全市完成", "全市状态"),
        tuple(rows),
        (6, 2, 2, 2),
        frozenset({1, 2}),
    )


def _listed(results: Results, states: tuple[str, ...]) -> list[Block]:
    found = [t for t in results.targets if t.state in states]
    if not found:
        return [Paragraph("没有这类目标。")]
    ordered = sorted(found, key=lambda t: states.index(t.state))
    return [Paragraph(f"{number}.{_sentence(results, t)}") for number, t in enumerate(ordered, start=1)]


def _sentence(results: Results, t: TargetResult) -> str:
    target = results.pack.targets[t.target]
    goal, actual, pace = (_shown(v, target.unit) for v in (t.goal, t.actual, t.pace))
    unknown = f"，另有{t.undetermined}个因数据不足待判定" if t.undetermined else ""
    return f"{target.title}：目标{goal}，完成{actual}，按时序应达{pace}，{t.state}{unknown}。"


def _tasks(results: Results) -> list[Block]:
    late = {results.pack.targets[t.target].task for t in results.targets if t.state in LATE}
    tasks = [task for task in results.pack.programme.tasks if task.id in late]
    return [Paragraph(task.text) for task in tasks]


def _ranked(file: BriefingFile, results: Results) -> list[tuple[int, str, str, tuple[float | None, ...]]]:
    """Rank, code, name and values of every county, by the first target; equal values share a rank, unknown last."""
    targets = [results.pack.targets[id] for id in file.ranking if id in results.pack.targets]
    rows = [(code, name, tuple(results.in_place(t, code) for t in targets)) for code, name in results.counties]
    known = sorted((r for r in rows if r[2] and r[2][0] is not None), key=lambda r: -(r[2][0] or 0.0))
    first = [r[2][0] for r in known]
    return [(first.index(r[2][0]) + 1, *r) for r in known]


def _counties(file: BriefingFile, results: Results, *, with_table: bool) -> list[Block]:
    targets = [results.pack.targets[id] for id in file.ranking if id in results.pack.targets]
    ranked = _ranked(file, results)
    if not ranked:
        return [Paragraph("各县（市、区）数据待补充。")]
    blocks: list[Block] = []
    if with_table:
        rows = tuple(
            (str(rank), name, *(_shown(v, t.unit) for v, t in zip(values, targets, strict=True)))
            for rank, _, name, values in ranked
        )
        widths = (1.2, 3, *(3.0 for _ in targets))
        header = ("位次", "县（市、区）", *(t.title for t in targets))
        blocks.append(Table("表：各县（市、区）完成情况", header, rows, widths, frozenset(range(2, 2 + len(targets)))))
    labels, values = [name for _, _, name, _ in ranked], [v[0] or 0.0 for *_, v in ranked]
    words = f"{targets[0].title}：" + "，".join(f"{n} {v:g}" for n, v in zip(labels, values, strict=True))
    png = bars(labels, values, targets[0].unit)
    return [*blocks, Figure(f"图：各县（市、区）{targets[0].title}", png, words)]


def _shown(value: float | None, unit: str) -> str:
    return UNKNOWN if value is None else show_value(value, unit)
