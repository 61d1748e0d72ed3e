"""Rules at the size of a province: facts → snapshot → decisions, a simulation, one firm explained, Spark, OpenFisca.

    uv run python -m bench.rules [--firms 1000000] [--work var/bench] [--repeat 3] [--no-peer] [--no-spark]

Each measured step runs in a process of its own; times are medians over the repeats, memory is the process's peak.
Beside the time on the clock stands that of the processor (all threads): on a machine that others use, only the latter
and ratios of one run mean much. Prints Markdown and writes it into docs/benchmarks.md between this script's marks.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench._report import ROOT, machine, publish, row

PACK = ROOT / "programmes" / "shijiazhuang-2025"
AS_OF = date(2026, 9, 30)


# --- steps that run in a process of their own -----------------------------------------------------------------


def child_evaluate(snapshot: str, out: str, engine: str) -> dict[str, Any]:
    """Decisions only, to the closed Parquet file: of a new process, of another day, and of a day whose rules are compiled."""
    from jiqun.programme.decisions import decision_rules
    from jiqun.programme.evaluate import DECISIONS, write_decisions
    from jiqun.programme.load import load_pack
    from jiqun.programme.targets import measure_targets
    from jiqun.snapshot.engines import open_engine

    pack, folder = load_pack(PACK), Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    rules = {day: decision_rules(pack, day) for day in (AS_OF, AS_OF - timedelta(days=1))}
    backend = open_engine(Path(snapshot), engine)  # type: ignore[arg-type]
    written: dict[str, Any] = {}

    def decide(day: date = AS_OF) -> None:
        written.update(write_decisions(backend, Path(snapshot), pack, rules[day], day, folder / DECISIONS))

    first, anew = _timed(decide), _timed(lambda: decide(AS_OF - timedelta(days=1)))
    decisions = medians([_timed(decide) for _ in range(3)])
    return {
        "decisions": decisions, "first": first, "anew": anew,
        "targets": _timed(lambda: measure_targets(backend, pack, AS_OF)),
        "rows": sum(s.yes + s.no + s.open for s in written.values()), "rules": len(rules[AS_OF]),
    }  # fmt: skip


def child_simulate(snapshot: str, repeat: str) -> dict[str, Any]:
    """One changed parameter in a warm process."""
    from jiqun.programme.load import load_pack
    from jiqun.programme.simulate import read_changes, simulate
    from jiqun.snapshot.engines import open_engine

    pack, backend = load_pack(PACK), open_engine(Path(snapshot))
    changes = read_changes(pack, ["benefit.leader-equipment.ceiling=800万元"])
    times = [_timed(lambda: simulate(backend, Path(snapshot), pack, changes, AS_OF)) for _ in range(int(repeat) + 1)]
    return {"first": times[0], "warm": medians(times[1:])}


def child_explain(snapshot: str, repeat: str) -> dict[str, Any]:
    """One firm, every rule, with explanations, in a warm process; firms picked evenly over the snapshot."""
    import pyarrow.parquet as pq

    from jiqun.programme.explain import explain_subject, snapshot_facts
    from jiqun.programme.load import load_pack

    ids = pq.read_table(Path(snapshot) / "party.parquet", columns=["uscc"])["uscc"]
    picked = [ids[i].as_py() for i in range(0, len(ids), max(1, len(ids) // 50))]
    pack = load_pack(PACK)
    facts = snapshot_facts(Path(snapshot), pack, AS_OF)

    def all_rules(uscc: str, with_path: bool) -> Times:
        return _timed(lambda: explain_subject(pack, facts, "party", uscc, AS_OF, with_path=with_path))

    all_rules(picked[0], True)
    times = [all_rules(uscc, False) for uscc in picked]
    paths = [all_rules(uscc, True) for uscc in picked]
    return {
        "median": medians(times),
        "p95": [sorted(each)[int(len(times) * 0.95)] for each in zip(*times, strict=True)],
        "paths": medians(paths),
    }


def child_same(left: str, right: str) -> dict[str, Any]:
    """Whether two files of decisions say the same of every subject and rule."""
    import duckdb

    columns = "subject_kind, subject, rule, outcome, amount, payee_kind, payee, list_sort(missing) AS missing"
    one, two = (f"SELECT {columns} FROM read_parquet('{p}')" for p in (left, right))
    found = duckdb.sql(f"SELECT count(*) FROM (({one} EXCEPT ALL {two}) UNION ALL ({two} EXCEPT ALL {one}))").fetchall()
    return {"different": found[0][0]}


CHILDREN: dict[str, Callable[..., dict[str, Any]]] = {
    "evaluate": child_evaluate, "simulate": child_simulate, "explain": child_explain, "same": child_same,
}  # fmt: skip


Times = tuple[float, float]
"""Seconds on the clock and of the processor."""


def _timed(action: Callable[[], object]) -> Times:
    start, worked = time.perf_counter(), time.process_time()
    action()
    return time.perf_counter() - start, time.process_time() - worked


def medians(times: Sequence[Times]) -> Times:
    """The median of each kind of time."""
    clock, processor = zip(*times, strict=True)
    return statistics.median(clock), statistics.median(processor)


def seconds(times: Sequence[float]) -> tuple[str, str]:
    """Two cells of the report."""
    clock, processor = (f"{t:.2f} s" if t >= 1 else f"{t * 1e3:.1f} ms" for t in times)
    return clock, processor


# --- running and reporting ------------------------------------------------------------------------------------


def run(*command: str | Path) -> tuple[Times, float, str]:
    """Times, peak memory in GB and output of a process; the bench ends where it fails."""
    start = time.perf_counter()
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}\n{output}")
    return (time.perf_counter() - start, usage.ru_utime + usage.ru_stime), usage.ru_maxrss / 1e6, output


def child(name: str, *arguments: str | Path) -> dict[str, Any]:
    """A step's own figures, with the seconds and peak memory of its process."""
    _, memory, output = run(sys.executable, "-m", "bench.rules", "--child", name, *arguments)
    return {**json.loads(output.splitlines()[-1]), "memory": memory}


