"""Run a plan: from a panel and a tree to scores and ranks, with every intermediate kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from jiqun.evaluation.decide.compare import Decision
from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats, Framework
from jiqun.evaluation.panel import Panel
from jiqun.evaluation.plan import Plan
from jiqun.evaluation.steps.aggregate import node_scores, ranks
from jiqun.evaluation.steps.denominate import denominate
from jiqun.evaluation.steps.impute import impute, over_time
from jiqun.evaluation.steps.normalise import normalise
from jiqun.evaluation.steps.screen import Screening, screen
from jiqun.evaluation.steps.treat import Limits, Treatment, treat
from jiqun.evaluation.weights import structure as weigh
from jiqun.evaluation.weights.choose import Weighed, Weigher


@dataclass(frozen=True)
class Periods:
    """The same figures of other periods, in the order of time, for filling over time."""

    earlier: tuple[Panel, ...] = ()
    later: tuple[Panel, ...] = ()


@dataclass(frozen=True)
class Result:
    """Scores and what led to them; arrays are units × indicators, or units × nodes (columns as in `tree.codes`)."""

    plan: Plan
    tree: Framework
    panel: Panel
    """The units that stayed."""
    screening: Screening
    denominated: Floats
    continued: Floats
    """After filling over time."""
    imputed: Floats
    stand_ins: npt.NDArray[np.bool_]
    """Which figures were imputed."""
    treated: Floats
    treatments: tuple[Treatment, ...]
    normalised: Floats
    weights: Floats
    """By node."""
    scores: Floats
    weighed: tuple[Weighed, ...] = ()
    """How weights were found, where they were."""
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    """What a decision method worked out, by node."""
    periods: Periods = Periods()

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
    def names(self) -> Mapping[str, str]:
        """What nodes and units are called, by code."""
        return names_of(self.tree, self.panel)

    @cached_property
    def ends(self) -> Floats:
        """The least and the most of each treated indicator times its direction (2 × indicators)."""
        y = self.treated * self.tree.directions
        some = np.where(np.isnan(y).all(axis=0), 0.0, y)  # a column of nothing has no ends that anybody asks for
        return np.stack([np.nanmin(some, axis=0), np.nanmax(some, axis=0)])

    @cached_property
    def tops(self) -> Floats:
        """The best normalised figure of each indicator; missing where nothing is known."""
        some = np.where(np.isnan(self.normalised), -np.inf, self.normalised).max(axis=0)
        return np.where(np.isinf(some), np.nan, some)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the plan, the units and the scores, bit by bit."""
        seen = hashlib.sha256(self.plan.canonical.encode())
        for text in (*self.panel.units, *self.tree.codes):
            seen.update(text.encode() + b"\0")
        seen.update(np.ascontiguousarray(self.scores).tobytes())
        return seen.hexdigest()


def names_of(tree: Framework, panel: Panel) -> dict[str, str]:
    """What nodes and units are called, by code; a node without a name by its code."""
    names = {code: node.name or code for code, node in tree.nodes.items()}
    return names | {unit: panel.name(i) for i, unit in enumerate(panel.units)}


def run(
    plan: Plan, tree: Framework, panel: Panel, periods: Periods | None = None, weights: Floats | None = None
) -> Result:
    """Denominate, screen, fill, treat, normalise, weigh, aggregate; EvaluationError where a step is not defined.

    `periods` are needed by a plan that fills over time. `weights` (by node) hold instead of those that the plan would
    find, so that two periods may share them.
    """
    if not panel.units:
        raise fault("没有参评单位", "请先导入参评单位的数据")
    raw = denominate(panel, tree) if plan.denominate else panel.of(tree)
    limits = plan.screen
    screening = screen(raw, limits.least_known, limits.least_nonzero) if limits else screen(raw)
    kept, values = panel.only(screening.kept), raw[screening.kept]
    around = periods or Periods()
    continued = _continue(plan, tree, kept, values, around)
    filled = _impute(plan, kept, continued)
    treated, treatments = _treat(plan, tree, filled)
    special = {code: how.scale() for code, how in plan.normalise_special.items()}
    normal = normalise(treated, tree.indicators, kept.units, plan.normalise.scale(), special)
    scored = score(plan, tree, normal, kept.units, weights)
    stand_ins = np.isnan(values) & ~np.isnan(filled)
    return Result(
        plan, tree, kept, screening, values, continued, filled, stand_ins, treated, treatments, normal, scored.weights,
        scored.scores, scored.weighed, scored.decisions, around,
    )  # fmt: skip


@dataclass(frozen=True)
class Scored:
    """Weights and scores of all nodes, and how they came about."""

    weights: Floats
    scores: Floats
    weighed: tuple[Weighed, ...]
    decisions: Mapping[str, Decision]


def score(
    plan: Plan, tree: Framework, normal: Floats, units: tuple[str, ...], weights: Floats | None = None
) -> Scored:  # fmt: skip
    """Weigh and aggregate normalised figures (units × indicators), children before parents."""
    weigher = Weigher(plan, tree, normal) if weights is None else None
    mine = weigher.weights if weigher is not None else np.asarray(weights, float)
    scores = np.full((len(normal), len(tree.codes)), np.nan)
    scores[:, : normal.shape[1]] = normal
    means, decisions = plan.means(), {}
    for node in tree.ordered:
        if weigher is not None:
            weigher.reach(node.code, scores)
        found, decision = node_scores(scores, tree, node.code, mine, means, units)
        scores[:, tree.position[node.code]] = found
        if decision is not None:
            decisions[node.code] = decision
    return Scored(mine, scores, tuple(weigher.found) if weigher is not None else (), decisions)


def _continue(plan: Plan, tree: Framework, panel: Panel, values: Floats, periods: Periods) -> Floats:
    if plan.over_time is None:
        return values
    if not periods.earlier and not periods.later:
        raise fault("没有其他时期的数据，无法按时间补值", "请给出往期数据，或去掉 over_time")
    around = [[_aligned(plan, tree, each, panel) for each in side] for side in (periods.earlier, periods.later)]
    series = np.stack([*around[0], values, *around[1]])
    filled: Floats = over_time(series, plan.over_time.how, plan.over_time.longest)[len(around[0])]
    return filled


def _aligned(plan: Plan, tree: Framework, other: Panel, panel: Panel) -> Floats:
    """The figures of another period, rows as in the panel; missing for units that it does not have."""
    figures = denominate(other, tree) if plan.denominate else other.of(tree)
    rows = {unit: i for i, unit in enumerate(other.units)}
    aligned = np.full((len(panel.units), figures.shape[1]), np.nan)
    for i, unit in enumerate(panel.units):
        if unit in rows:
            aligned[i] = figures[rows[unit]]
    return aligned


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
