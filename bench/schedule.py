"""Scheduling: the public flexible job shops beside PyJobShop (CP-SAT), and 10,000 operations on 200 machines.

    uv run --group bench python -m bench.schedule [peer] [ours] [large] [replan] [report]

Without words it does everything that has no record yet and then reports. Each run (instance, solver, seed) is a record
in `bench/.records/schedule.jsonl`, so that the work may be cut and continued; two threads each, start-up and
compilation not counted. Every plan of ours passes the checker. Plans shorter than the best known are stored in
`bench/solutions/fjsp/`.
"""

from __future__ import annotations

import csv
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench._report import machine, publish, row

HERE = Path(__file__).resolve().parent
DATA, RECORDS, BETTER = HERE / "data" / "fjsp", HERE / ".records" / "schedule.jsonl", HERE / "solutions" / "fjsp"
SEEDS, SECONDS, PEER_SECONDS = (0, 1, 2), 10.0, 60.0
FAMILIES = {
    "brandimarte": "Brandimarte", "hurink/edata": "Hurink edata", "hurink/rdata": "Hurink rdata",
    "hurink/vdata": "Hurink vdata", "dauzere": "Dauzère-Pérès, Paulli", "behnke": "Behnke, Geiger",
}  # fmt: skip
Record = dict[str, Any]


def best_known() -> dict[str, int]:
    """Instance → the shortest makespan published."""
    with (DATA / "best_known.csv").open() as file:
        return {line["path"]: int(line["upper"]) for line in csv.DictReader(file)}


def records() -> list[Record]:
    """Every run so far."""
    return [json.loads(line) for line in RECORDS.read_text().splitlines()] if RECORDS.exists() else []


def missing(work: str, instances: list[str], seeds: tuple[int, ...]) -> Iterator[tuple[str, int]]:
    """The runs without a record."""
    done = {(r["instance"], r["seed"]) for r in records() if r["work"] == work}
    return ((i, s) for s in seeds for i in instances if (i, s) not in done)


def keep(record: Record) -> None:
    """Add a record."""
    RECORDS.parent.mkdir(exist_ok=True)
    with RECORDS.open("a") as file:
        file.write(json.dumps(record) + "\n")
    print(record["work"], record["instance"], record["seed"], record["value"], flush=True)


def run_ours() -> None:
    """Tabu search for ten seconds; what it had after one."""
    from jiqun.exchange.schedule.checker import check
    from jiqun.exchange.schedule.control import Control, Progress
    from jiqun.exchange.schedule.fjs import load_fjs
    from jiqun.exchange.schedule.plain.search import warm_up
    from jiqun.exchange.schedule.solve import solve

    warm_up()
    known = best_known()
    for name, seed in missing("ours", sorted(known), SEEDS):
        problem = load_fjs(DATA / name, 0)
        problem.arrays  # noqa: B018  (made once, before the clock)
        course: list[tuple[float, int]] = []

        def note(p: Progress, course: list[tuple[float, int]] = course) -> None:
            if p.value is not None and (not course or p.value < course[-1][1]):
                course.append((p.seconds, p.value))

        found = solve(problem, Control(SECONDS, 2, seed, progress=note), proof=0)
        assert check(found) == [], name
        assert found.value == int(found.end.max())
        early = [value for seconds, value in course if seconds <= 1]
        keep({
            "work": "ours", "instance": name, "seed": seed, "value": found.value, "at1": early[-1] if early else None,
            "bound": found.bound, "seconds": found.seconds,
        })  # fmt: skip
        if found.value < known[name]:
            _store(name, seed, found, known[name])


def _store(name: str, seed: int, found: Any, known: int) -> None:
    path = BETTER / (name.replace("/", "-").removesuffix(".txt") + ".json")
    if path.exists() and json.loads(path.read_text())["makespan"] <= found.value:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    facts = {
        "instance": name, "makespan": found.value, "best_known": known, "seed": seed,
        "machine": found.machine.tolist(), "start": found.start.tolist(),
    }  # fmt: skip
    path.write_text(json.dumps(facts, separators=(",", ":")) + "\n")


def run_peer() -> None:
    """PyJobShop for sixty seconds; it stops early where it proves the optimum."""
    from pyjobshop import Model

    for name, seed in missing("peer", sorted(best_known()), SEEDS[:1]):
        jobs, machines = _plain(name)
        model = Model()
        resources = [model.add_machine() for _ in range(machines)]
        for operations in jobs:
            job, before = model.add_job(), None
            for pairs in operations:
                task = model.add_task(job)
                for m, duration in pairs:
                    model.add_mode(task, resources[m], duration)
                if before is not None:
                    model.add_end_before_start(before, task)
                before = task
        begun = time.perf_counter()
        found = model.solve(time_limit=PEER_SECONDS, num_workers=2, display=False, random_seed=seed)
        value = None if not np.isfinite(found.objective) else int(found.objective)
        keep({
            "work": "peer", "instance": name, "seed": seed, "value": value, "status": str(found.status.value),
            "seconds": time.perf_counter() - begun,
        })  # fmt: skip


