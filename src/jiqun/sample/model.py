"""What a pack's demo.yaml may say: the shape of an invented city, as frozen, checked objects."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from jiqun.sample.quantity import Quantity

Weights = dict[str, float]
SubjectKind = Literal["party", "cluster", "place"]


class Model(BaseModel):
    """Frozen, and refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# ---- who there is


class Trade(Model):
    """A kind of work that firms of a cluster do: GB/T 4754 code and the word in their names."""

    industry: str
    word: str
    weight: float = 1.0


class ClusterSpec(Model):
    """A cluster; its figures are invented. `firms` is its weight among all clusters."""

    id: str
    name: str
    short: str
    """As titles of projects and activities name it."""
    county: str
    chain: str
    key: bool = False
    revenue: Quantity
    """In the anchor year."""
    growth: Quantity = 0.08
    firms: float = 1.0
    trades: tuple[Trade, ...] = Field(min_length=1)


class OutsideSpec(Model):
    """Firms that belong to no cluster."""

    share: Quantity = 0.1
    trades: tuple[Trade, ...] = Field(min_length=1)
    places: Weights
    """Place code -> weight."""
    mean_revenue: Quantity
    growth: Quantity = 0.05


class NamesSpec(Model):
    """Brand words are one character of `first` and one of `second`; prefixes go by the kind of place."""

    first: str
    second: str
    forms: Weights
    prefixes: dict[str, Weights]
    """Place kind -> weights of prefixes; `{place}` stands for the place's name."""


class SizeClass(Model):
    """The least employees and revenue of a class; classes go from large to small."""

    name: str
    employees: int
    revenue: Quantity


class FirmsSpec(Model):
    """How the sizes, growth and ages of firms spread."""

    reference: int = 3000
    """The number of firms for which counts of titles and entries are given."""
    anchor_year: int
    coverage: Quantity = 0.8
    """Share of a cluster's revenue that its firms in the reference sample add up to."""
    spread: float = 1.4
    quality: float = 0.3
    growth_spread: Quantity = 0.15
    growth_quality: Quantity = 0.02
    revenue_per_head: Quantity
    revenue_per_head_spread: float = 0.5
    founded: tuple[int, int] = (1990, 2024)
    size_classes: tuple[SizeClass, ...]
    smallest_class: str
    size_unknown: Quantity = 0.0
    above_size: Quantity
    """The least revenue of a firm above designated size."""
    full: Quantity = 0.1
    """Share of firms below the designated size that report in full, as all above it and all with a title do."""
    applicants: Quantity = 0.05
    """Share of firms without a title that report what only an application asks for, as all with a title do."""
    silent_years: Quantity = 0.04
    """Share of firm-years without any report."""
    states: Weights = Field(default_factory=lambda: {"approved": 1.0})


class OrganisationSpec(Model):
    """Parties that are no firms: one for each county, each cluster, or `count` in all."""

    kind: str
    name: str
    """May hold {place}, {short}, {trade} and {n}."""
    per: Literal["place", "cluster", "key-cluster", "count"] = "count"
    count: int = 1
    share: Quantity = 1.0
    place: str | None = None
    """Place code of those made by `count`; the first place of the pack where it is left out."""
    industry: str | None = None
    entity: str = Field("1", pattern="^[0-9]$")
    """The entity digit of their codes."""


# ---- figures


class Base(Model):
    """The subject's own revenue, employees or age in years, as drawn."""

    of: Literal["revenue", "employees", "age"]


class Part(Model):
    """A share of another figure, always below `ceiling`."""

    of: str
    median: Quantity
    spread: float = 0.5
    ceiling: Quantity = 1.0
    quality: float = 0.0
    persistence: float = 0.8
    drift: float = 0.0
    """Change of the logit a year."""


class Multiple(Model):
    """A lognormal multiple of another figure."""

    of: str
    median: float
    spread: float = 0.4
    quality: float = 0.0
    persistence: float = 0.9


class Margin(Model):
    """A normal multiple of another figure, which may be negative."""

    of: str
    mean: Quantity
    spread: Quantity
    quality: Quantity = 0.0
    persistence: float = 0.7


class Quotient(Model):
    """One figure divided by another, times `times`."""

    of: str
    by: str
    times: float = 1.0


class Difference(Model):
    """One figure less another."""

    of: str
    less: str


class Level(Model):
    """A normal figure within limits: scores, shares, days."""

    mean: Quantity
    spread: Quantity
    quality: Quantity = 0.0
    low: Quantity | None = None
    high: Quantity | None = None
    persistence: float = 0.8
    drift: Quantity = 0.0


class Count(Model):
    """A whole number that grows with quality; `stock` accumulates over the years."""

    mean: float
    quality: float = 0.0
    size: float = 0.0
    """Exponent of the size relative to the median firm."""
    stock: bool = False


class Flag(Model):
    """是 or 否; `given` overrides the probability for holders of a title."""

    probability: Quantity
    quality: float = 0.0
    persistence: float = 0.9
    drift: float = 0.0
    given: dict[str, Quantity] = Field(default_factory=dict)


class Choice(Model):
    """One text of several, kept over the years."""

    weights: Weights


class Run(Model):
    """A year's figure spread over its quarters or months with `season` (weights of the twelve months)."""

    of: str
    season: tuple[float, ...] = Field(default=(1.0,) * 12, min_length=12, max_length=12)
    spread: float = 0.02
    first: str
    last: str


FIGURES = ("base", "part", "multiple", "margin", "quotient", "difference", "level", "count", "flag", "choice", "run")


