"""Many evaluations at once: other treatments, normalisations, weights, aggregations and data errors, drawn beforehand.

Replications that share treatment, normalisation and means are computed together, a node at a time: children that do not
differ between replications meet their weights in one matrix product; comparisons of units are made one by one.

Weights that a plan finds from the figures stay as they were found; what is drawn is how far they are off, or another way
of finding them (`Uncertainty.weightings`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from jiqun.evaluation.decide.compare import decide
from jiqun.evaluation.errors import EvaluationError
from jiqun.evaluation.framework import Floats, Framework, Ints
from jiqun.evaluation.plan import Aggregation, Normalise, Treat
from jiqun.evaluation.run import Result
from jiqun.evaluation.steps.aggregate import Mean, columns_of, copeland, needs_positive, transforms
from jiqun.evaluation.steps.normalise import Scale, normalise
from jiqun.evaluation.steps.treat import Limits, treat


@dataclass(frozen=True)
class Alternatives:
    """What a draw chooses from."""

    treats: tuple[Treat | None, ...]
    normalisations: tuple[Normalise, ...]
    aggregations: tuple[Aggregation | None, ...]
    """None: every node as the plan says of it; another way goes for all nodes of its level."""

    @classmethod
    def of(cls, base: Result) -> Alternatives:
        """Only what the plan itself says."""
        return cls((base.plan.treat,), (base.plan.normalise,), (None,))


@dataclass(frozen=True)
class Draws:
    """R replications: indices of alternatives, the weights of all nodes, and the error of the data.

    `treat` and `normalise` are of length R; `weights` is R × nodes; `aggregate` is R × levels above the indicators;
    `errors`, where given, is one seed a replication for errors of the treated figures with the relative standard
    deviation `spread` of each indicator.
    """

    treat: Ints
    normalise: Ints
    weights: Floats
    aggregate: Ints
    errors: Ints | None = None
    spread: Floats | None = None

    def __len__(self) -> int:
        return len(self.treat)


@dataclass(frozen=True)
class Replications:
    """The index of every unit in every replication (units × R); a failed one is NaN and counted with its reason."""

    scores: Floats
    failed: npt.NDArray[np.bool_]
    reasons: Counter[str] = field(default_factory=Counter)


def replicate(base: Result, alternatives: Alternatives, draws: Draws) -> Replications:
    """Compute the index in every replication."""
    scores = np.full((len(base.panel.units), len(draws)), np.nan)
    reasons: Counter[str] = Counter()
    treated: dict[int, Floats] = {}
    for (t, n), rows in _groups(np.column_stack([draws.treat, draws.normalise])):
        try:
            figures = treated.setdefault(t, _treated(base, alternatives.treats[t]))
            chosen = alternatives.normalisations[n]
            for part, normal in _normal(base, figures, chosen, draws, rows):
                _aggregate(base, normal, alternatives, draws, part, scores, reasons)
        except EvaluationError as error:
            reasons[error.problems[0].message] += len(rows)
    failed = np.isnan(scores).all(axis=0)
    return Replications(scores, failed, reasons)


def _groups(keys: Ints) -> Iterator[tuple[tuple[int, ...], Ints]]:
    """The rows of each distinct key."""
    distinct, which = np.unique(keys, axis=0, return_inverse=True)
    order = np.argsort(which, kind="stable")
    bounds = np.searchsorted(which[order], np.arange(len(distinct) + 1))
    for i, key in enumerate(distinct):
        yield tuple(int(k) for k in key), order[bounds[i] : bounds[i + 1]]


def _treated(base: Result, how: Treat | None) -> Floats:
    if how is None:
        return base.imputed
    if how == base.plan.treat:
        return base.treated
    limits = Limits(how.skew, how.kurtosis)
    return treat(base.imputed, base.tree.leaves, how.winsorise, how.then, limits)[0]


def _normal(base: Result, figures: Floats, how: Normalise, draws: Draws, rows: Ints) -> Iterator[tuple[Ints, Floats]]:
    """Replications with their common normalised figures; with data errors each has its own."""
    special: dict[str, Scale] = {code: each.scale() for code, each in base.plan.normalise_special.items()}
    tree, units = base.tree, base.panel.units
    if draws.errors is None or draws.spread is None:
        yield rows, normalise(figures, tree.indicators, units, how.scale(), special)
        return
    for row in rows:
        noise = np.random.default_rng(int(draws.errors[row])).standard_normal(figures.shape)
        erring = figures * (1.0 + noise * draws.spread)
        yield np.array([row]), normalise(erring, tree.indicators, units, how.scale(), special)


def _aggregate(
    base: Result,
    normal: Floats,
    alternatives: Alternatives,
    draws: Draws,
    rows: Ints,
    scores: Floats,
    reasons: Counter[str],
) -> None:
    tree, own = base.tree, base.plan.means()
    levels = {node.code: tree.level(node.code) - 2 for node in tree.ordered}
    for chosen, part in _groups(draws.aggregate[rows]):
        mine = rows[part]
        ways = [alternatives.aggregations[k] for k in chosen]
        means = {
            node.code: own.of(node.code) if (way := ways[levels[node.code]]) is None else way.mean()
            for node in tree.ordered
        }
        try:
            known: dict[int, Floats] = {}
            spoilt = np.zeros(len(mine), bool)
            for code in _needed(base.tree, means):
                columns, weights = columns_of(tree, code, means[code], draws.weights[mine])
                if means[code].compares:
                    found = _compared(base, normal, known, columns, weights, means[code], spoilt, reasons)
                else:
                    found = _node(normal, known, columns, weights, means[code], own.least_known)
                known[tree.position[code]] = found
            scores[:, mine] = np.where(spoilt, np.nan, known[tree.position[tree.root]])
        except _NotPositive:
            reasons["几何、调和或负次幂平均遇到不大于 0 的得分"] += len(mine)


def _needed(tree: Framework, means: Mapping[str, Mean]) -> list[str]:
    """The nodes that the root is made of, children first: none below one that compares all indicators."""
    wanted = {tree.root}
    for node in reversed(tree.ordered):
        if node.code in wanted and means[node.code].over == "children":
            wanted |= {tree.codes[c] for c in tree.children[node.code]}
    return [node.code for node in tree.ordered if node.code in wanted]


class _NotPositive(Exception):
    """A mean that needs positive scores met another."""


def _node(
    normal: Floats, known: dict[int, Floats], columns: Ints, weights: Floats, mean: Mean, least_known: float
) -> Floats:
    """The scores of a node, units × replications, missing where less than `least_known` of its weight is known.

    `weights` is replications × children.
    """
    leaves = bool((columns < normal.shape[1]).all())
    if leaves:
        scores = normal[:, columns]
    else:
        full = (len(normal), len(weights))
        scores = np.stack([known[c] if c in known else np.broadcast_to(normal[:, [c]], full) for c in columns])
    if needs_positive(mean) and (scores <= 0).any():
        raise _NotPositive
    forward, back = transforms(mean)
    present = ~np.isnan(scores)
    if leaves:
        # units × children times children × replications
        if present.all():
            total = (forward(scores) @ weights.T) / weights.sum(axis=1)
        else:
            total = (np.where(present, forward(scores), 0.0) @ weights.T) / _enough(
                present @ weights.T, weights, least_known
            )
        return back(total)
    shares = weights.T[:, None, :]  # children × 1 × replications
    if present.all():
        return back((forward(scores) * shares).sum(axis=0) / weights.sum(axis=1))
    bent = np.where(present, forward(scores), 0.0)
    return back((bent * shares).sum(axis=0) / _enough((present * shares).sum(axis=0), weights, least_known))


def _enough(total: Floats, weights: Floats, least_known: float) -> Floats:
    """Sums of the weights that are known (units × replications), missing where there is none or too little."""
    return np.where((total > 0) & (total >= least_known * weights.sum(axis=1)), total, np.nan)


def _compared(
    base: Result,
    normal: Floats,
    known: dict[int, Floats],
    columns: Ints,
    weights: Floats,
    mean: Mean,
    spoilt: npt.NDArray[np.bool_],
    reasons: Counter[str],
) -> Floats:
    """Comparisons cannot be shared between replications; one that is not defined spoils its own, with the reason."""
    names, units = tuple(base.tree.codes[c] for c in columns), base.panel.units
    result = np.full((len(normal), len(weights)), np.nan)
    for i in np.flatnonzero(~spoilt):
        block = np.column_stack([known[c][:, i] if c in known else normal[:, c] for c in columns])
        try:
            if mean.how == "copeland":
                result[:, i] = copeland(block, weights[i], base.plan.least_known)
            else:
                result[:, i] = decide(mean.how, block, weights[i], mean.options, names, units).scores
        except EvaluationError as error:
            spoilt[i] = True
            reasons[error.problems[0].message] += 1
    return result
