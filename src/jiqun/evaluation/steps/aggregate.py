"""From the scores of children to the score of their parent, by a way that each node may choose.

Means weigh what is known: weights are made to sum to one over the known children, and a node of which too little is known
(`least_known`, the share of its children's weight) is missing. Comparisons set units against each other: Copeland's
contests, over what both know, and the decision methods of `decide`, which need whole tables. A comparison may look at the
node's children or at all indicators below it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from jiqun.evaluation.decide.compare import METHODS, Decision, Options, decide
from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats, Framework, Ints


@dataclass(frozen=True)
class Mean:
    """How a node is made of its children: a mean (`arithmetic`, `geometric`, `harmonic`, `generalised`) or a comparison."""

    how: str = "arithmetic"
    power: float = 1.0
    """Of the generalised mean."""
    over: str = "children"
    """What a comparison looks at: the node's `children`, or all `indicators` below it."""
    options: Options = field(default_factory=Options)
    """Of the decision methods."""

    @property
    def compares(self) -> bool:
        """Whether it sets units against each other, so that a unit alone has no score."""
        return self.how == "copeland" or self.how in METHODS


@dataclass(frozen=True)
class Means:
    """The way of all nodes, and of single ones by code."""

    default: Mean = Mean()
    special: Mapping[str, Mean] = field(default_factory=dict)
    least_known: float = 0.0

    def of(self, code: str) -> Mean:
        """The way of a node."""
        return self.special.get(code, self.default)


Transform = Callable[[Floats], Floats]


def transforms(mean: Mean) -> tuple[Transform, Transform]:
    """A quasi-arithmetic mean is f⁻¹(Σ w f(x)): f and its inverse."""
    if mean.how == "arithmetic":
        return (lambda x: x), (lambda x: x)
    if mean.how == "geometric" or (mean.how == "generalised" and mean.power == 0):
        return np.log, np.exp
    power = -1.0 if mean.how == "harmonic" else mean.power
    if mean.how not in ("harmonic", "generalised"):
        mend = f"可用 arithmetic、geometric、harmonic、generalised、copeland、{'、'.join(METHODS)}"
        raise fault(f"没有“{mean.how}”这种汇总方法", mend)
    return (lambda x: x**power), (lambda x: x ** (1.0 / power))


def needs_positive(mean: Mean) -> bool:
    """Whether the mean is defined for positive scores only."""
    whole = mean.how == "generalised" and mean.power > 0 and float(mean.power).is_integer()
    return mean.how in ("geometric", "harmonic") or (mean.how == "generalised" and not whole)


def weighted_mean(scores: Floats, weights: Floats, mean: Mean, least_known: float = 0.0) -> Floats:
    """The mean (Hardy, Littlewood & Pólya 1934) over the last axis of `scores` (… × children); NaN is missing.

    Zero is allowed under an arithmetic or whole-power mean only; see `check_positive`.
    """
    forward, back = transforms(mean)
    known = ~np.isnan(scores)
    with np.errstate(divide="ignore", invalid="ignore"):
        bent = np.where(known, forward(scores), 0.0)
    total = known @ weights
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Floats = back((bent @ weights) / np.where(total > 0, total, np.nan))
    result[total < least_known * weights.sum()] = np.nan
    return result


def copeland(scores: Floats, weights: Floats, least_known: float = 0.0) -> Floats:
    """Wins less losses in pairwise contests of units (rows) by the weight of the children on which one is ahead.

    A tie counts half for each; children unknown for either take no part (Copeland 1951; Munda & Nardo 2009). A unit of
    which nothing, or less than the share `least_known` of the weight, is known enters no contest and has no score.
    """
    n, share = len(scores), weights / weights.sum()
    present = ~np.isnan(scores)
    enters = present.any(axis=1) & (present @ share >= least_known - 1e-12)
    present &= enters[:, None]
    lead = np.zeros((n, n))
    for column, known, weight in zip(np.where(present, scores, 0.0).T, present.T, share, strict=True):
        difference = np.sign(column[:, None] - column[None, :])
        lead += np.where(known[:, None] & known[None, :], difference, 0.0) * weight
    points: Floats = np.sign(np.where(np.abs(lead) < 1e-12, 0.0, lead)).sum(axis=1)
    points[~enters] = np.nan
    return points


