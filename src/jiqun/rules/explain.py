"""Why a rule answers as it does for one subject: a tree of its parts, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, cast

from jiqun.base.money import show_money
from jiqun.rules import arith
from jiqun.rules import nodes as n
from jiqun.rules.facts import Entry, Value, World
from jiqun.rules.geo import Point
from jiqun.rules.nodes import Node, Type
from jiqun.rules.reference import Answer, Evaluator, Item, Remembering
from jiqun.rules.timing import When
from jiqun.rules.units import DAYS, MONEY, MONTHS, PLAIN, unit_of

Outcome = Literal["符合", "不符合", "待定"]
RECORDS_SHOWN = 8
"""How many records a leaf names; of more only the number is told."""
SIGNS = {">=": "≥", "<=": "≤", ">": "＞", "<": "＜", "=": "=", "!=": "≠"}
_TITLE_NODES = (n.Holds, n.Awarded, n.FirstReviewPassed, n.ReviewDue, n.HeldMonths, n.AwardDate)


@dataclass(frozen=True)
class Explanation:
    """One part of a rule with what it found; numbers and dates are put into words with their unit."""

    text: str
    """The part as it is written in the rule."""
    outcome: Outcome | None
    """None of a part that is a value, not a condition."""
    kind: str
    """比较, 且, 或, 非, 若, 分档, 称号, 台账, 窗口, 关联, 取值 or 待补充."""
    actual: str | None = None
    operator: str | None = None
    threshold: str | None = None
    gap: str | None = None
    missing: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    """Awards, reviews and entries that were looked at."""
    children: tuple[Explanation, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The tree for programs; what is empty is left out."""
        found: dict[str, Any] = {"text": self.text, "outcome": self.outcome, "kind": self.kind}
        for name in ("actual", "operator", "threshold", "gap"):
            if getattr(self, name) is not None:
                found[name] = getattr(self, name)
        for name in ("missing", "records"):
            if getattr(self, name):
                found[name] = list(getattr(self, name))
        if self.children:
            found["children"] = [child.as_dict() for child in self.children]
        return found


def explain(node: Node, world: World, item: Item, when: When) -> Explanation:
    """The tree of a rule for one subject of a world."""
    return Explainer(world).explain(node, item, when)


def outcome_of(value: Value) -> Outcome:
    """A condition's value in words; a missing one is 待定."""
    return "待定" if value is None else "符合" if value else "不符合"


