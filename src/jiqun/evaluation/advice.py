"""What a ranking advises: strengths and weaknesses, peers, the way up, the gap to advanced units, what ranks hang on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jiqun.evaluation.errors import EvaluationError, fault
from jiqun.evaluation.improve.profile import Gap, Peer, Standing, benchmark, peers, strengths, weaknesses
from jiqun.evaluation.improve.roadmap import Roadmap, roadmap
from jiqun.evaluation.robust.redundancy import without_each
from jiqun.evaluation.robust.stability import Room, room
from jiqun.evaluation.robust.uncertainty import Distribution
from jiqun.evaluation.run import Result

BEST = 3
"""How many of the first units are the model where none is named."""
UP = 3
"""How many ranks the way up climbs."""


@dataclass(frozen=True)
class Advice:
    """What one unit may take from the ranking; `way` is None where it cannot be told, with the reason in `why`."""

    unit: str
    name: str
    rank: int
    strong: tuple[Standing, ...]
    weak: tuple[Standing, ...]
    near: tuple[Peer, ...]
    gaps: tuple[Gap, ...]
    """Pillars below the model, what closing them is worth first."""
    way: Roadmap | None
    why: str | None
    ahead: float | None
    """The share of replications in which it is ahead of the unit ranked next; None for the last or without any."""


@dataclass(frozen=True)
class Hinge:
    """What the ranking hangs on a pillar: how far its weight may move, and how far ranks move without it."""

    code: str
    name: str
    room: Room | None
    shift: float | None
    """Mean |difference in rank| when it is left out; None where it cannot be told."""


def models_of(result: Result, names: Sequence[str]) -> tuple[str, ...]:
    """The units named by code or by name, or the first three; EvaluationError names all that do not take part."""
    if not names:
        order = np.argsort(np.where(np.isnan(result.index), np.inf, -result.index), kind="stable")
        return tuple(result.panel.units[i] for i in order[:BEST] if not np.isnan(result.index[i]))
    code = {result.panel.name(i): unit for i, unit in enumerate(result.panel.units)}
    code |= {unit: unit for unit in result.panel.units}
    unknown = [name for name in names if name not in code]
    if unknown:
        raise fault(f"标杆“{'、'.join(unknown)}”没有参评", "请写参评单位的编号或全称", units=unknown)
    return tuple(code[name] for name in names)


def advise(result: Result, models: tuple[str, ...], doubts: Distribution | None) -> tuple[Advice, ...]:
    """Advice for every ranked unit, the first rank first; `models` are codes of units that take part."""
    ranks = result.ranks[:, result.tree.position[result.tree.root]]
    order = [int(i) for i in np.argsort(ranks, kind="stable") if not np.isnan(ranks[i])]
    pillars = {result.tree.codes[c] for c in result.tree.children[result.tree.root]}
    found = []
    for place, i in enumerate(order):
        unit, rank = result.panel.units[i], int(ranks[i])
        way, why = _way(result, unit, max(1, rank - UP))
        gaps = [g for g in benchmark(result, unit, models) if g.code in pillars and g.gap > 0]
        behind = order[place + 1] if place + 1 < len(order) else None
        found.append(
            Advice(
                unit, result.panel.name(i), rank, strengths(result, unit, 3), weaknesses(result, unit, 3)[::-1],
                peers(result, unit, 3), tuple(sorted(gaps, key=lambda g: -g.worth)), way, why,
                doubts.ahead(i, behind) if doubts is not None and behind is not None else None,
            )
        )  # fmt: skip
    return tuple(found)


def _way(result: Result, unit: str, target: int) -> tuple[Roadmap | None, str | None]:
    try:
        return roadmap(result, unit, target), None
    except EvaluationError as error:
        missing = [result.tree.nodes[code].name for code in error.columns if code in result.tree.nodes]
        return None, f"缺少{'、'.join(missing)}，补报后才能计算" if missing else error.problems[0].message


def hinges(result: Result, notes: list[str]) -> tuple[Hinge, ...]:
    """Every pillar of the result; what cannot be told goes to `notes` once."""
    tree = result.tree
    codes = [tree.codes[c] for c in tree.children[tree.root]]
    reasons: list[str] = []
    shifts: dict[str, float | None] = {}
    try:
        level = tree.level(codes[0])
        shifts = {each.code: each.shift for each in without_each(result, level)}
    except EvaluationError as error:
        reasons.append(f"不能逐项剔除：{error.renamed(result.names).problems[0].message}")
    found = []
    for code in codes:
        may: Room | None = None
        try:
            may = room(result, code)
        except EvaluationError as error:
            reasons.append(error.renamed(result.names).problems[0].message)
        found.append(Hinge(code, tree.nodes[code].name, may, shifts.get(code)))
    notes += dict.fromkeys(reasons)
    return tuple(found)
