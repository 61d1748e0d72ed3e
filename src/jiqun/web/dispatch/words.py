"""A target's numbers in words: goals, gaps, and the units of charts."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from jiqun.base.money import UNITS
from jiqun.programme.models import Target
from jiqun.web.portal.formats import Number, plain_number, show_number

KINDS = {"growth": "增长", "stock": "存量", "new-count": "新增", "share": "占比", "coverage": "覆盖率"}


@dataclass(frozen=True)
class Scale:
    """How a base value is drawn: multiplied, with a unit and so many decimals."""

    factor: float
    unit: str
    digits: int

    def of(self, value: Number | None) -> float | None:
        """The number that a chart draws."""
        return None if value is None else round(float(value) * self.factor, 6)


def scale_of(unit: str) -> Scale:
    """The scale of a unit: base values of money are yuan, those of shares fractions."""
    if unit in UNITS:
        return Scale(1 / float(UNITS[unit]), unit, 2)
    return Scale(100, "%", 1) if unit == "%" else Scale(1, unit, 0)


def show_value(value: Number | None, unit: str) -> str | None:
    """A base value in the target's unit; None where it is missing."""
    return None if value is None else show_number(value, "元" if unit in UNITS else unit)


def show_goal(target: Target, goal: Number | None) -> str:
    """≥20家, 约8%, >40%; a full coverage is just 100%."""
    if goal is None:
        return target.goal
    shown = f"{plain_number(round(float(goal) * 100, 2))}%" if target.unit == "%" else show_value(goal, target.unit)
    if target.unit == "%" and goal >= 1:
        return str(shown)
    return {"at-least": "≥", "about": "约", "more-than": ">"}[target.comparison] + str(shown)


def show_pace(value: Number | None, unit: str) -> str | None:
    """Where a target should be today: whole things are rounded up, for half a firm cannot be."""
    if value is not None and unit != "%" and unit not in UNITS:
        value = ceil(round(float(value), 6))
    return show_value(value, unit)


def show_clause(clause: str) -> str:
    """A clause number that reads as one: a bare 一 would look like a dash."""
    return f"第{clause}部分" if len(clause) == 1 else clause


def show_gap(short: Number, unit: str) -> str:
    """How much is lacking; whole things are rounded up."""
    return f"{float(short) * 100:.1f} 个百分点" if unit == "%" else str(show_pace(short, unit))
