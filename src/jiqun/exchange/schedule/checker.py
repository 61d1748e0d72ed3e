"""Whether a plan is valid: recomputed from the problem's records alone, by other means than the solvers use."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from jiqun.exchange.schedule.calendars import openings
from jiqun.exchange.schedule.checker_parts import recount
from jiqun.exchange.schedule.problem import Alternative, Assignment, Job, Machine, Operation, Problem, Span
from jiqun.exchange.schedule.solution import Solution, Status


class Violation(NamedTuple):
    """A rule that a plan breaks: `kind` for programs, `text` for people."""

    kind: str
    text: str

    def __str__(self) -> str:
        return self.text


def check(solution: Solution) -> list[Violation]:
    """Every rule that a solution breaks, the figures it claims included; empty for a valid one."""
    problem = solution.problem
    if not solution.has_plan:
        return []
    found = violations(problem, solution.assignments)
    if any(v.kind in ("unknown", "unable", "missing") for v in found):
        return found
    parts = recount(problem, solution.assignments)
    for name in parts._fields:
        claimed, real = getattr(solution.parts, name), getattr(parts, name)
        if claimed != real:
            found.append(Violation("figure", f"目标 {name} 报 {claimed}，实为 {real}"))
    value = parts.weighted(problem.objective)
    if solution.bound is not None and solution.bound > value:
        found.append(Violation("bound", f"下界 {solution.bound} 高于目标值 {value}"))
    if solution.status is Status.OPTIMAL and solution.bound != value:
        found.append(Violation("bound", f"称为最优，而下界 {solution.bound} 不等于目标值 {value}"))
    return found


def violations(problem: Problem, rows: Sequence[Assignment]) -> list[Violation]:
    """Every rule that rows of assignments break."""
    view = _View(problem, rows)
    return [*_known(view), *_complete(view), *_frozen(view), *_times(view), *_order(view), *_machines(view)]


@dataclass
class _View:
    """The rows by operation and by machine; rows with unknown names are left out and reported."""

    problem: Problem
    rows: Sequence[Assignment]
    by_operation: dict[tuple[str, str], list[Assignment]] = field(default_factory=lambda: defaultdict(list))
    by_machine: dict[str, list[Assignment]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.operations: dict[tuple[str, str], tuple[Job, Operation]] = {
            (j.name, op.name): (j, op) for j in self.problem.jobs for op in j.operations
        }
        self.machines: dict[str, Machine] = {m.name: m for m in self.problem.machines}
        self.frozen = {(f.job, f.operation) for f in self.problem.frozen}
        self.transports: dict[tuple[str, str], int] = {}
        for t in self.problem.transports:
            self.transports.setdefault((t.destination, t.origin), t.time)
        self.transports |= {(t.origin, t.destination): t.time for t in self.problem.transports}
        for row in self.rows:
            if (row.job, row.operation) in self.operations and row.machine in self.machines:
                self.by_operation[row.job, row.operation].append(row)
                self.by_machine[row.machine].append(row)
        low = min((r.start for r in self.rows), default=0)
        high = max((r.end for r in self.rows), default=0)
        self.edge = (min(low, self.problem.horizon.begin) - 1, high + 1)
        self.open: dict[str, _Open] = {}

    def opening(self, machine: str) -> _Open:
        """The open time of a machine around the plan."""
        if machine not in self.open:
            of, calendars = self.machines[machine], {c.name: c for c in self.problem.calendars}
            calendar = calendars[of.calendar] if of.calendar is not None else None
            self.open[machine] = _Open(openings(calendar, of.closed, *self.edge))
        return self.open[machine]

    def alternative(self, row: Assignment) -> Alternative | None:
        """How the machine of a row does its operation, None where it cannot."""
        _, op = self.operations[row.job, row.operation]
        return next((a for a in op.alternatives if a.machine == row.machine), None)


class _Open:
    """Open time of one machine, to be measured between two moments."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self.begins = [b for b, _ in spans]
        self.spans = spans
        self.before = [0]
        for begin, end in spans:
            self.before.append(self.before[-1] + end - begin)

    def until(self, moment: int) -> int:
        """Open time before a moment."""
        i = bisect_right(self.begins, moment)
        if i == 0:
            return 0
        begin, end = self.spans[i - 1]
        return self.before[i - 1] + min(moment, end) - begin

    def between(self, begin: int, end: int) -> int:
        """Open time from `begin` until `end`."""
        return self.until(end) - self.until(begin)


def _name(row: Assignment) -> str:
    return f"{row.job} / 工序 {row.operation}（机器 {row.machine}，{row.start}—{row.end}）"


def _known(view: _View) -> Iterator[Violation]:
    for row in view.rows:
        if (row.job, row.operation) not in view.operations:
            yield Violation("unknown", f"{_name(row)}：没有这道工序")
        elif row.machine not in view.machines:
            yield Violation("unknown", f"{_name(row)}：没有这台机器")
        elif view.alternative(row) is None:
            yield Violation("unable", f"{_name(row)}：机器不能做这道工序")


