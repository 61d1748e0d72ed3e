"""The weights that a plan asks for, node by node, with what led to them.

Weights from the data are found from the scores of a node's children, children before parents, so that a node is weighed
once its children are scored; or, `across` all indicators at once, from the normalised figures, and a node then weighs
what its indicators weigh together. `optimised` takes the weights as given for the importance that is wished.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats, Framework
from jiqun.evaluation.plan import Plan, Weighting, Weights
from jiqun.evaluation.weights import structure
from jiqun.evaluation.weights.data import critic, entropy
from jiqun.evaluation.weights.optimise import MET, optimise


@dataclass(frozen=True)
class Weighed:
    """How the children of a node (or, at the root, all indicators) came to their weights, in shares."""

    node: str
    how: str
    codes: tuple[str, ...]
    shares: Floats
    facts: Mapping[str, float] = field(default_factory=dict)
    """PCA: `explained`, a share of variance; optimised: `off`, the largest miss of a wished importance."""
    reached: Floats | None = None
    """Optimised: the shares of importance that the weights reach."""
    wished: Floats | None = None

    @property
    def met(self) -> bool:
        """Whether the wishes, if any, are met."""
        return self.facts.get("off", 0.0) <= MET


@dataclass
class Weigher:
    """The weights of a plan over a tree: those that need no scores at once, the others as nodes come up."""

    plan: Plan
    tree: Framework
    normal: Floats
    weights: Floats = field(init=False)
    """By column of all nodes; those from siblings' scores stand in until `reach`."""
    found: list[Weighed] = field(default_factory=list)

    def __post_init__(self) -> None:
        _check_codes(self.plan, self.tree)
        how = self.plan.weights
        whole = isinstance(how, Weighting) and how.whole
        self._siblings: Weights = "given" if whole else how
        self.weights = self._across(how) if isinstance(how, Weighting) and whole else _written(how, self.tree)

    def reach(self, code: str, scores: Floats) -> None:
        """Weigh the children of a node, whose scores are known by now; EvaluationError where no weights come out."""
        columns = self.tree.children[code]
        how = self.plan.weights_special.get(code, self._siblings)
        if code in self.plan.weights_special and not isinstance(how, Weighting):
            self.weights[columns] = _written(how, self.tree)[columns]
        if isinstance(how, Weighting):
            names = tuple(self.tree.codes[c] for c in columns)
            self._need_arithmetic(how, (code,))
            weighed = _weigh(how, code, names, scores[:, columns], _given(self.plan, self.tree)[columns])
            self.found.append(weighed)
            self.weights[columns] = weighed.shares
        mine = self.weights[columns]
        if not (mine > 0).any() or (mine < 0).any():
            raise fault(f"“{code}”的下级权重应不小于 0，且不能都是 0", "请修改方案里的权重")

    def _across(self, how: Weighting) -> Floats:
        tree, leaves = self.tree, self.tree.leaves
        if how.how == "effective":
            shares = np.array([how.shares[leaf] for leaf in leaves])
            self.found.append(Weighed(tree.root, how.how, leaves, shares / shares.sum()))
        else:
            self._need_arithmetic(how, tuple(node.code for node in tree.ordered))
            given = structure.effective(tree, _given(self.plan, tree))[: len(leaves)]
            self.found.append(_weigh(how, tree.root, leaves, self.normal, given))
        return structure.of_indicators(tree, self.found[-1].shares)

    def _need_arithmetic(self, how: Weighting, codes: tuple[str, ...]) -> None:
        bent = [code for code in codes if self.plan.means().of(code).how != "arithmetic"]
        if how.how == "optimised" and bent:
            mend = "请把这些节点改为 arithmetic，或换一种赋权方法"
            raise fault("优化权重按加权和的相关系数计算，只适用于算术平均", mend, columns=bent)


def _weigh(how: Weighting, node: str, codes: tuple[str, ...], table: Floats, given: Floats) -> Weighed:
    """Weights of the columns of a table (units × codes) from its figures."""
    if len(codes) == 1:
        return Weighed(node, how.how, codes, np.ones(1))
    if how.how == "entropy":
        return Weighed(node, how.how, codes, entropy(table, codes))
    if how.how == "critic":
        return Weighed(node, how.how, codes, critic(table, None, codes))
    if how.how == "pca":
        found = structure.first_component(table, codes)
        level = abs(found.loadings.sum()) < 1e-9  # as much runs one way as the other: neither is the odd one
        against = [code for code, loading in zip(codes, found.loadings, strict=True) if level or loading < 0]
        if against:
            mend = "请核对这些指标的方向，或换一种赋权方法"
            raise fault("主成分分析给出负的权重：指标之间变化相反", mend, columns=against)
        shares = found.loadings / found.loadings.sum()
        return Weighed(node, how.how, codes, shares, {"explained": found.explained})
    wishes = np.array([how.shares.get(code, np.nan) for code in codes])
    if np.isnan(wishes).all():
        wishes = given
    elif np.isnan(wishes).any():
        lacking = [code for code, wish in zip(codes, wishes, strict=True) if np.isnan(wish)]
        raise fault(f"“{node}”的下级只写了一部分期望的重要程度", "请补上，或全部不写（按给定权重）", columns=lacking)
    best = optimise(table, wishes)
    return Weighed(node, how.how, codes, best.weights, {"off": best.off}, best.reached, best.wished)


def _written(how: Weights, tree: Framework) -> Floats:
    """The weights that need no figures."""
    if how == "equal":
        return structure.equal(tree)
    weights = structure.given(tree)
    if isinstance(how, dict):
        for code, weight in how.items():
            weights[tree.position[code]] = weight
    return weights


def _given(plan: Plan, tree: Framework) -> Floats:
    return _written(plan.weights if isinstance(plan.weights, dict) else "given", tree)


def _check_codes(plan: Plan, tree: Framework) -> None:
    """EvaluationError for codes that the tree does not have, and for shares that say too little."""
    named = plan.weights.keys() if isinstance(plan.weights, dict) else ()
    unknown = [code for code in named if code not in tree.position]
    if unknown:
        raise fault(f"方案给出了不存在的指标的权重：{'、'.join(unknown)}", "请写出评价体系中的代码")
    strange = [code for code in plan.weights_special if code not in tree.children]
    if strange:
        raise fault(f"方案给出了不存在的节点的赋权方法：{'、'.join(strange)}", "请写出有下级的指标的代码")
    for how in (plan.weights, *plan.weights_special.values()):
        if isinstance(how, Weighting):
            _check_shares(how, tree)
    whole = isinstance(plan.weights, Weighting) and plan.weights.whole
    if (whole and plan.weights_special) or any(
        isinstance(how, Weighting) and how.whole for how in plan.weights_special.values()
    ):
        mend = "全部指标一起赋权时只写 weights；单个节点只能按同级赋权"
        raise fault("全部指标一起赋权，不能再为单个节点另定方法", mend)


def _check_shares(how: Weighting, tree: Framework) -> None:
    unknown = [code for code in how.shares if code not in tree.position]
    if unknown:
        raise fault(f"shares 里有不存在的指标：{'、'.join(unknown)}", "请写出评价体系中的代码")
    if how.how != "effective":
        return
    lacking = [leaf for leaf in tree.leaves if leaf not in how.shares]
    if lacking:
        raise fault("没有写出全部指标占总指数的比重", "请在 shares 里为每个指标写一个比重", columns=lacking)
