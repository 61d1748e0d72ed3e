"""Who there is: clusters, firms and other parties."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jiqun.sample.model.base import Model, Weights
from jiqun.sample.quantity import Quantity


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
