"""How figures are invented."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from jiqun.sample.model.base import Model, Weights
from jiqun.sample.quantity import Quantity


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