def jiqun(*arguments: str | Path) -> tuple[Times, float, str]:
    """A command of the product."""
    return run(sys.executable, "-m", "jiqun.cli", *arguments)


def facts(work: Path, firms: int) -> tuple[Path, Path, str]:
    """Generated facts and their snapshot; the row for building the snapshot."""
    folder, snapshot = work / f"facts-{firms}", work / f"snapshot-{firms}"
    if not folder.exists():
        jiqun("sample", "--firms", str(firms), "--out", folder, "--pack", PACK, "--format", "parquet")
    shutil.rmtree(snapshot, ignore_errors=True)
    times, memory, _ = jiqun("snapshot", folder, "--pack", PACK, "--out", snapshot)
    return folder, snapshot, row(f"facts → snapshot, {firms:,} firms", *seconds(times), f"{memory:.1f} GB")


def report(options: argparse.Namespace) -> Iterator[str]:
    """The lines of the report, measured as they are made."""
    work: Path = options.work
    work.mkdir(parents=True, exist_ok=True)
    folder, snapshot, built = facts(work, options.firms)
    observations = _rows(folder / "observation.parquet")
    yield f"{options.firms:,} firms, {observations:,} observations, as of {AS_OF}; {machine()}."
    yield ""
    yield row("step", "time", "processor", "peak memory")
    yield row("---", "---:", "---:", "---:")
    yield built
    results = work / "results"
    runs = [child("evaluate", snapshot, results, "duckdb") for _ in range(options.repeat)]
    first, found = runs[0], {key: medians([r[key] for r in runs]) for key in ("decisions", "first", "anew", "targets")}
    what = f"snapshot → decisions, warm ({first['rules']} rules, {first['rows']:,} rows written)"
    yield row(what, *seconds(found["decisions"]), f"{max(r['memory'] for r in runs):.2f} GB")
    yield row("… of another day, whose rules are compiled anew", *seconds(found["anew"]), "")
    yield row("… the first of a process, which loads libraries and kernels", *seconds(found["first"]), "")
    yield row("targets, with their starting values", *seconds(found["targets"]), "")
    decisions = found["decisions"]
    warm = child("simulate", snapshot, str(options.repeat))
    yield row("simulate one changed parameter, warm", *seconds(warm["warm"]), f"{warm['memory']:.2f} GB")
    one = child("explain", snapshot, str(options.repeat))
    yield row("one firm, all rules explained, warm (median)", *seconds(one["median"]), f"{one['memory']:.2f} GB")
    yield row("… p95", *seconds(one["p95"]), "")
    yield row("… with the shortest path to every rule (median)", *seconds(one["paths"]), "")
    if options.peer:
        yield from peer(snapshot, results / "decisions.parquet", decisions, found["anew"], options.repeat)
    if options.spark:
        yield from spark(work)


