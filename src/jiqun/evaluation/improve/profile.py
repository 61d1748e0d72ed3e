"""A unit beside others: strengths and weaknesses, its nearest peers, and how far it is from the best or from a model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jiqun.evaluation.errors import fault
from jiqun.evaluation.framework import Floats
from jiqun.evaluation.run import Result


@dataclass(frozen=True)
class Standing:
    """One indicator of a unit: its rank among all, the figure, and what it counts for."""

    code: str
    name: str
    parent: str
    rank: int
    value: float
    points: float
    unit: str
    counts: float


def standings(result: Result, unit: str) -> tuple[Standing, ...]:
    """All known indicators of a unit, the best ranks first; equal ranks in the order of the tree."""
    row = _row(result, unit)
    raw = result.panel.of(result.tree)
    found = []
    for column, indicator in enumerate(result.tree.indicators):
        rank = result.ranks[row, column]
        if not np.isnan(rank):
            found.append(
                Standing(
                    indicator.code, indicator.name, indicator.parent, int(rank), float(raw[row, column]),
                    float(result.normalised[row, column]), indicator.unit, float(result.effective[column]),
                )
            )  # fmt: skip
    return tuple(sorted(found, key=lambda standing: standing.rank))


def strengths(result: Result, unit: str, count: int = 5) -> tuple[Standing, ...]:
    """The indicators on which a unit ranks best."""
    return standings(result, unit)[:count]


def weaknesses(result: Result, unit: str, count: int = 5) -> tuple[Standing, ...]:
    """The indicators on which a unit ranks worst, the worst last."""
    return standings(result, unit)[-count:]


@dataclass(frozen=True)
class Peer:
    """Another unit and how far its pillars are."""

    unit: str
    distance: float


def peers(result: Result, unit: str, count: int = 5) -> tuple[Peer, ...]:
    """The units whose pillar scores (children of the root) are nearest: root mean square of the differences.

    Pillars unknown for either take no part; units that share none are left out.
    """
    row = _row(result, unit)
    block = result.scores[:, result.tree.children[result.tree.root]]
    differences = block - block[row]
    known = ~np.isnan(differences)
    counts = known.sum(axis=1)
    squares = np.where(known, differences, 0.0) ** 2
    distance = np.sqrt(np.divide(squares.sum(axis=1), counts, out=np.full(len(block), np.inf), where=counts > 0))
    distance[row] = np.inf
    order = np.argsort(distance, kind="stable")[:count]
    return tuple(Peer(result.panel.units[i], float(distance[i])) for i in order if np.isfinite(distance[i]))


@dataclass(frozen=True)
class Gap:
    """One node of a unit beside the model: `gap` is model − own, `worth` what closing it adds to the index."""

    code: str
    own: float
    model: float
    gap: float
    worth: float


def benchmark(result: Result, unit: str, models: tuple[str, ...] = ()) -> tuple[Gap, ...]:
    """Every node of a unit against the mean of named advanced units, or against the best of all where none is named.

    `worth` is gap × effective weight: exact under arithmetic means, an estimate under others. Unknown nodes are left out.
    """
    row = _row(result, unit)
    if models:
        block = result.scores[[_row(result, model) for model in models]]
        known = ~np.isnan(block)
        counts = known.sum(axis=0)
        sums = np.where(known, block, 0.0).sum(axis=0)
        model: Floats = np.divide(sums, counts, out=np.full(block.shape[1], np.nan), where=counts > 0)
    else:
        model = np.array([np.nan if np.isnan(c).all() else np.nanmax(c) for c in result.scores.T])
    own = result.scores[row]
    return tuple(
        Gap(
            code,
            float(own[i]),
            float(model[i]),
            float(model[i] - own[i]),
            float((model[i] - own[i]) * result.effective[i]),
        )
        for i, code in enumerate(result.tree.codes)
        if not (np.isnan(own[i]) or np.isnan(model[i]))
    )


def _row(result: Result, unit: str) -> int:
    if unit not in result.panel.units:
        raise fault("没有这个单位，或它因数据不足未参评", "请写出参评单位的代码", units=[unit])
    return result.panel.units.index(unit)
