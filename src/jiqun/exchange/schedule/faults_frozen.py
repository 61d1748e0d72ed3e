"""Faults of frozen work and of the baseline: unknown objects, quantities, overlaps, gaps in what has happened."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from jiqun.base.errors import Place, Problems
from jiqun.exchange.schedule.records import Assignment, Operation

if TYPE_CHECKING:
    from jiqun.exchange.schedule.problem import Problem


def frozen_faults(problem: Problem, found: Problems) -> None:
    """Check frozen work as a possible past, the baseline only for the names and times in it."""
    if not (problem.frozen or problem.baseline):
        return
    operations = {(j.name, op.name): op for j in problem.jobs for op in j.operations}
    for word, rows in (("冻结", problem.frozen), ("原计划", problem.baseline)):
        for row in rows:
            _row(row, word, operations, found)
    _quantities(problem, operations, found)
    _overlaps(problem, found)
    _order(problem, found)


def place_of(row: Assignment, word: str) -> Place:
    """Where a row of frozen work or of the baseline stands."""
    return Place(field=f"{word} {row.job} / 工序 {row.operation}")


def _row(row: Assignment, word: str, operations: dict[tuple[str, str], Operation], found: Problems) -> None:
    place, op = place_of(row, word), operations.get((row.job, row.operation))
    if op is None:
        found.add("没有这道工序", place)
    elif all(a.machine != row.machine for a in op.alternatives):
        found.add(f"机器 {row.machine} 不能做这道工序", place)
    if row.end <= row.start:
        found.add(f"完工（{row.end}）不晚于开工（{row.start}）", place)


def _quantities(problem: Problem, operations: dict[tuple[str, str], Operation], found: Problems) -> None:
    total: dict[tuple[str, str], int] = defaultdict(int)
    lots: dict[tuple[str, str], int] = defaultdict(int)
    for row in problem.frozen:
        key = (row.job, row.operation)
        if key in operations:
            total[key] += operations[key].quantity if row.quantity is None else row.quantity
            lots[key] += 1
    for (job, name), amount in total.items():
        op, place = operations[job, name], Place(field=f"冻结 {job} / 工序 {name}")
        if amount != op.quantity:
            found.add(f"各批数量之和 {amount} 不等于 {op.quantity}", place, mend="冻结须含这道工序的全部批次")
        if lots[job, name] > op.most_lots:
            found.add(f"有 {lots[job, name]} 批，多于最多批数 {op.most_lots}", place)


def _overlaps(problem: Problem, found: Problems) -> None:
    on: dict[str, list[Assignment]] = defaultdict(list)
    for row in problem.frozen:
        on[row.machine].append(row)
    for machine, rows in on.items():
        rows.sort(key=lambda r: (r.start, r.end))
        for first, second in pairwise(rows):
            if second.start < first.end:
                text = f"在机器 {machine} 上与 {first.job} / 工序 {first.operation} 重叠"
                found.add(text, place_of(second, "冻结"))


def _order(problem: Problem, found: Problems) -> None:
    start: dict[tuple[str, str], int] = {}
    end: dict[tuple[str, str], int] = {}
    for row in problem.frozen:
        key = (row.job, row.operation)
        start[key] = min(row.start, start.get(key, row.start))
        end[key] = max(row.end, end.get(key, row.end))
    for job in problem.jobs:
        for k, op in enumerate(job.operations):
            if (job.name, op.name) not in start:
                continue
            for name in job.before(k):
                place = Place(field=f"冻结 {job.name} / 工序 {op.name}")
                if (job.name, name) not in end:
                    found.add(f"前道工序 {name} 没有冻结", place, mend="请一并冻结，或放开这道工序")
                elif end[job.name, name] > start[job.name, op.name]:
                    found.add(f"开工早于前道工序 {name} 的完工", place)
