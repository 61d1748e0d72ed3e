"""The shortest way: the smallest set of changes that makes a rule hold for one subject.

Fewest changes come first, then the least relative change. Figures change in the latest period that a rule reads,
since the past is past, and a numerator changes rather than a denominator: nobody shrinks to raise a ratio.
Every plan is verified by the reference evaluator before it is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any, cast

from jiqun.base.periods import Period
from jiqun.rules import arith
from jiqun.rules import nodes as n
from jiqun.rules.change import Change, FactKey, Trial, change_of, figure_key
from jiqun.rules.facts import World
from jiqun.rules.nodes import Node
from jiqun.rules.reference import Item, Remembering
from jiqun.rules.solve import solve
from jiqun.rules.timing import When

ROUNDS = 4
HORIZON_DAYS = 366 * 15
_TIMED = (
    n.AsOf, n.HeldMonths, n.FullYears, n.InRange, n.Awarded, n.ReviewDue, n.EntryYear, n.YearNumber, n.Holds, n.EntryDate,
)  # fmt: skip
_FIGURES = (n.IndicatorAt, n.Latest, n.Attr)


@dataclass(frozen=True)
class Path:
    """The changes, or why none can be named."""

    steps: tuple[Change, ...] = ()
    pending: tuple[str, ...] = ()
    """What the pack does not know yet: with any, no way can be given."""

    @property
    def counts_on(self) -> date | None:
        """The first day on which all of it counts."""
        return max((s.counts_on for s in self.steps), default=None)

    @property
    def note(self) -> str | None:
        """Why there are no steps."""
        return "无法给出（认定条件待补充）" if self.pending else None

    @property
    def rank(self) -> tuple[bool, int, float]:
        """The order of plans: known before unknown, fewer changes, then less of them."""
        return bool(self.pending), len(self.steps), sum(s.effort for s in self.steps)

    def as_dict(self) -> dict[str, Any]:
        """The path for programs."""
        found: dict[str, Any] = {"steps": [s.as_dict() for s in self.steps]}
        if self.counts_on:
            found["counts_on"] = self.counts_on.isoformat()
        if self.pending:
            found |= {"pending": list(self.pending), "note": self.note}
        return found


def path(node: Node, world: World, item: Item, when: When, engine: Remembering | None = None) -> Path | None:
    """The smallest set of changes that makes a condition hold; None where no change would.

    `engine` may know answers over this world already, of this period of effect.
    """
    found = _Finder(engine or Remembering(world), when.as_of).reach(node, True, item, when, ())
    return Path(pending=found.pending) if found is not None and found.pending else found


Changes = tuple[Change, ...]
Goal = tuple[Node, bool, Item, When]
Figure = tuple[Node, Item, When, Any]
"""A figure that a rule reads, and its value."""


def merged(old: Changes, new: Sequence[Change]) -> Changes:
    """Both, the newer change of one fact in place of the older."""
    return old if not new else tuple({c.key: c for c in (*old, *new)}.values())


class _Finder:
    def __init__(self, engine: Remembering, today: date) -> None:
        self._world, self._today = engine.world, today
        self._trials: dict[tuple[int, ...], tuple[Changes, Trial]] = {(): ((), Trial.unchanged(engine, today))}
        self._read: dict[tuple[int, When, str, int], tuple[Figure, ...]] = {}

    def _trial(self, changes: Changes) -> Trial:
        """The facts after these changes; most are asked about many times."""
        key = tuple(map(id, changes))
        if key not in self._trials:
            trial = Trial.after(self._trial(changes[:-1]), changes[-1])
            self._trials[key] = changes, trial  # with them, so that nothing else gets their ids
        return self._trials[key][1]

    def _holds(self, goal: Goal, changes: Changes) -> bool:
        node, want, item, when = goal
        return self._trial(changes).value(node, item, when).value is want

    def reach(self, node: Node, want: bool, item: Item, when: When, done: Changes) -> Path | None:
        """What else makes the node `want`, given what is done already."""
        goal = (node, want, item, when)
        if self._holds(goal, done):
            return Path()
        match node:
            case n.Pending(text=text):
                return Path(pending=(text,))
            case n.And(items=items) | n.Or(items=items):
                goals = [(i, want, item, when) for i in items]
                return self._all(goals, done) if isinstance(node, n.And) is want else self._cheapest(goals, done)
            case n.Not(body=body):
                return self.reach(body, not want, item, when, done)
            case n.If():
                return self._if(node, want, item, when, done)
            case n.OverWindow(op="all" | "any", body=body):
                goals = [(body, want, item, w) for w in when.windows(node.window)]
                return self._all(goals, done) if (node.op == "all") is want else self._cheapest(goals, done)
            case n.Related(body=body):
                return self._related(node, want, item, when, done)
            case n.Compare():
                return self._best(self._verified(goal, done, self._compare(node, want, item, when, done)))
        return self._best(self._verified(goal, done, self._leaf(node, want, item, when, done)))

    # -- combining --------------------------------------------------------------------------------------------

    def _best(self, plans: Iterable[Path | None]) -> Path | None:
        return min((p for p in plans if p is not None), key=lambda p: p.rank, default=None)

    def _verified(self, goal: Goal, done: Changes, plans: Iterable[Changes | None]) -> Iterator[Path]:
        for plan in plans:
            if plan is not None and self._holds(goal, merged(done, plan)):
                yield Path(self._pruned([goal], done, plan))

    def _all(self, goals: list[Goal], done: Changes) -> Path | None:
        """Everything at once: a change made for one is there for the next, and what is not needed falls away."""
        plan: Changes = ()
        pending: list[str] = []
        goals = sorted(goals, key=lambda g: isinstance(g[0], n.Or | n.If))
        unknown = [p.text for g in goals if isinstance(p := g[0], n.Pending)]
        if unknown:
            return Path(pending=tuple(unknown))
        for _ in range(ROUNDS):
            for goal in goals:
                more = self.reach(*goal, merged(done, plan))
                if more is None:
                    return None
                pending += more.pending
                plan = merged(plan, more.steps)
            if pending:
                return Path(plan, tuple(dict.fromkeys(pending)))
            if all(self._holds(g, merged(done, plan)) for g in goals):
                return Path(self._pruned(goals, done, plan))
        return None

    def _pruned(self, goals: list[Goal], done: Changes, plan: Changes) -> Changes:
        for change in plan if len(plan) > 1 else ():
            fewer = tuple(c for c in plan if c.key != change.key)
            if all(self._holds(g, merged(done, fewer)) for g in goals):
                plan = fewer
        return plan

    def _cheapest(self, goals: list[Goal], done: Changes) -> Path | None:
        return self._best(self.reach(*g, done) for g in goals)

    def _if(self, node: n.If, want: bool, item: Item, when: When, done: Changes) -> Path | None:
        ways = [
            [(node.condition, truth, item, when), (branch, want, item, when)]
            for truth, branch in ((True, node.then), (False, node.otherwise))
        ]
        return self._best(self._all(goals, done) for goals in ways)

    def _related(self, node: n.Related, want: bool, item: Item, when: When, done: Changes) -> Path | None:
        target = self._trial(done)._target(node.relation, node.target, item)
        if target is not None:
            return self.reach(node.body, want, Item(target), when, done)
        if node.relation != "cluster":
            return None
        text = f"加入满足“{node.body.source}”的集群" if node.body.source else "加入集群"
        return Path((self._settle(node, want, item, when, "集群", text),))

    # -- leaves -----------------------------------------------------------------------------------------------

    def _leaf(self, node: Node, want: bool, item: Item, when: When, done: Changes) -> Iterator[Changes | None]:
        yield self._wait(node, want, item, when, done)
        match node:
            case n.IndicatorAt() | n.Latest() | n.Attr():
                yield self._put(node, want, item, when, done)
            case n.Member(body=body, items=items) if want:
                for choice in items:
                    yield self._put(body, cast(n.Const, choice).value, item, when, done)
            case n.Holds(title=title) | n.Awarded(title=title) if want:
                yield self._award(node, title, item, when)
            case n.FirstReviewPassed(title=title) if want:
                yield self._review(node, title, item, when)
            case n.HasRelated(relation="cluster") if want:
                yield (self._settle(node, want, item, when, "集群", "加入集群"),)
            case n.OverSet():
                yield self._record(node, node, want, item, when)
            case n.IsKnown(body=body) if want:
                yield self._report([f for f in self._figures(body, item, when, done) if f[3] is None], when)
            case _:
                yield self._report([f for f in self._figures(node, item, when, done) if f[3] is None], when)

    def _settle(
        self, node: Node, want: bool, item: Item, when: When, kind: str, text: str, counts_on: date | None = None,
        effort: float = 1.0,
    ) -> Change:  # fmt: skip
        """A change whose effect on the facts cannot be written down: the node is taken as reached."""
        owner = item.subject.id if item.subject else ""
        key = ("settle", id(node), when.shift, owner)
        return Change(kind, key, text, None, counts_on or self._today, effort, None, want)

    def _award(self, node: n.Holds | n.Awarded, title: str, item: Item, when: When) -> Changes | None:
        assert item.subject is not None
        first, last = when.days(node.range) if isinstance(node, n.Awarded) else (self._today, date.max)
        if last < self._today:
            return None
        text = f"取得“{title}”认定"
        if first > self._today:
            return (self._settle(node, True, item, when, "认定", text, first),)
        key = ("title", item.subject.kind, item.subject.id, title)
        again = bool(item.subject.recognitions.get(title))  # what it has already is not easily awarded anew
        return (Change("认定", key, text, None, self._today, 1.5 if again else 1.0, None, True),)

    def _review(self, node: n.FirstReviewPassed, title: str, item: Item, when: When) -> Changes | None:
        assert item.subject is not None
        first, last = when.days(node.range)
        if last < self._today or any(r.reviewed_on <= self._today for r in item.subject.reviews.get(title, ())):
            return None  # the first review is past: no later one changes it
        day = max(first, self._today)
        review = self._settle(node, True, item, when, "复核", f"“{title}”首次复核通过", day)
        if item.subject.recognitions.get(title):
            return (review,)
        key = ("title", item.subject.kind, item.subject.id, title)
        return (
            replace(
                review, text=f"取得“{title}”认定，并首次复核通过", key=(*key, "review"), settles=review.key, effort=2.0
            ),
        )

    def _record(self, node: Node, over: n.OverSet, want: bool, item: Item, when: When) -> Changes | None:
        """Entries of a register (or members of a set) to add, or to clear where they can be."""
        register = over.source_set.register
        parts = list(over.where.walk()) if over.where else []
        last_year = any(isinstance(p, n.YearNumber) and p.offset < 0 for p in parts)
        day = date(self._today.year + 1, 1, 1) if last_year else self._today
        if want:
            if isinstance(node, n.Compare):
                text = f"使“{node.source}”成立"
            else:
                name = register.name if register else over.source
                text = f"新增一条“{name}”记录" + (f"（{over.where.source}）" if over.where else "")
            kind = "台账" if register else "成员"
            return (self._settle(node, want, item, when, kind, text, day),)
        clearable = any(isinstance(p, n.FieldRef) and p.field_.kind == "flag" for p in parts)
        if register is None or not clearable:
            return None
        text = f"处理完毕“{register.name}”中的记录（{over.where.source if over.where else ''}）"
        return (self._settle(node, want, item, when, "台账", text, day),)

    # -- figures ----------------------------------------------------------------------------------------------

    def _figures(self, node: Node, item: Item, when: When, done: Changes) -> tuple[Figure, ...]:
        """The figures that an evaluation of the node reads, each once; those of members of sets are not."""
        trial = self._trial(done).last_touching(node)
        key = (id(node), when, item.subject.id if item.subject else "", id(trial))
        if key in self._read:
            return self._read[key]
        own = {item.subject.id, item.subject.cluster, item.subject.county} if item.subject else set()
        seen: dict[FactKey, Figure] = {}

        def note(part: Node, at: Item, then: When, answer: Any) -> None:
            if isinstance(part, _FIGURES) and at.entry is None and at.subject and at.subject.id in own:
                seen.setdefault(figure_key(part, at, then), (part, at, then, answer.value))

        Trial(self._world, trial.state, note).value(node, item, when)
        return self._read.setdefault(key, tuple(seen.values()))

    def _put(self, node: Node, value: Any, item: Item, when: When, done: Changes) -> Changes | None:
        if not isinstance(node, _FIGURES):
            return None
        before = self._trial(()).value(node, item, when).value
        if isinstance(node, n.Attr) and before is not None and node.type.kind != "flag":
            return None  # what a firm is does not change at will
        change = change_of(node, item, when, before, value, self._today)
        return None if change is None else (change,)

    def _report(self, figures: Iterable[Figure], when: When) -> Changes | None:
        """The missing figures reported, each by a value like those of other periods."""
        found: list[Change] = []
        for node, item, then, _ in figures:
            guess = _guess(node, item)
            change = None if guess is None else change_of(node, item, then, None, guess, self._today)
            if change is None:
                return None
            found.append(change)
        return tuple(found) or None

    def _compare(self, node: n.Compare, want: bool, item: Item, when: When, done: Changes) -> Iterator[Changes | None]:
        yield self._wait(node, want, item, when, done)
        for part in node.walk():
            if isinstance(part, n.HeldMonths | n.AwardDate):
                yield self._held_long(part, node, want, item, when, done)
            elif isinstance(part, n.OverSet):
                yield self._record(node, part, want, item, when)
        known = self._told(node, item, when, done)
        if known is None:
            return
        yield known
        if node.left.type.kind != "number":
            for side, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(other, n.Const):
                    value = other.value if want is (node.op != "!=") else not other.value
                    yield self._put(side, value, item, when, done)
            return
        yield from self._one_figure(node, want, item, when, done, known)
        yield from self._bands(node, want, item, when, done, known)

    def _told(self, node: Node, item: Item, when: When, done: Changes) -> Changes | None:
        """Every missing figure of a comparison reported; () where none is missing."""
        known: Changes = ()
        for _ in range(6):
            missing = [f for f in self._figures(node, item, when, merged(done, known)) if f[3] is None]
            if not missing:
                return known
            more = self._report(missing, when)
            if more is None:
                return None
            known = merged(known, more)
        return None

    def _one_figure(
        self, node: n.Compare, want: bool, item: Item, when: When, done: Changes, known: Changes
    ) -> Iterator[Changes | None]:
        """One figure changed so far that the comparison just holds: the latest period and numerators first."""
        below = {
            id(x) for part in node.walk() if isinstance(part, n.Arith) and part.op == "/" for x in part.right.walk()
        }
        scored = {id(x) for side in (node.left, node.right) for t in topmost(side) for x in t.walk()}
        figures = [
            f
            for f in self._figures(node, item, when, merged(done, known))
            if f[0].type.kind == "number" and f[3] is not None and id(f[0]) not in scored  # scores: see _bands
        ]
        ranked: dict[tuple[int, bool], list[Figure]] = {}
        for figure in figures:
            if not isinstance(figure[0], n.Attr):
                age = self._age(figure[0], figure[2])
                ranked.setdefault((age, id(figure[0]) in below), []).append(figure)
        for rank in sorted(ranked):
            found = [self._solved(node, want, item, when, done, known, f) for f in ranked[rank]]
            plans = [p for p in found if p is not None]
            if plans:
                yield min(plans, key=lambda p: (len(p), sum(c.effort for c in p)))
                return

    def _age(self, node: Node, when: When) -> int:
        if not isinstance(node, n.IndicatorAt):
            return 0
        return abs(Period.last_complete(self._today, node.indicator.grain).index - when.period_of(node).index)

    def _solved(
        self, node: n.Compare, want: bool, item: Item, when: When, done: Changes, known: Changes,
        figure: Figure,
    ) -> Changes | None:  # fmt: skip
        part, at, then, _ = figure
        base = merged(done, known)
        key = figure_key(part, at, then)
        before = self._trial(()).raw(part, at, then)
        start = self._trial(base).raw(part, at, then)
        trial = Trial.of_figure(self._trial(base), key)

        def difference(value: Any) -> tuple[bool, float | None]:
            trial.put(key, value)
            left, right = trial.value(node.left, item, when).value, trial.value(node.right, item, when).value
            if left is None or right is None:
                return False, None
            a, b = cast(arith.Number, left), cast(arith.Number, right)
            return arith.compare(node.op, a, b) is want, float(a) - float(b)

        after = solve(part, start, difference)
        if after is None:
            return None
        change = change_of(part, at, then, before, after, self._today)
        return None if change is None else merged(known, (change,))

    def _bands(
        self, node: n.Compare, want: bool, item: Item, when: When, done: Changes, known: Changes
    ) -> Iterator[Changes | None]:
        """A sum of scores: every combination of reachable bands, fewest changes first."""
        base = merged(done, known)
        terms = [t for side in (node.left, node.right) for t in topmost(side)]
        if not terms:
            return
        options = [self._options(t, item, when, base) for t in terms]
        combinations = sorted(
            product(*options), key=lambda c: (sum(len(o[1]) for o in c), sum(x.effort for o in c for x in o[1]))
        )
        state = self._trial(base).state
        for combination in combinations:
            scores = {
                ("settle", id(term), when.shift, item.subject.id if item.subject else ""): value
                for term, (value, _) in zip(terms, combination, strict=True)
            }
            trial = Trial(self._world, replace(state, settled=state.settled | scores))
            if trial.value(node, item, when).value is want:
                plan = merged(known, [c for _, changes in combination for c in changes])
                if self._holds((node, want, item, when), merged(done, plan)):
                    yield plan
                    return

    def _options(self, term: Node, item: Item, when: When, base: Changes) -> list[tuple[Any, Changes]]:
        """The scores that a term can have, each with its cheapest changes."""
        found: dict[Any, Changes] = {self._trial(base).value(term, item, when).value: ()}
        for plan in self._ways(term, item, when, base):
            value = self._trial(merged(base, plan)).value(term, item, when).value
            if value is not None and (value not in found or Path(plan).rank < Path(found[value]).rank):
                found[value] = plan
        return list(found.items())

    def _ways(self, term: Node, item: Item, when: When, base: Changes) -> Iterator[Changes]:
        conditions = [c for c, _ in term.cases] if isinstance(term, n.Bands) else []
        if isinstance(term, n.If):
            conditions = [term.condition]
            for branch in (term.then, term.otherwise):
                for inner in topmost(branch):
                    yield from self._ways(inner, item, when, base)
        for condition in conditions:
            way = self.reach(condition, True, item, when, base)
            if way is not None and not way.pending:
                yield way.steps

    # -- time -------------------------------------------------------------------------------------------------

    def _held_long(
        self, part: n.HeldMonths | n.AwardDate, node: Node, want: bool, item: Item, when: When, done: Changes
    ) -> Changes | None:
        if item.subject is None or self._trial(done)._held(item, part.title, when):
            return None
        key = ("title", item.subject.kind, item.subject.id, part.title)
        award = Change("认定", key, f"取得“{part.title}”认定", None, self._today, 1.0, None, True)
        later = self._wait(node, want, item, when, merged(done, (award,)))
        if later is None:
            return None
        text = f"取得“{part.title}”认定，{later[0].text}"
        return (
            replace(award, text=text, counts_on=later[0].counts_on, settles=later[0].key, effort=1 + later[0].effort),
        )

    def _wait(self, node: Node, want: bool, item: Item, when: When, done: Changes) -> Changes | None:
        """The first day on which the node is so by itself, within the horizon."""
        parts = list(node.walk())
        if any(isinstance(p, n.IndicatorAt | n.Latest | n.Pending) for p in parts):
            return None
        if not any(isinstance(p, _TIMED) for p in parts):
            return None
        trial = self._trial(done)

        def so(days: int) -> bool:
            then = When(self._today + timedelta(days=days), when.effective, when.shift)
            return trial.value(node, item, then).value is want

        low, high = 0, 1
        while not so(high):
            low, high = high, high * 2
            if low > HORIZON_DAYS:
                return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if so(middle) else (middle, high)
        day = self._today + timedelta(days=high)
        text = f"自 {day} 起，“{node.source}”{'自动满足' if want else '不再成立'}"
        return (self._settle(node, want, item, when, "时间", text, day, high / 3653),)


def topmost(node: Node) -> Iterator[Node]:
    """The outermost 分档 and 若 of a number."""
    if isinstance(node, n.Bands | n.If):
        yield node
    else:
        for child in node.children:
            yield from topmost(child)


def _guess(node: Node, item: Item) -> Any:
    """A value to try for a missing figure: that of its latest period, or something small; None for a text."""
    if node.type.kind == "flag":
        return True
    if isinstance(node, n.IndicatorAt | n.Latest) and item.subject is not None:
        own = [
            (p, v)
            for (name, p), v in item.subject.observations.items()
            if name == node.indicator.name and v is not None
        ]
        if own:
            return max(own)[1]
        if node.type.kind == "number":
            return Decimal(1) if node.indicator.is_money else 1.0
    return None
