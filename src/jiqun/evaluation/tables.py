"""The files of a ranking: Parquet for programs, and a manifest of what was asked of what."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.evaluation.improve.change import Change
from jiqun.evaluation.ranking import Ranking
from jiqun.evaluation.robust.sensitivity import Sensitivity
from jiqun.evaluation.run import Result
from jiqun.evaluation.weights.choose import Weighed
from jiqun.programme.pack import Pack

RANKING, SCORES, SENSITIVITY, CHANGES, ADVICE, WEIGHTS, DECISIONS, MANIFEST = (
    "ranking.parquet", "scores.parquet", "sensitivity.parquet", "changes.parquet", "advice.parquet",
    "weights.parquet", "decisions.parquet", "manifest.json",
)  # fmt: skip


def write_tables(ranking: Ranking, folder: Path, *, snapshot_id: str | None, pack: Pack, seed: int) -> None:
    """The ranking, all scores, the sensitivity and the changes as Parquet, and a manifest."""
    pq.write_table(_ranking_table(ranking), folder / RANKING)
    pq.write_table(_score_table(ranking.result), folder / SCORES)
    if ranking.sensitivity is not None:
        pq.write_table(_sensitivity_table(ranking.sensitivity), folder / SENSITIVITY)
    if ranking.change is not None:
        pq.write_table(_change_table(ranking.change), folder / CHANGES)
    if ranking.result.decisions:
        pq.write_table(_decision_table(ranking.result), folder / DECISIONS)
    pq.write_table(_advice_table(ranking), folder / ADVICE)
    pq.write_table(_weight_table(ranking), folder / WEIGHTS)
    result, found = ranking.result, ranking.distribution
    facts = {
        "format": 1, "evaluation": ranking.declared.file.id, "snapshot": snapshot_id, "pack": pack.programme.id,
        "pack_version": pack.programme.version, "pack_digest": pack.digest, "as_of": ranking.as_of.isoformat(),
        "plan": json.loads(result.plan.canonical), "plan_digest": result.plan.digest, "result_digest": result.digest,
        "seed": seed, "replications": found.replications if found else 0, "failed": found.failed if found else 0,
        "weighed": [_weighed(each) for each in result.weighed], "models": list(ranking.models),
        "notes": list(ranking.notes),
    }  # fmt: skip
    (folder / MANIFEST).write_text(json.dumps(facts, ensure_ascii=False, indent=2), encoding="utf-8")


def _weighed(each: Weighed) -> dict[str, object]:
    reached = None if each.reached is None else dict(zip(each.codes, each.reached.tolist(), strict=True))
    shares = dict(zip(each.codes, each.shares.tolist(), strict=True))
    return {"node": each.node, "how": each.how, "shares": shares, "reached": reached, **each.facts}


def _decision_table(result: Result) -> pa.Table:
    """One row a unit, node and intermediate of the decision method, and the method's single figures without a unit."""
    rows = [
        {"node": node, "how": made.how, "unit": unit, "part": part, "value": float(value)}
        for node, made in result.decisions.items()
        for part, values in made.parts.items()
        for unit, value in zip(result.panel.units, values, strict=True)
    ]
    rows += [
        {"node": node, "how": made.how, "unit": None, "part": fact, "value": float(value)}
        for node, made in result.decisions.items()
        for fact, value in made.facts.items()
    ]
    return pa.Table.from_pylist(rows)


def _ranking_table(ranking: Ranking) -> pa.Table:
    result, found = ranking.result, ranking.distribution
    root = result.tree.position[result.tree.root]
    known = (~np.isnan(result.denominated)).mean(axis=1)
    columns = {
        "unit": pa.array(result.panel.units), "name": pa.array(result.panel.names or result.panel.units),
        "rank": _whole(result.ranks[:, root]), "score": _real(result.index), "known": _real(known),
        "rank_low": _whole(found.quantile(0.05)) if found else pa.nulls(len(known), pa.int64()),
        "rank_median": _whole(found.quantile(0.5)) if found else pa.nulls(len(known), pa.int64()),
        "rank_high": _whole(found.quantile(0.95)) if found else pa.nulls(len(known), pa.int64()),
        "top_10": _real(found.within(10)) if found else pa.nulls(len(known), pa.float64()),
    }  # fmt: skip
    for code in (result.tree.codes[c] for c in result.tree.children[result.tree.root]):
        columns[code] = _real(result.scores[:, result.tree.position[code]])
    return pa.table(columns).sort_by("rank")