class FigureSpec(Model):
    """How one indicator is invented: exactly one of the models, and who reports it when."""

    indicator: str
    base: Base | None = None
    part: Part | None = None
    multiple: Multiple | None = None
    margin: Margin | None = None
    quotient: Quotient | None = None
    difference: Difference | None = None
    level: Level | None = None
    count: Count | None = None
    flag: Flag | None = None
    choice: Choice | None = None
    run: Run | None = None
    reporters: Literal["all", "full", "applicants"] = "full"
    missing: Quantity = 0.06
    complete: bool = False
    """Everybody who reports it has reported it, and it is approved."""
    from_year: int | None = None
    hidden: bool = False
    """Only a step towards other figures; never reported."""
    digits: int = 0
    to: Quantity = 1.0
    """Values are rounded to multiples of this (100 元)."""

    @property
    def uses(self) -> tuple[str, ...]:
        """The indicators that must have been drawn before."""
        if self.quotient:
            return (self.quotient.of, self.quotient.by)
        if self.difference:
            return (self.difference.of, self.difference.less)
        ways = (self.part, self.multiple, self.margin, self.run)
        return tuple(way.of for way in ways if way is not None)

    @model_validator(mode="after")
    def _one_model(self) -> Self:
        given = [name for name in FIGURES if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"指标“{self.indicator}”应恰有一种模型（{'、'.join(FIGURES)}），现有 {len(given)} 种")
        return self


# ---- titles and entries


class Among(Model):
    """Which subjects come into question."""

    kinds: tuple[str, ...] = ("enterprise",)
    clusters: Literal["any", "member", "key", "outside"] | tuple[str, ...] = "any"
    sizes: tuple[str, ...] = ()
    above_size: bool | None = None
    revenue: Quantity = 0.0
    """The least revenue of the last complete year."""
    holds: tuple[str, ...] = ()
    """Any of these, awarded in an earlier year."""
    lacks: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    """Beginnings of industry codes."""
    share: Quantity = 1.0
    """The share of them that comes into question at all, always the same subjects."""


class Rank(Model):
    """Who comes first: the weighted sum of quality, size and noise, less the weight of the group's turn."""

    quality: float = 1.0
    size: float = 0.5
    noise: float = 1.0
    turn: float = 0.0
    """How much each earlier award in the same group counts against the next; spreads awards over groups."""
    by: Literal["cluster", "county"] = "cluster"


class ReviewSpec(Model):
    """When a title is reviewed and how it ends."""

    after_months: int
    outcomes: Weights
    renews: bool = True


class ExplicitReview(Model):
    """A review of a named subject's title."""

    on: date
    outcome: str


class ExplicitAward(Model):
    """An award of a named subject (a cluster or a place)."""

    subject: str
    on: date
    until: date | None = None
    reviews: tuple[ExplicitReview, ...] = ()


class TitleSpec(Model):
    """Awards of one title: so many each year (at the reference size), or named one by one."""

    title: str
    subject: SubjectKind = "party"
    awards: dict[int, int] = Field(default_factory=dict)
    months: tuple[int, int] = (1, 12)
    among: Among = Among()
    rank: Rank = Rank()
    valid_years: int | None = None
    review: ReviewSpec | None = None
    again: Quantity = 0.0
    """The share of those who are awarded anew when a title without review ends."""
    explicit: tuple[ExplicitAward, ...] = ()


class PartOf(Model):
    """A uniform share of another field of the entry."""

    of: str
    share: tuple[Quantity, Quantity]


class FieldSpec(Model):
    """How a field of an entry is filled: one of these."""

    choice: Weights | None = None
    amount: Quantity | None = None
    """The median of a lognormal amount."""
    number: tuple[float, float] | None = None
    """Uniform between the two."""
    flag: Quantity | None = None
    part: PartOf | None = None
    text: tuple[str, ...] | None = None
    """Templates with {n} (running number), {year}, {name}, {short}, {place} and {trade} of the subject."""
    days_after: tuple[int, int] | None = None
    """A date so many days after the entry's own; one that is still to come stays empty unless `future`."""
    future: bool = False
    party: str | None = None
    """The name of a party of this kind."""
    spread: float = 1.0
    digits: int = 0
    empty: Quantity = 0.0
    only: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Filled only where another field has one of these texts."""

    @property
    def depends(self) -> bool:
        """Whether other fields must be filled before."""
        return bool(self.only or self.part)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [self.choice, self.amount, self.number, self.flag, self.part, self.text, self.days_after, self.party]
        if sum(way is not None for way in ways) != 1:
            raise ValueError("字段应恰有一种填法：choice、amount、number、flag、part、text、days_after、party")
        return self


class EntrySpec(Model):
    """Entries of a register: so many each year (at the reference size), with the fields' contents."""

    into: str = Field(alias="register")
    """The register."""
    per_year: dict[int, int]
    months: tuple[int, int] = (1, 12)
    among: Among = Among()
    rank: Rank | None = None
    """None draws subjects at random, again and again; a rank takes each at most once a year."""
    once: bool = False
    """A subject has one entry only, over all years."""
    fields: dict[str, FieldSpec] = Field(default_factory=dict)


class Demo(Model):
    """The whole of demo.yaml."""

    format: Literal[1]
    marker: str
    """Shown wherever the facts are shown: 演示数据."""
    note: str
    seed: int
    years: tuple[int, int]
    """First and last complete year of annual figures."""
    until: date
    """Nothing is dated after this day."""
    names: NamesSpec
    firms: FirmsSpec
    clusters: tuple[ClusterSpec, ...] = Field(min_length=1)
    outside: OutsideSpec
    organisations: tuple[OrganisationSpec, ...] = ()
    figures: tuple[FigureSpec, ...]
    cluster_figures: tuple[FigureSpec, ...] = ()
    place_figures: tuple[FigureSpec, ...] = ()
    titles: tuple[TitleSpec, ...] = ()
    entries: tuple[EntrySpec, ...] = ()
