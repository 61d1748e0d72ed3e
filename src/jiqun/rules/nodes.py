"""The typed nodes of a rule: frozen, checked when built, the same for every engine.

Time is symbolic here (本年, 近3年): an engine resolves it against a `When` (see `timing`). Numbers are either
*exact* (integers scaled by a power of ten: money, counts, constants) or *floating*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal

from jiqun.base.periods import Grain, Period
from jiqun.rules.units import PLAIN, Dim, unit_of
from jiqun.rules.vocabulary import Attribute, Field, Indicator, Register, SubjectKind, ValueKind

INT64_BOUND = 9 * 10**18
MONEY_BOUND = 10**15
"""Largest fact of money in fen, as the snapshot checks it."""
SUM_BOUND = 10**17
"""Largest sum of money over a set, in fen."""


@dataclass(frozen=True)
class Exact:
    """Held as the integer value × 10^scale, never beyond `bound` in absolute value."""

    scale: int
    bound: int


@dataclass(frozen=True)
class Type:
    """What a node yields: a number of some dimension, 是/否, a text or a date."""

    kind: ValueKind
    dim: Dim = PLAIN
    exact: Exact | None = None
    unit: str | None = field(default=None, compare=False)
    """The unit to show it in."""


FLAG = Type("flag")
TEXT = Type("text")
DATE = Type("date")
SET = Type("set")
POINT = Type("point")


@dataclass(frozen=True, kw_only=True)
class Node:
    """A part of a rule; `source` is the text it was written as."""

    type: Type
    source: str = field(default="", compare=False)

    @cached_property
    def children(self) -> tuple[Node, ...]:
        """The nodes below this one, in order."""
        found: list[Node] = []
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if isinstance(value, Node):
                found.append(value)
            elif isinstance(value, tuple):
                for item in value:
                    parts = item if isinstance(item, tuple) else (item,)
                    found += (part for part in parts if isinstance(part, Node))
        return tuple(found)

    @cached_property
    def _parts(self) -> tuple[Node, ...]:
        return (self, *(part for child in self.children for part in child._parts))

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        return iter(self._parts)

    @cached_property
    def mentions(self) -> frozenset[object]:
        """What may change its answer: the parts by `id`; indicators, columns of attributes and titles by name."""
        found: set[object] = set()
        for part in self.walk():
            found.add(id(part))
            match part:
                case IndicatorAt(indicator=indicator) | Latest(indicator=indicator):
                    found.add(indicator.name)
                case Attr(attribute=attribute):
                    found.add(attribute.column)
                case _:
                    found.add(getattr(part, "title", None))
        return frozenset(found)

    def __getstate__(self) -> dict[str, object]:
        """A copy works out anew what it mentions."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


# --- time -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DateBound:
    """One end of a date range: a date, the start or end of a year, or the policy's own."""

    kind: Literal["date", "year", "as-of-year", "as-of", "effective", "months", "days"]
    day: date | None = None
    number: int = 0
    """The year, or its offset from 本年, or the months or days from the as-of date."""


@dataclass(frozen=True)
class DateRange:
    """The days from `start` to `end`, both included; `after` leaves the first day out."""

    start: DateBound
    end: DateBound
    open_start: bool = False


@dataclass(frozen=True)
class Window:
    """A run of periods of one grain: the last `count`, or the years from `first` to `last`."""

    grain: Grain
    count: int | None = None
    first: YearRef | None = None
    last: YearRef | None = None


@dataclass(frozen=True)
class YearRef:
    """A calendar year, or one relative to 本年."""

    year: int | None = None
    offset: int = 0


# --- values ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Const(Node):
    """A constant; numbers in the base unit. None is the written 缺失."""

    value: Decimal | float | bool | str | date | None
    bare: bool = field(default=False, compare=False)
    """Written without a unit."""


@dataclass(frozen=True, kw_only=True)
class Pending(Node):
    """待补充: something that the pack does not know yet; always missing."""

    text: str


@dataclass(frozen=True, kw_only=True)
class AsOf(Node):
    """截至: the as-of date."""


@dataclass(frozen=True, kw_only=True)
class EffectiveBound(Node):
    """施行日 or 终止日: the ends of the rule's own period of effect."""

    end: bool = False


