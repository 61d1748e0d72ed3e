"""What the names in a rule mean: indicators, titles, registers, attributes and their units.

The pack fills a `Vocabulary`; the parser checks every name against it. Attributes of subjects are fixed by the
facts' tables, everything else is the pack's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from jiqun.base.bounds import Bounds
from jiqun.base.industries import section_name, sections
from jiqun.base.periods import Grain

SubjectKind = Literal["party", "cluster", "place"]
SUBJECT_NAMES: dict[str, str] = {"party": "企业", "cluster": "集群", "place": "县"}
ValueKind = Literal["number", "flag", "text", "date", "set", "point"]
"""A set is one of texts; sets and points occur in offers and needs only."""
SIDES = ("需", "供")
"""The prefixes of a pair's two sides: the need and the offer."""


@dataclass(frozen=True)
class Indicator:
    """A reported figure: its unit, how often it is reported and for whom."""

    name: str
    kind: ValueKind = "number"
    unit: str | None = None
    """A unit of the language (元, 人, %, 分, …); None for 是/否 and text."""
    grain: Grain = "year"
    subjects: frozenset[str] = frozenset({"party"})
    cumulative: bool = False
    """Reported as the running total of the year, turned into period values by the snapshot."""
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()

    @property
    def is_money(self) -> bool:
        """Held exactly, in fen."""
        return self.unit in ("元", "万元", "亿元")


@dataclass(frozen=True)
class Title:
    """A recognition that a subject may hold."""

    name: str
    subjects: frozenset[str] = frozenset({"party"})
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Field:
    """A typed field of a register, an offer or a need."""

    name: str
    kind: ValueKind = "text"
    unit: str | None = None
    choices: tuple[str, ...] = ()
    required: bool = False
    bounds: Bounds | None = None

    @property
    def is_money(self) -> bool:
        """Held exactly, in fen."""
        return self.unit in ("元", "万元", "亿元")


@dataclass(frozen=True)
class Register:
    """A complete list of dated entries of one kind of subject."""

    name: str
    subject: SubjectKind = "party"
    fields: tuple[Field, ...] = ()

    def field(self, name: str) -> Field | None:
        """The field of that name."""
        return next((f for f in self.fields if f.name == name), None)


@dataclass(frozen=True)
class Derived:
    """What an attribute follows from: another column of its table, and how; None where that is unknown."""

    column: str
    make: Callable[[str | None], str | None]


