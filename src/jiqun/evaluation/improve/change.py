"""Why a rank changed between two periods: exact Shapley values over the unit's own pillars and all others' movement.

The game: a coalition of players has moved to the new period, the rest has not; its worth is the unit's rank then. The
players are the children of the root (own pillars) and one more, "others", for what all other units did. The values
sum to the change in rank exactly (Shapley 1953, efficiency).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial

import numpy as np

from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats
from jiqun.evaluation.run import Result
from jiqun.evaluation.steps.aggregate import Mean, ranks, weighted_mean

MOST = 16
"""Pillars that are taken apart; beyond, the 2^k coalitions are too many."""


@dataclass(frozen=True)
class Change:
    """`parts` is units × players, in places gained (positive: up); each row sums to `gained`.

    The players are the pillars and then `others`; none where the change could not be explained.
    """

    units: tuple[str, ...]
    pillars: tuple[str, ...]
    before: Floats
    after: Floats
    parts: Floats

    @property
    def gained(self) -> Floats:
        """Places gained, positive where the rank got better."""
        return self.before - self.after

    @property
    def players(self) -> tuple[str, ...]:
        """What the columns of `parts` are."""
        return (*self.pillars, "others")[: self.parts.shape[1]]


def plain_change(before: Result, after: Result) -> Change:
    """The ranks of the units that both periods rank, among those units, without an explanation."""
    first, last = (
        {unit: score for unit, score in zip(r.panel.units, r.index, strict=True) if not np.isnan(score)}
        for r in (before, after)
    )
    units = tuple(unit for unit in first if unit in last)
    places = [ranks(np.array([side[unit] for unit in units])) for side in (first, last)]
    return Change(units, (), places[0], places[1], np.empty((len(units), 0)))


def explain_change(before: Result, after: Result) -> Change:
    """Explain the change of rank of every unit that both periods have, among those units.

    Both results must be of one tree, one plan and the same weights, and without missing pillar scores.
    """
    if before.tree.codes != after.tree.codes or before.plan.digest != after.plan.digest:
        raise fault("两期的评价体系或方案不同，名次变化无法分解", "请用同一体系和方案评价两期数据")
    tree = before.tree
    columns = tree.children[tree.root]
    pillars = tuple(tree.codes[c] for c in columns)
    if len(pillars) > MOST:
        raise fault(f"总指数有 {len(pillars)} 个下级，超过 {MOST} 个", "请在总指数下设更少的一级指标")
    units = tuple(unit for unit in before.panel.units if unit in after.panel.units)
    old = before.scores[[before.panel.units.index(u) for u in units]][:, columns]
    new = after.scores[[after.panel.units.index(u) for u in units]][:, columns]
    missing = [u for u, row in zip(units, np.hstack([old, new]), strict=True) if np.isnan(row).any()]
    if missing:
        raise fault("有单位的一级指标得分缺失，名次变化无法分解", "请补报数据或选择补值方法", units=missing)
    mean = before.plan.means().of(tree.root)
    if mean.compares:
        raise fault(f"按 {mean.how} 比较得出的指数没有单独的得分，名次变化无法分解", "请换用平均类的汇总方法")
    if not np.allclose(before.weights, after.weights, rtol=1e-12):
        raise fault("两期的权重不同，名次变化无法分解", "请用同一套权重评价两期数据")
    parts, first, last = shapley(old, new, before.weights[columns], mean)
    return Change(units, pillars, first, last, -parts)


def shapley(old: Floats, new: Floats, weights: Floats, mean: Mean) -> tuple[Floats, Floats, Floats]:
    """Shapley values of the change in rank (units × (pillars + 1), negative: better), and the ranks before and after."""
    units, pillars = old.shape
    moved = (np.arange(2**pillars)[:, None] >> np.arange(pillars)) & 1  # coalitions × pillars
    own = np.empty((units, len(moved)))
    for i in range(units):
        own[i] = weighted_mean(np.where(moved == 1, new[i], old[i]), weights, mean)
    index = {0: own[:, 0], 1: own[:, -1]}
    worth = np.stack([_places(own, index[side]) for side in (0, 1)])  # others stayed, others moved
    count, players = moved.sum(axis=1), pillars + 1
    chance = np.array([factorial(s) * factorial(players - s - 1) / factorial(players) for s in range(players)])
    parts = np.empty((units, players))
    for pillar in range(pillars):
        absent = np.flatnonzero(moved[:, pillar] == 0)
        present = absent + 2**pillar
        gain = worth[:, :, present] - worth[:, :, absent]
        parts[:, pillar] = gain[0] @ chance[count[absent]] + gain[1] @ chance[count[absent] + 1]
    parts[:, pillars] = (worth[1] - worth[0]) @ chance[count]
    return parts, worth[0][:, 0], worth[1][:, -1]


def _places(own: Floats, index: Floats) -> Floats:
    """The rank of each unit with each of its own possible scores among the scores of all the others."""
    ordered = np.sort(index)
    # How many of all units are strictly ahead; the unit's own entry in `index` must not count.
    ahead = len(index) - np.searchsorted(ordered, own, side="right")
    self_ahead = index[:, None] > own
    ranks: Floats = (ahead - self_ahead + 1).astype(float)
    return ranks
