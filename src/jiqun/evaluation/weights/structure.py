"""Weights from the tree itself: as given, all equal, by principal components, and what each finally counts for."""

from __future__ import annotations

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
    """What each node counts for in the index: the product of its and its ancestors' shares among their siblings."""
    shares = np.ones(len(tree.codes))
    for node in reversed(tree.ordered):
        columns = tree.children[node.code]
        shares[columns] = weights[columns] / weights[columns].sum() * shares[tree.position[node.code]]
    return shares


def principal_components(scores: Floats, tree: Framework, weights: Floats, level: int) -> Floats:
    """Replace the weights of a level, within each parent, by the loadings of the first principal component.

    Children are scaled to unit variance; the sign makes the weights' sum positive, and a negative weight stays (as in
    COINr's PCA weighting): it says that the child runs against its siblings. A single child weighs 1.
    """
    result = weights.copy()
    for node in tree.ordered:
        columns = tree.children[node.code]
        if len(columns) < 2 or {tree.level(tree.codes[c]) for c in columns} != {level}:
            continue
        block = scores[:, columns]
        block = block[~np.isnan(block).any(axis=1)]
        spread = block.std(axis=0, ddof=1) if len(block) > 1 else np.zeros(len(columns))
        if (spread == 0).any():
            mend = "请补报数据，或改用其他赋权方法"
            raise fault("数据没有差别或不足两个单位，无法做主成分分析", mend, columns=[tree.codes[c] for c in columns])
        _, _, directions = np.linalg.svd((block - block.mean(axis=0)) / spread, full_matrices=False)
        first = directions[0]
        result[columns] = first if first.sum() >= 0 else -first
    return result
