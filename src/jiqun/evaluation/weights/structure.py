"""Weights from the tree itself: as given, all equal, by principal components, and what each finally counts for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats, Framework


def given(tree: Framework) -> Floats:
    """The weights written in the tree, by column of all nodes."""
    return tree.weights.copy()


def equal(tree: Framework) -> Floats:
    """One for every node."""
    return np.ones(len(tree.codes))


def effective(tree: Framework, weights: Floats) -> Floats:
    """What each node counts for in the index: the product of its and its ancestors' shares among their siblings
    (as COINr's effective weights)."""
    shares = np.ones(len(tree.codes))
    for node in reversed(tree.ordered):
        columns = tree.children[node.code]
        shares[columns] = weights[columns] / weights[columns].sum() * shares[tree.position[node.code]]
    return shares


def of_indicators(tree: Framework, shares: Floats) -> Floats:
    """The weights of all nodes under which each indicator counts for its share in the index: a node's is their sum."""
    weights = np.ones(len(tree.codes))
    weights[: len(shares)] = shares
    for node in tree.ordered:
        weights[tree.position[node.code]] = weights[tree.children[node.code]].sum()
    return weights


@dataclass(frozen=True)
class Component:
    """The loadings of the first principal component, and the share of all variance that lies along it."""

    loadings: Floats
    explained: float


def first_component(table: Floats, codes: Sequence[str]) -> Component:
    """Of columns scaled to unit variance, over the units that know all; the sign makes the loadings' sum positive
    (Hotelling 1933; OECD & JRC 2008, step 6).

    A negative loading stays: it says that the column runs against the others. EvaluationError where a column does not
    vary or fewer than two units know all.
    """
    if table.shape[1] == 1:
        return Component(np.ones(1), 1.0)
    block = table[~np.isnan(table).any(axis=1)]
    spread = block.std(axis=0, ddof=1) if len(block) > 1 else np.zeros(table.shape[1])
    if (spread == 0).any():
        mend = "请补报数据，或改用其他赋权方法"
        raise fault("数据没有差别或不足两个单位，无法做主成分分析", mend, columns=codes)
    _, lengths, directions = np.linalg.svd((block - block.mean(axis=0)) / spread, full_matrices=False)
    first = directions[0] if directions[0].sum() >= 0 else -directions[0]
    return Component(first, float(lengths[0] ** 2 / (lengths**2).sum()))


def principal_components(scores: Floats, tree: Framework, weights: Floats, level: int) -> Floats:
    """Replace the weights of a level, within each parent, by the loadings of the first principal component.

    As COINr's PCA weighting (negative weights stay). A single child keeps its weight.
    """
    result = weights.copy()
    for node in tree.ordered:
        columns = tree.children[node.code]
        if len(columns) < 2 or {tree.level(tree.codes[c]) for c in columns} != {level}:
            continue
        result[columns] = first_component(scores[:, columns], [tree.codes[c] for c in columns]).loadings
    return result
