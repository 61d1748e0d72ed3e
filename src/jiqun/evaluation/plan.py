"""The plan of an evaluation: which step is done how. JSON, with a digest; the same plan gives the same bytes again."""

from __future__ import annotations

import hashlib
import json
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from jiqun.evaluation.steps.aggregate import Mean, Means
from jiqun.evaluation.steps.normalise import Scale


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Screen(_Part):
    """Which units stay: at least these shares of indicators known and, of those, not zero."""

    least_known: float = Field(default=0.0, ge=0, le=1)
    least_nonzero: float = Field(default=0.0, ge=0, le=1)


class Impute(_Part):
    """What stands in for a missing figure."""

    how: Literal["mean", "median", "group_mean", "group_median", "neighbours"] = "group_mean"
    group: str | None = None
    """The grouping of the panel that the group ways use."""
    neighbours: int = Field(default=5, ge=1)


class Treat(_Part):
    """How outliers are treated."""

    winsorise: int = Field(default=5, ge=0)
    then: Literal["log", "box_cox"] | None = "log"
    skew: float = Field(default=2.0, gt=0)
    kurtosis: float = Field(default=3.5, gt=0)


class Normalise(_Part):
    """How figures are put on one scale; single indicators may differ."""

    how: str = "min_max"
    low: float = 0.0
    high: float = 100.0
    reference: str | None = None
    cap: bool = False

    def scale(self) -> Scale:
        """As the step takes it."""
        return Scale(self.how, self.low, self.high, self.reference, self.cap)


class Aggregation(_Part):
    """How scores are aggregated at a node."""

    how: Literal["arithmetic", "geometric", "harmonic", "generalised", "copeland"] = "arithmetic"
    power: float = 1.0

    def mean(self) -> Mean:
        """As the step takes it."""
        return Mean(self.how, self.power)


class Plan(_Part):
    """Every choice of an evaluation; a step that is None is left out."""

    denominate: bool = True
    screen: Screen | None = None
    impute: Impute | None = None
    treat: Treat | None = Treat()
    normalise: Normalise = Normalise()
    normalise_special: dict[str, Normalise] = {}
    """By indicator."""
    weights: Literal["given", "equal"] | dict[str, float] = "given"
    """As the tree says, all equal, or by node; what a mapping does not name is as the tree says."""
    aggregate: Aggregation = Aggregation()
    aggregate_special: dict[str, Aggregation] = {}
    """By node."""
    least_known: float = Field(default=0.0, ge=0, le=1)
    """The share of a node's weight that must be known, or the node is missing."""

    def means(self) -> Means:
        """As the step takes them."""
        special = {code: how.mean() for code, how in self.aggregate_special.items()}
        return Means(self.aggregate.mean(), special, self.least_known)

    @property
    def canonical(self) -> str:
        """The plan as JSON with sorted keys and no spaces."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()
