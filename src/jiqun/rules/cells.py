"""Compiled nodes: a column for the value and one for the facts that are missing where it is null.

Exact numbers are int64 scaled by 10^scale; floating ones are float64 in the base unit. A mask is an int64 whose
bits name missing facts; it is 0 wherever the value is known. Backends differ in LEAST/GREATEST with nulls, in
division (by zero and of integers) and in rounding, so each is written out here.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from jiqun.rules.arith import ROUND_LIMIT, TOLERANCE
from jiqun.rules.frames import Column
from jiqun.rules.nodes import INT64_BOUND, Type

MAX_BITS = 62


@dataclass
class Bits:
    """The missing facts of one rule, one bit each; those beyond the last bit share it."""

    labels: list[str] = field(default_factory=list)

    def bit(self, label: str) -> int:
        """The bit of a missing fact."""
        if label not in self.labels:
            if len(self.labels) >= MAX_BITS:
                self.labels[-1] = "其他事实"
                return 1 << (MAX_BITS - 1)
            self.labels.append(label)
        return 1 << self.labels.index(label)

    def names(self, mask: int) -> list[str]:
        """The missing facts of a mask."""
        return [label for i, label in enumerate(self.labels) if mask >> i & 1]


Mask = Callable[[ir.Table, Bits], ir.Value]
"""The missing facts where a value is null, in the bits of the rule that asks."""


@dataclass(frozen=True)
class Cell:
    """A compiled node of some type."""

    type: Type
    value: Column
    mask: Mask | None = None
    constant: Decimal | None = None
    """The value of an exact constant, so that it is scaled here and not by the backend in 32 bits."""
    only_null: bool = False
    """Whether the mask, still unfinished, holds only where the value is null."""

    def finished(self) -> Cell:
        """The cell with its mask kept to where its value, by now perhaps a column of its own, is null."""
        return replace(self, mask=where_null(self.value, self.mask), only_null=False) if self.only_null else self

    def scaled(self, factor: int) -> Column:
        """The exact value times a power of ten."""
        if factor == 1:
            return self.value
        if self.constant is not None:
            assert self.type.exact is not None
            whole = int(self.constant.scaleb(self.type.exact.scale)) * factor
            return lambda t: exactly(whole)
        return lambda t: self.value(t) * factor


def null(type_: Type) -> ir.Value:
    """A typed null: not a null literal, since Ibis takes equality with that for IS NULL."""
    if type_.kind == "number":
        some = ibis.literal(0, "int64" if type_.exact else "float64")
    else:
        some = ibis.literal({"flag": False, "text": "", "date": date(2000, 1, 1)}[type_.kind])
    return some.nullif(some)


def negated(value: ir.Value) -> ir.Value:
    """Not the condition: written as a comparison, since Ibis prints NOT x before IS NULL without parentheses."""
    return value == ibis.literal(False)


def exactly(value: int) -> ir.Value:
    """A whole constant: bare digits would have 32 bits to DuckDB, and so would what is computed from them alone."""
    return ibis.literal(str(value)).cast("int64")


def floating(value: float) -> ir.Value:
    """A floating constant: bare digits would be a decimal to DuckDB, which overflows where a float does not."""
    return ibis.literal(repr(value)).cast("float64")


def literal(value: object, type_: Type) -> ir.Value:
    """A constant in the type's representation."""
    if value is None:
        return null(type_)
    if type_.kind != "number":
        return ibis.literal(value)
    assert isinstance(value, Decimal | float)
    if type_.exact:
        return exactly(int(Fraction(value) * 10**type_.exact.scale))
    return floating(float(Fraction(value)))


def any_of(masks: list[Mask | None]) -> Mask | None:
    """The union of masks; None where there are none."""
    present = list(dict.fromkeys(m for m in masks if m is not None))
    if not present:
        return None
    return lambda t, bits: functools.reduce(operator.or_, (m(t, bits) for m in present))


def flagged(test: Column, label: str) -> Mask:
    """A mask that names one missing fact where the test holds."""
    return lambda t, bits: ibis.ifelse(test(t), _bits(bits.bit(label)), _bits(0))


def where_null(value: Column, mask: Mask | None) -> Mask | None:
    """A mask kept only where the value is null."""
    if mask is None:
        return None
    return lambda t, bits: ibis.ifelse(value(t).isnull(), mask(t, bits), _bits(0))


def always(label: str) -> Mask:
    """A mask that always names a missing fact."""
    return lambda t, bits: _bits(bits.bit(label))


def translated(column: Column, inner: Bits) -> Mask:
    """A mask that was computed elsewhere in bits of its own, in the bits of the rule that asks."""

    def mask(t: ir.Table, bits: Bits) -> ir.Value:
        found = column(t).fill_null(0)
        parts = [
            ibis.ifelse((found & (1 << i)) != 0, _bits(bits.bit(label)), _bits(0))
            for i, label in enumerate(inner.labels)
        ]
        return functools.reduce(operator.or_, parts) if parts else _bits(0)

    return mask