class Explainer:
    """Explains rules of one day and period of effect, each node evaluated once, whichever of them asks for it."""

    def __init__(self, world: World) -> None:
        self.engine = Remembering(world)

    def value(self, node: Node, item: Item, when: When) -> Answer:
        """What a rule yields."""
        return self.engine.value(node, item, when)

    def explain(self, node: Node, item: Item, when: When) -> Explanation:
        """The tree of a rule for one subject."""
        answer = self.engine.value(node, item, when)
        match node:
            case n.And() | n.Or():
                kind = "且" if isinstance(node, n.And) else "或"
                return self._joined(node, kind, answer, [self.explain(i, item, when) for i in node.items])
            case n.Not():
                return self._joined(node, "非", answer, [self.explain(node.body, item, when)])
            case n.If():
                return self._joined(node, "若", answer, self._branches(node, item, when))
            case n.Related() if node.type.kind == "flag":
                return self._related(node, answer, item, when)
            case n.OverWindow(op="all" | "any"):
                return self._joined(node, "窗口", answer, self._each(node, item, when))
            case n.Compare():
                return self._compare(node, answer, item, when)
            case n.Pending(text=text):
                return Explanation(node.source or text, "待定", "待补充", missing=answer.missing)
        return self._leaf(node, answer, item, when)

    def _joined(self, node: Node, kind: str, answer: Answer, children: Iterable[Explanation]) -> Explanation:
        condition = node.type.kind == "flag"
        return Explanation(
            node.source,
            outcome_of(answer.value) if condition else None,
            kind,
            actual=None if condition else show(answer.value, node.type),
            missing=answer.missing if answer.value is None else (),
            children=tuple(children),
        )

    def _branches(self, node: n.If, item: Item, when: When) -> Iterator[Explanation]:
        yield self.explain(node.condition, item, when)
        condition = self.engine.value(node.condition, item, when).value
        if condition is not None:
            yield self.explain(node.then if condition else node.otherwise, item, when)

    def _related(self, node: n.Related, answer: Answer, item: Item, when: When) -> Explanation:
        target = self.engine._target(node.relation, node.target, item)
        if target is None:
            words = {"cluster": "不属于任何集群", "county": "没有所属县", "owner": "没有所属主体"}[node.relation]
            return Explanation(node.source, outcome_of(answer.value), "关联", actual=words, missing=answer.missing)
        return self._joined(node, "关联", answer, [self.explain(node.body, Item(target), when)])

    def _each(self, node: n.OverWindow, item: Item, when: When) -> Iterator[Explanation]:
        for moved in when.windows(node.window):
            part = self.explain(node.body, item, moved)
            period = moved.base(node.window.grain)
            yield Explanation(**{**vars(part), "text": f"{period.chinese}：{part.text}"})

    def _compare(self, node: n.Compare, answer: Answer, item: Item, when: When) -> Explanation:
        left, right = (self.engine.value(side, item, when) for side in (node.left, node.right))
        sides = (node.left, node.right)
        details = {e.text: e for side in sides for e in self._values(side, item, when)}
        return Explanation(
            node.source,
            outcome_of(answer.value),
            "比较",
            actual=show(left.value, node.left.type),
            operator=SIGNS[node.op],
            threshold=_threshold(node.right, right.value),
            gap=_gap(node, left.value, right.value) if answer.value is False else None,
            missing=answer.missing if answer.value is None else (),
            records=tuple(r for side in sides for r in self._records(side, item, when)),
            children=tuple(details.values()),
        )

    def _values(self, node: Node, item: Item, when: When) -> Iterator[Explanation]:
        """The figures that a computed side is made of; nothing for a constant or a plain figure."""
        if isinstance(node, (n.Const, n.IndicatorAt, n.Latest, n.Attr, n.SideField, n.OverSet, *_TITLE_NODES)):
            return
        seen: dict[str, Explanation] = {}
        for part in self._parts(node):
            if isinstance(part, n.Bands | n.If):
                seen.setdefault(part.source, self._scored(part, item, when))
        engine = Evaluator(self.engine.world, lambda *found: _note(seen, *found))
        engine.value(node, item, when)
        yield from seen.values()

    def _parts(self, node: Node) -> Iterator[Node]:
        yield node
        if not isinstance(node, n.Bands | n.If):
            for child in node.children:
                yield from self._parts(child)

    def _scored(self, node: n.Bands | n.If, item: Item, when: When) -> Explanation:
        answer = self.engine.value(node, item, when)
        if isinstance(node, n.If):
            return self._joined(node, "若", answer, self._branches(node, item, when))
        return Explanation(
            node.source,
            None,
            "分档",
            actual=show(answer.value, node.type),
            missing=answer.missing,
            children=tuple(self._band(node, item, when)),
        )

    def _band(self, node: n.Bands, item: Item, when: When) -> Iterator[Explanation]:
        subject = self.engine.value(node.subject, item, when)
        yield Explanation(
            node.subject.source, None, "取值", actual=show(subject.value, node.subject.type), missing=subject.missing
        )
        for condition, value in node.cases:
            answer = self.engine.value(condition, item, when)
            worth = show(self.engine.value(value, item, when).value, value.type)
            yield Explanation(condition.source, outcome_of(answer.value), "分档", actual=worth, missing=answer.missing)
            if answer.value is not False:
                return

    def _leaf(self, node: Node, answer: Answer, item: Item, when: When) -> Explanation:
        condition = node.type.kind == "flag"
        actual: str | None = show(answer.value, node.type)
        body = getattr(node, "body", None)
        if condition and isinstance(node, n.Member | n.InRange) and isinstance(body, Node):
            actual = show(self.engine.value(body, item, when).value, body.type)
        if isinstance(node, n.Includes | n.SharesAny):
            held = node.held if isinstance(node, n.Includes) else node.right
            actual = show(self.engine.value(held, item, when).value, held.type)
        records = tuple(self._records(node, item, when))
        if condition and isinstance(node, (n.OverSet, *_TITLE_NODES)):
            actual = "；".join(records[:2]) or "没有记录"
        return Explanation(
            node.source,
            outcome_of(answer.value) if condition else None,
            "称号" if isinstance(node, _TITLE_NODES) else "台账" if isinstance(node, n.OverSet) else "取值",
            actual=actual,
            threshold=self._wanted(node, when),
            missing=answer.missing if answer.value is None else (),
            records=records,
        )

    def _wanted(self, node: Node, when: When) -> str | None:
        match node:
            case n.Member(items=items):
                return "、".join(i.source.strip('"') for i in items)
            case n.InRange() | n.Awarded() | n.FirstReviewPassed() | n.ReviewDue():
                first, last = when.days(node.range)
                return f"{first} 至 {last}"
        return None

    def _records(self, node: Node, item: Item, when: When) -> Iterator[str]:
        """The awards, reviews and entries below a node, each list capped."""
        for part in node.walk():
            if isinstance(part, _TITLE_NODES) and item.subject is not None:
                yield from capped(self._title_records(part, item, when))
            elif isinstance(part, n.OverSet) and part.source_set.register is not None:
                yield from capped(self._entries(part, item, when))

    def _title_records(self, node: Any, item: Item, when: When) -> list[str]:
        assert item.subject is not None
        if isinstance(node, n.FirstReviewPassed):
            reviews = sorted(item.subject.reviews.get(node.title, ()), key=lambda r: r.reviewed_on)
            return [f"{r.reviewed_on} 复核{r.outcome}" for r in reviews if r.reviewed_on <= when.as_of]
        until = {True: "", False: "，有效期至 {}"}
        return [
            f"{r.awarded_on} 认定{until[r.valid_until is None].format(r.valid_until)}"
            for r in sorted(self.engine._awards(item, node.title, when), key=lambda r: cast(date, r.awarded_on))
        ]

    def _entries(self, node: n.OverSet, item: Item, when: When) -> list[str]:
        register = node.source_set.register
        assert register is not None
        counted = []
        for each in self.engine.items(node, item, when):
            where = self.engine.value(node.where, each, when).value if node.where else True
            if where is not False:
                assert each.entry is not None
                mark = "（未确定）" if where is None else ""
                counted.append(show_entry(each.entry, register) + mark)
        return counted


