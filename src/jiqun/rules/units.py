"""Units and dimensions: what may be added to, compared with or divided by what.

A dimension is a sorted tuple of (base unit, exponent). Factors are exact fractions to the base unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Dim = tuple[tuple[str, int], ...]
PLAIN: Dim = ()
MONEY: Dim = (("元", 1),)
COUNT: Dim = (("个", 1),)
MONTHS: Dim = (("月", 1),)
DAYS: Dim = (("天", 1),)
YEAR_NUMBER: Dim = (("年份", 1),)
BARE_ALLOWED = {PLAIN, COUNT, (("人", 1),), (("分", 1),), YEAR_NUMBER}
"""Dimensions whose constants may be written without a unit, since only one scale is in use."""


@dataclass(frozen=True)
class Unit:
    """A unit of the language: its dimension and its size in the base unit."""

    name: str
    dim: Dim
    factor: Fraction = Fraction(1)


def _units() -> dict[str, Unit]:
    table: dict[str, tuple[str, Fraction]] = {
        "元": ("元", Fraction(1)), "千元": ("元", Fraction(1000)), "万元": ("元", Fraction(10_000)),
        "亿元": ("元", Fraction(100_000_000)),
        "人": ("人", Fraction(1)), "名": ("人", Fraction(1)), "万人": ("人", Fraction(10_000)),
        "年": ("月", Fraction(12)), "个月": ("月", Fraction(1)), "月": ("月", Fraction(1)),
        "天": ("天", Fraction(1)), "日": ("天", Fraction(1)),
        "平方米": ("平方米", Fraction(1)), "亩": ("平方米", Fraction(2000, 3)),
        "公顷": ("平方米", Fraction(10_000)), "平方公里": ("平方米", Fraction(1_000_000)),
        "分": ("分", Fraction(1)), "年份": ("年份", Fraction(1)),
        "毫米": ("米", Fraction(1, 1000)), "厘米": ("米", Fraction(1, 100)), "米": ("米", Fraction(1)),
        "公里": ("米", Fraction(1000)),
        "公斤": ("吨", Fraction(1, 1000)), "吨": ("吨", Fraction(1)), "万吨": ("吨", Fraction(10_000)),
        "千瓦": ("千瓦", Fraction(1)), "千瓦时": ("千瓦时", Fraction(1)), "吨标准煤": ("吨标准煤", Fraction(1)),
        "小时": ("小时", Fraction(1)),
    }  # fmt: skip
    units = {name: Unit(name, ((base, 1),), factor) for name, (base, factor) in table.items()}
    for name in [
        "家",
        "个",
        "项",
        "台",
        "件",
        "次",
        "场",
        "条",
        "座",
        "户",
        "所",
        "批",
        "款",
        "套",
        "辆",
        "起",
        "份",
        "宗",
        "对",
    ]:
        units[name] = Unit(name, COUNT)
    units["%"] = Unit("%", PLAIN, Fraction(1, 100))
    units["‰"] = Unit("‰", PLAIN, Fraction(1, 1000))
    return units


UNITS = _units()


def unit_of(name: str) -> Unit | None:
    """The unit of that name, also compound ones such as 万元/亩; None where unknown."""
    if name in UNITS:
        return UNITS[name]
    top, slash, bottom = name.partition("/")
    if slash and top in UNITS and bottom in UNITS:
        a, b = UNITS[top], UNITS[bottom]
        return Unit(name, divide(a.dim, b.dim), a.factor / b.factor)
    return None


def multiply(a: Dim, b: Dim) -> Dim:
    """The dimension of a product."""
    powers = dict(a)
    for base, exponent in b:
        powers[base] = powers.get(base, 0) + exponent
    return tuple(sorted((base, n) for base, n in powers.items() if n))


def divide(a: Dim, b: Dim) -> Dim:
    """The dimension of a quotient."""
    return multiply(a, tuple((base, -n) for base, n in b))


def dim_name(dim: Dim) -> str:
    """A dimension as a person reads it."""
    names = {"元": "金额", "人": "人数", "个": "个数", "月": "时长（年、月）", "天": "天数", "平方米": "面积",
             "分": "分数", "年份": "年份", "米": "长度"}  # fmt: skip
    if not dim:
        return "比率或纯数"
    top = "·".join(names.get(b, b) for b, n in dim if n > 0)
    bottom = "·".join(names.get(b, b) for b, n in dim if n < 0)
    return f"{top or '1'}/{bottom}" if bottom else top


def decimal_places(value: Fraction) -> int | None:
    """How many decimals write the value exactly; None where no finite number does."""
    d = value.denominator
    twos = fives = 0
    while d % 2 == 0:
        d, twos = d // 2, twos + 1
    while d % 5 == 0:
        d, fives = d // 5, fives + 1
    return max(twos, fives) if d == 1 else None


def as_decimal(value: Fraction) -> Decimal:
    """A fraction with finitely many decimals as a Decimal."""
    places = decimal_places(value)
    if places is None:
        raise ValueError(f"{value} has no finite decimal form")
    return Decimal(int(value * 10**places)).scaleb(-places)
