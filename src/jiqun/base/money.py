"""Money as exact numbers: yuan in `Decimal`, fen in `int`."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

UNITS = {"元": Decimal(1), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}
MAX_YUAN = Decimal(10) ** 13
"""The largest amount a fact may hold: beyond any firm or city, and safe in 64-bit fen."""
_PATTERN = re.compile(r"(?P<number>-?[\d,]+(?:\.\d+)?)\s*(?P<unit>元|万元|亿元)?$")
CENT = Decimal("0.01")


def round_fen(yuan: Decimal) -> Decimal:
    """Round half up (away from zero) to the fen."""
    return yuan.quantize(CENT, rounding=ROUND_HALF_UP)


def to_fen(yuan: Decimal) -> int:
    """Yuan as whole fen, rounded half up."""
    return int(round_fen(yuan) * 100)


def from_fen(fen: int) -> Decimal:
    """Fen as yuan with two decimals."""
    return Decimal(fen).scaleb(-2)


def parse_money(text: str) -> Decimal:
    """Read `800万元`, `1,234.50元` or a bare number of yuan; ValueError otherwise."""
    match = _PATTERN.match(text.strip())
    if match is None:
        raise ValueError(f"“{text}”不是金额，应写成 500万元 或 1234.50元")
    try:
        return Decimal(match["number"].replace(",", "")) * UNITS[match["unit"] or "元"]
    except InvalidOperation as error:  # pragma: no cover - the pattern admits numbers only
        raise ValueError(f"“{text}”不是金额") from error


def show_money(yuan: Decimal | int | float | None) -> str:
    """Money as a person reads it: 12.35亿元, 500万元, 1,234.50元; 待补充 where it is missing.

    An amount just short of a whole number of a unit (99,999.99元) is not rounded up to it (10万元): beside a threshold
    that would read as reached. It is shown in the next smaller unit.
    """
    if yuan is None:
        return "待补充"
    amount = Decimal(str(yuan))
    for unit in ("亿元", "万元"):
        number = amount / UNITS[unit]
        if abs(number) >= 1 and not _rounds_up_to_whole(abs(number)):
            return f"{_plain(number)}{unit}"
    return f"{_plain(amount)}元"


def _rounds_up_to_whole(number: Decimal) -> bool:
    rounded = number.quantize(CENT, rounding=ROUND_HALF_UP)
    return rounded > number and rounded == rounded.to_integral_value()


def _plain(number: Decimal) -> str:
    text = f"{number.quantize(CENT, rounding=ROUND_HALF_UP):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