def _note(seen: dict[str, Explanation], node: Node, item: Item, when: When, answer: Answer) -> None:
    """Keep a figure that an evaluation read, once."""
    if isinstance(node, n.SideField):
        shown = show(answer.value, node.type)
        seen.setdefault(node.column, Explanation(node.column, None, "取值", actual=shown, missing=answer.missing))
    elif isinstance(node, n.IndicatorAt | n.Latest | n.Attr):
        period = f"（{when.period_of(node).chinese}）" if isinstance(node, n.IndicatorAt) else ""
        name = node.attribute.name if isinstance(node, n.Attr) else node.indicator.name
        text = name + period
        shown = show(answer.value, node.type)
        seen.setdefault(text, Explanation(text, None, "取值", actual=shown, missing=answer.missing))


def capped(records: list[str]) -> list[str]:
    """The first records, and how many more there are."""
    more = len(records) - RECORDS_SHOWN
    return records if more <= 0 else [*records[:RECORDS_SHOWN], f"另有 {more} 条"]


def show_entry(entry: Entry, register: Any) -> str:
    """An entry in one line: its date and its fields."""
    cells = [str(entry.on) if entry.on else "日期待补充"]
    for field in register.fields:
        value = entry.fields.get(field.name)
        if value is not None:
            unit = unit_of(field.unit) if field.unit else None
            dim = unit.dim if unit else PLAIN
            type_ = Type(field.kind, dim, unit=field.unit)
            if field.kind == "number" and unit and dim not in (MONEY, PLAIN):
                value = float(cast(float, value)) * float(unit.factor)
            cells.append(f"{field.name} {show(value, type_)}")
    return "，".join(cells)


def show(value: Value, type_: Type) -> str:
    """A value with its unit as a person reads it; 待补充 where it is missing."""
    if value is None:
        return "待补充"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Point):
        return f"东经 {value.lon:g}°，北纬 {value.lat:g}°"
    if isinstance(value, frozenset):
        return "、".join(sorted(value)) or "无"
    if not isinstance(value, Decimal | float | int):
        return str(value)
    if type_.dim == MONEY:
        return show_money(value)
    if type_.dim == MONTHS:
        return f"{_plain(value / 12)}年" if value % 12 == 0 else f"{_plain(value)}个月"
    if type_.dim == DAYS:
        return f"{_plain(value)}天"
    if type_.dim == PLAIN and (type_.unit == "%" or (type_.exact is None and type_.unit is None)):
        return f"{_plain(float(value) * 100)}%"
    return _with_unit(value, type_)


def _with_unit(value: Decimal | float | int, type_: Type) -> str:
    unit = unit_of(type_.unit) if type_.unit else None
    if unit is not None and unit.dim == type_.dim:
        return f"{_plain(float(value) / float(unit.factor))}{unit.name}"
    base = "·".join(name for name, power in type_.dim if power > 0)
    return _plain(value) + ("" if base == "年份" else base)


def _plain(value: Decimal | float | int) -> str:
    text = f"{float(value):,.2f}"
    return text.rstrip("0").rstrip(".")


def _threshold(node: Node, value: Value) -> str:
    if isinstance(node, n.Const) and node.source:
        return node.source.strip('"')
    return show(value, node.type)


def _gap(node: n.Compare, left: Value, right: Value) -> str | None:
    """How far an unmet comparison is from holding, in its unit."""
    if isinstance(left, date) and isinstance(right, date):
        return f"差 {abs((left - right).days)}天" if node.op not in ("=", "!=") else None
    if node.left.type.kind != "number" or left is None or right is None or node.op == "!=":
        return None
    a, b = cast(arith.Number, left), cast(arith.Number, right)
    distance = abs(b - a) if isinstance(a, Decimal) and isinstance(b, Decimal) else abs(float(b) - float(a))
    word = "差" if a < b or node.op == "=" else "超"
    if distance == 0:
        return "恰在界限上"
    type_ = node.left.type if node.left.type.unit else node.right.type if node.right.type.unit else node.left.type
    shown = show(distance, type_)
    return f"{word} {shown[:-1]} 个百分点" if shown.endswith("%") else f"{word} {shown}"
