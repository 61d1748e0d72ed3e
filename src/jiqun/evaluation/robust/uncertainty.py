"""Monte Carlo: where each unit might rank if the choices were made otherwise (Saisana, Saltelli & Tarantola 2005)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from jiqun.evaluation.errors import EvaluationError, fault
from jiqun.evaluation.framework import Floats, Ints
from jiqun.evaluation.plan import Aggregation, Normalise, Treat, Weighting, Weights
from jiqun.evaluation.robust.replicate import Alternatives, Draws, Replications, replicate
from jiqun.evaluation.run import Result, score
from jiqun.evaluation.steps.aggregate import ranks


@dataclass(frozen=True)
class Uncertainty:
    """What is drawn: each weight within ± `weights` of itself, each alternative with equal chance.

    An empty tuple, or None in one, means the plan's own choice. `weightings`: ways of finding the weights, each found once from the figures
    as the plan has them. `each_level`: the means of the levels are drawn apart. `errors`: the
    relative standard deviation of a figure.
    """

    weights: float = 0.25
    treats: tuple[Treat | None, ...] = ()
    normalisations: tuple[Normalise, ...] = ()
    aggregations: tuple[Aggregation | None, ...] = ()
    each_level: bool = False
    errors: float | Floats = 0.0
    weightings: tuple[Weights | None, ...] = ()

    def alternatives(self, base: Result) -> Alternatives:
        """With the plan's own choices where nothing is said."""
        own = Alternatives.of(base)
        return Alternatives(
            self.treats or own.treats, self.normalisations or own.normalisations, self.aggregations or own.aggregations
        )

    def weights_of(self, base: Result) -> Floats:
        """The weights of all nodes under each way of finding them (ways × nodes); EvaluationError where one is not defined."""
        if not self.weightings:
            return base.weights[None, :]
        found = []
        for how in self.weightings:
            if how is None:
                found.append(base.weights)
                continue
            plan = base.plan.model_copy(update={"weights": how, "weights_special": {}})
            try:
                found.append(score(plan, base.tree, base.normalised, base.panel.units).weights)
            except EvaluationError as error:
                name = how.how if isinstance(how, Weighting) else how
                first = error.problems[0]
                raise fault(f"备选的赋权方法 {name}：{first.message}", first.mend or "请删去这种方法") from None
        return np.stack(found)


@dataclass(frozen=True)
class Distribution:
    """Ranks over the replications that did not fail."""

    nominal: Floats
    """The rank under the plan itself, by unit."""
    counts: Ints
    """How often each unit (row) held each rank (column 0: rank 1)."""
    ranks: Floats
    """Units × replications that did not fail."""
    replications: int
    failed: int
    reasons: Counter[str]

    @cached_property
    def mean(self) -> Floats:
        """The mean rank of each unit."""
        places = np.arange(1, self.counts.shape[1] + 1)
        return self._shared(self.counts @ places)

    def quantile(self, share: float) -> Floats:
        """The smallest rank that at least this share of the replications does not exceed, by unit; NaN for one never ranked."""
        below = self._shared(np.cumsum(self.counts, axis=1).T).T
        found = (below < share - 1e-12).sum(axis=1) + 1.0
        return np.where(np.isnan(below[:, -1]), np.nan, found)

    def within(self, k: int) -> Floats:
        """The probability of each unit to be among the first k; NaN for a unit never ranked."""
        return self._shared(self.counts[:, :k].sum(axis=1))

    def _shared(self, sums: Floats | Ints) -> Floats:
        """Over how often a unit (last axis) was ranked; NaN where it never was."""
        total = self.counts.sum(axis=1)
        share: Floats = np.divide(sums, total, out=np.full(sums.shape, np.nan), where=total > 0)
        return share

    def ahead(self, one: int, other: int) -> float:
        """The probability that one unit (row) ranks before another; a tie counts half."""
        a, b = self.ranks[one], self.ranks[other]
        return float((a < b).mean() + 0.5 * (a == b).mean())

    @cached_property
    def contests(self) -> Floats:
        """`ahead` for all pairs of units (row before column)."""
        n = len(self.ranks)
        won = np.empty((n, n))
        for i in range(n):
            won[i] = (self.ranks[i] < self.ranks).mean(axis=1) + 0.5 * (self.ranks[i] == self.ranks).mean(axis=1)
        return won


def draw(base: Result, uncertainty: Uncertainty, replications: int, seed: int) -> Draws:
    """Draw every choice; the same seed gives the same draws."""
    if replications < 1:
        raise fault(f"模拟次数是 {replications}", "请至少模拟 1 次")
    if not 0 <= uncertainty.weights <= 1:
        raise fault(f"权重浮动幅度是 {uncertainty.weights:g}", "请写 0 到 1 之间的数，如 0.25 表示 ±25%")
    random, ways = np.random.default_rng(seed), uncertainty.alternatives(base)
    levels = base.tree.level(base.tree.root) - 1
    noise = random.uniform(-uncertainty.weights, uncertainty.weights, (replications, len(base.weights)))
    aggregate = random.integers(len(ways.aggregations), size=(replications, levels if uncertainty.each_level else 1))
    found = uncertainty.weights_of(base)
    weighing = found[random.integers(len(found), size=replications)] if len(found) > 1 else found
    erring = bool(np.any(np.asarray(uncertainty.errors) > 0))
    spread = np.broadcast_to(np.asarray(uncertainty.errors, float), (len(base.tree.leaves),))
    return Draws(
        random.integers(len(ways.treats), size=replications),
        random.integers(len(ways.normalisations), size=replications),
        weighing * (1.0 + noise),
        np.broadcast_to(aggregate, (replications, levels)),
        random.integers(2**63 - 1, size=replications) if erring else None,
        spread if erring else None,
    )


def simulate(base: Result, uncertainty: Uncertainty, replications: int = 1000, seed: int = 0) -> Distribution:
    """Draw, replicate, rank; EvaluationError where every replication failed."""
    draws = draw(base, uncertainty, replications, seed)
    return distribution(base, replicate(base, uncertainty.alternatives(base), draws))


def distribution(base: Result, found: Replications) -> Distribution:
    """The ranks of replications, failed ones left out."""
    good = found.scores[:, ~found.failed]
    if good.shape[1] == 0:
        raise fault("全部模拟都失败了：" + "；".join(found.reasons), "请修改方案，如把标准化下限设为大于 0")
    places = ranks(good)
    n, failed = len(places), int(found.failed.sum())
    counts = np.zeros((n, n), np.int64)
    for unit, row in enumerate(places):
        counts[unit] = np.bincount(row[~np.isnan(row)].astype(np.int64) - 1, minlength=n)
    return Distribution(ranks(base.index), counts, places, len(found.failed), failed, found.reasons)
