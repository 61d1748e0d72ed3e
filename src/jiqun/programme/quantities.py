"""Written values as facts: `1200万元`, `35%`, `是`, `2025-05-01` by what the fact is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from jiqun.base.errors import InputError, did_you_mean
from jiqun.base.money import show_money
from jiqun.rules.build import parse_constant
from jiqun.rules.facts import Value
from jiqun.rules.nodes import Const
from jiqun.rules.typing import adapt
from jiqun.rules.units import MONEY, PLAIN, dim_name, unit_of
from jiqun.rules.vocabulary import ValueKind

_FLAGS = {"是": True, "否": False}


class ValueFault(ValueError):
    """A value that does not fit; `mend` says what to write."""

    def __init__(self, message: str, mend: str | None = None) -> None:
        super().__init__(message)
        self.message, self.mend = message, mend


def read_value(
    value: object, kind: ValueKind, unit: str | None = None, choices: Mapping[str, str] | Iterable[str] = ()
) -> Value:
    """A fact's value as the engines hold it: money in yuan, a share as 0.35, a choice in its stored form."""
    if kind == "flag":
        return _flag(value)
    if kind == "date":
        if isinstance(value, date):
            return value
        raise ValueFault("应为日期", "请写成 2025-07-22 的形式，不加引号")
    if kind == "text":
        return _text(value, choices if isinstance(choices, Mapping) else {c: c for c in choices})
    return _number(value, unit)


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in _FLAGS:
        return _FLAGS[value]
    raise ValueFault("应为 是 或 否", "请写 是 或 否")


def _text(value: object, choices: Mapping[str, str]) -> str:
    text = value.isoformat() if isinstance(value, date) else str(value)
    if not choices:
        return text
    if text in choices:
        return choices[text]
    near = did_you_mean(text, choices)
    raise ValueFault("不在可选值中", f"{near or ''}可写：{'、'.join(choices)}")


@lru_cache(maxsize=4096)
def _constant(text: str) -> Const:
    # Cases write the same few amounts again and again.
    return parse_constant(text)


def _number(value: object, unit: str | None) -> Decimal | float:
    """A bare number counts in the fact's own unit, one with a unit is converted; a share is 0.35 or 35%."""
    if isinstance(value, (bool, date)):
        raise ValueFault("应为数", f"请写成如 100{unit or ''}")
    own = unit_of(unit) if unit else None
    dim = own.dim if own else PLAIN
    if isinstance(value, int | Decimal):
        return Decimal(value) if dim == MONEY else float(value)
    try:
        constant = adapt(_constant(str(value)), dim)
    except InputError as error:
        raise ValueFault("应为数", f"请写成如 100{unit or ''}") from error
    number = constant.value if isinstance(constant, Const) else None
    if not isinstance(number, Decimal | float) or constant.type.dim != dim:
        found = dim_name(constant.type.dim) if constant.type.kind == "number" else "不是数"
        raise ValueFault(f"应为{dim_name(dim)}，现为{found}", f"请写成如 100{unit or ''}")
    if dim == MONEY:
        return Decimal(number)
    return float(number) if dim == PLAIN or own is None else float(Fraction(number) / own.factor)


def show_value(value: float | None, unit: str) -> str:
    """A value in base units as a person reads it in its unit."""
    if value is None:
        return "待定"
    if unit == "%":
        return f"{value * 100:.1f}%"
    return show_money(value) if unit.endswith("元") else f"{value:,.1f}".removesuffix(".0") + unit
