"""Divide by size, so that large units do not win by being large (OECD & JRC 2008, step 2)."""

from __future__ import annotations

import numpy as np

from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats
from jiqun.evaluation.framework import Framework as Tree
from jiqun.evaluation.panel import Panel


def denominate(panel: Panel, tree: Tree) -> Floats:
    """Each indicator over its denominator (units × indicators); missing where either is.

    EvaluationError where a denominator is unknown to the panel, zero or negative.
    """
    values = panel.of(tree)
    for column, indicator in enumerate(tree.indicators):
        if indicator.denominator is None:
            continue
        by = panel.denominators.get(indicator.denominator)
        if by is None:
            mend = "请补上这一列，或删去该指标的分母"
            raise fault(f"数据里没有分母“{indicator.denominator}”", mend, columns=[indicator.code])
        bad = [panel.units[i] for i in np.flatnonzero(by <= 0)]
        if bad:
            mend = "分母应大于 0；未知则留空"
            raise fault(f"分母“{indicator.denominator}”不大于 0", mend, columns=[indicator.code], units=bad)
        values[:, column] = values[:, column] / by
    return values