def _bits(mask: int) -> ir.Value:
    return ibis.literal(mask, "int64")


def as_float(cell: Cell) -> Column:
    """The number as float64 in the base unit, the nearest to the exact one."""
    exact = cell.type.exact
    if exact is None:
        return cell.value
    if cell.constant is not None:
        nearest = float(Fraction(cell.constant))
        return lambda t: floating(nearest)
    if exact.scale == 0:
        return lambda t: cell.value(t).cast("float64")
    return lambda t: cell.value(t).cast("float64") / float(10**exact.scale)


def as_type(cell: Cell, to: Type) -> Column:
    """The number in the representation of another type of the same dimension."""
    if to.kind != "number" or to.exact == cell.type.exact:
        return cell.value
    if to.exact is None:
        return as_float(cell)
    assert cell.type.exact is not None
    return cell.scaled(10 ** (to.exact.scale - cell.type.exact.scale))


def quotient(a: Cell, b: Cell) -> Column:
    """a ÷ b as the float nearest to the quotient, null where b is zero."""
    x, y = a.type.exact, b.type.exact
    if x and y:
        scale = max(x.scale, y.scale)
        up, down = 10 ** (scale - x.scale), 10 ** (scale - y.scale)
        if x.bound * up <= INT64_BOUND and y.bound * down <= INT64_BOUND:
            top, bottom = a.scaled(up), b.scaled(down)
            return lambda t: top(t).cast("float64") / bottom(t).nullif(0).cast("float64")
    left, right = as_float(a), as_float(b)
    return lambda t: left(t) / right(t).nullif(0.0)


def is_zero(cell: Cell) -> Column:
    """Whether a known number is zero."""
    return lambda t: cell.value(t) == 0


def rounded(cell: Cell, digits: int, to: Type) -> Column:
    """Half up away from zero, as int64 at the result's scale; null where a float is too large."""
    assert to.exact is not None
    exact = cell.type.exact
    if exact is not None:
        step = 10 ** max(exact.scale - digits, 0)
        if step == 1:
            return cell.value

        def of_exact(t: ir.Table) -> ir.Value:
            v = cell.value(t)
            size = v.abs()
            rest = size % step
            up = size - rest + ibis.ifelse(rest * 2 >= step, step, 0)
            return ibis.ifelse(v < 0, -up, up)

        return of_exact

    def of_float(t: ir.Table) -> ir.Value:
        v = cell.value(t)
        shifted = v.abs() * float(10**digits)
        safe = ibis.ifelse(shifted < ROUND_LIMIT, shifted, ibis.null("float64"))
        whole = (safe + 0.5).floor().cast("int64")
        return ibis.ifelse(v < 0, -whole, whole)

    return of_float


def compared(op: str, a: Cell, b: Cell) -> Column:
    """A comparison: exact numbers exactly, floating ones with the language's tolerance."""
    compare: Callable[[ir.Value, ir.Value], ir.Value] = {
        ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq, "!=": operator.ne,
    }[op]  # fmt: skip
    if a.type.kind != "number":
        return lambda t: compare(a.value(t), b.value(t))
    x, y = a.type.exact, b.type.exact
    if x and y:
        scale = max(x.scale, y.scale)
        up, down = 10 ** (scale - x.scale), 10 ** (scale - y.scale)
        if x.bound * up <= INT64_BOUND and y.bound * down <= INT64_BOUND:
            whole_a, whole_b = a.scaled(up), b.scaled(down)
            return lambda t: compare(whole_a(t), whole_b(t))
    left, right = as_float(a), as_float(b)
    limit = None if b.constant is None else float(Fraction(b.constant))
    if limit is not None and limit >= 0 and op not in ("=", "!="):
        return _against(op, left, limit)

    def near(t: ir.Table) -> ir.Value:
        u, v = left(t), right(t)
        return (u - v).abs() <= ibis.greatest(u.abs(), v.abs()) * TOLERANCE

    if op in (">=", "<="):
        return lambda t: compare(left(t), right(t)) | near(t)
    if op in (">", "<"):
        return lambda t: compare(left(t), right(t)) & negated(near(t))
    return (lambda t: near(t)) if op == "=" else (lambda t: negated(near(t)))


def _against(op: str, value: Column, limit: float) -> Column:
    """A floating value against a constant that is not negative: the tolerance in one mention of the value.

    Below the limit the larger of the two is the limit, above it the value; so the general test comes down to these.
    """
    below = TOLERANCE * limit
    return {
        ">=": lambda t: limit - value(t) <= below,
        "<": lambda t: limit - value(t) > below,
        "<=": lambda t: value(t) - limit <= value(t) * TOLERANCE,
        ">": lambda t: value(t) - limit > value(t) * TOLERANCE,
    }[op]
