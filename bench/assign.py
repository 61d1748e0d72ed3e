"""Assignment: 10,000 × 10,000 by flow beside SciPy's linear_sum_assignment; duties, quotas and conflicts, 2,000 × 200.

uv run python -m bench.assign [--repeat 3] [--agents 10000]
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from bench._report import machine, median, publish, row
from jiqun.exchange.assign.flow import best_flow
from jiqun.exchange.assign.plan import check, worth
from jiqun.exchange.assign.problem import Agent, Conflict, Fairness, Problem, Quota, Task, best_of_both, best_pairs
from jiqun.exchange.assign.solve import solve

SEEDS = (0, 1, 2)
LIMIT = 4.0


def scores(agents: int, tasks: int, seed: int) -> NDArray[np.int64]:
    """Nearness in the plane, price, and closeness of interests in 16 dimensions, in ten-thousandths of a point."""
    r = np.random.default_rng(seed)
    here, there = r.random((agents, 2)), r.random((tasks, 2))
    likes, is_like = r.normal(size=(agents, 16)), r.normal(size=(tasks, 16))
    likes, is_like = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in (likes, is_like))
    price = r.random(tasks)
    out = np.empty((agents, tasks), np.int64)
    for a in range(0, agents, 500):
        part = slice(a, a + 500)
        far = np.hypot(*(here[part, i, None] - there[None, :, i] for i in (0, 1)))
        value = 0.35 * np.exp(-far / 0.3) + 0.25 * (1 - price) + 0.3 * np.maximum(likes[part] @ is_like.T, 0)
        out[part] = np.rint(value * 10_000)
    return out


def duties(seed: int, fairness: Fairness) -> Problem:
    """2,000 agents, 200 led tasks of 4 to 11, quotas of fields in each task and of groups, 300 conflicts."""
    r = np.random.default_rng(seed)
    fields = [f"F{i}" for i in range(8)]
    agents = tuple(
        Agent(
            f"A{i}", fields=frozenset(map(str, r.choice(fields, 2, replace=False))), max=int(r.integers(1, 3)),
            lead_max=int(r.random() < 0.3),
        )
        for i in range(2000)
    )  # fmt: skip
    tasks = tuple(Task(f"T{i}", min=4, max=int(r.integers(5, 12)), lead=True, group=f"G{i % 10}") for i in range(200))
    quotas = (
        *(Quota(f, min=1, field=f, each=True) for f in fields[:2]),
        *(Quota(f"G{g}", max=120, group=f"G{g}") for g in range(10)),
        Quota("F3", min=200, max=400, field="F3"),
    )
    pairs = sorted({tuple(sorted(r.choice(2000, 2, replace=False).tolist())) for _ in range(300)})
    conflicts = tuple(Conflict(f"A{a}", f"A{b}") for a, b in pairs)
    return Problem(agents, tasks, best_of_both(scores(2000, 200, seed), 20, 60), quotas, conflicts, fairness=fairness)


def flows(count: int, repeat: int) -> list[str]:
    """Rows of the large problem: with capacities, and one to one beside SciPy over the whole table."""
    table, one = scores(count, count, SEEDS[0]), np.ones(count, np.int64)
    capacity = np.random.default_rng(SEEDS[0]).integers(1, 6, count)
    pairs = best_pairs(table, 20)
    size = f"best 20 of each, {count:,} × {count:,}"
    with_capacities = median(lambda: best_flow(pairs, one, capacity), repeat, warm_up=False)
    both = best_of_both(table, 20, 20)
    one_to_one = median(lambda: best_flow(both, one, one), repeat, warm_up=False)
    value = both.score[best_flow(both, one, one)].sum()
    start = time.perf_counter()
    rows, columns = linear_sum_assignment(table, maximize=True)
    peer = time.perf_counter() - start
    share = (
        f"SciPy linear_sum_assignment over all pairs; ours has {value / table[rows, columns].sum():.2%} of its value"
    )
    return [
        row(f"capacities 1 to 5, {size}", f"{with_capacities:.2f} s", "optimal over these pairs", "", ""),
        row(
            f"one to one, best 20 of each on both sides, {count:,} × {count:,}",
            f"{one_to_one:.2f} s",
            "optimal over these pairs",
            share,
            f"{peer:.1f} s",
        ),
    ]


def rich() -> list[str]:
    """Rows of the problems with duties; every plan is checked."""
    lines = []
    for name, fairness in (
        ("duties, leads, quotas, 300 conflicts", Fairness()),
        ("… and 0.5 points off for each task between busiest and idlest", Fairness(5_000)),
        ("… and the worst served task counted twice more", Fairness(0, 2)),
    ):
        times, gaps, states = [], [], []
        for seed in SEEDS:
            problem = duties(seed, fairness)
            start = time.perf_counter()
            plan = solve(problem, LIMIT)
            times.append(time.perf_counter() - start)
            gaps.append(plan.gap)
            states.append(plan.status)
            assert check(problem, plan) == [] and worth(problem, plan) == plan.value, (name, seed)
        proven = f"{states.count('optimal')} of {len(SEEDS)} proven optimal, gap ≤ {max(gaps):.4%}"
        times_shown = f"{statistics.median(times):.1f} s (at most {max(times):.1f})"
        lines.append(row(f"{name}, 2,000 × 200", times_shown, proven, "", ""))
    return lines


def impossible() -> list[str]:
    """Rows of problems that cannot be met: groups with too few places, and a seventh of the leaders left."""
    lines = []
    for name, made in (("groups with 75 places in place of 120", _few_places), ("6 of 7 leaders gone", _few_leaders)):
        times, given_up = [], []
        for seed in SEEDS:
            problem = made(duties(seed, Fairness()))
            start = time.perf_counter()
            plan = solve(problem)
            times.append(time.perf_counter() - start)
            assert plan.status == "infeasible" and plan.rows, (name, seed)
            given_up.append(f"{len(plan.given_up)}{'' if plan.minimal else ' (not proven least)'}")
        shown = f"{statistics.median(times):.1f} s (at most {max(times):.1f})"
        lines.append(
            row(f"impossible: {name}, 2,000 × 200", shown, f"conditions to give up: {', '.join(given_up)}", "", "")
        )
    return lines


def _few_places(problem: Problem) -> Problem:
    quotas = (replace(q, max=75) if q.name.startswith("G") else q for q in problem.quotas)
    return replace(problem, quotas=tuple(quotas))


def _few_leaders(problem: Problem) -> Problem:
    agents = (replace(a, lead_max=a.lead_max * (i % 7 == 0)) for i, a in enumerate(problem.agents))
    return replace(problem, agents=tuple(agents))


def main() -> None:
    """Run and publish."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--agents", type=int, default=10_000)
    options = parser.parse_args()
    lines = [
        f"{machine()}; medians of {options.repeat}, of seeds {', '.join(map(str, SEEDS))} where there "
        f"are duties (search limited to {LIMIT:g} s).",
        "",
        row("problem", "time", "answer", "beside", "its time"),
        row("---", "---:", "---", "---", "---:"),
        *flows(options.agents, options.repeat),
        *rich(),
        *impossible(),
    ]
    publish("bench/assign.py", lines)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
