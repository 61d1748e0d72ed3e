"""Why offers do not fit one need, and the cheapest change of the need that would let some in.

A change is found from the condition's shape and then tried: what is told of it is what came out of the trial.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from jiqun.exchange.match import shapes as s
from jiqun.exchange.match.arrays import EPOCH, SideArrays
from jiqun.exchange.match.matcher import FastMatcher
from jiqun.exchange.match.shapes import Atom
from jiqun.rules import nodes as n
from jiqun.rules.explain import show
from jiqun.rules.facts import Value
from jiqun.rules.nodes import Node, fact_factor

Ints = npt.NDArray[np.int64]
Values = dict[str, Value]
STEPS = 3
"""How many relaxations of one condition are told, from the smallest on."""
NEAREST = 20
"""Among how many of the least refused offers a change of several fields is sought."""
_STEP = {"米": Decimal("0.001"), "公里": Decimal("0.1")}


@dataclass(frozen=True)
class Change:
    """A field of the need with another value."""

    field: str
    value: Value
    text: str
    """In words: 公差放宽到 0.02毫米."""


@dataclass(frozen=True)
class Fix:
    """Changes of the need, and the offers (rows) that they would let in."""

    conditions: tuple[str, ...]
    changes: tuple[Change, ...]
    admits: tuple[int, ...]

    @property
    def text(self) -> str:
        """In a sentence: 公差放宽到 0.02毫米，即有 3 家."""
        together = "；".join(c.text for c in self.changes)
        return f"{together}，即有 {len(self.admits)} 家"


@dataclass(frozen=True)
class Reasons:
    """The state of every offer for one need. Bits of `failed` and `unknown` are conditions, in the kind's order."""

    failed: Ints
    unknown: Ints
    counts: Mapping[str, int]
    """How many offers fail each condition."""
    fixes: tuple[Fix, ...]
    names: tuple[str, ...] = field(repr=False)

    @property
    def matched(self) -> int:
        """How many offers fit."""
        return int(((self.failed == 0) & (self.unknown == 0)).sum())

    @property
    def pending(self) -> Ints:
        """The rows of the offers for which it cannot be told."""
        return np.flatnonzero((self.failed == 0) & (self.unknown != 0))

    @property
    def refused(self) -> Ints:
        """The rows of the refused offers, those with the fewest failed conditions first."""
        rows = np.flatnonzero(self.failed)
        return rows[np.argsort(np.bitwise_count(self.failed[rows]), kind="stable")]

    def conditions(self, row: int) -> tuple[str, ...]:
        """The conditions that an offer fails."""
        return tuple(name for i, name in enumerate(self.names) if self.failed[row] >> i & 1)


def reasons_of(matcher: FastMatcher, values: Mapping[str, Value]) -> Reasons:
    """Every offer's failed and undetermined conditions, and the cheapest changes of the need."""
    need = matcher.ready_one(values)
    failed, unknown = matcher.states(need, matcher.every_row)
    names = tuple(c.name for c in matcher.rules.conditions)
    counts = {name: int((failed[:, 0] >> i & 1).sum()) for i, name in enumerate(names)}
    fixes = tuple(_Fixer(matcher, dict(values), need, failed, unknown).fixes())
    return Reasons(failed[:, 0], unknown[:, 0], counts, fixes, names)