def _plain(name: str) -> tuple[list[list[list[tuple[int, int]]]], int]:
    from jiqun.exchange.schedule.fjs import load_fjs

    problem = load_fjs(DATA / name, 0)
    at = problem.machine_index
    return [[[(at[a.machine], a.duration) for a in op.alternatives] for op in j.operations] for j in problem.jobs], len(
        at
    )


def run_large() -> None:
    """Ten thousand operations on two hundred machines, two to six alternatives each."""
    from jiqun.exchange.schedule.checker import check
    from jiqun.exchange.schedule.control import Control, Progress
    from jiqun.exchange.schedule.plain.construct import FIRST, Constructor
    from jiqun.exchange.schedule.plain.search import warm_up
    from jiqun.exchange.schedule.plain.shop import empty_plan, shop_of
    from jiqun.exchange.schedule.problem import plain_problem
    from jiqun.exchange.schedule.solve import solve

    warm_up()
    for name, seed in missing("large", ["generated 10,000 × 200"], SEEDS):
        problem = plain_problem(generated(10_000, 200, seed), 200)
        shop = shop_of(problem)
        maker, plan = Constructor(shop, seed), empty_plan(shop)
        begun = time.perf_counter()
        first = maker.make(FIRST[0], np.ones(200), plan)
        took = time.perf_counter() - begun
        course: list[Progress] = []
        found = solve(problem, Control(SECONDS, 2, seed, progress=course.append), proof=0)
        assert check(found) == []
        keep({
            "work": "large", "instance": name, "seed": seed, "value": found.value, "bound": found.bound, "first": first,
            "first_seconds": took, "seconds": found.seconds,
        })  # fmt: skip


def run_replan() -> None:
    """A machine down for 15 % of the makespan from 30 % of it on, the one with most to do in that time; 0.3 s to plan again."""
    from jiqun.exchange.schedule.checker import check
    from jiqun.exchange.schedule.control import Control
    from jiqun.exchange.schedule.live import Live, repair
    from jiqun.exchange.schedule.problem import plain_problem
    from jiqun.exchange.schedule.replan import replan
    from jiqun.exchange.schedule.replan_events import Breakdown
    from jiqun.exchange.schedule.solve import solve

    for name, seed in missing("replan", ["1,000 × 20", "10,000 × 200"], SEEDS):
        operations, machines = (int(part.replace(",", "")) for part in name.split(" × "))
        problem = plain_problem(generated(operations, machines, seed), machines)
        plan = solve(problem, Control(SECONDS, 2, seed), proof=0)
        live, span = Live(problem, plan), plan.value
        now, until = int(0.3 * span), int(0.3 * span) + int(0.15 * span)
        soon = (plan.start >= now) & (plan.start < until)
        down = int(np.bincount(plan.machine[soon], weights=(plan.end - plan.start)[soon]).argmax())
        events = [Breakdown(problem.machines[down].name, now, until)]
        replan(live, now, events, Control(iterations=50))
        begun = time.perf_counter()
        repair(live, now, events)
        repaired = time.perf_counter()
        found = replan(live, now, events, Control(0.3, 2, seed))
        took = time.perf_counter() - repaired
        assert check(found.after) == []
        keep({
            "work": "replan", "instance": name, "seed": seed, "value": int(found.after.end.max()), "before": span,
            "repaired": int(found.repaired.end.max()), "repair_seconds": repaired - begun, "seconds": took,
            "disturbed": found.disturbed / len(found.untouched),
        })  # fmt: skip


def generated(operations: int, machines: int, seed: int) -> list[list[list[tuple[int, int]]]]:
    """Jobs of 5 to 15 operations, each on 2 to 6 machines, times 10 to 100 with a fifth of spread among machines."""
    random, jobs, made = np.random.default_rng(seed), [], 0
    while made < operations:
        count = int(min(random.integers(5, 16), operations - made))
        job = []
        for _ in range(count):
            some = random.choice(machines, size=int(random.integers(2, 7)), replace=False)
            base = int(random.integers(10, 100))
            job.append([(int(m), max(1, int(base * random.uniform(0.8, 1.3)))) for m in some])
        jobs.append(job)
        made += count
    return jobs


