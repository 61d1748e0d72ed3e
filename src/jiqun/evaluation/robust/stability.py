"""How far one weight may move before a rank flips; and plans side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.stats import kendalltau

from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats, Framework
from jiqun.evaluation.run import Result
from jiqun.evaluation.steps.aggregate import ranks


@dataclass(frozen=True)
class Room:
    """The room of one node's share of its parent: below `low` or above `high` the first flip comes.

    `flips_low` and `flips_high` name the pair of units that change places there; None where no flip can come.
    """

    code: str
    share: float
    low: float | None
    high: float | None
    flips_low: tuple[str, str] | None
    flips_high: tuple[str, str] | None


def room(result: Result, code: str, units: tuple[str, ...] | None = None) -> Room:
    """Move the share of a node among its siblings (which keep their proportions) until two units change places
    (Triantaphyllou & Sánchez 1997).

    Exact for arithmetic means from its parent up, where the index is linear in the share; other means and missing scores
    there are refused. `units`: only pairs with one of these.
    """
    tree, parent = result.tree, result.tree.nodes[code].parent
    if parent is None:
        raise fault(f"“{code}”是总指数，没有权重", "请选择下级指标")
    above = list(_above(tree, code))
    if any(result.plan.means().of(each).how != "arithmetic" for each in above):
        raise fault("权重的余地只对算术平均有精确解", "请用 arithmetic 汇总，或用蒙特卡洛模拟")
    # What is missing further down is already in the scores; here it would change the shares of single units.
    siblings = sorted({int(column) for each in above for column in tree.children[each]})
    missing = [tree.codes[c] for c in siblings if np.isnan(result.scores[:, c]).any()]
    if missing:
        raise fault("有单位得分缺失，权重的余地无法计算", "请先补报数据或选择补值方法", columns=missing)
    columns = tree.children[parent]
    share = float(result.weights[tree.position[code]] / result.weights[columns].sum())
    if share >= 1:
        return Room(code, share, None, None, None, None)
    own = result.scores[:, tree.position[code]]
    others = (result.scores[:, tree.position[parent]] - share * own) / (1 - share)
    slope = (own - others) * float(result.effective[tree.position[parent]])
    return _nearest(result, code, share, slope, units)


def _above(tree: Framework, code: str) -> Iterator[str]:
    """The parent of a node and all above it."""
    parent = tree.nodes[code].parent
    while parent is not None:
        yield parent
        parent = tree.nodes[parent].parent


def _nearest(result: Result, code: str, share: float, slope: Floats, units: tuple[str, ...] | None) -> Room:
    """The nearest crossings of the lines index + slope × (share' − share) on both sides."""
    index, names = result.index, result.panel.units
    gap, steep = index[:, None] - index[None, :], slope[:, None] - slope[None, :]
    pairs = np.triu(np.ones(gap.shape, bool), 1) & (steep != 0) & (gap != 0)
    if units is not None:
        chosen = np.isin(names, units)
        pairs &= chosen[:, None] | chosen[None, :]
    rows, columns = np.nonzero(pairs)
    moves = -gap[rows, columns] / steep[rows, columns]
    found: dict[str, tuple[float, tuple[str, str]] | None] = {"low": None, "high": None}
    for side, mask in (
        ("low", (moves < 0) & (share + moves >= 0)),
        ("high", (moves > 0) & (share + moves <= 1)),
    ):
        if mask.any():
            at = int(np.flatnonzero(mask)[np.argmin(np.abs(moves[mask]))])
            pair = (names[rows[at]], names[columns[at]])
            found[side] = share + float(moves[at]), pair
    low, high = found["low"], found["high"]
    return Room(
        code, share, low and low[0], high and high[0], low and low[1], high and high[1]
    )  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """Two plans over the same units: ranks side by side and how much they agree (τ-b, Kendall 1945)."""

    units: tuple[str, ...]
    one: Floats
    other: Floats
    tau: float
    shift: float
    """Mean |difference in rank|."""


def compare(one: Result, other: Result) -> Comparison:
    """Compare the ranks of the units that both plans keep, among those units."""
    common = [unit for unit in one.panel.units if unit in other.panel.units]
    if len(common) < 2:
        raise fault(f"两个方案只有 {len(common)} 个共同单位", "请让两个方案评价同一批单位")
    first, second = (ranks(r.index[[r.panel.units.index(unit) for unit in common]]) for r in (one, other))
    tau = float(kendalltau(first, second).statistic)
    return Comparison(tuple(common), first, second, tau, float(np.mean(np.abs(first - second))))
