"""Run a plan: from a panel and a tree to scores and ranks, with every intermediate kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats, Framework
from jiqun.evaluation.panel import Panel
from jiqun.evaluation.plan import Plan
from jiqun.evaluation.steps.aggregate import aggregate, ranks
from jiqun.evaluation.steps.denominate import denominate
from jiqun.evaluation.steps.impute import impute
from jiqun.evaluation.steps.normalise import normalise
from jiqun.evaluation.steps.screen import Screening, screen
from jiqun.evaluation.steps.treat import Limits, Treatment, treat
from jiqun.evaluation.weights import structure as weigh


@dataclass(frozen=True)
class Result:
    """Scores and what led to them; arrays are units × indicators, or units × nodes (columns as in `tree.codes`)."""

    plan: Plan
    tree: Framework
    panel: Panel
    """The units that stayed."""
    screening: Screening
    denominated: Floats
    imputed: Floats
    stand_ins: npt.NDArray[np.bool_]
    """Which figures were imputed."""
    treated: Floats
    treatments: tuple[Treatment, ...]
    normalised: Floats
    weights: Floats
    """By node."""
    scores: Floats

    @cached_property
    def ranks(self) -> Floats:
        """1 for the best, for every node; NaN where the score is missing."""
        return ranks(self.scores)

    @property
    def index(self) -> Floats:
        """The scores of the root."""
        return self.scores[:, self.tree.position[self.tree.root]]

    @cached_property
    def effective(self) -> Floats:
        """What each node counts for in the index."""
        return weigh.effective(self.tree, self.weights)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the plan, the units and the scores, bit by bit."""
        seen = hashlib.sha256(self.plan.canonical.encode())
        for text in (*self.panel.units, *self.tree.codes):
            seen.update(text.encode() + b"\0")
        seen.update(np.ascontiguousarray(self.scores).tobytes())
        return seen.hexdigest()


def run(plan: Plan, tree: Framework, panel: Panel) -> Result:
    """Denominate, screen, impute, treat, normalise, weigh, aggregate; EvaluationError where a step is not defined."""
    if not panel.units:
        raise fault("没有参评单位", "请先导入参评单位的数据")
    raw = denominate(panel, tree) if plan.denominate else panel.of(tree)
    limits = plan.screen
    screening = screen(raw, limits.least_known, limits.least_nonzero) if limits else screen(raw)
    kept, values = panel.only(screening.kept), raw[screening.kept]
    filled = _impute(plan, kept, values)
    treated, treatments = _treat(plan, tree, filled)
    special = {code: how.scale() for code, how in plan.normalise_special.items()}
    normal = normalise(treated, tree.indicators, kept.units, plan.normalise.scale(), special)
    weights = weights_of(plan, tree)
    scores = aggregate(normal, tree, weights, plan.means(), kept.units)
    stand_ins = np.isnan(values) & ~np.isnan(filled)
    return Result(
        plan, tree, kept, screening, values, filled, stand_ins, treated, treatments, normal, weights, scores
    )  # fmt: skip


def weights_of(plan: Plan, tree: Framework) -> Floats:
    """The weights that a plan asks for, by column of all nodes; EvaluationError for an unknown node."""
    if plan.weights == "equal":
        return weigh.equal(tree)
    weights = weigh.given(tree)
    if isinstance(plan.weights, dict):
        unknown = [code for code in plan.weights if code not in tree.position]
        if unknown:
            raise fault(f"方案给出了不存在的指标的权重：{'、'.join(unknown)}", "请写出评价体系中的代码")
        for code, weight in plan.weights.items():
            weights[tree.position[code]] = weight
    for node in tree.ordered:
        if not (weights[tree.children[node.code]] > 0).any() or (weights[tree.children[node.code]] < 0).any():
            raise fault(f"“{node.code}”的下级权重应不小于 0，且不能都是 0", "请修改方案里的权重")
    return weights


def _impute(plan: Plan, panel: Panel, values: Floats) -> Floats:
    if plan.impute is None:
        return values
    groups = None
    if plan.impute.group is not None:
        groups = panel.groups.get(plan.impute.group)
        if groups is None:
            raise fault(f"数据里没有分组“{plan.impute.group}”", f"可用 {'、'.join(panel.groups) or '（无分组）'}")
    return impute(values, plan.impute.how, groups, plan.impute.neighbours)


def _treat(plan: Plan, tree: Framework, values: Floats) -> tuple[Floats, tuple[Treatment, ...]]:
    if plan.treat is None:
        return values, ()
    how = plan.treat
    return treat(values, tree.leaves, how.winsorise, how.then, Limits(how.skew, how.kurtosis))
