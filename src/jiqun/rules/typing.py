"""Types of operations: what may be combined, and whether the result stays exact."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from jiqun.rules.nodes import INT64_BOUND, MONEY_BOUND, Const, Exact, Node, Type
from jiqun.rules.units import (
    BARE_ALLOWED,
    MONEY,
    MONTHS,
    PLAIN,
    YEAR_NUMBER,
    Dim,
    as_decimal,
    decimal_places,
    dim_name,
    divide,
    multiply,
    unit_of,
)
from jiqun.rules.vocabulary import Attribute, Field, Indicator

KIND_NAMES = {"number": "数", "flag": "是/否（条件）", "text": "文本", "date": "日期", "set": "集合", "point": "地点"}


class TypeFault(Exception):
    """An operation on values that do not fit; the builder adds the place."""

    def __init__(self, message: str, mend: str | None = None) -> None:
        super().__init__(message)
        self.message, self.mend = message, mend


def describe(type_: Type) -> str:
    """A type as a person reads it."""
    return dim_name(type_.dim) if type_.kind == "number" else KIND_NAMES[type_.kind]


def constant(value: Fraction, dim: Dim, unit: str | None, source: str, bare: bool = False) -> Const:
    """A constant in the base unit: exact where finitely many decimals write it, otherwise floating."""
    places = decimal_places(value)
    if places is None or places > 15 or abs(value) * 10**places > INT64_BOUND:
        return Const(type=Type("number", dim, None, unit), value=float(value), source=source, bare=bare)
    exact = Exact(places, int(abs(value) * 10**places))
    return Const(type=Type("number", dim, exact, unit), value=as_decimal(value), source=source, bare=bare)


def fact_type(fact: Indicator | Field | Attribute) -> Type:
    """The type of an indicator's, field's or attribute's value: money exact in fen, other numbers floating."""
    if fact.kind != "number":
        return Type(fact.kind)
    if fact.is_money:
        return Type("number", MONEY, Exact(2, MONEY_BOUND), "元")
    unit = unit_of(fact.unit) if fact.unit else None
    return Type("number", unit.dim if unit else PLAIN, None, fact.unit)


def adapt(node: Node, dim: Dim) -> Node:
    """A constant written without its unit (or 2025年 for a calendar year) taken in the other side's dimension."""
    if not isinstance(node, Const) or node.type.dim == dim:
        return node
    if node.bare and node.type.dim == PLAIN and dim in BARE_ALLOWED:
        return replace(node, type=replace(node.type, dim=dim))
    if dim == YEAR_NUMBER and node.type.dim == MONTHS and isinstance(node.value, Decimal) and node.value >= 1900 * 12:
        return constant(Fraction(node.value) / 12, YEAR_NUMBER, "年份", node.source)
    return node


def same(a: Node, b: Node, what: str) -> tuple[Node, Node]:
    """Both nodes brought to one type as far as constants allow; TypeFault where they do not fit."""
    if a.type.kind != b.type.kind:
        raise TypeFault(f"{what}两边不是同一类：左边是{describe(a.type)}，右边是{describe(b.type)}")
    if a.type.kind == "number":
        a, b = adapt(a, b.type.dim), adapt(b, a.type.dim)
        if a.type.dim != b.type.dim:
            raise TypeFault(f"{what}两边单位不同：左边是{describe(a.type)}，右边是{describe(b.type)}", _unit_mend(a, b))
    return a, b


def _unit_mend(a: Node, b: Node) -> str | None:
    for one, other in ((a, b), (b, a)):
        if isinstance(one, Const) and one.bare:
            unit = {MONEY: "万元"}.get(other.type.dim, other.type.unit or "单位")
            return f"请给 {one.source} 写上单位，如 {one.source}{unit}"
    return "请检查单位，或改用同一单位的指标"


def common(types: list[Type]) -> Type:
    """The type of a choice among values of one dimension: exact only if all are, at the finest scale."""
    first = types[0]
    if first.kind != "number":
        return first
    exacts = [t.exact for t in types]
    unit = next((t.unit for t in types if t.unit), None)
    if any(e is None for e in exacts):
        return Type("number", first.dim, None, unit)
    scale = max(e.scale for e in exacts if e)
    bound = max(e.bound * 10 ** (scale - e.scale) for e in exacts if e)
    return Type("number", first.dim, Exact(scale, bound) if bound <= INT64_BOUND else None, unit)


def sum_type(a: Type, b: Type) -> Type:
    """The type of a + b or a - b."""
    joint = common([a, b])
    if joint.exact is None:
        return joint
    bound = joint.exact.bound * 2
    return replace(joint, exact=Exact(joint.exact.scale, bound) if bound <= INT64_BOUND else None)


def product_type(a: Type, b: Type) -> Type:
    """The type of a × b: exact while the integers surely fit in 64 bits."""
    dim = multiply(a.dim, b.dim)
    unit = a.unit if a.dim == dim else b.unit if b.dim == dim else None
    if a.exact and b.exact and a.exact.bound * b.exact.bound <= INT64_BOUND:
        return Type("number", dim, Exact(a.exact.scale + b.exact.scale, a.exact.bound * b.exact.bound), unit)
    return Type("number", dim, None, unit)


def quotient_type(a: Type, b: Type) -> Type:
    """The type of a ÷ b: always floating."""
    dim = divide(a.dim, b.dim)
    unit = "%" if dim == PLAIN else a.unit if b.dim == PLAIN else None
    return Type("number", dim, None, unit)
