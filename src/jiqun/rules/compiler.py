"""Typed nodes → Ibis columns over a snapshot's tables, one row a subject.

The meaning is that of `reference`; generated trees hold the two together on every backend.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import cast

import ibis
import ibis.expr.types as ir

from jiqun.base.periods import Period
from jiqun.rules import cells as c
from jiqun.rules import labels, pairs
from jiqun.rules import nodes as n
from jiqun.rules.cells import Bits, Cell, Mask
from jiqun.rules.frames import Column, Frame
from jiqun.rules.nodes import DATE, FLAG, Exact, Node, Type
from jiqun.rules.timing import When
from jiqun.rules.units import COUNT

_COUNT = Type("number", COUNT, Exact(0, 10**9), "个")
FLOAT = Type("number")
_STAGED = (n.Compare, n.Member, n.And, n.Or, n.OverWindow, n.If, n.Bands)
"""Nodes that become columns of their own."""
OverAwards = Callable[[ir.Table, ir.Value], ir.Value]
"""An aggregate of the awards that a condition picks."""


@dataclass(frozen=True)
class _SetParts:
    """The aggregates of a set; sums and extremes are made on demand."""

    value: Cell | None
    known: Column
    unknown: Column
    total: Callable[[bool], Column]
    extreme: Callable[[bool], Column]


@dataclass
class Confirmed:
    """Compiles the outermost aggregates over what is certain, keeping apart how many items are not."""

    unknown: list[Column] = field(default_factory=list)


def _column(t: ir.Table, cell: Cell) -> ir.Column:
    """The value as a column: what is the same for every row has no aggregates of its own."""
    value = cell.value(t)
    return value if isinstance(value, ir.Column) else ibis.ifelse(t["row"].notnull(), value, c.null(cell.type))


class Compiler:
    """Compiles nodes about the rows of a frame."""

    def __init__(self, confirmed: Confirmed | None = None) -> None:
        self._confirmed = confirmed
        self._level = 0

    def cell(self, node: Node, frame: Frame, when: When) -> Cell:
        """The compiled node in the representation of its type; equal nodes of a frame are compiled once.

        Conditions become columns of their own, so that what is built on them mentions them and does not repeat them.
        """
        if self._confirmed is not None:
            return replace(self._compiled(node, frame, when), type=node.type).finished()
        key = (node, node.source, when)  # reasons quote the text, so it must be the same too
        outer, self._level = self._level, 0
        if key not in frame.compiled:
            cell = replace(self._compiled(node, frame, when), type=node.type)
            if isinstance(node, _STAGED):
                self._level += 1
                cell = replace(cell, value=frame.let(cell.value, self._level))
            frame.compiled[key] = cell.finished(), self._level
        cell, level = cast(tuple[Cell, int], frame.compiled[key])
        self._level = max(outer, level)
        return cell

    def _compiled(self, node: Node, frame: Frame, when: When) -> Cell:
        compile_ = cast(Callable[[Node, Frame, When], Cell], getattr(self, f"_{type(node).__name__}"))
        return compile_(node, frame, when)

    def cells(self, nodes: Sequence[Node], frame: Frame, when: When) -> list[Cell]:
        """Several nodes."""
        return [self.cell(x, frame, when) for x in nodes]

    def strict(self) -> Compiler:
        """The compiler for parts inside a set's conditions: nothing is taken as certain there that is not."""
        return Compiler()

    def _needs(self, label: str, value: Column) -> Mask:
        return c.flagged(lambda t: value(t).isnull(), label)

    def _nothing(self, type_: Type, label: str) -> Cell:
        return Cell(type_, lambda t: c.null(type_), c.always(label))

    def _fact(self, node: Node, when: When, value: Column) -> Cell:
        return Cell(node.type, value, self._needs(labels.fact(node, when), value))

    # -- leaves -----------------------------------------------------------------------------------------------

    def _Const(self, node: n.Const, frame: Frame, when: When) -> Cell:
        exact = node.value if isinstance(node.value, Decimal) and node.type.exact else None
        return Cell(node.type, lambda t: c.literal(node.value, node.type), constant=exact)

    def _Pending(self, node: n.Pending, frame: Frame, when: When) -> Cell:
        return self._nothing(node.type, labels.fact(node, when))

    def _AsOf(self, node: n.AsOf, frame: Frame, when: When) -> Cell:
        return Cell(DATE, lambda t: ibis.literal(when.as_of))

    def _EffectiveBound(self, node: n.EffectiveBound, frame: Frame, when: When) -> Cell:
        assert when.effective is not None
        day = when.effective[1 if node.end else 0]
        return Cell(DATE, lambda t: ibis.literal(day))

    def _YearNumber(self, node: n.YearNumber, frame: Frame, when: When) -> Cell:
        return Cell(node.type, lambda t: ibis.literal(when.as_of.year + node.offset, "int64"))

    def _Attr(self, node: n.Attr, frame: Frame, when: When) -> Cell:
        if node.attribute.column not in frame.columns:  # a snapshot made before the language had the attribute
            return self._nothing(node.type, labels.fact(node, when))
        return self._fact(node, when, frame.own(node.attribute.column))

    def _observed(self, node: n.IndicatorAt | n.Latest, frame: Frame, period: Period) -> Column | None:
        name = f"{node.indicator.name}@{period}"
        if name not in frame.columns:
            return None
        factor = n.fact_factor(node)
        value = frame.own(name)
        return (lambda t: value(t) * factor) if factor != 1.0 else value

    def _IndicatorAt(self, node: n.IndicatorAt, frame: Frame, when: When) -> Cell:
        column = self._observed(node, frame, when.period_of(node))
        return self._fact(node, when, column or (lambda t: c.null(node.type)))

    def _Latest(self, node: n.Latest, frame: Frame, when: When) -> Cell:
        prefix = f"{node.indicator.name}@"
        periods = [Period.parse(x[len(prefix) :]) for x in frame.columns if x.startswith(prefix)]
        past = sorted((p for p in periods if p.end <= when.as_of), reverse=True)
        columns = [column for p in past if (column := self._observed(node, frame, p))]
        if not columns:
            return self._fact(node, when, lambda t: c.null(node.type))
        if len(columns) == 1:
            return self._fact(node, when, columns[0])
        return self._fact(node, when, lambda t: ibis.coalesce(*(x(t) for x in columns)))

    def _FieldRef(self, node: n.FieldRef, frame: Frame, when: When) -> Cell:
        value, factor = frame.own(node.field_.name), n.fact_factor(node)
        return self._fact(node, when, (lambda t: value(t) * factor) if factor != 1.0 else value)

    def _SideField(self, node: n.SideField, frame: Frame, when: When) -> Cell:
        if node.type.kind == "point":  # whether it is known; its two numbers are read by the distance
            return self._fact(node, when, frame.own(pairs.longitude(node.column)))
        value, factor = frame.own(node.column), n.fact_factor(node)
        return self._fact(node, when, (lambda t: value(t) * factor) if factor != 1.0 else value)

    def _EntryDate(self, node: n.EntryDate, frame: Frame, when: When) -> Cell:
        return self._fact(node, when, lambda t: t["on"])

    def _EntryYear(self, node: n.EntryYear, frame: Frame, when: When) -> Cell:
        return self._fact(node, when, lambda t: t["on"].year().cast("int64"))

    def _Related(self, node: n.Related, frame: Frame, when: When) -> Cell:
        target = frame.related(node.relation, node.target)
        inner = self.strict().cell(node.body, target, when)
        value, link, bits = target.export("v", inner.value), frame.link(node.relation), Bits()
        masks: list[Mask | None] = []
        if inner.mask is not None:
            inside = inner.mask
            name = target.export("m", lambda t: inside(t, bits))
            masks.append(c.translated(lambda t: t[name], bits))
        if node.type.kind == "flag":
            return Cell(FLAG, lambda t: ibis.ifelse(t[link].isnull(), False, t[value]), c.any_of(masks))
        masks.append(c.flagged(lambda t: t[link].isnull(), labels.fact(node, when)))
        return Cell(node.type, lambda t: t[value], c.any_of(masks))

    def _HasRelated(self, node: n.HasRelated, frame: Frame, when: When) -> Cell:
        link = frame.link(node.relation)
        return Cell(FLAG, lambda t: t[link].notnull())

    # -- pairs ------------------------------------------------------------------------------------------------

    def _both(self, a: Node, b: Node, frame: Frame, when: When) -> tuple[Cell, Cell, Mask | None]:
        left, right = self.cells((a, b), frame, when)
        return left, right, c.any_of([left.mask, right.mask])

    def _Distance(self, node: n.Distance, frame: Frame, when: When) -> Cell:
        _, _, mask = self._both(node.left, node.right, frame, when)
        return Cell(node.type, pairs.distance(frame, node.left.column, node.right.column), mask)

    def _Closeness(self, node: n.Closeness, frame: Frame, when: When) -> Cell:
        left, right, mask = self._both(node.left, node.right, frame, when)
        value = pairs.closeness(frame, node.left.column, node.right.column)
        return Cell(node.type, pairs.where_known(value, FLOAT, left, right), mask)

    def _Includes(self, node: n.Includes, frame: Frame, when: When) -> Cell:
        held, wanted, mask = self._both(node.held, node.wanted, frame, when)
        return Cell(FLAG, pairs.where_known(pairs.includes(held, wanted), FLAG, held, wanted), mask)

    def _SharesAny(self, node: n.SharesAny, frame: Frame, when: When) -> Cell:
        left, right, mask = self._both(node.left, node.right, frame, when)
        return Cell(FLAG, pairs.where_known(pairs.shares_any(left, right), FLAG, left, right), mask)

    def _Overlap(self, node: n.Overlap, frame: Frame, when: When) -> Cell:
        start, other_start, end, other_end = self.cells(
            (node.start, node.other_start, node.end, node.other_end), frame, when
        )
        first, last = self._extreme(DATE, True, [start, other_start]), self._extreme(DATE, False, [end, other_end])
        days: Column = lambda t: last.value(t).delta(first.value(t), unit="day").cast("int64") + 1  # noqa: E731
        value: Column = lambda t: ibis.ifelse(days(t) < 0, 0, days(t))  # noqa: E731
        return Cell(node.type, value, c.any_of([x.mask for x in (start, end, other_start, other_end)]))

    # -- operators --------------------------------------------------------------------------------------------

    def _Arith(self, node: n.Arith, frame: Frame, when: When) -> Cell:
        a, b = self.cells((node.left, node.right), frame, when)
        mask = c.any_of([a.mask, b.mask])
        if node.left.type.kind == "date":
            return Cell(node.type, self._date_arith(node, a, b), mask)
        if node.op == "/":
            value = c.quotient(a, b)
            zero = c.is_zero(b)
            own = c.flagged(lambda t: a.value(t).notnull() & zero(t), labels.reason(node))
            return Cell(node.type, value, c.any_of([mask, own]))
        if node.op == "*":
            if node.type.exact:
                return Cell(node.type, lambda t: a.value(t) * b.value(t), mask)
            x, y = c.as_float(a), c.as_float(b)
            return Cell(node.type, lambda t: x(t) * y(t), mask)
        combine = operator.add if node.op == "+" else operator.sub
        x, y = c.as_type(a, node.type), c.as_type(b, node.type)
        return Cell(node.type, lambda t: combine(x(t), y(t)), mask)

    def _date_arith(self, node: n.Arith, a: Cell, b: Cell) -> Column:
        if node.right.type.kind == "date":
            return lambda t: a.value(t).delta(b.value(t), unit="day").cast("int64")
        assert isinstance(node.right, n.Const)
        amount = int(cast(Decimal, node.right.value)) * (1 if node.op == "+" else -1)
        days = node.right.type.dim == (("天", 1),)
        step = ibis.interval(days=amount) if days else ibis.interval(months=amount)
        return lambda t: (a.value(t) + step).cast("date")

    def _Negate(self, node: n.Negate, frame: Frame, when: When) -> Cell:
        body = self.cell(node.body, frame, when)
        return Cell(node.type, lambda t: -body.value(t), body.mask)

    def _Absolute(self, node: n.Absolute, frame: Frame, when: When) -> Cell:
        body = self.cell(node.body, frame, when)
        return Cell(node.type, lambda t: body.value(t).abs(), body.mask)

    def _Round(self, node: n.Round, frame: Frame, when: When) -> Cell:
        body = self.cell(node.body, frame, when)
        value = c.rounded(body, node.digits, node.type)
        if body.type.exact:
            return Cell(node.type, value, body.mask)
        own = c.flagged(lambda t: body.value(t).notnull() & value(t).isnull(), labels.reason(node))
        return Cell(node.type, value, c.any_of([body.mask, own]))

    def _Extreme(self, node: n.Extreme, frame: Frame, when: When) -> Cell:
        return self._extreme(node.type, node.greatest, self.cells(node.items, frame, when))

    def _Compare(self, node: n.Compare, frame: Frame, when: When) -> Cell:
        left, right = node.left, node.right
        if isinstance(left, n.OverSet) and left.op == "count" and isinstance(right, n.Const):
            return self._certain_count(node.op, left, right, frame, when)
        a, b = self.cells((left, right), frame, when)
        return Cell(FLAG, c.compared(node.op, a, b), c.any_of([a.mask, b.mask]))

    def _certain_count(self, op: str, count: n.OverSet, limit: n.Const, frame: Frame, when: When) -> Cell:
        parts = self._parts(count, frame, when)
        known, unknown = parts.known, parts.unknown
        low = Cell(_COUNT, known)
        high = Cell(_COUNT, lambda t: known(t) + unknown(t))
        bound = self._Const(limit, frame, when)
        at_low, at_high = c.compared(op, low, bound), c.compared(op, high, bound)
        if op in ("=", "!="):
            below, above = c.compared("<", high, bound), c.compared(">", low, bound)
            same: Column = lambda t: (unknown(t) == 0) | below(t) | above(t)  # noqa: E731
        else:
            same = lambda t: at_low(t) == at_high(t)  # noqa: E731
        value: Column = lambda t: ibis.ifelse(same(t), at_low(t), c.null(FLAG))  # noqa: E731
        return Cell(FLAG, value, self._needs(labels.undetermined(count), value))

    def _Member(self, node: n.Member, frame: Frame, when: When) -> Cell:
        body = self.cell(node.body, frame, when)
        if node.body.type.kind == "number":
            tests = [c.compared("=", body, x) for x in self.cells(node.items, frame, when)]
            return Cell(FLAG, lambda t: functools.reduce(operator.or_, (x(t) for x in tests)), body.mask)
        values = [cast(n.Const, x).value for x in node.items]
        return Cell(FLAG, lambda t: body.value(t).isin(values), body.mask)

    def _InRange(self, node: n.InRange, frame: Frame, when: When) -> Cell:
        body = self.cell(node.body, frame, when)
        first, last = when.days(node.range)
        return Cell(FLAG, lambda t: (body.value(t) >= first) & (body.value(t) <= last), body.mask)

    def _And(self, node: n.And, frame: Frame, when: When) -> Cell:
        return self._kleene(operator.and_, self.cells(node.items, frame, when))

    def _Or(self, node: n.Or, frame: Frame, when: When) -> Cell:
        return self._kleene(operator.or_, self.cells(node.items, frame, when))

    def _kleene(self, combine: Callable[[ir.Value, ir.Value], ir.Value], items: list[Cell]) -> Cell:
        value: Column = lambda t: functools.reduce(combine, (x.value(t) for x in items))  # noqa: E731
        return Cell(FLAG, value, c.any_of([x.mask for x in items]), only_null=True)

    def _Not(self, node: n.Not, frame: Frame, when: When) -> Cell:
        body = self.cell(node.body, frame, when)
        return Cell(FLAG, lambda t: c.negated(body.value(t)), body.mask)

    def _If(self, node: n.If, frame: Frame, when: When) -> Cell:
        condition = self.cell(node.condition, frame, when)
        then, otherwise = self.cells((node.then, node.otherwise), frame, when)
        return self._choose(node.type, [(condition, then)], otherwise)

    def _Bands(self, node: n.Bands, frame: Frame, when: When) -> Cell:
        cases = [(self.cell(x, frame, when), self.cell(y, frame, when)) for x, y in node.cases]
        if node.otherwise is None:
            last = self._nothing(node.type, labels.reason(node))
        else:
            last = self.cell(node.otherwise, frame, when)
        return self._choose(node.type, cases, last)

    def _choose(self, type_: Type, cases: list[tuple[Cell, Cell]], last: Cell) -> Cell:
        """The value of the first case that holds; missing as soon as a condition is."""

        def value(t: ir.Table) -> ir.Value:
            branches: list[tuple[ir.Value, ir.Value]] = []
            for condition, result in cases:
                if condition.mask is not None:
                    branches.append((condition.value(t).isnull(), c.null(type_)))
                branches.append((condition.value(t), c.as_type(result, type_)(t)))
            return ibis.cases(*branches, else_=c.as_type(last, type_)(t))

        def mask(t: ir.Table, bits: Bits) -> ir.Value:
            branches: list[tuple[ir.Value, ir.Value]] = []
            for condition, result in cases:
                if condition.mask is not None:
                    branches.append((condition.value(t).isnull(), condition.mask(t, bits)))
                branches.append((condition.value(t), _mask_of(result, t, bits)))
            return ibis.cases(*branches, else_=_mask_of(last, t, bits))

        masked = any(x.mask or y.mask for x, y in cases) or last.mask
        return Cell(type_, value, mask if masked else None)

    def _IsKnown(self, node: n.IsKnown, frame: Frame, when: When) -> Cell:
        body = self.cell(node.body, frame, when)
        if body.mask is None:  # always known; and Spark cannot read IS NOT NULL twice over
            return Cell(FLAG, lambda t: ibis.literal(True))
        return Cell(FLAG, lambda t: body.value(t).notnull())

    # -- windows ----------------------------------------------------------------------------------------------

    def _OverWindow(self, node: n.OverWindow, frame: Frame, when: When) -> Cell:
        items = [self.cell(node.body, frame, w) for w in when.windows(node.window)]
        if not items:
            return self._nothing(node.type, labels.too_short(node))
        if node.op in ("all", "any"):
            return self._kleene(operator.and_ if node.op == "all" else operator.or_, items)
        if node.op in ("max", "min"):
            return self._extreme(node.type, node.op == "max", items)
        mask = c.any_of([x.mask for x in items])
        base = node.type if node.op == "sum" else node.body.type
        values = [c.as_type(x, base) for x in items]
        total = Cell(base, lambda t: functools.reduce(operator.add, (v(t) for v in values)))
        if node.op == "sum":
            return Cell(node.type, total.value, mask)
        number = Cell(_COUNT, lambda t: ibis.literal(len(items), "int64"))
        return Cell(node.type, c.quotient(total, number), mask)

    def _extreme(self, type_: Type, greatest: bool, items: list[Cell]) -> Cell:
        """The least or greatest of values; missing where any is."""
        values = [c.as_type(x, type_) for x in items]
        mask = c.any_of([x.mask for x in items])
        if len(values) == 1:
            return Cell(type_, values[0], mask)  # Spark's LEAST wants two
        pick = ibis.greatest if greatest else ibis.least

        def value(t: ir.Table) -> ir.Value:
            # LEAST and GREATEST skip nulls; here one missing item makes the result missing.
            made = [v(t) for v in values]
            absent = functools.reduce(operator.or_, (m.isnull() for m in made))
            return ibis.ifelse(absent, c.null(type_), pick(*made))

        return Cell(type_, value, mask)

    def _Growth(self, node: n.Growth, frame: Frame, when: When) -> Cell:
        now = self.cell(node.body, frame, when)
        before = self.cell(node.body, frame, when.moved(-1, n.grain_of(node.body)))
        more = Cell(now.type, lambda t: now.value(t) - before.value(t))
        ratio = c.quotient(more, before)
        value: Column = lambda t: ibis.ifelse(before.value(t) > 0, ratio(t), c.null(node.type))  # noqa: E731
        own = c.flagged(lambda t: now.value(t).notnull() & (before.value(t) <= 0), labels.reason(node))
        return Cell(node.type, value, c.any_of([now.mask, before.mask, own]))

    def _Cagr(self, node: n.Cagr, frame: Frame, when: When) -> Cell:
        windows = when.windows(node.window, extra=1 if node.window.count else 0)
        if len(windows) < 2:
            return self._nothing(node.type, labels.too_short(node))
        first, last = (self.cell(node.body, frame, w) for w in (windows[0], windows[-1]))
        steps, ratio = len(windows) - 1, c.quotient(last, first)
        sound: Column = lambda t: (first.value(t) > 0) & (last.value(t) >= 0)  # noqa: E731

        def unsound(t: ir.Table) -> ir.Value:
            return first.value(t).notnull() & last.value(t).notnull() & c.negated(sound(t))

        def value(t: ir.Table) -> ir.Value:
            safe = ibis.ifelse(sound(t), ratio(t), c.null(node.type))
            return safe ** (1 / steps) - 1.0

        return Cell(node.type, value, c.any_of([first.mask, last.mask, c.flagged(unsound, labels.reason(node))]))

    # -- titles -----------------------------------------------------------------------------------------------

    def _award(self, frame: Frame, when: When, title: str | None, over: OverAwards, stem: str) -> str:
        def aggregate(t: ir.Table) -> ir.Value:
            mine = t.awarded_on <= when.as_of
            return over(t, mine & (t.title == title) if title else mine)

        return frame.event("recognition", aggregate, stem)

    def _exists_award(self, frame: Frame, when: When, title: str | None, test: Column) -> Column:
        name = self._award(frame, when, title, lambda t, mine: (mine & test(t)).any(), "held")
        return lambda t: t[name].fill_null(False)

    def _valid(self, when: When) -> Column:
        return lambda t: t.valid_until.isnull() | (t.valid_until >= when.as_of)

    def _Holds(self, node: n.Holds, frame: Frame, when: When) -> Cell:
        return Cell(FLAG, self._exists_award(frame, when, node.title, self._valid(when)))

    def _Awarded(self, node: n.Awarded, frame: Frame, when: When) -> Cell:
        first, last = when.days(node.range)
        test: Column = lambda t: (t.awarded_on >= first) & (t.awarded_on <= last)  # noqa: E731
        return Cell(FLAG, self._exists_award(frame, when, node.title, test))

    def _ReviewDue(self, node: n.ReviewDue, frame: Frame, when: When) -> Cell:
        first, last = when.days(node.range)
        test: Column = lambda t: ((t.valid_until >= first) & (t.valid_until <= last)).fill_null(False)  # noqa: E731
        return Cell(FLAG, self._exists_award(frame, when, node.title, test))

    def _FirstReviewPassed(self, node: n.FirstReviewPassed, frame: Frame, when: When) -> Cell:
        first, last = when.days(node.range)

        def earliest(passed: bool) -> str:
            def make(t: ir.Table) -> ir.Value:
                mine = (t.title == node.title) & (t.reviewed_on <= when.as_of)
                return t.reviewed_on.min(where=mine & ((t.outcome == "通过") == passed))

            return frame.event("review", make, "passed" if passed else "failed")

        passed, failed = earliest(True), earliest(False)

        def value(t: ir.Table) -> ir.Value:
            before = t[failed].isnull() | (t[passed] < t[failed])
            return (before & (t[passed] >= first) & (t[passed] <= last)).fill_null(False)

        return Cell(FLAG, value)

    def _first_award(self, frame: Frame, when: When, title: str) -> Column:
        name = self._award(frame, when, title, lambda t, mine: t.awarded_on.min(where=mine), "first")
        return lambda t: t[name]

    def _HeldMonths(self, node: n.HeldMonths, frame: Frame, when: When) -> Cell:
        held = self._exists_award(frame, when, node.title, self._valid(when))
        months = self._full_years(self._first_award(frame, when, node.title), when)
        return Cell(node.type, lambda t: ibis.ifelse(held(t), months(t), ibis.literal(0, "int64")))

    def _AwardDate(self, node: n.AwardDate, frame: Frame, when: When) -> Cell:
        return self._fact(node, when, self._first_award(frame, when, node.title))

    def _FullYears(self, node: n.FullYears, frame: Frame, when: When) -> Cell:
        body = self.cell(node.body, frame, when)
        return Cell(node.type, self._full_years(body.value, when), body.mask)

    def _full_years(self, start: Column, when: When) -> Column:
        """Full years to the as-of date, in months; a 29 February comes full on the last day of February."""
        end = when.as_of
        month_end = Period.containing(end, "month").end.day

        def value(t: ir.Table) -> ir.Value:
            day = start(t)
            months = (end.year - day.year().cast("int64")) * 12 + (end.month - day.month().cast("int64"))
            short = day.day() > end.day
            if end.day == month_end:
                short = ibis.literal(False) & short
            full = months - ibis.ifelse(short, 1, 0)
            # Floored division by twelve without a division: what exceeds whole years is taken off.
            return full - ((full % 12) + 12) % 12

        return value

    # -- sets -------------------------------------------------------------------------------------------------

    def _parts(self, node: n.OverSet, frame: Frame, when: When) -> _SetParts:
        items, aggregates = frame.members(node.source_set)
        inner = self.strict()
        conditions = [inner.cell(x, items, when) for x in (node.where, node.among) if x is not None]
        where = conditions[0] if node.where is not None else None
        among = conditions[-1] if node.among is not None else None
        value = inner.cell(node.value, items, when) if node.value is not None else None

        def certain(t: ir.Table, with_among: bool) -> ir.Value | None:
            tests = [x.value(t).fill_null(False) for x in (where, among if with_among else None) if x is not None]
            if node.source_set.kind == "entry":
                tests.append(past(t))
            if value is not None:
                tests.append(value.value(t).notnull())
            return functools.reduce(operator.and_, tests) if tests else None

        gapped = [x for x in (where, among, value) if x is not None and x.mask is not None]

        def past(t: ir.Table) -> ir.Value:
            # A register as of a date knows nothing of later entries.
            return t["on"].isnull() | (t["on"] <= when.as_of)

        def open_(t: ir.Table) -> ir.Value:
            gap = functools.reduce(operator.or_, (x.value(t).isnull() for x in gapped))
            if node.source_set.kind == "entry":
                gap = gap & past(t)
            return where.value(t).fill_null(True) & gap if where is not None else gap

        def add(stem: str, make: Column, default: object = None) -> Column:
            name = frame.source.fresh(stem)
            aggregates.columns[name] = make
            return lambda t: t[name].fill_null(default) if default is not None else t[name]

        def total(with_among: bool) -> Column:
            if value is None:
                return number(with_among)
            zero = 0 if value.type.exact else 0.0

            def make(t: ir.Table) -> ir.Value:
                summed = _column(t, value).sum(where=certain(t, with_among))
                # DuckDB sums 64-bit integers into 128 bits; the way over decimal brings them back.
                return summed.cast("decimal(38, 0)").cast("int64") if value.type.exact else summed

            return add("sum", make, zero)

        def number(with_among: bool) -> Column:
            return add("n", lambda t: t.count(where=certain(t, with_among)), 0)

        def extreme(greatest: bool) -> Column:
            assert value is not None

            def make(t: ir.Table) -> ir.Value:
                column = _column(t, value)
                return column.max(where=certain(t, True)) if greatest else column.min(where=certain(t, True))

            return add("x", make)

        never: Column = lambda t: ibis.literal(0, "int64")  # noqa: E731
        unknown = add("u", lambda t: t.count(where=open_(t)), 0) if gapped else never
        return _SetParts(value, number(True), unknown, total, extreme)

    def _OverSet(self, node: n.OverSet, frame: Frame, when: When) -> Cell:
        parts = self._parts(node, frame, when)
        value, empty = self._aggregate(node, parts)
        unknown = parts.unknown
        gap = c.flagged(lambda t: unknown(t) > 0, labels.undetermined(node))
        if node.op == "exists":
            known = parts.known

            def exists(t: ir.Table) -> ir.Value:
                return ibis.cases((known(t) > 0, True), (unknown(t) > 0, c.null(FLAG)), else_=False)

            return Cell(FLAG, exists, c.where_null(exists, gap))
        if self._confirmed is not None:
            self._confirmed.unknown.append(unknown)
            return Cell(node.type, value, empty)
        strict: Column = lambda t: ibis.ifelse(unknown(t) == 0, value(t), c.null(node.type))  # noqa: E731
        if empty is None:
            return Cell(node.type, strict, gap)
        none: Mask = empty

        def mask(t: ir.Table, bits: Bits) -> ir.Value:
            return ibis.ifelse(unknown(t) > 0, gap(t, bits), none(t, bits))

        return Cell(node.type, strict, mask)

    def _aggregate(self, node: n.OverSet, parts: _SetParts) -> tuple[Column, Mask | None]:
        """The aggregate over what is certain, and the mask of there being nothing to aggregate."""
        if node.op in ("count", "exists"):
            return parts.known, None
        if node.op == "sum":
            return parts.total(True), None
        reason = labels.reason(node)
        if node.op == "share":
            base_type = parts.value.type if parts.value else _COUNT
            if base_type.exact:
                base_type = replace(base_type, exact=Exact(base_type.exact.scale, n.INT64_BOUND))
            part, whole = Cell(base_type, parts.total(True)), Cell(base_type, parts.total(False))
            zero = c.is_zero(whole)
            return c.quotient(part, whole), c.flagged(zero, reason)
        known = parts.known
        nothing = c.flagged(lambda t: known(t) == 0, reason)
        assert parts.value is not None
        if node.op == "avg":
            total_type = parts.value.type
            if total_type.exact:
                total_type = replace(total_type, exact=Exact(total_type.exact.scale, n.SUM_BOUND))
            return c.quotient(Cell(total_type, parts.total(True)), Cell(_COUNT, known)), nothing
        return parts.extreme(node.op == "max"), nothing


def _mask_of(cell: Cell, t: ir.Table, bits: Bits) -> ir.Value:
    return cell.mask(t, bits) if cell.mask is not None else ibis.literal(0, "int64")
