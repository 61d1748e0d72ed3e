"""The reference evaluator: plain Python that defines what every node means.

It walks the tree for one subject and returns the value or, where it cannot be known, None with the facts that are
missing. The compiler must agree with it on every expression.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from jiqun.base.periods import add_months, full_months
from jiqun.rules import arith, labels
from jiqun.rules import nodes as n
from jiqun.rules.facts import Entry, Subject, Value, World
from jiqun.rules.geo import great_circle
from jiqun.rules.grams import closeness
from jiqun.rules.nodes import Node
from jiqun.rules.rule import Rule
from jiqun.rules.timing import When
from jiqun.rules.vocabulary import SUBJECT_IDS


@dataclass(frozen=True)
class Answer:
    """A value, or None with the names of the facts that are missing."""

    value: Value
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    """What names are about: a subject, an entry of one, or (both None) the whole programme."""

    subject: Subject | None = None
    entry: Entry | None = None


def evaluate(
    rule: Rule, world: World, subject_id: str | None, as_of: date, effective: tuple[date, date] | None = None
) -> Answer:
    """The answer of a rule for a subject (None for a rule about the programme) as of a date."""
    subject = None
    if rule.subject != "programme":
        subject = world.get(rule.subject, subject_id)
        if subject is None:
            raise KeyError(f"no {rule.subject} {subject_id}")
    return Evaluator(world).value(rule.node, Item(subject), When(as_of, effective))


class Evaluator:
    """Evaluates nodes over a world; `on_value` sees every (node, when, answer) for explanation."""

    def __init__(self, world: World, on_value: Callable[[Node, Item, When, Answer], None] | None = None) -> None:
        self.world, self._on_value = world, on_value

    def value(self, node: Node, item: Item, when: When) -> Answer:
        """The answer of one node."""
        answer = cast(Answer, getattr(self, f"_{type(node).__name__}")(node, item, when))
        value = answer.value
        if value is not None and node.type.kind == "number" and not isinstance(value, bool):
            converted = arith.convert(cast(arith.Number, value), node.type)
            if converted is not value:
                answer = Answer(converted)
        if self._on_value:
            self._on_value(node, item, when, answer)
        return answer

    def all(self, nodes: Iterable[Node], item: Item, when: When) -> tuple[list[Any], tuple[str, ...]]:
        """The values of several nodes and everything they miss together."""
        answers = [self.value(x, item, when) for x in nodes]
        values = [a.value for a in answers]
        return values, join(a.missing for a in answers) if None in values else ()

    # -- leaves -----------------------------------------------------------------------------------------------

    def _Const(self, node: n.Const, item: Item, when: When) -> Answer:
        return Answer(node.value)

    def _Pending(self, node: n.Pending, item: Item, when: When) -> Answer:
        return Answer(None, (labels.fact(node, when),))

    def _AsOf(self, node: n.AsOf, item: Item, when: When) -> Answer:
        return Answer(when.as_of)

    def _EffectiveBound(self, node: n.EffectiveBound, item: Item, when: When) -> Answer:
        assert when.effective is not None
        return Answer(when.effective[1 if node.end else 0])

    def _YearNumber(self, node: n.YearNumber, item: Item, when: When) -> Answer:
        return Answer(Decimal(when.as_of.year + node.offset))

    def _Attr(self, node: n.Attr, item: Item, when: When) -> Answer:
        assert item.subject is not None
        column = node.attribute.column
        if column == SUBJECT_IDS.get(item.subject.kind):
            return Answer(item.subject.id)
        return self._found(item.subject.attributes.get(column), node, when)

    def _IndicatorAt(self, node: n.IndicatorAt, item: Item, when: When) -> Answer:
        assert item.subject is not None
        key = (node.indicator.name, when.period_of(node))
        return self._measured(item.subject.observations.get(key), node, when)

    def _Latest(self, node: n.Latest, item: Item, when: When) -> Answer:
        assert item.subject is not None
        known = [
            (period, value)
            for (name, period), value in item.subject.observations.items()
            if name == node.indicator.name and period.end <= when.as_of and value is not None
        ]
        return self._measured(max(known)[1] if known else None, node, when)

    def _FieldRef(self, node: n.FieldRef, item: Item, when: When) -> Answer:
        assert item.entry is not None
        return self._measured(item.entry.fields.get(node.field_.name), node, when)

    def _SideField(self, node: n.SideField, item: Item, when: When) -> Answer:
        assert item.subject is not None
        return self._measured(item.subject.attributes.get(node.column), node, when)

    def _EntryDate(self, node: n.EntryDate, item: Item, when: When) -> Answer:
        assert item.entry is not None
        return self._found(item.entry.on, node, when)

    def _EntryYear(self, node: n.EntryYear, item: Item, when: When) -> Answer:
        assert item.entry is not None
        on = item.entry.on
        return self._found(None if on is None else Decimal(on.year), node, when)

    def _found(self, value: Value, node: Node, when: When) -> Answer:
        return Answer(None, (labels.fact(node, when),)) if value is None else Answer(value)

    def _measured(self, value: Value, node: Node, when: When) -> Answer:
        factor = n.fact_factor(node)
        if value is not None and factor != 1.0:
            value = float(cast(float, value)) * factor
        return self._found(value, node, when)

    def _Related(self, node: n.Related, item: Item, when: When) -> Answer:
        target = self._target(node.relation, node.target, item)
        if target is None:
            # Membership is a complete list: what is said of a cluster that is not there does not hold.
            return Answer(False) if node.type.kind == "flag" else Answer(None, (labels.fact(node, when),))
        return self.value(node.body, Item(target), when)

    def _HasRelated(self, node: n.HasRelated, item: Item, when: When) -> Answer:
        kind = {"cluster": "cluster", "county": "place", "owner": ""}[node.relation]
        return Answer(node.relation == "owner" or self._target(node.relation, kind, item) is not None)

    def _target(self, relation: str, kind: str, item: Item) -> Subject | None:
        assert item.subject is not None
        if relation == "owner":
            return item.subject
        return self.world.get(kind, item.subject.cluster if relation == "cluster" else item.subject.county)

    # -- pairs ------------------------------------------------------------------------------------------------

    def _Distance(self, node: n.Distance, item: Item, when: When) -> Answer:
        return self._joint((node.left, node.right), item, when, great_circle)

    def _Closeness(self, node: n.Closeness, item: Item, when: When) -> Answer:
        return self._joint((node.left, node.right), item, when, closeness)

    def _Includes(self, node: n.Includes, item: Item, when: When) -> Answer:
        def holds(held: frozenset[str], wanted: str | frozenset[str]) -> bool:
            return wanted in held if isinstance(wanted, str) else wanted <= held

        return self._joint((node.held, node.wanted), item, when, holds)

    def _SharesAny(self, node: n.SharesAny, item: Item, when: When) -> Answer:
        return self._joint((node.left, node.right), item, when, lambda a, b: bool(a & b))

    def _Overlap(self, node: n.Overlap, item: Item, when: When) -> Answer:
        def days(start: date, end: date, other_start: date, other_end: date) -> Decimal:
            return Decimal(max((min(end, other_end) - max(start, other_start)).days + 1, 0))

        return self._joint((node.start, node.end, node.other_start, node.other_end), item, when, days)

    def _joint(self, nodes: Iterable[Node], item: Item, when: When, function: Callable[..., Value]) -> Answer:
        values, missing = self.all(nodes, item, when)
        return Answer(None, missing) if missing else Answer(function(*values))

    # -- operators --------------------------------------------------------------------------------------------

    def _Arith(self, node: n.Arith, item: Item, when: When) -> Answer:
        (a, b), missing = self.all((node.left, node.right), item, when)
        if missing:
            return Answer(None, missing)
        if node.left.type.kind == "date":
            return Answer(self._date_arith(node, a, b))
        if node.op == "/":
            quotient = arith.over(a, b)
            return Answer(quotient) if quotient is not None else Answer(None, (labels.reason(node),))
        return Answer(arith.times(a, b, node.type) if node.op == "*" else arith.add(node.op, a, b, node.type))

    def _date_arith(self, node: n.Arith, a: date, b: Any) -> Value:
        if isinstance(b, date):
            return Decimal((a - b).days)
        count = int(b) if node.op == "+" else -int(b)
        return a + timedelta(days=count) if node.right.type.dim == (("天", 1),) else add_months(a, count)

    def _Negate(self, node: n.Negate, item: Item, when: When) -> Answer:
        return self._map(node.body, item, when, lambda v: -v)

    def _Absolute(self, node: n.Absolute, item: Item, when: When) -> Answer:
        return self._map(node.body, item, when, abs)

    def _map(self, body: Node, item: Item, when: When, function: Callable[[Any], Value]) -> Answer:
        answer = self.value(body, item, when)
        return answer if answer.value is None else Answer(function(answer.value))

    def _Round(self, node: n.Round, item: Item, when: When) -> Answer:
        answer = self.value(node.body, item, when)
        if answer.value is None:
            return answer
        rounded = arith.round_half_up(cast(arith.Number, answer.value), node.digits)
        return Answer(rounded) if rounded is not None else Answer(None, (labels.reason(node),))

    def _Extreme(self, node: n.Extreme, item: Item, when: When) -> Answer:
        values, missing = self.all(node.items, item, when)
        if missing:
            return Answer(None, missing)
        if node.type.kind == "number":
            values = [arith.convert(v, node.type) for v in values]
        return Answer(max(values) if node.greatest else min(values))

    def _Compare(self, node: n.Compare, item: Item, when: When) -> Answer:
        certain = self._certain_count(node, item, when)
        if certain is not None:
            return certain
        (a, b), missing = self.all((node.left, node.right), item, when)
        if missing:
            return Answer(None, missing)
        if node.left.type.kind == "number":
            return Answer(arith.compare(node.op, a, b))
        return Answer(
            {">=": lambda: a >= b, "<=": lambda: a <= b, ">": lambda: a > b, "<": lambda: a < b,
             "=": lambda: a == b, "!=": lambda: a != b}[node.op]()
        )  # fmt: skip

    def _certain_count(self, node: n.Compare, item: Item, when: When) -> Answer | None:
        """A count against a constant is decided once it is certain, whatever the undetermined items are."""
        count, limit = node.left, node.right
        if not (isinstance(count, n.OverSet) and count.op == "count" and isinstance(limit, n.Const)):
            return None
        tally = self.tally(count, item, when)
        limit_value = cast(Decimal, limit.value)
        low, high = Decimal(tally.known), Decimal(tally.known + tally.unknown)
        at_low, at_high = (arith.compare(node.op, end, limit_value) for end in (low, high))
        outside = low == high or not low <= limit_value <= high
        certain = outside if node.op in ("=", "!=") else at_low == at_high
        return Answer(at_low) if certain else Answer(None, (labels.undetermined(count),))

    def _Member(self, node: n.Member, item: Item, when: When) -> Answer:
        answer = self.value(node.body, item, when)
        if answer.value is None:
            return answer
        values = [self.value(i, item, when).value for i in node.items]
        if node.body.type.kind == "number":
            number = cast(arith.Number, answer.value)
            return Answer(any(arith.compare("=", number, cast(arith.Number, v)) for v in values))
        return Answer(answer.value in values)

    def _InRange(self, node: n.InRange, item: Item, when: When) -> Answer:
        first, last = when.days(node.range)
        return self._map(node.body, item, when, lambda v: first <= v <= last)

    def _And(self, node: n.And, item: Item, when: When) -> Answer:
        return kleene_and([self.value(i, item, when) for i in node.items])

    def _Or(self, node: n.Or, item: Item, when: When) -> Answer:
        return kleene_or([self.value(i, item, when) for i in node.items])

    def _Not(self, node: n.Not, item: Item, when: When) -> Answer:
        return self._map(node.body, item, when, lambda v: not v)

    def _If(self, node: n.If, item: Item, when: When) -> Answer:
        condition = self.value(node.condition, item, when)
        if condition.value is None:
            return condition
        return self.value(node.then if condition.value else node.otherwise, item, when)

    def _Bands(self, node: n.Bands, item: Item, when: When) -> Answer:
        for condition, value in node.cases:
            answer = self.value(condition, item, when)
            if answer.value is None:
                return answer
            if answer.value:
                return self.value(value, item, when)
        if node.otherwise is None:
            return Answer(None, (labels.reason(node),))
        return self.value(node.otherwise, item, when)

    def _IsKnown(self, node: n.IsKnown, item: Item, when: When) -> Answer:
        return Answer(self.value(node.body, item, when).value is not None)

    # -- windows ----------------------------------------------------------------------------------------------

    def _OverWindow(self, node: n.OverWindow, item: Item, when: When) -> Answer:
        answers = [self.value(node.body, item, w) for w in when.windows(node.window)]
        if not answers:
            return Answer(None, (labels.too_short(node),))
        if node.op in ("all", "any"):
            return kleene_and(answers) if node.op == "all" else kleene_or(answers)
        missing = join(a.missing for a in answers)
        if missing:
            return Answer(None, missing)
        values = [cast(arith.Number, a.value) for a in answers]
        if node.op in ("max", "min"):
            return Answer(max(values) if node.op == "max" else min(values))
        total = self._total(values, node.type if node.op == "sum" else node.body.type)
        return Answer(total if node.op == "sum" else arith.over(total, Decimal(len(values))))

    def _total(self, values: list[arith.Number], type_: n.Type) -> arith.Number:
        total = values[0]
        for value in values[1:]:
            total = arith.add("+", total, value, type_)
        return total

    def _Growth(self, node: n.Growth, item: Item, when: When) -> Answer:
        grain = n.grain_of(node.body)
        now, before = self.value(node.body, item, when), self.value(node.body, item, when.moved(-1, grain))
        missing = join((now.missing, before.missing))
        if missing:
            return Answer(None, missing)
        a, b = cast(arith.Number, now.value), cast(arith.Number, before.value)
        if b <= 0:
            return Answer(None, (labels.reason(node),))
        return Answer(arith.over(arith.add("-", a, b, node.body.type), b))

    def _Cagr(self, node: n.Cagr, item: Item, when: When) -> Answer:
        windows = when.windows(node.window, extra=1 if node.window.count else 0)
        if len(windows) < 2:
            return Answer(None, (labels.too_short(node),))
        first, last = (self.value(node.body, item, w) for w in (windows[0], windows[-1]))
        missing = join((first.missing, last.missing))
        if missing:
            return Answer(None, missing)
        a, b = cast(arith.Number, first.value), cast(arith.Number, last.value)
        if a <= 0 or b < 0:
            return Answer(None, (labels.reason(node),))
        ratio = cast(float, arith.over(b, a))
        return Answer(ratio ** (1 / (len(windows) - 1)) - 1)

    # -- titles -----------------------------------------------------------------------------------------------

    def _awards(self, item: Item, title: str | None, when: When) -> list[Any]:
        assert item.subject is not None
        lists = item.subject.recognitions
        found = lists.get(title, ()) if title else [r for each in lists.values() for r in each]
        return [r for r in found if r.awarded_on <= when.as_of]

    def _held(self, item: Item, title: str | None, when: When) -> list[Any]:
        return [r for r in self._awards(item, title, when) if r.valid_until is None or r.valid_until >= when.as_of]

    def _Holds(self, node: n.Holds, item: Item, when: When) -> Answer:
        return Answer(bool(self._held(item, node.title, when)))

    def _Awarded(self, node: n.Awarded, item: Item, when: When) -> Answer:
        first, last = when.days(node.range)
        return Answer(any(first <= r.awarded_on <= last for r in self._awards(item, node.title, when)))

    def _FirstReviewPassed(self, node: n.FirstReviewPassed, item: Item, when: When) -> Answer:
        assert item.subject is not None
        past = [r for r in item.subject.reviews.get(node.title, ()) if r.reviewed_on <= when.as_of]
        if not past:
            return Answer(False)
        day = min(r.reviewed_on for r in past)
        passed = all(r.outcome == "通过" for r in past if r.reviewed_on == day)
        first, last = when.days(node.range)
        return Answer(passed and first <= day <= last)

    def _ReviewDue(self, node: n.ReviewDue, item: Item, when: When) -> Answer:
        first, last = when.days(node.range)
        return Answer(
            any(r.valid_until and first <= r.valid_until <= last for r in self._awards(item, node.title, when))
        )

    def _HeldMonths(self, node: n.HeldMonths, item: Item, when: When) -> Answer:
        if not self._held(item, node.title, when):
            return Answer(Decimal(0))
        start = min(r.awarded_on for r in self._awards(item, node.title, when))
        return Answer(Decimal(full_months(start, when.as_of) // 12 * 12))

    def _AwardDate(self, node: n.AwardDate, item: Item, when: When) -> Answer:
        days = [r.awarded_on for r in self._awards(item, node.title, when)]
        return self._found(min(days) if days else None, node, when)

    def _FullYears(self, node: n.FullYears, item: Item, when: When) -> Answer:
        return self._map(node.body, item, when, lambda v: Decimal(full_months(v, when.as_of) // 12 * 12))

    # -- sets -------------------------------------------------------------------------------------------------

    def items(self, node: n.OverSet, item: Item, when: When) -> list[Item]:
        """The items that a set ranges over from the subject at hand; entries dated after the as-of date are not."""
        ref = node.source_set
        if ref.register is None:
            members = self.world.members(ref.kind, node.scope, item.subject)
            return [Item(s) for s in members if not ref.enterprises or s.attributes.get("kind") == "enterprise"]
        if node.scope == ref.register.subject:
            assert item.subject is not None
            owners = [item.subject]
        else:
            owners = self.world.members(ref.register.subject, node.scope, item.subject)
            if ref.register.subject == "place" and node.scope == "programme":
                owners = [s for s in self.world.of_kind("place") if s.id not in self.world.uncounted_places]
        entries = ((s, e) for s in owners for e in s.entries.get(ref.register.name, ()))
        return [Item(s, e) for s, e in entries if e.on is None or e.on <= when.as_of]

    def tally(self, node: n.OverSet, item: Item, when: When) -> Tally:
        """How many items meet the conditions for certain, how many cannot be told, and the values."""
        tally = Tally()
        for each in self.items(node, item, when):
            where = self.value(node.where, each, when).value if node.where else True
            if where is False:
                continue
            among = self.value(node.among, each, when).value if node.among else True
            value = self.value(node.value, each, when).value if node.value else Decimal(1)
            tally.add(where, among, value)
        return tally

    def _OverSet(self, node: n.OverSet, item: Item, when: When) -> Answer:
        tally = self.tally(node, item, when)
        if node.op == "exists":
            if tally.known:
                return Answer(True)
            return Answer(None, (labels.undetermined(node),)) if tally.unknown else Answer(False)
        if tally.unknown:
            return Answer(None, (labels.undetermined(node),))
        return self.over_known(node, tally)

    def over_known(self, node: n.OverSet, tally: Tally) -> Answer:
        """The aggregate over the items that are certain."""
        if node.op == "count":
            return Answer(Decimal(tally.known))
        values = tally.values
        assert node.op == "share" or node.value is not None
        if node.op == "share":
            base = self._sum(tally.base)
            part = arith.over(self._sum(values), base) if base != 0 else None
            return Answer(part) if part is not None else Answer(None, (labels.reason(node),))
        if node.op == "sum":
            return Answer(self._sum(values) if values else arith.convert(Decimal(0), node.type))
        if not values:
            return Answer(None, (labels.reason(node),))
        if node.op == "avg":
            return Answer(arith.over(self._sum(values), Decimal(len(values))))
        return Answer(max(values) if node.op == "max" else min(values))

    def _sum(self, values: list[Any]) -> arith.Number:
        return cast(arith.Number, sum(values)) if values else Decimal(0)

    def _Grouped(self, node: n.Grouped, item: Item, when: When) -> Answer:
        raise TypeError("a grouped measure yields a table: evaluate its body for each subject")


class Remembering(Evaluator):
    """An evaluator that answers each node once: explanations and paths ask for the same parts over and over."""

    def __init__(self, world: World, on_value: Callable[[Node, Item, When, Answer], None] | None = None) -> None:
        super().__init__(world, on_value)
        self._known: dict[tuple[int, date, int, str], Answer] = {}

    def value(self, node: Node, item: Item, when: When) -> Answer:
        """The answer of one node; one about an entry is not kept, nor where each part is to be seen."""
        if item.entry is not None or item.subject is None or self._on_value:
            return super().value(node, item, when)
        key = (id(node), when.as_of, when.shift, item.subject.id)
        answer = self._known.get(key)
        if answer is None:
            answer = self._known[key] = super().value(node, item, when)
        return answer


class Tally:
    """Items of a set, sorted by what is known of them."""

    def __init__(self) -> None:
        self.known = 0
        self.unknown = 0
        self.values: list[Any] = []
        self.base: list[Any] = []

    def add(self, where: Any, among: Any, value: Any) -> None:
        """Sort one item; `where` is not False."""
        if where is None or value is None:
            self.unknown += 1
            return
        self.base.append(value)
        if among is None:
            self.unknown += 1
        elif among:
            self.known += 1
            self.values.append(value)


def join(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Several lists of missing facts as one, each named once, in order."""
    return tuple(dict.fromkeys(name for part in parts for name in part))


def kleene_and(answers: list[Answer]) -> Answer:
    """False wins, then missing, then true."""
    if any(a.value is False for a in answers):
        return Answer(False)
    missing = join(a.missing for a in answers if a.value is None)
    return Answer(None, missing) if missing else Answer(True)


def kleene_or(answers: list[Answer]) -> Answer:
    """True wins, then missing, then false."""
    if any(a.value is True for a in answers):
        return Answer(True)
    missing = join(a.missing for a in answers if a.value is None)
    return Answer(None, missing) if missing else Answer(False)