def check_positive(scores: Floats, codes: tuple[str, ...], units: tuple[str, ...], parent: str) -> None:
    """EvaluationError naming the columns and units whose score is not positive, under a mean that needs it."""
    bad = scores <= 0
    if bad.any():
        rows, columns = np.nonzero(bad)
        mend = "请把标准化的下限设为大于 0（如 1—100），或改用 arithmetic"
        raise fault(
            f"“{parent}”按几何、调和或负次幂平均汇总，要求得分大于 0",
            mend,
            columns=[codes[c] for c in dict.fromkeys(columns)],
            units=[units[r] for r in dict.fromkeys(rows)],
        )


def columns_of(tree: Framework, code: str, mean: Mean, weights: Floats) -> tuple[Ints, Floats]:
    """What a node is made of: columns, and their weights (along the last axis of `weights`, one for every node)."""
    if mean.over == "children":
        columns = tree.children[code]
        return columns, weights[..., columns]
    columns = np.array([tree.position[leaf] for leaf in tree.below(code)], np.int64)
    return columns, np.stack([_share_within(tree, int(c), code, weights) for c in columns], axis=-1)


def _share_within(tree: Framework, column: int, code: str, weights: Floats) -> Floats:
    """What an indicator counts for in a node above it: the product of shares among siblings on the way up."""
    share, at = np.ones(weights.shape[:-1]), tree.codes[column]
    while at != code:
        parent = tree.nodes[at].parent
        assert parent is not None, "the node lies above the indicator"
        share = share * weights[..., tree.position[at]] / weights[..., tree.children[parent]].sum(axis=-1)
        at = parent
    return share


def node_scores(
    scores: Floats, tree: Framework, code: str, weights: Floats, means: Means, units: tuple[str, ...]
) -> tuple[Floats, Decision | None]:
    """The scores of a node from those below it (units × nodes, columns as in `tree.codes`), and how it was decided."""
    mean = means.of(code)
    columns, shares = columns_of(tree, code, mean, weights)
    block, names = scores[:, columns], tuple(tree.codes[c] for c in columns)
    if mean.how == "copeland":
        return copeland(block, shares, means.least_known), None
    if mean.compares:
        decision = decide(mean.how, block, shares, mean.options, names, units)
        return decision.scores, decision
    if needs_positive(mean):
        check_positive(block, names, units, code)
    return weighted_mean(block, shares, mean, means.least_known), None


def ranks(scores: Floats) -> Floats:
    """1 for the best along axis 0; exactly equal scores share the better rank; NaN where the score is missing."""
    order = np.argsort(-scores, axis=0, kind="stable")
    ordered = np.take_along_axis(scores, order, axis=0)
    new = np.ones(scores.shape, bool)
    new[1:] = ordered[1:] != ordered[:-1]
    place = np.arange(1, len(scores) + 1).reshape(-1, *([1] * (scores.ndim - 1)))
    held = np.maximum.accumulate(np.where(new, place, 0), axis=0)
    result = np.empty(scores.shape)
    np.put_along_axis(result, order, held.astype(float), axis=0)
    result[np.isnan(scores)] = np.nan
    return result


def mean_shift(places: Floats, nominal: Floats) -> Floats:
    """The mean |rank − nominal rank| of each run over the units that are ranked in both; missing where nobody is
    (Saisana, Saltelli & Tarantola 2005)."""
    moved = np.abs(places - nominal[:, None])
    there = ~np.isnan(moved)
    count = there.sum(axis=0)
    sums = np.where(there, moved, 0.0).sum(axis=0)
    shift: Floats = np.divide(sums, count, out=np.full(len(count), np.nan), where=count > 0)
    return shift
