"""Flexible job shops in the text format of the public instances (Brandimarte 1993 and after).

The first line holds the numbers of jobs and machines (and often a third number); then a line for each job: how many
operations, and for each how many machines and pairs of machine and time. Machines count from 1, in some archives from 0.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from jiqun.base.errors import Place, Problems
from jiqun.exchange.schedule.faults import ScheduleError
from jiqun.exchange.schedule.problem import Problem, plain_problem
from jiqun.exchange.schedule.reading import read_text

Operation = list[tuple[int, int]]


class _Line(NamedTuple):
    number: int
    words: list[str]


def load_fjs(path: Path, first: int | None = None) -> Problem:
    """The problem of a file; `first` is the number of the first machine, found out where it is None.

    Raises `ScheduleError` with every fault, each with its line.
    """
    return parse_fjs(read_text(path), str(path), first, name=path.stem)


def parse_fjs(text: str, file: str = "", first: int | None = None, *, name: str = "") -> Problem:
    """The problem of a text; raises `ScheduleError` with every fault, each with its line."""
    lines = [_Line(i, line.split()) for i, line in enumerate(text.splitlines(), 1) if line.strip()]
    found = Problems()
    if not lines or len(lines[0].words) < 2 or not all(w.isdigit() for w in lines[0].words[:2]):
        found.add(
            "首行应写工件数和机器数", Place(file, line=lines[0].number if lines else 1),
            found=" ".join(lines[0].words[:4]) if lines else None, mend="例如：10 6",
        )  # fmt: skip
        raise ScheduleError(found)
    jobs, machines = map(int, lines[0].words[:2])
    rows = lines[1:]
    if len(rows) != jobs:
        found.add(
            f"首行说有 {jobs} 个工件，文件里有 {len(rows)} 行",
            Place(file, line=lines[0].number),
            mend="请核对文件是否完整",
        )
    read = [_job(row, file, found) for row in rows]
    base = first if first is not None else _first(read)
    for row, ops in zip(rows, read, strict=True):
        for k, op in enumerate(ops, 1):
            _check(op, k, machines, base, Place(file, line=row.number), found)
    if len(found):
        raise ScheduleError(found)
    return plain_problem([[[(m - base, t) for m, t in op] for op in ops] for ops in read], machines, name)


def _job(row: _Line, file: str, found: Problems) -> list[Operation]:
    place = Place(file, line=row.number)
    wrong = [w for w in row.words if not w.lstrip("-").isdigit()]
    if wrong:
        found.add("应为整数", place, found="、".join(wrong[:3]))
        return []
    numbers = iter(map(int, row.words))
    ops: list[Operation] = []
    try:
        for _ in range(next(numbers)):
            ops.append([(next(numbers), next(numbers)) for _ in range(next(numbers))])
    except (StopIteration, RuntimeError):
        found.add(f"这一行在第 {len(ops) + 1} 道工序处断了", place, mend="请核对工序数、机器数与后面的数是否相符")
        return []
    if rest := len(list(numbers)):
        found.add(f"这一行多出 {rest} 个数", place, mend="请核对工序数和机器数")
    return ops


def _first(jobs: list[list[Operation]]) -> int:
    """0 where a machine is numbered so, else 1."""
    return 0 if any(m == 0 for ops in jobs for op in ops for m, _ in op) else 1


def _check(op: Operation, k: int, machines: int, base: int, place: Place, found: Problems) -> None:
    if not op:
        found.add(f"第 {k} 道工序没有任何机器能做", place, mend="请给它至少一台机器")
    for m, t in op:
        if not base <= m < base + machines:
            found.add(f"第 {k} 道工序的机器编号超出 {base}—{base + machines - 1}", place, found=str(m))
        if t <= 0:
            found.add(f"第 {k} 道工序的加工时间应大于零", place, found=str(t))
    if len({m for m, _ in op}) < len(op):
        found.add(f"第 {k} 道工序有机器写了两次", place, mend="请只保留一次")