def _complete(view: _View) -> Iterator[Violation]:
    for (job, name), (_, op) in view.operations.items():
        rows = view.by_operation.get((job, name), [])
        amounts = [op.quantity if r.quantity is None else r.quantity for r in rows]
        where = f"{job} / 工序 {name}"
        if not rows:
            yield Violation("missing", f"{where}：没有安排")
        elif sum(amounts) != op.quantity:
            yield Violation("quantity", f"{where}：各批数量之和 {sum(amounts)} 不等于 {op.quantity}")
        if len(rows) > op.most_lots and rows:
            yield Violation("lots", f"{where}：分了 {len(rows)} 批，最多 {op.most_lots} 批")
        elif len(rows) > 1 and min(amounts) < op.smallest_lot and (job, name) not in view.frozen:
            yield Violation("lots", f"{where}：有一批只有 {min(amounts)}，最小批量 {op.smallest_lot}")


def _frozen(view: _View) -> Iterator[Violation]:
    kept: dict[tuple[str, str], list[Assignment]] = defaultdict(list)
    for row in view.problem.frozen:
        kept[row.job, row.operation].append(row)
    for key, rows in kept.items():
        quantity = view.operations[key][1].quantity

        def plain(found: list[Assignment], whole: int = quantity) -> list[tuple[str, int, int, int]]:
            return sorted((r.machine, r.start, r.end, whole if r.quantity is None else r.quantity) for r in found)

        if plain(rows) != plain(view.by_operation.get(key, [])):
            yield Violation("frozen", f"{key[0]} / 工序 {key[1]}：已冻结，不得改动")


def _times(view: _View) -> Iterator[Violation]:
    horizon = view.problem.horizon
    for key, rows in view.by_operation.items():
        if key in view.frozen:
            continue
        job, op = view.operations[key]
        for row in rows:
            way = view.alternative(row)
            if way is None:
                continue
            if row.start < job.release:
                yield Violation("release", f"{_name(row)}：早于投料时间 {job.release}")
            if op.earliest is not None and row.start < op.earliest:
                yield Violation("release", f"{_name(row)}：早于最早开工时间 {op.earliest}")
            if row.start < horizon.begin:
                yield Violation("horizon", f"{_name(row)}：早于排产期开始 {horizon.begin}")
            if horizon.end is not None and row.end > horizon.end:
                yield Violation("horizon", f"{_name(row)}：晚于排产期结束 {horizon.end}")
            yield from _duration(view, op, row, way)


def _duration(view: _View, op: Operation, row: Assignment, way: Alternative) -> Iterator[Violation]:
    quantity = op.quantity if row.quantity is None else row.quantity
    need = -(-way.duration * quantity // op.quantity)
    open_ = view.opening(row.machine)
    if row.end <= row.start:
        yield Violation("duration", f"{_name(row)}：完工不晚于开工")
        return
    if open_.between(row.start, row.start + 1) == 0:
        yield Violation("calendar", f"{_name(row)}：开工时机器未开放")
    if open_.between(row.end - 1, row.end) == 0:
        yield Violation("calendar", f"{_name(row)}：完工时机器未开放")
    worked = open_.between(row.start, row.end)
    if worked != need:
        yield Violation("duration", f"{_name(row)}：其间机器开放 {worked}，而需 {need}")
    if not op.interruptible and worked != row.end - row.start:
        yield Violation("interrupted", f"{_name(row)}：不可中断，而其间机器有停歇")


def _order(view: _View) -> Iterator[Violation]:
    for job in view.problem.jobs:
        for k, op in enumerate(job.operations):
            if (job.name, op.name) in view.frozen:
                continue
            for row in view.by_operation.get((job.name, op.name), []):
                for name in job.before(k):
                    for before in view.by_operation.get((job.name, name), []):
                        yield from _carried(view, before, row)


def _carried(view: _View, before: Assignment, row: Assignment) -> Iterator[Violation]:
    sites = view.machines[before.machine].site, view.machines[row.machine].site
    time = 0 if sites[0] == sites[1] else view.transports.get(sites, 0)
    if row.start < before.end + time:
        carried = f"，运输 {time}" if time else ""
        yield Violation("order", f"{_name(row)}：早于前道 {_name(before)} 的完工{carried}")


def _machines(view: _View) -> Iterator[Violation]:
    matrices = {m.name: m for m in view.problem.setups}
    for name, rows in view.by_machine.items():
        machine = view.machines[name]
        rows.sort(key=lambda r: (r.start, r.end))
        for first, second in pairwise(rows):
            if second.start < first.end:
                yield Violation("overlap", f"{_name(second)}：与 {_name(first)} 重叠")
        if machine.setups is None:
            continue
        matrix, family, free, kept = matrices[machine.setups], machine.family, view.problem.horizon.begin, True
        for row in rows:
            op = view.operations[row.job, row.operation][1]
            frozen = (row.job, row.operation) in view.frozen
            if family is not None and op.family is not None and not (frozen and kept):
                need = matrix.times[matrix.families.index(family)][matrix.families.index(op.family)]
                there = view.opening(name).between(free, row.start) if row.start > free else 0
                if there < need:
                    yield Violation("setup", f"{_name(row)}：换型需 {need}，之前只有 {there}")
            family, free, kept = op.family, max(row.end, view.problem.horizon.begin), frozen
