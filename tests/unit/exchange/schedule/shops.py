"""Small flexible job shops, and their shortest makespan by trying everything."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from hypothesis import strategies as st

from jiqun.exchange.schedule.problem import Problem, plain_problem

Jobs = list[list[list[tuple[int, int]]]]


@st.composite
def shops(
    draw: st.DrawFn, jobs: int = 4, operations: int = 4, machines: int = 4, longest: int = 9, latest: int = 0
) -> Problem:  # fmt: skip
    """A flexible job shop of at most so many jobs, operations a job, machines, so long times, and so late releases."""
    count = draw(st.integers(1, machines))
    time = st.integers(1, longest)
    operation = st.dictionaries(st.integers(0, count - 1), time, min_size=1).map(lambda d: sorted(d.items()))
    made = draw(st.lists(st.lists(operation, min_size=1, max_size=operations), min_size=1, max_size=jobs))
    problem = plain_problem(made, count)
    return replace(problem, jobs=tuple(replace(j, release=draw(st.integers(0, latest))) for j in problem.jobs))


def shortest(problem: Problem) -> int:
    """The optimum by brute force: every choice of machines, and every order in which operations may be appended.

    Appending each operation as early as the machine's last and the job's last allow reaches every semi-active plan,
    among which is a shortest one (Giffler & Thompson 1960).
    """
    at = problem.machine_index
    ways = [[[(at[a.machine], a.duration) for a in op.alternatives] for op in job.operations] for job in problem.jobs]
    flat = [op for job in ways for op in job]
    releases = [job.release for job in problem.jobs]
    best = max(releases) + sum(max(t for _, t in op) for op in flat) + 1
    for choice in product(*flat):
        chosen, k = [], 0
        for job in ways:
            chosen.append(list(choice[k : k + len(job)]))
            k += len(job)
        best = min(best, _append(chosen, [0] * len(ways), releases.copy(), [0] * len(at), best))
    return best


def _append(jobs: list[list[tuple[int, int]]], done: list[int], ready: list[int], free: list[int], best: int) -> int:
    if all(d == len(job) for d, job in zip(done, jobs, strict=True)):
        return max(ready)
    for j, job in enumerate(jobs):
        if done[j] == len(job):
            continue
        machine, time = job[done[j]]
        end = max(ready[j], free[machine]) + time
        if end >= best:
            continue
        kept = ready[j], free[machine]
        done[j] += 1
        ready[j] = free[machine] = end
        best = min(best, _append(jobs, done, ready, free, best))
        done[j] -= 1
        ready[j], free[machine] = kept
    return best
