"""How values look on a page: counts, money, shares, days, and the colour of a state."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from jiqun.base.money import UNITS, show_money

Number = Decimal | int | float
MISSING = "待补充"
STATE_CLASSES = {
    "超前": "ahead", "正常": "ok", "滞后": "warn", "严重滞后": "bad", "已达标": "met", "待定": "open",
}  # fmt: skip
STATES = tuple(STATE_CLASSES)
OUTCOME_CLASSES = {"符合": "ok", "不符合": "bad", "待定": "open"}
GREATER_UNITS = (("亿元", UNITS["亿元"]), ("万元", UNITS["万元"]))


def show_number(value: Number | None, unit: str | None = None) -> str:
    """A value with its unit: 12.35亿元, 45.2%, 1,234家; a share is given as a fraction; 待补充 where missing."""
    if value is None:
        return MISSING
    number, shown = split_number(value, unit)
    return f"{number}{shown}"


def split_number(value: Number, unit: str | None = None) -> tuple[str, str]:
    """The digits and the unit apart, for large figures on cards."""
    if unit in UNITS:
        text = show_money(Decimal(str(value)) * UNITS[unit or "元"])
        shown = next(u for u in ("亿元", "万元", "元") if text.endswith(u))
        return text.removesuffix(shown), shown
    if unit == "%":
        return f"{float(value) * 100:,.1f}", "%"
    return plain_number(value), unit or ""


def plain_number(value: Number) -> str:
    """Digits with thousands separators and at most two decimals."""
    text = f"{Decimal(str(value)):,.2f}"
    return text.rstrip("0").rstrip(".")


def show_share(fraction: Number | None) -> str:
    """A fraction as a percentage with one decimal."""
    return MISSING if fraction is None else f"{float(fraction) * 100:.1f}%"


def show_day(day: date | datetime | None) -> str:
    """2026-09-30; 待补充 where missing."""
    return MISSING if day is None else f"{day:%Y-%m-%d}"


def state_class(state: str) -> str:
    """The colour of a target's state or a rule's outcome: ok, ahead, met, warn, bad, open."""
    return STATE_CLASSES.get(state) or OUTCOME_CLASSES.get(state) or "open"


def safe_cell(text: object) -> str:
    """A CSV cell that a spreadsheet will not take for a formula (OWASP, CSV injection)."""
    shown = "" if text is None else str(text)
    numeric = shown.lstrip("-").replace(".", "", 1).isdigit()
    return f"'{shown}" if shown[:1] in ("=", "+", "-", "@", "\t", "\r") and not numeric else shown
