"""Plain arithmetic on exact and floating values, as the language means it."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from jiqun.rules.nodes import Type

TOLERANCE = 1e-12
"""Floating values that differ by less than this share of the threshold are equal, so that 3 % is 3 %."""
ROUND_LIMIT = 9e17

Number = Decimal | float


def convert(value: Number, to: Type) -> Number:
    """A number in the representation of a type: exact ones stay Decimal, others become the nearest float."""
    if to.exact is not None:
        assert isinstance(value, Decimal)
        return value
    return value if isinstance(value, float) and value else float(value) + 0.0  # without the sign of a zero


def add(op: str, a: Number, b: Number, type_: Type) -> Number:
    """a + b or a - b in the type's representation."""
    x, y = convert(a, type_), convert(b, type_)
    return x + y if op == "+" else x - y  # type: ignore[operator]


def times(a: Number, b: Number, type_: Type) -> Number:
    """a × b in the type's representation."""
    x, y = convert(a, type_), convert(b, type_)
    return x * y  # type: ignore[operator]


def over(a: Number, b: Number) -> float | None:
    """a ÷ b as the float nearest to the quotient; None where b is zero."""
    if b == 0:
        return None
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        (x, below_x), (y, below_y) = a.as_integer_ratio(), b.as_integer_ratio()
        return x * below_y / (below_x * y)
    return float(a) / float(b)


def round_half_up(value: Number, digits: int) -> Decimal | None:
    """Half up (away from zero); None where a float is too large to be held exactly."""
    unit = Decimal(1).scaleb(-digits)
    if isinstance(value, Decimal):
        scaled = Fraction(value) * 10**digits
        whole = math.floor(abs(scaled) + Fraction(1, 2))
    else:
        shifted = abs(value) * 10**digits
        if not shifted < ROUND_LIMIT:
            return None
        whole = math.floor(shifted + 0.5)
    return (Decimal(whole) * unit).copy_sign(Decimal(1) if value >= 0 else Decimal(-1))


def compare(op: str, a: Number, b: Number) -> bool:
    """Exact values exactly; floating ones with the language's tolerance."""
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        x, y, near = a, b, a == b
        less, more = x < y, x > y
    else:
        u, v = float(a), float(b)
        near = abs(u - v) <= TOLERANCE * max(abs(u), abs(v))
        less, more = u < v and not near, u > v and not near
    return {">=": not less, "<=": not more, ">": more, "<": less, "=": near, "!=": not near}[op]
