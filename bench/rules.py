"""Rules at the size of a province: facts → snapshot → decisions, a simulation, one firm explained, Spark, OpenFisca.

    uv run python -m bench.rules [--firms 1000000] [--work var/bench] [--repeat 3] [--no-peer] [--no-spark]

Each measured step runs in a process of its own; times are medians over the repeats, memory is the process's peak.
Prints Markdown and writes it into docs/benchmarks.md between the marks of this script.
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
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from bench._report import ROOT, machine, publish, row

PACK = ROOT / "programmes" / "shijiazhuang-2025"
AS_OF = date(2026, 9, 30)


# --- steps that run in a process of their own -----------------------------------------------------------------


def child_evaluate(snapshot: str, out: str, engine: str) -> dict[str, Any]:
    """Decisions only: from an open process with the pack loaded to the closed Parquet file."""
    from jiqun.programme.decisions import decision_rules
    from jiqun.programme.evaluate import DECISIONS, write_decisions
    from jiqun.programme.load import load_pack
    from jiqun.programme.targets import measure_targets
    from jiqun.rules.frames import Source
    from jiqun.rules.query import ask
    from jiqun.snapshot.engines import open_engine

    pack, folder = load_pack(PACK), Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    rules = decision_rules(pack, AS_OF)
    backend = open_engine(Path(snapshot), engine)  # type: ignore[arg-type]
    opened = time.perf_counter()
    summaries = write_decisions(backend, Path(snapshot), pack, rules, AS_OF, folder / DECISIONS)
    decided = time.perf_counter()
    measure_targets(backend, pack, AS_OF)
    measured = time.perf_counter()
    compiled = None
    if engine == "duckdb":
        from jiqun.programme.evaluate import bound

        at = time.perf_counter()
        mine = [bound(r) for r in rules if r.subject == "party"]
        backend.sql(ask(Source(backend.tables, pack.vocabulary), "party", mine, AS_OF)[0])  # type: ignore[attr-defined]
        compiled = time.perf_counter() - at
    return {
        "decisions": decided - opened, "prepare": opened - start, "targets": measured - decided, "compile": compiled,
        "rows": sum(s.yes + s.no + s.open for s in summaries.values()), "rules": len(rules),
    }  # fmt: skip


def child_simulate(snapshot: str, repeat: str) -> dict[str, Any]:
    """One changed parameter in a warm process."""
    from jiqun.programme.load import load_pack
    from jiqun.programme.simulate import read_changes, simulate
    from jiqun.snapshot.engines import open_engine

    pack, backend = load_pack(PACK), open_engine(Path(snapshot))
    changes = read_changes(pack, ["benefit.leader-equipment.ceiling=800万元"])
    times = [_timed(lambda: simulate(backend, Path(snapshot), pack, changes, AS_OF)) for _ in range(int(repeat) + 1)]
    return {"first": times[0], "warm": statistics.median(times[1:])}


def child_explain(snapshot: str, repeat: str) -> dict[str, Any]:
    """One firm, every rule, with explanations, in a warm process; firms picked evenly over the snapshot."""
    import pyarrow.parquet as pq

    from jiqun.programme.explain import explain_subject, snapshot_facts
    from jiqun.programme.load import load_pack

    ids = pq.read_table(Path(snapshot) / "party.parquet", columns=["uscc"])["uscc"]
    picked = [ids[i].as_py() for i in range(0, len(ids), max(1, len(ids) // 50))]
    pack = load_pack(PACK)
    facts = snapshot_facts(Path(snapshot), pack, AS_OF)

    def all_rules(uscc: str, with_path: bool) -> float:
        return _timed(lambda: explain_subject(pack, facts, "party", uscc, AS_OF, with_path=with_path))

    all_rules(picked[0], True)
    times = [all_rules(uscc, False) for uscc in picked]
    paths = [all_rules(uscc, True) for uscc in picked]
    return {
        "median": statistics.median(times),
        "p95": sorted(times)[int(len(times) * 0.95)],
        "paths": statistics.median(paths),
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


def _timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


# --- running and reporting ------------------------------------------------------------------------------------


def run(*command: str | Path) -> tuple[float, float, str]:
    """Seconds, peak memory in GB and output of a process; the bench ends where it fails."""
    start = time.perf_counter()
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}\n{output}")
    return time.perf_counter() - start, usage.ru_maxrss / 1e6, output


def child(name: str, *arguments: str | Path) -> dict[str, Any]:
    """A step's own figures, with the seconds and peak memory of its process."""
    seconds, memory, output = run(sys.executable, "-m", "bench.rules", "--child", name, *arguments)
    return {**json.loads(output.splitlines()[-1]), "process": seconds, "memory": memory}


