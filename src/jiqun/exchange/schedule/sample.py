"""Generated problems like those of a cluster of small machining firms, for benchmarks, tests and demonstrations."""

from __future__ import annotations

import numpy as np

from jiqun.exchange.schedule.problem import (
    Alternative,
    Calendar,
    Horizon,
    Job,
    Machine,
    Objective,
    Operation,
    Problem,
    SetupMatrix,
    Span,
    Transport,
)

DAY, WEEK = 1440, 10080
PROCESSES = ("下料", "车削", "铣削", "钻孔", "磨削", "热处理", "表面处理", "检验")
FAMILIES = tuple("ABCDE")


def rich_problem(
    operations: int, seed: int = 0, *, tightness: float = 1.0, objective: Objective | None = None
) -> Problem:
    """A problem of about `operations` operations in minutes over several firms, sites, calendars and families.

    Due dates lie from 0.8 to 1.8 times (times `tightness`) the mean time of a job alone behind its release; releases spread
    over the time that the machines need for all work.
    """
    rng = np.random.default_rng(seed)
    n_sites = int(np.clip(2 + operations // 150, 3, 8))
    sites = tuple(f"厂区{i + 1}" for i in range(n_sites))
    calendars = _calendars()
    count = max(6, operations // 14)
    processes = PROCESSES[: int(np.clip(count // 2, 3, len(PROCESSES)))]
    machines = _machines(count, processes, sites, rng)
    by_process: dict[str, list[Machine]] = {p: [m for m in machines if m.setups == p] for p in processes}
    jobs: list[Job] = []
    made = 0
    # Machines are open about half of the time, and each has some 14 operations of about two hours.
    spread = int(14 * 130 * 1.2)
    while made < operations:
        count = min(int(rng.integers(3, 10)), operations - made)
        ops, alone = _routing(count, by_process, rng)
        release = int(rng.integers(0, spread)) // 30 * 30
        due = release + int(alone * 2.2 * tightness * rng.uniform(0.8, 1.8))
        jobs.append(
            Job(f"订单{len(jobs) + 1}", ops, release, due, int(rng.choice([1, 2, 4, 8], p=[0.2, 0.4, 0.3, 0.1])))
        )
        made += count
    return Problem(
        tuple(jobs), machines, calendars, _matrices(rng), _transports(sites, rng), horizon=Horizon(0),
        objective=objective or Objective(makespan=0, tardiness=1), name=f"rich-{operations}-{seed}",
    )  # fmt: skip


def _calendars() -> tuple[Calendar, ...]:
    days = range(5)
    day = tuple(s for d in days for s in (Span(d * DAY + 480, d * DAY + 720), Span(d * DAY + 780, d * DAY + 1020)))
    two = tuple(Span(d * DAY + 360, d * DAY + 1320) for d in range(6))
    return (
        Calendar("常白班", day, WEEK),
        Calendar("两班", two, WEEK),
        Calendar("全天", (Span(0, WEEK),), WEEK),
    )  # fmt: skip


def _machines(
    count: int, processes: tuple[str, ...], sites: tuple[str, ...], rng: np.random.Generator
) -> tuple[Machine, ...]:
    found = []
    for i in range(count):
        process = processes[i % len(processes)]
        site = sites[int(rng.integers(len(sites)))]
        calendar = str(rng.choice(["常白班", "两班", "全天"], p=[0.35, 0.45, 0.2]))
        day = int(rng.integers(0, 10))
        closed = (Span(day * DAY + 480, day * DAY + 960),) if rng.random() < 0.15 else ()
        found.append(
            Machine(f"{process}{i // len(processes) + 1}", f"{site}公司", site, calendar, closed, process, str(rng.choice(FAMILIES)), 50)
        )  # fmt: skip
    return tuple(found)


def _matrices(rng: np.random.Generator) -> tuple[SetupMatrix, ...]:
    found = []
    for process in PROCESSES:
        times = rng.integers(2, 13, (len(FAMILIES), len(FAMILIES))) * 5
        np.fill_diagonal(times, 0)
        found.append(SetupMatrix(process, FAMILIES, tuple(tuple(int(t) for t in row) for row in times)))
    return tuple(found)


def _transports(sites: tuple[str, ...], rng: np.random.Generator) -> tuple[Transport, ...]:
    at = rng.uniform(0, 60, (len(sites), 2))
    return tuple(
        Transport(a, b, 20 + int(1.5 * np.hypot(*(at[i] - at[k]))), 5000 + int(200 * np.hypot(*(at[i] - at[k]))))
        for i, a in enumerate(sites)
        for k, b in enumerate(sites)
        if i < k
    )


def _routing(
    count: int, by_process: dict[str, list[Machine]], rng: np.random.Generator
) -> tuple[tuple[Operation, ...], float]:  # fmt: skip
    ops, alone, family = [], 0.0, str(rng.choice(FAMILIES))
    for k in range(count):
        able = list(by_process.values())[int(rng.integers(len(by_process)))]
        some = rng.choice(len(able), size=min(len(able), int(rng.integers(1, 5))), replace=False)
        base = int(rng.integers(30, 241))
        ways = tuple(
            Alternative(able[i].name, max(1, int(base * rng.uniform(0.8, 1.4))), int(base * rng.uniform(80, 160)))
            for i in some
        )
        alone += float(np.mean([w.duration for w in ways])) + 40
        ops.append(
            Operation(str(10 * (k + 1)), ways, family=family if rng.random() < 0.7 else str(rng.choice(FAMILIES)))
        )
    return tuple(ops), alone
