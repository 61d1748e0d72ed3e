"""Rich scheduling: weighted tardiness beside dispatching rules and a lean CP-SAT of our own; repair, re-plan and promise.

uv run python -m bench.schedule_rich [--sizes 100 500 2000] [--seeds 3] [--seconds 10]
"""

from __future__ import annotations

import argparse
import time
from statistics import median
from typing import NamedTuple

import numpy as np

from bench._report import machine, publish, row
from bench.schedule_rich_peer import solve_lean
from jiqun.exchange.schedule.checker import check
from jiqun.exchange.schedule.control import Control
from jiqun.exchange.schedule.live import Live, repair
from jiqun.exchange.schedule.problem import Job
from jiqun.exchange.schedule.promise import promise
from jiqun.exchange.schedule.replan import replan
from jiqun.exchange.schedule.replan_events import Breakdown
from jiqun.exchange.schedule.rich.core import total
from jiqun.exchange.schedule.rich.net import build_net
from jiqun.exchange.schedule.rich.search import solve_rich, warm_up
from jiqun.exchange.schedule.rich.start import RULES, Dispatcher
from jiqun.exchange.schedule.sample import rich_problem


def main() -> None:
    """Run and put the report into docs/benchmarks.md."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 500, 2000])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0)
    args = parser.parse_args()
    warm_up()
    lines = [
        f"{machine()}; two threads, {args.seconds:g} s; {args.seeds} generated problems a size: calendars, transport between"
        " sites, setups, due dates. Weighted tardiness, medians; every plan checked.", "",
        row("operations", "best of the rules", "lean CP-SAT", "ours", "better than the better, median (least)", "repair", "promise",
            "breakdown repaired → re-planned in 0.3 s", "disturbed"),
        row(*["---:"] * 9),
    ]  # fmt: skip
    for size in args.sizes:
        results = [_one(size, seed, args.seconds) for seed in range(1, args.seeds + 1)]
        better = [1 - r.ours / max(1, min(r.rules, r.lean)) for r in results]
        rules, lean, ours, repair_, promise_, repaired, replanned, moved = (
            median(c) for c in zip(*results, strict=True)
        )
        lines.append(row(
            f"{size:,}", f"{rules:,.0f}", f"{lean:,.0f}", f"{ours:,.0f}", f"{median(better):.0%} ({min(better):.0%})",
            f"{repair_ * 1e3:.1f} ms", f"{promise_ * 1e3:.1f} ms", f"{repaired:,.0f} → {replanned:,.0f}", f"{moved:.1%}",
        ))  # fmt: skip
        print("\n".join(lines), flush=True)
    publish("bench/schedule_rich.py", lines)


class Result(NamedTuple):
    """Weighted tardiness by solver, seconds of a repair and a promise, tardiness after a breakdown, share disturbed."""

    rules: int
    lean: int
    ours: int
    repair: float
    promise: float
    repaired: int
    replanned: int
    disturbed: float


def _one(size: int, seed: int, seconds: float) -> Result:
    problem = rich_problem(size, seed)
    net = build_net(problem)
    dispatcher = Dispatcher(problem, net, seed)
    for ways in RULES:
        dispatcher.run(ways)
    rules = dispatcher.value or 0
    lean = solve_lean(problem, net, dispatcher.stretch, dispatcher.best, seconds, seed)
    plan = solve_rich(problem, Control(seconds=seconds, seed=seed))
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
    after = replan(live, now, events, Control(0.3, seed=seed))
    assert check(after.after) == []
    return Result(
        rules, int(total(net, lean)) if lean is not None else rules, plan.value, *times, after.repaired.value,
        after.after.value, after.disturbed / max(1, len(after.untouched)),
    )  # fmt: skip


if __name__ == "__main__":
    main()