@dataclass(frozen=True)
class Attribute:
    """A column of a subject's own table, by its Chinese name."""

    name: str
    column: str
    kind: ValueKind
    choices: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Written form → stored form."""
    derived: Derived | None = None
    """Where it is no fact of its own but follows from one."""
    unit: str | None = None
    """Of a number; money is no attribute."""
    is_money = False


PARTY_KINDS = {
    "enterprise": "企业", "lab": "检验检测机构", "institute": "高校院所", "bank": "金融机构", "park": "园区",
    "bureau": "政府部门", "association": "行业协会", "exhibition": "会展机构", "team": "科技特派团",
}  # fmt: skip
PLACE_KINDS = {"city": "设区市", "district": "市辖区", "county": "县", "county-city": "县级市", "zone": "功能区"}
SIZE_CLASSES = ("大型", "中型", "小型", "微型")
_PARTY_CHOICES = {name: code for code, name in PARTY_KINDS.items()}
_PLACE_CHOICES = {name: code for code, name in PLACE_KINDS.items()}

ATTRIBUTES: dict[str, tuple[Attribute, ...]] = {
    "party": (
        Attribute("名称", "name", "text"),
        Attribute("统一社会信用代码", "uscc", "text"),
        Attribute("类型", "kind", "text", _PARTY_CHOICES),
        Attribute("行业", "industry", "text"),
        Attribute(
            "行业门类", "industry_section", "text", {s: s for s in sections()}, Derived("industry", section_name)
        ),
        Attribute("成立日期", "founded_on", "date"),
        Attribute("企业规模", "size_class", "text", {c: c for c in SIZE_CLASSES}),
        Attribute("规上", "above_size", "flag"),
    ),
    "cluster": (
        Attribute("名称", "name", "text"),
        Attribute("编号", "id", "text"),
        Attribute("产业链", "chain", "text"),
        Attribute("省级重点", "provincial_key", "flag"),
    ),
    "place": (
        Attribute("名称", "name", "text"),
        Attribute("代码", "code", "text"),
        Attribute("类型", "kind", "text", _PLACE_CHOICES),
    ),
    "task": (
        Attribute("节点数", "milestones", "number", unit="个"),
        Attribute("逾期节点", "overdue_milestones", "number", unit="个"),
        Attribute("最长逾期", "longest_overdue", "number", unit="天"),
        Attribute("缺报月数", "months_without_report", "number", unit="个"),
        Attribute("关联目标", "linked_targets", "number", unit="个"),
        Attribute("滞后目标", "targets_behind", "number", unit="个"),
        Attribute("严重滞后目标", "targets_far_behind", "number", unit="个"),
        Attribute("滞后目标占比", "share_behind", "number", unit="%"),
        Attribute("逾期督办", "overdue_notices", "number", unit="个"),
    ),
}
"""Of a task the language knows the attributes only: no indicators, titles or registers, and no snapshot has it."""
DERIVED: dict[str, dict[str, Derived]] = {
    kind: {a.column: a.derived for a in attributes if a.derived} for kind, attributes in ATTRIBUTES.items()
}
"""The derived columns of each subject's table."""
SUBJECT_IDS: dict[str, str] = {"party": "uscc", "cluster": "id", "place": "code"}
"""The key column of each subject's table."""


@dataclass(frozen=True)
class Vocabulary:
    """Every name that a pack's rules may use."""

    indicators: Mapping[str, Indicator] = field(default_factory=dict)
    titles: Mapping[str, Title] = field(default_factory=dict)
    registers: Mapping[str, Register] = field(default_factory=dict)
    uncounted_places: frozenset[str] = frozenset()
    """Codes of places whose firms and clusters stay outside the figures of the whole programme."""
    sides: Mapping[str, Mapping[str, Field]] = field(default_factory=dict)
    """The fields of 需 and 供 by name, for rules about a pair of a need and an offer."""

    @classmethod
    def of(
        cls,
        indicators: Iterable[Indicator] = (),
        titles: Iterable[Title] = (),
        registers: Iterable[Register] = (),
        uncounted_places: Iterable[str] = (),
    ) -> Vocabulary:
        """A vocabulary of these things, by name."""
        return cls(
            {i.name: i for i in indicators},
            {t.name: t for t in titles},
            {r.name: r for r in registers},
            frozenset(uncounted_places),
        )

    def with_sides(self, need: Iterable[Field], offer: Iterable[Field]) -> Vocabulary:
        """The same names and the fields of a need and an offer."""
        sides = dict(zip(SIDES, ({f.name: f for f in fields} for fields in (need, offer)), strict=True))
        return replace(self, sides=sides)

    @cached_property
    def _indicator_names(self) -> dict[str, str]:
        return {a: i.name for i in self.indicators.values() for a in (i.name, *i.aliases)}

    @cached_property
    def _title_names(self) -> dict[str, str]:
        return {_title_key(a): t.name for t in self.titles.values() for a in (t.name, *t.aliases)}

    def indicator(self, name: str) -> Indicator | None:
        """The indicator of that name or alias."""
        canonical = self._indicator_names.get(name)
        return self.indicators[canonical] if canonical else None

    def title(self, name: str) -> Title | None:
        """The title of that name or alias; the form of quotation marks does not matter."""
        canonical = self._title_names.get(_title_key(name))
        return self.titles[canonical] if canonical else None


def _title_key(name: str) -> str:
    return name.strip().translate(str.maketrans("", "", "“”\"'「」『』‘’ "))
