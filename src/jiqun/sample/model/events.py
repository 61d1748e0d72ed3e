"""How titles, reviews and register entries are invented."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from jiqun.sample.model.base import Model, SubjectKind, Weights
from jiqun.sample.quantity import Quantity


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
    per_year: dict[int, int] = Field(default_factory=dict)
    follows: str | None = None
    """A title: one entry for each first award, on its day, instead of so many each year."""
    months: tuple[int, int] = (1, 12)
    among: Among = Among()
    rank: Rank | None = None
    """None draws subjects at random, again and again; a rank takes each at most once a year."""
    once: bool = False
    """A subject has one entry only, over all years."""
    fields: dict[str, FieldSpec] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _some(self) -> Self:
        if bool(self.per_year) == bool(self.follows):
            raise ValueError("应写 per_year（每年几条）或 follows（随哪个称号）之一")
        return self
