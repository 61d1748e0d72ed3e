"""What a number may be at least and at most."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from jiqun.base.money import UNITS

_PER_UNIT = UNITS | {"%": Decimal("0.01")}
OUTSIDE = "超出允许的范围"
"""What is said of a number that is not within its limits."""


@dataclass(frozen=True)
class Bounds:
    """Limits in the base unit (yuan, a fraction, else the unit itself), both included, with their words."""

    least: Decimal | None = None
    most: Decimal | None = None
    words: str = ""

    @classmethod
    def of(cls, least: Decimal | None, most: Decimal | None, unit: str | None) -> Bounds | None:
        """Limits written in a unit; None where there are none."""
        if least is None and most is None:
            return None
        per, name = _PER_UNIT.get(unit or "", Decimal(1)), unit or ""
        parts = [f"不小于 {least:f}{name}"] if least is not None else []
        parts += [f"不大于 {most:f}{name}"] if most is not None else []
        return cls(None if least is None else least * per, None if most is None else most * per, "、".join(parts))

    @property
    def mend(self) -> str:
        """How to correct a number outside of them."""
        return f"应{self.words}；请核对数值和单位"

    def hold(self, value: Decimal | int | float) -> bool:
        """Whether a value in the base unit is within them."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)
