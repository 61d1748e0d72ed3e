"""Decision methods as a way to make a node of a tree: one score a unit, more is better, with what led to it.

The criteria are scores, so more is better for all of them; raw figures come in under the plan's `as_is`, costs with their
sign turned, which gives each method the distances, differences and ranks that it has for costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from jiqun.evaluation.decide import distance, outranking, rank_sum
from jiqun.evaluation.decide.outranking import Preference
from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats


@dataclass(frozen=True)
class Options:
    """What the methods may be told."""

    v: float = 0.5
    """VIKOR: the weight of group utility."""
    rho: float = 0.5
    """Grey relational analysis: the distinguishing coefficient."""
    grades: int = 3
    """RSR: how many grades."""
    preference: Preference = field(default_factory=Preference)
    """PROMETHEE: how a difference of scores becomes a preference, the same for all criteria."""


@dataclass(frozen=True)
class Decision:
    """Scores of units with the method's own intermediates: arrays by unit, and single figures."""

    how: str
    scores: Floats
    parts: Mapping[str, Floats]
    facts: Mapping[str, float] = field(default_factory=dict)


def _topsis(table: Floats, weights: Floats, options: Options) -> Decision:
    found = distance.topsis_parts(table, weights, np.ones(table.shape[1]))
    return Decision("topsis", found.closeness, {"to_best": found.to_best, "to_worst": found.to_worst})


def _vikor(table: Floats, weights: Floats, options: Options) -> Decision:
    """1 − Q, so that more is better."""
    found = distance.vikor(table, weights, np.ones(table.shape[1]), options.v)
    chosen = np.zeros(len(table))
    chosen[found.compromise] = 1.0
    return Decision("vikor", 1.0 - found.q, {"s": found.s, "r": found.r, "q": found.q, "compromise": chosen})


def _promethee(table: Floats, weights: Floats, options: Options) -> Decision:
    ways = (options.preference,) * table.shape[1]
    found = outranking.flows(table, weights, np.ones(table.shape[1]), ways)
    return Decision("promethee", found.net, {"leaving": found.leaving, "entering": found.entering})


def _grey(table: Floats, weights: Floats, options: Options) -> Decision:
    return Decision(
        "grey_relational", distance.grey_relational(table, weights, np.ones(table.shape[1]), options.rho), {}
    )


def _rank_sum(table: Floats, weights: Floats, options: Options) -> Decision:
    found = rank_sum.rank_sum_ratio(table, weights, np.ones(table.shape[1]), options.grades)
    facts = {"slope": found.slope, "intercept": found.intercept, "r_squared": found.r_squared}
    return Decision("rank_sum_ratio", found.ratio, {"fitted": found.fitted, "grade": found.grade.astype(float)}, facts)


METHODS: dict[str, Callable[[Floats, Floats, Options], Decision]] = {
    "topsis": _topsis, "vikor": _vikor, "promethee": _promethee, "grey_relational": _grey, "rank_sum_ratio": _rank_sum,
}  # fmt: skip


def decide(
    how: str, table: Floats, weights: Floats, options: Options, columns: Sequence[str], units: Sequence[str]
) -> Decision:
    """Compare the rows of a table of scores (units × columns); EvaluationError names missing scores."""
    missing = np.isnan(table)
    if missing.any():
        where, who = np.flatnonzero(missing.any(axis=0)), np.flatnonzero(missing.any(axis=1))
        mend = "请补报数据，选择补值方法，或改用平均类的汇总方法"
        raise fault(
            "比较类方法要求数据完整", mend, columns=[columns[int(j)] for j in where], units=[units[int(i)] for i in who]
        )  # fmt: skip
    return METHODS[how](table, weights, options)