@dataclass(frozen=True, kw_only=True)
class YearNumber(Node):
    """本年 or 上年 as the number of a calendar year."""

    offset: int


@dataclass(frozen=True, kw_only=True)
class Attr(Node):
    """A column of the subject's own table."""

    attribute: Attribute


@dataclass(frozen=True, kw_only=True)
class IndicatorAt(Node):
    """An indicator in the base period shifted by `offset`, or in an absolute period."""

    indicator: Indicator
    offset: int = 0
    period: Period | None = None


@dataclass(frozen=True, kw_only=True)
class Latest(Node):
    """The latest approved value of an indicator whose period ended by the as-of date."""

    indicator: Indicator


@dataclass(frozen=True, kw_only=True)
class FieldRef(Node):
    """A field of the entry at hand."""

    field_: Field
    register: str


@dataclass(frozen=True, kw_only=True)
class EntryDate(Node):
    """日期: the date of the entry at hand."""

    register: str


@dataclass(frozen=True, kw_only=True)
class EntryYear(Node):
    """年度: the calendar year of the entry at hand."""

    register: str


@dataclass(frozen=True, kw_only=True)
class Related(Node):
    """An expression about the related subject: the cluster or county of a firm, the owner of an entry."""

    relation: Literal["cluster", "county", "owner"]
    target: SubjectKind
    body: Node


@dataclass(frozen=True, kw_only=True)
class HasRelated(Node):
    """存在(所属集群): there is a related subject."""

    relation: Literal["cluster", "county", "owner"]


# --- pairs ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class SideField(Node):
    """A field of the need (需.…) or the offer (供.…) at hand."""

    side: str
    field_: Field

    @property
    def column(self) -> str:
        """Its name in a table of pairs."""
        return f"{self.side}.{self.field_.name}"


@dataclass(frozen=True, kw_only=True)
class Distance(Node):
    """距离: metres between two points along the earth's surface."""

    left: SideField
    right: SideField


@dataclass(frozen=True, kw_only=True)
class Closeness(Node):
    """相近: how close two texts are, 0 to 1 (see `grams`)."""

    left: SideField
    right: SideField


@dataclass(frozen=True, kw_only=True)
class Includes(Node):
    """包含: a set has the text, or every text of another set."""

    held: SideField
    wanted: Node


@dataclass(frozen=True, kw_only=True)
class SharesAny(Node):
    """有交集: two sets have a text in common."""

    left: SideField
    right: SideField


@dataclass(frozen=True, kw_only=True)
class Overlap(Node):
    """重叠天数: the days that two spans of days have in common, both ends included; 0 where there are none."""

    start: Node
    end: Node
    other_start: Node
    other_end: Node


# --- operators ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Arith(Node):
    """+ - * / of two numbers (or a date and a duration)."""

    op: Literal["+", "-", "*", "/"]
    left: Node
    right: Node


@dataclass(frozen=True, kw_only=True)
class Negate(Node):
    """The negative of a number."""

    body: Node


@dataclass(frozen=True, kw_only=True)
class Absolute(Node):
    """绝对值."""

    body: Node


@dataclass(frozen=True, kw_only=True)
class Round(Node):
    """四舍五入(x, 位): half up, away from zero; the result is exact."""

    body: Node
    digits: int


@dataclass(frozen=True, kw_only=True)
class Extreme(Node):
    """取小 or 取大 of values; missing where any is."""

    greatest: bool
    items: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True)
class Compare(Node):
    """A comparison of two values of one type."""

    op: Literal[">=", "<=", ">", "<", "=", "!="]
    left: Node
    right: Node


@dataclass(frozen=True, kw_only=True)
class Member(Node):
    """属于 a set of constants."""

    body: Node
    items: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True)
class InRange(Node):
    """期间内(日期, 期间): the date lies within the range."""

    body: Node
    range: DateRange


@dataclass(frozen=True, kw_only=True)
class And(Node):
    """且 (Kleene)."""

    items: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True)
class Or(Node):
    """或 (Kleene)."""

    items: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True)
class Not(Node):
    """非 (Kleene)."""

    body: Node