def peer(snapshot: Path, ours: Path, own: Times, anew: Times, repeat: int) -> Iterator[str]:
    """OpenFisca-Core over the same snapshot."""
    script = ROOT / "bench" / "rules_peer_openfisca.py"
    command = ["uv", "run", "--no-project", "--with", "openfisca-core", "--with", "pyarrow", "python", script]
    _, memory, output = run(
        *command, snapshot, "--as-of", AS_OF.isoformat(), "--out", ours.with_name("openfisca.parquet"),
        "--compare", ours, "--repeat", str(repeat),
    )  # fmt: skip
    found = json.loads(output[output.index("{") :])
    theirs = medians([(one["total"], one["cpu"]) for one in found["runs"]])
    yield row("OpenFisca-Core, same snapshot to decisions, warm", *seconds(theirs), f"{memory:.2f} GB")
    yield row("… times slower", *(f"{a / b:.1f} ×" for a, b in zip(theirs, own, strict=True)), "")
    yield row("… than with rules compiled anew", *(f"{a / b:.1f} ×" for a, b in zip(theirs, anew, strict=True)), "")
    yield ""
    yield "Where OpenFisca answers differently (it takes a missing fact for zero):"
    yield ""
    yield "```json"
    yield json.dumps(found.get("summary", {}), ensure_ascii=False, indent=1)
    yield "```"


def spark(work: Path, firms: int = 100_000) -> Iterator[str]:
    """The same decisions on Spark."""
    _, snapshot, _ = facts(work, firms)
    embedded, other = work / "results-duckdb", work / "results-spark"
    child("evaluate", snapshot, embedded, "duckdb")
    found = child("evaluate", snapshot, other, "spark")
    same = child("same", embedded / "decisions.parquet", other / "decisions.parquet")
    yield ""
    yield f"Spark `local[2]`, {firms:,} firms: {found['rows']:,} decisions in {found['decisions'][0]:.1f} s "
    yield f"({found['decisions'][1]:.1f} s of Python's process), {same['different']} different from DuckDB's."


def _rows(path: Path) -> int:
    import pyarrow.parquet as pq

    return int(pq.read_metadata(path).num_rows)


def main() -> None:
    """Run a child's step, or everything."""
    if sys.argv[1:2] == ["--child"]:
        found = CHILDREN[sys.argv[2]](*sys.argv[3:])
        print(json.dumps({**found, "self_memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=1_000_000)
    parser.add_argument("--work", type=Path, default=ROOT / "var" / "bench")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--no-peer", dest="peer", action="store_false")
    parser.add_argument("--no-spark", dest="spark", action="store_false")
    lines = []
    for line in report(parser.parse_args()):
        print(line, flush=True)
        lines.append(line)
    publish("bench/rules.py", lines)


if __name__ == "__main__":
    main()
