"""Columns of a sheet from the pack's typed names, and their values as the registry stores them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from jiqun.programme.models import IndicatorSpec
from jiqun.programme.pack import indicator_of
from jiqun.rules.vocabulary import Field, Indicator
from jiqun.web.portal.formats import show_number
from jiqun.workbook import Column

MONEY = ("元", "万元", "亿元")
_TEXT_KINDS = {"flag": "bool", "date": "date", "text": "text"}


def column_of(
    field: Field | Indicator, *, required: bool = False, note: str = "", aliases: tuple[str, ...] = ()
) -> Column:
    """The column that asks for a field or an indicator; money is asked for in 万元."""
    kind: Any = _TEXT_KINDS.get(field.kind, "number")
    if kind == "text" and field.choices:
        kind = "choice"
    if field.unit == "%":
        kind = "share"
    elif field.is_money:
        kind = "money"
    return Column(
        field.name, kind, unit=field.unit, required=required, choices=field.choices, note=note, aliases=aliases,
        shown_unit="万元" if kind == "money" else None, max_length=400 if kind == "text" else None,
        bounds=field.bounds if isinstance(field, Field) else None,
    )  # fmt: skip


def in_own_unit(value: Any, unit: str | None) -> Any:
    """Money given in yuan as the pack's unit has it; anything else as it is."""
    if isinstance(value, Decimal) and unit in ("万元", "亿元"):
        return value / (10_000 if unit == "万元" else 100_000_000)
    return value


def as_text(value: Any, unit: str | None) -> str:
    """A figure as the registry keeps it: exact digits, 是/否, or a text."""
    value = in_own_unit(value, unit)
    if isinstance(value, bool):
        return "是" if value else "否"
    return plain_digits(value) if isinstance(value, Decimal) else str(value)


def as_json(value: Any, unit: str | None) -> Any:
    """A field of an entry as JSON: a number, a flag, a text, a day as text."""
    value = in_own_unit(value, unit)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def plain_digits(value: Decimal) -> str:
    """Without exponent and without empty decimals."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def from_stored(text: str, column: Column, unit: str | None) -> Any:
    """A stored figure as the sheet holds it; None where it is missing or no longer of the kind."""
    if not text:
        return None
    if column.kind == "bool":
        return {"是": True, "true": True, "1": True, "否": False, "false": False, "0": False}.get(text)
    if column.kind in ("number", "money", "share"):
        try:
            value = Decimal(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ArithmeticError:
            return None
        return value * {"万元": 10_000, "亿元": 100_000_000}.get(unit or "", 1)
    return text


def show_figure(spec: IndicatorSpec | None, text: str) -> str:
    """A stored figure as people read it, with its unit; as it is where the pack no longer has the indicator."""
    if spec is None or spec.kind != "number" or not text:
        return text or "—"
    number = from_stored(text, column_of(indicator_of(spec)), None)
    return show_number(number, spec.unit) if number is not None else text


def same_figure(one: str, other: str) -> bool:
    """Whether two stored figures say the same: 1200 and 1200.00 do."""
    if one == other:
        return True
    try:
        return Decimal(one) == Decimal(other)
    except ArithmeticError:
        return False