@dataclass(frozen=True, kw_only=True)
class If(Node):
    """若 … 则 … 否则 …: missing where the condition is."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, kw_only=True)
class Bands(Node):
    """分档: the value of the first band whose condition holds; missing as soon as a condition is."""

    cases: tuple[tuple[Node, Node], ...]
    otherwise: Node | None
    subject: Node
    """The banded expression, for explanation."""


@dataclass(frozen=True, kw_only=True)
class IsKnown(Node):
    """已知(x): whether the value is there; never missing itself."""

    body: Node


# --- windows --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class OverWindow(Node):
    """平均, 合计, 最大, 最小 of a number, or 连续 (all) and 曾经 (any) of a condition, over a window of periods."""

    op: Literal["avg", "sum", "max", "min", "all", "any"]
    body: Node
    window: Window


@dataclass(frozen=True, kw_only=True)
class Growth(Node):
    """增长率(x): (x - x before) / x before; missing where the base is not positive."""

    body: Node


@dataclass(frozen=True, kw_only=True)
class Cagr(Node):
    """年均增长率(x, 窗): (last / first)^(1 / years) - 1; 近N年 takes N yearly steps ending with 上年."""

    body: Node
    window: Window


# --- titles ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Holds(Node):
    """持有: awarded by the as-of date and not past its validity."""

    title: str


@dataclass(frozen=True, kw_only=True)
class Awarded(Node):
    """认定(…, 期间): awarded within the range and not after the as-of date."""

    title: str
    range: DateRange


@dataclass(frozen=True, kw_only=True)
class FirstReviewPassed(Node):
    """首次复核通过(…, 期间): the first review by the as-of date was passed and lies in the range."""

    title: str
    range: DateRange


@dataclass(frozen=True, kw_only=True)
class ReviewDue(Node):
    """复核到期: the validity of a held title (any where None) ends within the range."""

    title: str | None
    range: DateRange


@dataclass(frozen=True, kw_only=True)
class HeldMonths(Node):
    """持有年限: full months since the first award of a title held now, whole years only; 0 where it is not held."""

    title: str


@dataclass(frozen=True, kw_only=True)
class FullYears(Node):
    """满年数(日期): full years from the date to the as-of date, in months."""

    body: Node


@dataclass(frozen=True, kw_only=True)
class AwardDate(Node):
    """认定日期: the first award by the as-of date; missing where there is none."""

    title: str


# --- sets -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SetRef:
    """What a set ranges over: parties (enterprises only, or all), clusters, counted places or a register's entries."""

    kind: Literal["party", "cluster", "place", "entry"]
    register: Register | None = None
    enterprises: bool = False


SetOp = Literal["count", "exists", "sum", "avg", "max", "min", "share"]


@dataclass(frozen=True, kw_only=True)
class OverSet(Node):
    """An aggregate over the items of a set that belong to the subject at hand and meet `where`.

    `share` is the part of the items (or of the sum of `value`) that also meet `among`.
    """

    op: SetOp
    source_set: SetRef
    scope: str
    """party, cluster, place or programme: whose items are meant."""
    value: Node | None = None
    where: Node | None = None
    among: Node | None = None


@dataclass(frozen=True, kw_only=True)
class Grouped(Node):
    """分组(度量, 集群|县): the measure for each cluster or county; only at the top of a measure."""

    body: Node
    by: SubjectKind


def fact_factor(node: Node) -> float:
    """What a fact's reported number is multiplied by to be in the base unit (money is reported in yuan)."""
    fact = (
        node.indicator
        if isinstance(node, IndicatorAt | Latest)
        else node.field_
        if isinstance(node, FieldRef | SideField)
        else None
    )
    if fact is None or fact.kind != "number" or fact.is_money or not fact.unit or fact.unit in ("%", "‰"):
        return 1.0
    unit = unit_of(fact.unit)
    return float(unit.factor) if unit else 1.0


def grain_of(body: Node) -> Grain:
    """The finest grain among the indicators of an expression: what one period back means."""
    order: list[Grain] = ["year", "quarter", "month"]
    found = [node.indicator.grain for node in body.walk() if isinstance(node, IndicatorAt)]
    return max(found, key=order.index, default="year")