class _Fixer:
    def __init__(self, matcher: FastMatcher, values: Values, need: SideArrays, failed: Ints, unknown: Ints) -> None:
        self._matcher, self._values, self._need = matcher, values, need
        self._failed, self._unknown = failed, unknown
        self._atoms = matcher.shapes.atoms

    def fixes(self) -> Iterator[Fix]:
        """For each condition the smallest relaxations of it alone; where no condition has one, of several together."""
        decided = self._unknown[:, 0] == 0
        found = []
        for i, condition in enumerate(self._matcher.rules.conditions):
            rows = np.flatnonzero(decided & (self._failed[:, 0] == 1 << i))
            if len(rows):
                found += self._alone(condition.name, rows)
        if not found:
            several = np.flatnonzero(decided & (self._failed[:, 0] != 0))
            order = np.argsort(np.bitwise_count(self._failed[several, 0]), kind="stable")
            found = self._together(several[order][:NEAREST])
        yield from found

    def _alone(self, name: str, rows: Ints) -> list[Fix]:
        """Relaxations of one condition: tried from the smallest on, each that lets in more offers than the last."""
        found: list[Fix] = []
        atoms = [a for a in range(len(self._atoms)) if (self._failed[rows, 1] >> a & 1).any()]
        if len(atoms) > 1:
            return self._together(rows[:NEAREST])
        for change in self._changes(atoms[0], rows):
            admits = self._admitted((change,), rows)
            if len(admits) > (len(found[-1].admits) if found else 0):
                found.append(Fix((name,), (change,), admits))
            if len(found) == STEPS:
                break
        return found

    def _together(self, rows: Ints) -> list[Fix]:
        """The changes that let in one of these offers, for the offer that needs the fewest."""
        best: Fix | None = None
        names = [c.name for c in self._matcher.rules.conditions]
        for row in rows:
            changes: dict[str, Change] = {}
            atoms = [a for a in range(len(self._atoms)) if self._failed[row, 1] >> a & 1]
            for atom in atoms:
                change = next(iter(self._changes(atom, np.array([row]))), None)
                if change is None:
                    break
                changes[change.field] = change
            else:
                if changes and (best is None or len(changes) < len(best.changes)):
                    admits = self._admitted(tuple(changes.values()), np.array([row]))
                    if admits:
                        conditions = dict.fromkeys(names[self._atoms[a].condition] for a in atoms)
                        best = Fix(tuple(conditions), tuple(changes.values()), admits)
        return [best] if best else []

    def _admitted(self, changes: tuple[Change, ...], rows: Ints) -> tuple[int, ...]:
        """Which of the offers fit the changed need."""
        changed = {**self._values, **{c.field: c.value for c in changes}}
        failed, unknown = self._matcher.states(self._matcher.ready_one(changed), rows)
        return tuple(int(r) for r in rows[(failed[:, 0] == 0) & (unknown[:, 0] == 0)])

    # -- what to change ---------------------------------------------------------------------------------------

    def _changes(self, number: int, rows: Ints) -> Iterator[Change]:
        """Changes of the need that could make an atom hold for some of the offers, the smallest first."""
        atom = self._atoms[number]
        match atom.look:
            case s.COLUMNS:
                yield from self._columns(atom, rows)
            case s.OVERLAP:
                yield from self._overlap(number, atom, rows)
            case s.DISTANCE | s.CLOSE:
                yield from self._limit(number, atom, rows)
            case s.SUPERSET | s.SUBSET | s.COMMON:
                yield from self._sets(atom, rows)
        yield from self._waiver(atom)

    def _columns(self, atom: Atom, rows: Ints) -> Iterator[Change]:
        column = self._matcher.shapes.need[atom.need[0]]
        node = column.node
        if not isinstance(node, n.SideField):
            return
        wanted = self._matcher.arrays.figures[rows, atom.offer[0]]
        if atom.code:
            yield from self._texts(node, atom, Counter(wanted.astype(np.int64).tolist()))
            return
        own = self._need.figures[0, atom.need[0]]
        strict = atom.op in (s.COMPARISON["<"], s.COMPARISON[">"], s.COMPARISON["!="])
        if strict:
            return  # no smallest value lies beyond a bound
        values = np.unique(wanted)
        for value in values[np.argsort(np.abs(values - own), kind="stable")][:NEAREST]:
            word = "放宽到" if atom.op == s.COMPARISON[">="] and column.form != "flag" else ""
            yield self._to(node, self._plain(node, float(value), column.form, column.scale), word)

    def _texts(self, node: n.SideField, atom: Atom, codes: Counter[int]) -> Iterator[Change]:
        if atom.op != s.COMPARISON["="]:
            return
        column = self._matcher.shapes.need[atom.need[0]].codes
        texts = {code: text for text, code in self._matcher.domains[column].items()}
        for code, _ in sorted(codes.items(), key=lambda x: (-x[1], x[0]))[:STEPS]:
            yield self._to(node, texts[code], "改为")

    def _overlap(self, number: int, atom: Atom, rows: Ints) -> Iterator[Change]:
        """Fewer days, or a later end or an earlier start where the offer has days enough."""
        if atom.op != s.COMPARISON[">="] or atom.limit[0] < 0:
            return
        need, days = self._matcher.shapes.need, self._need.figures[0, atom.limit[0]]
        start, end = (need[c].node for c in atom.need)
        opens, closes = (self._matcher.arrays.figures[rows, c] for c in atom.offer)
        first, last = (self._need.figures[0, c] for c in atom.need)
        if isinstance(end, n.SideField):
            later = np.maximum(opens, first) + days - 1
            for day in np.unique(later[later <= closes])[:STEPS]:
                yield self._to(end, EPOCH + timedelta(days=int(day)), "推迟到")
        if isinstance(start, n.SideField):
            earlier = np.minimum(closes, last) - days + 1
            for day in np.unique(earlier[earlier >= opens])[::-1][:STEPS]:
                yield self._to(start, EPOCH + timedelta(days=int(day)), "提前到")
        limit = need[atom.limit[0]].node
        if isinstance(limit, n.SideField):
            have = self._matcher.joint(self._need, number, rows)
            for value in np.unique(have[have > 0])[::-1][:STEPS]:
                yield self._to(limit, self._plain(limit, float(value), "float", 0), "减到")

    def _limit(self, number: int, atom: Atom, rows: Ints) -> Iterator[Change]:
        """A wider limit of a distance or a closeness, rounded so that it still lets the offer in."""
        node = self._matcher.shapes.need[atom.limit[0]].node if atom.limit[0] >= 0 else None
        if not isinstance(node, n.SideField) or atom.op not in (s.COMPARISON["<="], s.COMPARISON[">="]):
            return
        upward = atom.op == s.COMPARISON["<="]
        figures = self._matcher.joint(self._need, number, rows)
        for value in np.sort(figures) if upward else np.sort(figures)[::-1]:
            step = _STEP.get(node.field_.unit or "", Decimal("0.001"))
            units = Decimal(repr(float(value) / fact_factor(node))) / step
            whole = math.ceil(units) if upward else math.floor(units)
            yield self._to(node, float(whole * step), "放宽到")

    def _sets(self, atom: Atom, rows: Ints) -> Iterator[Change]:
        pair = self._matcher.shapes.masks[atom.mask]
        name, own = pair.need.field_.name, self._values.get(pair.need.field_.name)
        offered = self._matcher.offers.table[pair.offer.column].take(rows[: 50 * NEAREST]).to_pylist()
        lists: list[list[str]] = [[x] if isinstance(x, str) else list(x or ()) for x in offered]
        common = [text for text, _ in sorted(Counter(t for x in lists for t in x).items(), key=lambda c: (-c[1], c[0]))]
        if isinstance(own, str):
            for text in common[:STEPS]:
                yield self._to(pair.need, text, "改为")
            return
        assert isinstance(own, frozenset)
        if atom.look == s.SUPERSET:
            lacking = Counter(tuple(sorted(own - set(x))) for x in lists)
            for gone, _ in sorted(lacking.items(), key=lambda c: (len(c[0]), -c[1], c[0]))[:STEPS]:
                yield Change(name, own - set(gone), f"{name}不再要求 {'、'.join(gone)}")
            return
        extra = Counter(tuple(sorted(set(x) - own)) for x in lists)
        if atom.look == s.COMMON:
            extra = Counter((text,) for x in lists for text in x)
        for more, _ in sorted(extra.items(), key=lambda c: (len(c[0]), -c[1], c[0]))[:STEPS]:
            if more:
                yield Change(name, own | set(more), f"{name}增加 {'、'.join(more)}")

    def _waiver(self, atom: Atom) -> Iterator[Change]:
        """What waives the condition: a flag turned, or a requirement given up."""
        if atom.look == s.ON_NEED and isinstance(atom.node, n.SideField | n.Not):
            yield from self._turned(atom.node)
        if atom.waive_need < 0:
            return
        waiver = self._matcher.shapes.need[atom.waive_need].node
        for item in waiver.items if isinstance(waiver, n.Or) else (waiver,):
            yield from self._turned(item)
            match item:
                case n.Not(body=n.IsKnown(body=n.SideField() as given)):
                    yield Change(given.field_.name, None, f"不再要求{given.field_.name}")

    def _turned(self, node: Node) -> Iterator[Change]:
        match node:
            case n.SideField() if node.type.kind == "flag":
                yield self._to(node, True, "改为")
            case n.Not(body=n.SideField() as inner) if inner.type.kind == "flag":
                yield self._to(inner, False, "改为")

    def _plain(self, node: n.SideField, value: float, form: str, scale: int) -> Value:
        """A figure as the field has it."""
        if form == "days":
            return EPOCH + timedelta(days=int(value))
        if form == "flag":
            return value == 1.0
        if form == "exact":
            return Decimal(int(value)).scaleb(-scale)
        if node.field_.is_money:
            return Decimal(repr(value)).quantize(Decimal("0.01"))
        return value / fact_factor(node)

    def _to(self, node: n.SideField, value: Any, word: str = "") -> Change:
        """The field at another value, in words."""
        factor = fact_factor(node)
        based = value * factor if isinstance(value, float) else value
        shown = figure(based, node)
        if not word:
            own = self._values.get(node.field_.name)
            number = isinstance(value, float | Decimal) and isinstance(own, float | Decimal)
            word = ("提高到" if value > own else "降到") if number else "改为"
        return Change(node.field_.name, value, f"{node.field_.name}{word} {shown}")


def figure(value: Value, node: n.SideField) -> str:
    """A figure of a field in its own unit, with as many decimals as it has."""
    unit = node.field_.unit
    if isinstance(value, float) and unit and unit != "%":
        return f"{value / fact_factor(node):.12g}{unit}"
    if isinstance(value, date):
        return value.isoformat()
    return show(value, node.type)