def report() -> None:
    """Put the tables into docs/benchmarks.md."""
    known, found = best_known(), records()
    ours = {i: [r for r in found if r["work"] == "ours" and r["instance"] == i] for i in known}
    peer = {r["instance"]: r for r in found if r["work"] == "peer"}
    complete = [i for i in sorted(known) if ours[i]]

    def gap(instance: str, value: float | None) -> float | None:
        return None if value is None else 100 * (value - known[instance]) / known[instance]

    def middle(instance: str, key: str) -> float:
        return statistics.median(r[key] for r in ours[instance])

    lines = [
        f"{machine()}; two threads each; ours: medians of {len(SEEDS)} seeds, PyJobShop 0.0.9 with CP-SAT: one seed.",
        "Gaps to the best known makespan, mean over the family (worst).", "",
        row("instances", "", "ours, 1 s", "ours, 10 s", "PyJobShop, 60 s", "none found", "ours at 1 s no worse"),
        row("---", "---:", "---:", "---:", "---:", "---:", "---:"),
    ]  # fmt: skip
    for prefix, title in [*FAMILIES.items(), ("", "all")]:
        some = [i for i in complete if i.startswith(prefix)]
        if not some:
            continue
        one = [gap(i, middle(i, "at1")) for i in some]
        ten = [gap(i, middle(i, "value")) for i in some]
        theirs = [gap(i, peer[i]["value"]) for i in some if i in peer]
        some_found = [g for g in theirs if g is not None]
        no_worse = [i for i in some if i in peer and (peer[i]["value"] is None or middle(i, "at1") <= peer[i]["value"])]
        compared = sum(i in peer for i in some)
        lines.append(
            row(
                title,
                len(some),
                _mean_worst(one),
                _mean_worst(ten),
                _mean_worst(some_found),
                f"{len(theirs) - len(some_found)} of {compared}",
                f"{len(no_worse)} of {compared}",
            )
        )
    better = sorted(BETTER.glob("*.json"))
    if better:
        lines += ["", "Shorter than the best known value, checked and stored in `bench/solutions/fjsp/`:", ""]
        facts = [json.loads(p.read_text()) for p in better]
        lines += [
            "- "
            + ", ".join(f"{f['instance'].removesuffix('.txt')} {f['makespan']} (< {f['best_known']})" for f in facts)
        ]
    lines += _large([r for r in found if r["work"] == "large"])
    lines += _replan([r for r in found if r["work"] == "replan"])
    publish("bench/schedule.py", lines)


def _mean_worst(gaps: list[Any]) -> str:
    return "—" if not gaps else f"{statistics.mean(gaps):.2f} % ({max(gaps):.2f})"


def _large(found: list[Record]) -> list[str]:
    if not found:
        return []
    first = statistics.median(r["first_seconds"] for r in found)
    gaps = sorted(100 * (r["value"] - r["bound"]) / r["bound"] for r in found)
    early = sorted(100 * (r["first"] - r["bound"]) / r["bound"] for r in found)
    return [
        "", f"10,000 operations on 200 machines ({len(found)} instances): the first plan after {first:.3f} s,"
        f" {statistics.median(early):.1f} % above the bound (load of the machines, longest job); after 10 s"
        f" {', '.join(f'{g:.2f} %' for g in gaps)}.",
    ]  # fmt: skip


def _replan(found: list[Record]) -> list[str]:
    if not found:
        return []
    lines = [
        "", "Re-planning: the machine with most to do is down for 15 % of the makespan, from 30 % of it on; medians (worst) of"
        f" {len(SEEDS)} generated plans. Disturbed: machine or order changed, of the operations not begun that the breakdown"
        " does not touch.", "",
        row("operations × machines", "repair alone", "its makespan", "re-planned, 0.3 s: after", "its makespan", "disturbed"),
        row("---", "---:", "---:", "---:", "---:", "---:"),
    ]  # fmt: skip
    for name in dict.fromkeys(r["instance"] for r in found):
        some = [r for r in found if r["instance"] == name]

        def middle(values: list[float], form: str) -> str:
            return f"{format(statistics.median(values), form)} ({format(max(values), form)})"

        lines.append(
            row(
                name,
                middle([1e3 * r["repair_seconds"] for r in some], ".1f") + " ms",
                middle([100 * (r["repaired"] / r["before"] - 1) for r in some], "+.2f") + " %",
                middle([r["seconds"] for r in some], ".2f") + " s",
                middle([100 * (r["value"] / r["before"] - 1) for r in some], "+.2f") + " %",
                middle([100 * r["disturbed"] for r in some], ".2f") + " %",
            )
        )
    return lines


PARTS: dict[str, Callable[[], None]] = {
    "ours": run_ours, "large": run_large, "replan": run_replan, "peer": run_peer, "report": report,
}  # fmt: skip

if __name__ == "__main__":
    for word in sys.argv[1:] or list(PARTS):
        PARTS[word]()
