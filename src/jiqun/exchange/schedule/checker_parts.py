"""The parts of the objective counted once more, from the records alone, to hold a solution's own figures against."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

from jiqun.exchange.schedule.measure import Parts
from jiqun.exchange.schedule.problem import Assignment, Operation, Problem


def recount(problem: Problem, rows: Sequence[Assignment]) -> Parts:
    """The parts of the objective of complete rows."""
    operations = {(j.name, op.name): op for j in problem.jobs for op in j.operations}
    ends: dict[str, int] = {}
    for row in rows:
        ends[row.job] = max(row.end, ends.get(row.job, row.end))
    late = sum(j.weight * max(0, ends[j.name] - j.due) for j in problem.jobs if j.due is not None)
    cost = _work(rows, operations) + _setups(problem, rows, operations) + _carriages(problem, rows)
    return Parts(max(ends.values()) - problem.horizon.begin, late, cost, _disturbance(problem, rows))


def _work(rows: Sequence[Assignment], operations: dict[tuple[str, str], Operation]) -> int:
    total = 0
    for row in rows:
        op = operations[row.job, row.operation]
        cost = next(a.cost for a in op.alternatives if a.machine == row.machine)
        total += -(-cost * (op.quantity if row.quantity is None else row.quantity) // op.quantity)
    return total


def _setups(problem: Problem, rows: Sequence[Assignment], operations: dict[tuple[str, str], Operation]) -> int:
    matrices = {m.name: m for m in problem.setups}
    total = 0
    for machine in problem.machines:
        if machine.setups is None:
            continue
        matrix, family = matrices[machine.setups], machine.family
        for row in sorted((r for r in rows if r.machine == machine.name), key=lambda r: r.start):
            new = operations[row.job, row.operation].family
            if family is not None and new is not None:
                total += machine.setup_rate * matrix.times[matrix.families.index(family)][matrix.families.index(new)]
            family = new
    return total


def _carriages(problem: Problem, rows: Sequence[Assignment]) -> int:
    prices: dict[tuple[str, str], int] = {}
    for t in problem.transports:
        prices.setdefault((t.destination, t.origin), t.cost)
    prices |= {(t.origin, t.destination): t.cost for t in problem.transports}
    site = {m.name: m.site for m in problem.machines}
    used: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        used[row.job, row.operation].add(site[row.machine])
    total = 0
    for job in problem.jobs:
        for k, op in enumerate(job.operations):
            for name in job.before(k):
                total += sum(
                    prices.get((a, b), 0) for a in used[job.name, name] for b in used[job.name, op.name] if a != b
                )
    return total


def _disturbance(problem: Problem, rows: Sequence[Assignment]) -> int:
    old: dict[tuple[str, str], list[Assignment]] = defaultdict(list)
    new: dict[tuple[str, str], list[Assignment]] = defaultdict(list)
    for row in problem.baseline:
        old[row.job, row.operation].append(row)
    for row in rows:
        new[row.job, row.operation].append(row)
    count = 0
    stayed: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for key, before in old.items():
        if sorted(r.machine for r in before) != sorted(r.machine for r in new[key]):
            count += 1
        elif len(before) == 1:
            stayed[before[0].machine].append((before[0].start, new[key][0].start))
    for pairs in stayed.values():
        tails: list[int] = []
        for _, start in sorted(pairs):
            at = bisect_left(tails, start)
            tails[at : at + 1] = [start]
        count += len(pairs) - len(tails)
    return count
