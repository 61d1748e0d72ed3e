"""Rich scheduling: weighted tardiness beside the best of many dispatching rules; repair and promise of a live plan."""

from __future__ import annotations

import argparse
import time
from statistics import median

import numpy as np
from _report import machine, publish, row

from jiqun.exchange.schedule.checker import check
from jiqun.exchange.schedule.control import Control
from jiqun.exchange.schedule.live import Live, repair
from jiqun.exchange.schedule.problem import Job
from jiqun.exchange.schedule.promise import promise
from jiqun.exchange.schedule.replan_events import Breakdown
from jiqun.exchange.schedule.rich.net import build_net
from jiqun.exchange.schedule.rich.search import solve_rich
from jiqun.exchange.schedule.rich.start import RULES, Dispatcher
from jiqun.exchange.schedule.sample import rich_problem


def main() -> None:
    """Run and put the report into docs/benchmarks.md."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 500, 2000])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--publish", action="store_true")
    args = parser.parse_args()
    solve_rich(rich_problem(30, 0), Control(iterations=500))
    lines = [f"{machine()}; two threads, {args.seconds:g} s; {args.seeds} generated problems a size.", ""]
    lines += [
        row("operations", "best of the rules, median", "ours, median", "better, median (least)", "repair", "promise")
    ]
    lines += [row("---:", "---:", "---:", "---:", "---:", "---:")]
    for size in args.sizes:
        results = [_one(size, seed, args.seconds) for seed in range(1, args.seeds + 1)]
        rules, ours, repairs, promises = (list(c) for c in zip(*results, strict=True))
        better = [1 - b / max(1, a) for a, b in zip(rules, ours, strict=True)]
        lines.append(row(
            f"{size:,}", f"{median(rules):,.0f}", f"{median(ours):,.0f}", f"{median(better):.0%} ({min(better):.0%})",
            f"{median(repairs) * 1e3:.1f} ms", f"{median(promises) * 1e3:.1f} ms",
        ))  # fmt: skip
    print("\n".join(lines))
    if args.publish:
        publish("bench/schedule_rich.py", lines)


def _one(size: int, seed: int, seconds: float) -> tuple[int, int, float, float]:
    """(weighted tardiness of the rules, ours, seconds of a repair, seconds of a promise), every plan checked."""
    problem = rich_problem(size, seed)
    control = Control(seconds=seconds, seed=seed)
    dispatcher = Dispatcher(problem, build_net(problem), seed)
    for ways in RULES:
        dispatcher.run(ways)
    rules = dispatcher.value or 0
    plan = solve_rich(problem, control)
    assert check(plan) == []
    live, now = Live(problem, plan), int(np.median(plan.start))
    events = [Breakdown(problem.machines[0].name, now, now + 600)]
    job = Job("急单", problem.jobs[0].operations, now)
    assert check(repair(live, now, events).solution) == []
    assert check(promise(live, now, job).plan) == []
    times = []
    for call in (lambda: repair(live, now, events), lambda: promise(live, now, job)):
        begun = time.perf_counter()
        call()
        times.append(time.perf_counter() - begun)
    return rules, plan.value, times[0], times[1]


if __name__ == "__main__":
    main()
