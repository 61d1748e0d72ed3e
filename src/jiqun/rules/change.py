"""Changes of facts, and an evaluator that sees the facts as they would be after them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, cast

from jiqun.base.money import UNITS, parse_money, show_money
from jiqun.base.periods import Period
from jiqun.rules import labels
from jiqun.rules import nodes as n
from jiqun.rules.explain import show
from jiqun.rules.facts import Recognition, Subject, World
from jiqun.rules.nodes import Node
from jiqun.rules.reference import Answer, Item, Remembering
from jiqun.rules.timing import When

FactKey = tuple[Any, ...]


@dataclass(frozen=True)
class Change:
    """One step of a path."""

    kind: str
    """指标, 补报, 属性, 认定, 复核, 台账, 成员, 集群 or 时间."""
    key: FactKey = field(repr=False)
    """Which fact it is about."""
    text: str
    change: str | None
    """From what to what."""
    counts_on: date
    """The first day on which it could count."""
    effort: float
    """The relative change; 1 for what has no size."""
    before: Any = None
    after: Any = None
    """The reported value: money in yuan."""
    settles: FactKey | None = field(default=None, repr=False)
    """The condition that is taken as reached with it, beside the fact."""
    note: str | None = None

    @property
    def touches(self) -> set[object]:
        """What parts of a rule mention if their answer may be another after it."""
        found: set[object] = {self.key[1]} if self.key[0] == "settle" else {self.key[3]}
        return found if self.settles is None else found | {self.settles[1]}

    def as_dict(self) -> dict[str, Any]:
        """The step for programs."""
        found = {"kind": self.kind, "text": self.text, "change": self.change, "note": self.note}
        return {k: v for k, v in found.items() if v is not None} | {"counts_on": self.counts_on.isoformat()}


@dataclass
class TrialState:
    """What changes do to the facts."""

    today: date
    facts: dict[FactKey, Any] = field(default_factory=dict)
    titles: set[FactKey] = field(default_factory=set)
    settled: dict[FactKey, Any] = field(default_factory=dict)

    def after(self, change: Change) -> TrialState:
        """The state after one more change."""
        state = TrialState(self.today, dict(self.facts), set(self.titles), dict(self.settled))
        if change.key[0] == "settle":
            state.settled[change.key] = change.after
        elif change.key[0] == "title":
            state.titles.add(change.key[1:4])
        else:
            state.facts[change.key] = change.after
        if change.settles is not None:
            state.settled[change.settles] = True
        return state


class Trial(Remembering):
    """The reference evaluator over a world with changes, without building that world."""

    def __init__(
        self,
        world: World,
        state: TrialState,
        on_value: Callable[[Node, Item, When, Answer], None] | None = None,
    ) -> None:
        super().__init__(world, on_value)
        self.state = state
        self._changed = {key[3] for key in state.facts}
        self._below: Trial | None = None
        self._new: set[object] = set()

    @classmethod
    def unchanged(cls, engine: Remembering, today: date) -> Trial:
        """The facts as they are, and what the engine knows of them."""
        trial = cls(engine.world, TrialState(today))
        trial._known = engine._known
        return trial

    @classmethod
    def after(cls, below: Trial, change: Change) -> Trial:
        """The same with one more change: what does not mention it is asked of the trial before."""
        trial = cls(below.world, below.state.after(change))
        trial._below, trial._new = below, change.touches
        return trial

    @classmethod
    def of_figure(cls, below: Trial, key: FactKey) -> Trial:
        """The same with one more figure changed, yet to be `put`."""
        trial = cls(below.world, replace(below.state, facts=dict(below.state.facts)))
        trial._below, trial._new = below, {key[3]}
        trial._changed.add(key[3])
        return trial

    def put(self, key: FactKey, value: Any) -> None:
        """See a figure at this value."""
        self.state.facts[key] = value
        self._known.clear()

    def last_touching(self, node: Node) -> Trial:
        """The trial of the last change that the node mentions: after the others it answers the same."""
        trial, mentions = self, node.mentions
        while trial._below is not None and trial._new.isdisjoint(mentions):
            trial = trial._below
        return trial

    def value(self, node: Node, item: Item, when: When) -> Answer:
        """The answer of one node; a settled one is as it was settled."""
        trial = self.last_touching(node) if self._below is not None else self
        if trial.state.settled:
            key = ("settle", id(node), when.shift, item.subject.id if item.subject else "")
            if key in trial.state.settled:
                return Answer(trial.state.settled[key])
        return Remembering.value(trial, node, item, when)

    def raw(self, node: Node, item: Item, when: When) -> Any:
        """A figure as it is reported, before any factor to the base unit."""
        value = self.value(node, item, when).value
        factor = n.fact_factor(node)
        return value if value is None or factor == 1.0 else float(cast(float, value)) / factor

    def _IndicatorAt(self, node: n.IndicatorAt, item: Item, when: When) -> Answer:
        return self._figure(node.indicator.name, node, item, when) or super()._IndicatorAt(node, item, when)

    def _Latest(self, node: n.Latest, item: Item, when: When) -> Answer:
        return self._figure(node.indicator.name, node, item, when) or super()._Latest(node, item, when)

    def _Attr(self, node: n.Attr, item: Item, when: When) -> Answer:
        return self._figure(node.attribute.column, node, item, when) or super()._Attr(node, item, when)

    def _figure(self, name: str, node: Node, item: Item, when: When) -> Answer | None:
        if name in self._changed:
            key = figure_key(node, item, when)
            if key in self.state.facts:
                return self._measured(self.state.facts[key], node, when)
        return None

    def _awards(self, item: Item, title: str | None, when: When) -> list[Any]:
        awards = super()._awards(item, title, when)
        if item.subject is not None and (item.subject.kind, item.subject.id, title) in self.state.titles:
            return [*awards, Recognition(self.state.today)]
        return awards


def figure_key(node: Node, item: Item, when: When) -> FactKey:
    """Which reported figure a leaf means; 最新 means the one of the last complete period."""
    assert item.subject is not None
    own = (item.subject.kind, item.subject.id)
    if isinstance(node, n.Attr):
        return ("attribute", *own, node.attribute.column)
    if isinstance(node, n.Latest):
        return ("fact", *own, node.indicator.name, Period.last_complete(when.as_of, node.indicator.grain))
    assert isinstance(node, n.IndicatorAt)
    return ("fact", *own, node.indicator.name, when.period_of(node))


def change_of(node: Node, item: Item, when: When, before: Any, after: Any, today: date) -> Change | None:
    """The change of one figure from a reported value to another; None where its period can no longer change."""
    key = figure_key(node, item, when)
    counts_on = _counts_on(node, when, today, before is None)
    if counts_on is None or item.subject is None:
        return None
    name = labels.fact(node, when) if isinstance(node, n.IndicatorAt) and before is None else _name(node)
    own = "" if item.subject.kind == "party" else f"{item.subject.attributes.get('name') or item.subject.id}的"
    shown = _shown(node, after)
    if before is None:
        words = None if after is None else f"例如 {shown}" if node.type.kind != "number" else f"按 {shown} 测算"
        if isinstance(after, Decimal) and after == 1:
            words = None  # any amount would do
        return Change("补报", key, f"补报{own}“{name}”", words, counts_on, 0.5, None, after)
    kind = "属性" if isinstance(node, n.Attr) else "指标"
    text = f"{own}{name}由 {_shown(node, before)} {'变为' if node.type.kind != 'number' else _direction(before, after)}"
    return Change(
        kind, key, text, shown, counts_on, _effort(before, after), before, after, note=_note(node, when, today)
    )


def _note(node: Node, when: When, today: date) -> str | None:
    """That a figure of an earlier year is meant, which only later years can replace."""
    if not isinstance(node, n.IndicatorAt) or node.period is not None:
        return None
    period = when.period_of(node)
    if period >= Period.last_complete(today, node.indicator.grain):
        return None
    return f"现值为{period.chinese}的数，要等以后期间的数替换它"


def _name(node: Node) -> str:
    return node.attribute.name if isinstance(node, n.Attr) else cast(n.Latest, node).indicator.name


def _direction(before: Any, after: Any) -> str:
    return "提高到" if after > before else "降低到"


def _effort(before: Any, after: Any) -> float:
    if isinstance(before, bool) or not isinstance(before, Decimal | float | int):
        return 1.0
    size = max(abs(float(before)), abs(float(after)))
    return abs(float(after) - float(before)) / size if size else 0.0


def _counts_on(node: Node, when: When, today: date, missing: bool) -> date | None:
    """The first day on which a new value of the figure stands where the rule reads it."""
    if isinstance(node, n.Attr):
        return today
    assert isinstance(node, n.IndicatorAt | n.Latest)
    grain = node.indicator.grain
    current = Period.containing(today, grain)
    if isinstance(node, n.Latest):
        return today if missing else current.shift(1).start
    period = when.period_of(node)
    if missing:
        return max(today, period.shift(1).start)
    if node.period is not None:
        return period.shift(1).start if period >= current else None
    age = current.index - 1 - period.index
    return current.shift(1 + max(age, 0)).start


def _shown(node: Node, reported: Any) -> str:
    factor = n.fact_factor(node)
    if isinstance(reported, Decimal) and parse_money(show_money(reported)) != reported:
        # A needed amount is told exactly: rounded to 亿元 it might not be enough.
        unit = "万元" if abs(reported) >= UNITS["万元"] else "元"
        return f"{(reported / UNITS[unit]).normalize():,f}{unit}"
    value = reported if factor == 1.0 or isinstance(reported, bool) else float(reported) * factor
    return show(value, node.type)


def apply(world: World, changes: Iterable[Change], today: date) -> World:
    """The world after changes of figures, attributes and titles; what is only settled leaves no facts."""
    subjects = dict(world.subjects)
    for change in changes:
        if change.key[0] in ("fact", "attribute", "title"):
            kind, id_ = change.key[1:3]
            subjects[kind, id_] = _applied(subjects[kind, id_], change, today)
    return World(subjects.values(), world.uncounted_places)


def _applied(subject: Subject, change: Change, today: date) -> Subject:
    if change.key[0] == "fact":
        return replace(subject, observations={**subject.observations, change.key[3:]: change.after})
    if change.key[0] == "attribute":
        return replace(subject, attributes={**subject.attributes, change.key[3]: change.after})
    title = change.key[3]
    awards = (*subject.recognitions.get(title, ()), Recognition(today))
    return replace(subject, recognitions={**subject.recognitions, title: awards})