def jiqun(*arguments: str | Path) -> tuple[float, float, str]:
    """A command of the product."""
    return run(sys.executable, "-m", "jiqun.cli", *arguments)


def facts(work: Path, firms: int) -> tuple[Path, Path, str]:
    """Generated facts and their snapshot; the row for building the snapshot."""
    folder, snapshot = work / f"facts-{firms}", work / f"snapshot-{firms}"
    if not folder.exists():
        jiqun("sample", "--firms", str(firms), "--out", folder, "--pack", PACK, "--format", "parquet")
    shutil.rmtree(snapshot, ignore_errors=True)
    seconds, memory, _ = jiqun("snapshot", folder, "--pack", PACK, "--out", snapshot)
    return folder, snapshot, row(f"facts → snapshot, {firms:,} firms", f"{seconds:.1f} s", f"{memory:.1f} GB")


def report(options: argparse.Namespace) -> Iterator[str]:
    """The lines of the report, measured as they are made."""
    work: Path = options.work
    work.mkdir(parents=True, exist_ok=True)
    folder, snapshot, built = facts(work, options.firms)
    observations = _rows(folder / "observation.parquet")
    yield f"{options.firms:,} firms, {observations:,} observations, as of {AS_OF}; {machine()}."
    yield ""
    yield row("step", "time", "peak memory")
    yield row("---", "---:", "---:")
    yield built
    results = work / "results"
    runs = [child("evaluate", snapshot, results, "duckdb") for _ in range(options.repeat)]
    first, median = runs[0], lambda key: statistics.median(r[key] for r in runs)
    what = f"snapshot → decisions ({first['rules']} rules, {first['rows']:,} rows written)"
    yield row(what, f"{median('decisions'):.2f} s", f"{max(r['memory'] for r in runs):.2f} GB")
    yield row("… of which compiling the clauses to SQL", f"{median('compile'):.2f} s", "")
    yield row("targets, with their starting values", f"{median('targets'):.2f} s", "")
    found = child("simulate", snapshot, str(options.repeat))
    yield row("simulate one changed parameter, warm", f"{found['warm']:.2f} s", f"{found['memory']:.2f} GB")
    found = child("explain", snapshot, str(options.repeat))
    yield row(
        "one firm, all rules explained, warm (median)", f"{found['median'] * 1e3:.1f} ms", f"{found['memory']:.2f} GB"
    )
    yield row("… p95", f"{found['p95'] * 1e3:.1f} ms", "")
    yield row("… with the shortest path to every rule (median)", f"{found['paths'] * 1e3:.1f} ms", "")
    if options.peer:
        yield from peer(snapshot, results / "decisions.parquet", median("decisions"), options.repeat)
    if options.spark:
        yield from spark(work)


def peer(snapshot: Path, ours: Path, seconds: float, repeat: int) -> Iterator[str]:
    """OpenFisca-Core over the same snapshot."""
    script = ROOT / "bench" / "rules_peer_openfisca.py"
    command = ["uv", "run", "--no-project", "--with", "openfisca-core", "--with", "pyarrow", "python", script]
    _, memory, output = run(
        *command, snapshot, "--as-of", AS_OF.isoformat(), "--out", ours.with_name("openfisca.parquet"),
        "--compare", ours, "--repeat", str(repeat),
    )  # fmt: skip
    found = json.loads(output[output.index("{") :])
    total = statistics.median(one["total"] for one in found["runs"])
    yield row("OpenFisca-Core, same snapshot to decisions", f"{total:.2f} s", f"{memory:.2f} GB")
    yield row("… times slower", f"{total / seconds:.1f} ×", "")
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
    yield f"Spark `local[2]`, {firms:,} firms: {found['rows']:,} decisions in {found['decisions']:.1f} s, "
    yield f"{same['different']} of them different from DuckDB's."


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
