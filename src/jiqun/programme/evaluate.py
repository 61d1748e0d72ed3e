"""The whole pack over a snapshot on a day: every decision and every target, written as Parquet."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from itertools import chain
from operator import call
from pathlib import Path
from typing import Literal

import ibis.expr.operations as ops
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.base.ahead import in_order, processors
from jiqun.base.folders import whole_folder
from jiqun.programme.breakdown import write_figures, write_tallies
from jiqun.programme.coverage import write_coverage
from jiqun.programme.decisions import DecisionRule, decision_rules
from jiqun.programme.history import write_history
from jiqun.programme.pack import Pack
from jiqun.programme.results import DecisionWriter, Group, Summary
from jiqun.programme.targets import TARGETS, TargetResult, measure_targets, write_targets
from jiqun.rules.frames import Source
from jiqun.rules.query import Asked, Bound, ask
from jiqun.rules.vocabulary import SUBJECT_IDS, Vocabulary
from jiqun.snapshot.engines import Batch, Engine, no_garbage_collection, open_engine
from jiqun.snapshot.open import read_manifest

Progress = Callable[[str], None]
DECISIONS, MANIFEST = "decisions.parquet", "manifest.json"


@dataclass(frozen=True)
class Evaluation:
    """What an evaluation found."""

    as_of: date
    targets: tuple[TargetResult, ...]
    decisions: dict[str, Summary] = field(default_factory=dict)


def evaluate(
    snapshot: Path,
    pack: Pack,
    as_of: date,
    out: Path,
    *,
    engine: Literal["duckdb", "spark"] = "duckdb",
    progress: Progress = lambda stage: None,
) -> Evaluation:
    """Decide every benefit and rung for every subject and measure every target; RESULTS appears whole or not at all.

    An existing folder of results is replaced; anything else in its place is refused with InputError.
    """
    manifest = read_manifest(snapshot)
    rules = decision_rules(pack, as_of)
    with whole_folder(out, (MANIFEST, DECISIONS)) as part, closing(open_engine(snapshot, engine)) as backend:
        progress("判定奖补事项和梯级")
        summaries = write_decisions(backend, snapshot, pack, rules, as_of, part / DECISIONS)
        progress("计算目标")
        targets = measure_targets(backend, pack, as_of)
        write_targets(targets, part / TARGETS)
        progress("回看历史并预测")
        write_history(backend, pack, as_of, targets, part)
        progress("按县和集群分解")
        write_figures(backend, pack, as_of, part)
        write_tallies(backend, pack, as_of, part)
        write_coverage(backend, pack, as_of, part)
        facts = {"format": 1, "snapshot": manifest.get("id"), "pack": pack.programme.id,
                 "pack_version": pack.programme.version, "pack_digest": pack.digest, "as_of": as_of.isoformat(),
                 "engine": engine}  # fmt: skip
        (part / MANIFEST).write_text(json.dumps(facts, ensure_ascii=False, indent=2), encoding="utf-8")
    return Evaluation(as_of, tuple(targets), summaries)


# --- decisions ------------------------------------------------------------------------------------------------


def write_decisions(
    backend: Engine, snapshot: Path, pack: Pack, rules: Sequence[DecisionRule], as_of: date, path: Path
) -> dict[str, Summary]:
    """Write every decision to one Parquet file and return the counts and sums of each rule."""
    # A million firms make over forty million rows: batches are computed and shaped by several threads. While those of the
    # firms are under way, the next kind's rules are compiled.
    with DecisionWriter(path, rules) as writer, ThreadPoolExecutor(1) as reading:

        def prepared(kind: str) -> list[Callable[[], Group]]:
            asked, batches = answers(backend, pack, kind, [r for r in rules if r.subject == kind], as_of)
            ids = reading.submit(subject_ids, snapshot, kind)
            return [partial(writer.shape, kind, ids, asked, batch) for batch in batches]

        kinds = [kind for kind in ("party", "cluster") if any(r.subject == kind for r in rules)]
        work = chain.from_iterable(in_order(prepared, kinds, threads=1, waiting=1))
        for group in in_order(call, work, processors()):
            writer.write(group)
        return writer.summaries


def bound(rule: DecisionRule) -> Bound:
    """A decision rule as the compiler asks it."""
    return Bound(rule.id, rule.eligible.node, rule.amount.node if rule.amount else None, rule.effective)


@dataclass(frozen=True)
class _Question:
    """Rules to be compiled: the same for the same pack, day and tables, whatever the snapshot's facts are.

    Rules may be other than the pack's own, so they are compared themselves; that they quote the same texts, which nodes
    do not compare, follows from the pack.
    """

    digest: str
    kind: str
    rules: tuple[Bound, ...]
    as_of: date
    tables: tuple[tuple[str, ops.Relation], ...]
    vocabulary: Vocabulary = field(compare=False)


@lru_cache(maxsize=16)
def _compiled(question: _Question) -> tuple[ir.Table, list[Asked]]:
    source = Source({name: op.to_expr() for name, op in question.tables}, question.vocabulary)
    with no_garbage_collection():
        return ask(source, question.kind, question.rules, question.as_of)


def answers(
    backend: Engine, pack: Pack, kind: str, rules: Sequence[DecisionRule], as_of: date
) -> tuple[list[Asked], Iterator[Batch]]:
    """The answers of rules about one kind of subject: what their columns mean, and their batches.

    Rules are compiled once a process for a pack and a day.
    """
    tables = tuple((name, table.op()) for name, table in backend.tables.items())
    bounds = tuple(bound(rule) for rule in rules)
    expression, asked = _compiled(_Question(pack.digest, kind, bounds, as_of, tables, pack.vocabulary))
    return asked, backend.batches(expression)


@dataclass(frozen=True)
class SubjectIds:
    """The ids of a kind of subject by row, and the code of the county each belongs to."""

    ids: pa.Array
    counties: pa.Array


def subject_ids(snapshot: Path, kind: str) -> SubjectIds:
    """Read ids and counties in the order of `row`."""
    key = SUBJECT_IDS[kind]
    # Not `read_table`: it goes through a dataset, which takes ten times as long on a file of hundreds of columns.
    with pq.ParquetFile(snapshot / f"{kind}.parquet") as file:
        table = file.read(columns=["row", key, "county"])
    rows = table["row"].to_numpy()
    if not np.array_equal(rows, np.arange(len(rows))):
        table = table.take(np.argsort(rows))
    text = table.cast(pa.schema([("row", pa.int64()), (key, pa.string()), ("county", pa.string())])).combine_chunks()
    return SubjectIds(_flat(text[key]), _flat(text["county"]))


def _flat(column: pa.ChunkedArray) -> pa.Array:
    found = column.combine_chunks()
    return found.chunk(0) if isinstance(found, pa.ChunkedArray) else found