def _score_table(result: Result) -> pa.Table:
    units, nodes = result.scores.shape
    leaves = len(result.tree.leaves)
    figures = np.full((units, nodes), np.nan)
    figures[:, :leaves] = result.denominated
    return pa.table(
        {
            "unit": pa.array(np.repeat(result.panel.units, nodes)),
            "node": pa.array(np.tile(result.tree.codes, units)),
            "figure": _real(figures.ravel()),
            "score": _real(result.scores.ravel()),
            "rank": _whole(result.ranks.ravel()),
            "weight": _real(np.tile(result.effective, units)),
        }
    )


def _sensitivity_table(found: Sensitivity) -> pa.Table:
    shift = found.shift
    return pa.table(
        {
            "factor": pa.array(shift.factors), "first": _real(shift.first), "total": _real(shift.total),
            "first_low": _real(shift.first_bounds[0]), "first_high": _real(shift.first_bounds[1]),
            "total_low": _real(shift.total_bounds[0]), "total_high": _real(shift.total_bounds[1]),
        }
    )  # fmt: skip


def _change_table(change: Change) -> pa.Table:
    columns = {"unit": pa.array(change.units), "before": _whole(change.before), "after": _whole(change.after)}
    for i, pillar in enumerate(change.players):
        columns[pillar] = _real(change.parts[:, i])
    return pa.table(columns)


def _advice_table(ranking: Ranking) -> pa.Table:
    """One row a unit: codes of its best and worst indicators, its peers, the pillars below the model, the way up."""
    rows = [
        {"unit": a.unit, "name": a.name, "rank": a.rank, "strong": [s.code for s in a.strong],
         "weak": [s.code for s in a.weak], "peers": [p.unit for p in a.near],
         "gaps": [{"node": g.code, "gap": g.gap, "worth": g.worth} for g in a.gaps],
         "target": a.way.target if a.way else None, "cost": a.way.cost if a.way and a.way.steps is not None else None,
         "steps": [{"node": s.code, "rise": s.rise, "figure": s.figure} for s in (a.way.steps or ())] if a.way else None,
         "fewest": list(a.way.fewest) if a.way and a.way.fewest is not None else None, "why": a.why,
         "ahead": a.ahead}
        for a in ranking.advice
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=_ADVICE)


def _weight_table(ranking: Ranking) -> pa.Table:
    """One row a pillar: its share, the bounds within which no rank flips, and how far ranks move without it."""
    rows = [
        {"node": h.code, "share": h.room and h.room.share, "low": h.room and h.room.low, "high": h.room and h.room.high,
         "flips_low": list(h.room.flips_low) if h.room and h.room.flips_low else None,
         "flips_high": list(h.room.flips_high) if h.room and h.room.flips_high else None, "shift": h.shift}
        for h in ranking.hinges
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=_WEIGHTS)


_CODES = pa.list_(pa.string())
_ADVICE = pa.schema(
    [
        ("unit", pa.string()), ("name", pa.string()), ("rank", pa.int64()), ("strong", _CODES), ("weak", _CODES),
        ("peers", _CODES),
        ("gaps", pa.list_(pa.struct([("node", pa.string()), ("gap", pa.float64()), ("worth", pa.float64())]))),
        ("target", pa.int64()), ("cost", pa.float64()),
        ("steps", pa.list_(pa.struct([("node", pa.string()), ("rise", pa.float64()), ("figure", pa.float64())]))),
        ("fewest", _CODES), ("why", pa.string()), ("ahead", pa.float64()),
    ]
)  # fmt: skip
_WEIGHTS = pa.schema(
    [
        ("node", pa.string()), ("share", pa.float64()), ("low", pa.float64()), ("high", pa.float64()),
        ("flips_low", _CODES), ("flips_high", _CODES), ("shift", pa.float64()),
    ]
)  # fmt: skip


def _real(values: object) -> pa.Array:
    return pa.array(np.asarray(values, float), pa.float64(), from_pandas=True)


def _whole(values: object) -> pa.Array:
    return pa.array(np.asarray(values, float), pa.float64(), from_pandas=True).cast(pa.int64())
