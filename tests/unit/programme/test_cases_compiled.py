"""Every case of the pack on the compiled engine: the same decisions, amounts and missing facts as the reference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from jiqun.programme.cases import differs, run_case, world_of
from jiqun.programme.decisions import Decision, DecisionRule
from jiqun.programme.evaluate import write_decisions
from jiqun.programme.explain import rules_on
from jiqun.programme.load import load_pack
from jiqun.programme.models import Case
from jiqun.rules.facts import Subject, World
from jiqun.snapshot.engines import open_engine
from tests.rules_support import snapshot_tables

PACK = load_pack(Path(__file__).resolve().parents[3] / "programmes" / "shijiazhuang-2025")
DAYS = sorted({case.as_of for case in PACK.cases})


def _own(number: int, id_: str) -> str:
    """Ids of their own, so that the worlds of many cases stand in one snapshot."""
    return f"{number:03} {id_}"


def _subjects(number: int, case: Case) -> Iterator[Subject]:
    for s in world_of(PACK, case).world.subjects.values():
        cluster, county = (None if id_ is None else _own(number, id_) for id_ in (s.cluster, s.county))
        yield replace(s, id=_own(number, s.id), cluster=cluster, county=county)


def _compiled(cases: Sequence[Case], rules: Sequence[DecisionRule], as_of: date, folder: Path) -> dict[str, Decision]:
    """The decisions of all these subjects by rule and subject, through a snapshot and the writer of results."""
    world = World([s for number, case in enumerate(cases) for s in _subjects(number, case)])
    for name, table in snapshot_tables(world, PACK.vocabulary).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, folder / f"{name}.parquet")
    backend = open_engine(folder, "duckdb")
    write_decisions(backend, folder, PACK, rules, as_of, folder / "decisions")
    backend.close()
    rows = pq.read_table(folder / "decisions").to_pylist()
    return {f"{r['rule']} {r['subject']}": Decision(r["outcome"], r["amount"], tuple(r["missing"])) for r in rows}


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_the_compiled_engine_decides_the_cases(as_of: date, tmp_path: Path) -> None:
    cases = [case for case in PACK.cases if case.as_of == as_of]
    every, wrong = rules_on(PACK, as_of), defaultdict(list)
    found = _compiled(cases, [every[rule] for rule in sorted({c.rule for c in cases})], as_of, tmp_path)
    for number, case in enumerate(cases):
        reference = run_case(PACK, case, every[case.rule]).decision
        compiled = found[f"{case.rule} {_own(number, world_of(PACK, case).subject_id)}"]
        same = (reference.outcome, reference.amount) == (compiled.outcome, compiled.amount)
        if not same or set(reference.missing) != set(compiled.missing):
            wrong[case.name] += [reference, compiled]
        if difference := differs(case.expect, compiled):
            wrong[case.name].append(difference)
    assert not wrong
