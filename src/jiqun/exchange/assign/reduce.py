"""Large problems: the linear relaxation prices every pair, and only pairs near their price go to branch and cut.

A pair whose reduced cost is below the gap between the relaxation's bound and a found plan is in no better plan
(reduced-cost fixing; Nemhauser & Wolsey, "Integer and Combinatorial Optimization", 1988, section II.5.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import vstack

from jiqun.exchange.assign.model import Model, groups, model_of, open_ends
from jiqun.exchange.assign.problem import SCALE, Problem

LARGE = 8_000
"""Candidate pairs from which on it pays."""
_KEPT = 3
"""How many times the pairs with no loss are kept at first."""
_TOUCH = 1e-7
NOTHING: Mapping[str, int] = MappingProxyType({})
"""No condition yields."""


@dataclass(frozen=True)
class Priced:
    """The bound in points, what each pair would at least lose if taken though the relaxation does not, in points."""

    bound: float
    loss: NDArray[np.float64]

    def first_width(self) -> float:
        """A loss within which some pairs more lie than the relaxation itself needs."""
        free = int((self.loss < _TOUCH).sum())
        return float(np.sort(self.loss)[min(len(self.loss) - 1, _KEPT * free)])


def price(problem: Problem, amounts: Mapping[str, int] = NOTHING) -> Priced | None:
    """The linear relaxation (HiGHS, dual simplex) with conditions yielding so much, or None where it has no solution."""
    leading = bool(amounts) or bool(problem.candidates.lead.any())
    model = model_of(problem, lead_columns=leading)
    slack = model.slack(amounts)
    low, high = open_ends(np.array(model.low) - slack), open_ends(np.array(model.high) + slack)
    below, above = np.isfinite(high), np.isfinite(low)
    rows = model.matrix()
    found = linprog(
        -model.objective / SCALE,
        vstack([rows[below], -rows[above]]).tocsc(),
        np.concatenate([high[below], -low[above]]),
        bounds=np.column_stack([np.zeros(len(model.upper)), open_ends(model.upper)]),
        method="highs-ds",
    )
    if found.status != 0:
        return None
    return Priced(-float(found.fun), np.maximum(found.lower.marginals[: model.pairs], 0))


def near(problem: Problem, priced: Priced, width: float) -> tuple[Model, bool]:
    """The full model of the pairs that lose at most `width`, and whether that is all pairs.

    Every agent keeps the pair nearest its price, so that those without any are the same as before.
    """
    pairs = problem.candidates
    keep = priced.loss <= width
    for mine in groups(pairs.agent, len(problem.agents)):
        if len(mine):
            keep[mine[np.argmin(priced.loss[mine])]] = True
    return model_of(problem, only=keep), bool(keep.all())
