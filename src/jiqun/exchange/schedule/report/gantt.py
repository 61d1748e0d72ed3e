"""The page of a plan: where every bar stands is worked out here, the template only draws."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from jiqun.base.money import from_fen, show_money
from jiqun.exchange.schedule.calendars import calendar_of, openings
from jiqun.exchange.schedule.difference import Difference
from jiqun.exchange.schedule.problem import Assignment, Machine, Span
from jiqun.exchange.schedule.solution import Setup, Solution

PAGE = "plan.html"
LANE, HEAD, NAME = 26, 30, 168
"""Heights of a lane and of the axis, width of the names, in pixels."""
NARROWEST, WIDEST, TYPICAL = 900, 24_000, 46
"""Widths of the chart, and how wide a middling bar should be."""
COLOURS = (
    "#2f6db5", "#3c8d5a", "#b07a1e", "#7a5ba6", "#1f8a99", "#a3527a", "#6b7f2a", "#8a5a3c", "#4a6fa5", "#57887a",
    "#9a6b94", "#7d7440",
)  # fmt: skip
HOUR, DAY = 60, 1440
M = TypeVar("M", Assignment, Setup)


@dataclass(frozen=True)
class Bar:
    """Something on a lane; `kind` is work, setup or shut."""

    kind: str
    x: float
    width: float
    text: str
    tip: str
    colour: str = ""
    late: bool = False
    moved: bool = False


@dataclass(frozen=True)
class Lane:
    """A machine."""

    name: str
    site: str
    y: float
    bars: tuple[Bar, ...]
    busy: float
    """Share of its open time within the plan that it works or is set up."""


@dataclass(frozen=True)
class Owner:
    """The machines of one owner."""

    name: str
    y: float
    lanes: tuple[Lane, ...]


@dataclass(frozen=True)
class Order:
    """A job in the table."""

    name: str
    begin: str
    end: str
    due: str
    late: str
    colour: str


def write_gantt(solution: Solution, path: Path, title: str, changes: Difference | None = None) -> None:
    """Write the page of a solution that has a plan; with `changes`, what differs from the plan before is marked."""
    environment = Environment(
        loader=PackageLoader("jiqun.exchange.schedule.report", "templates"), autoescape=select_autoescape(default=True),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    chart = Chart(solution, changes)
    page = environment.get_template("plan.html").render(
        title=title, chart=chart, solution=solution, parts=solution.parts, cost=show_money(from_fen(solution.parts.cost)),
        span=chart.moment(solution.parts.makespan, span=True), lane=LANE, head=HEAD, names=NAME,
    )  # fmt: skip
    path.write_text(page, encoding="utf-8")


def _by_machine(things: Iterable[M]) -> dict[str, list[M]]:
    found: dict[str, list[M]] = defaultdict(list)
    for thing in things:
        found[thing.machine].append(thing)
    return found


class Chart:
    """Positions of everything."""

    def __init__(self, solution: Solution, changes: Difference | None = None) -> None:
        self.moves = () if changes is None else (*changes.machine, *changes.order)
        self.moved = {(m.job, m.operation, m.new_start): m for m in self.moves}
        self.problem = solution.problem
        self.rows = solution.assignments
        self.begin = min(self.problem.horizon.begin, *(r.start for r in self.rows))
        self.end = max(r.end for r in self.rows)
        lengths = sorted(r.end - r.start for r in self.rows)
        scale = TYPICAL / max(1, lengths[len(lengths) // 2])
        self.width = min(WIDEST, max(NARROWEST, scale * (self.end - self.begin)))
        self.colour = {job.name: COLOURS[i % len(COLOURS)] for i, job in enumerate(self.problem.jobs)}
        self.work, self.setups = _by_machine(self.rows), _by_machine(solution.setups)
        self.calendars = {c.name: c for c in self.problem.calendars}
        self.ends = self._ends()
        self.late = {j.name for j in self.problem.jobs if j.due is not None and self.ends[j.name] > j.due}
        self.owners = self._owners()
        self.height = HEAD + sum(LANE * (len(o.lanes) + 1) for o in self.owners) + 6
        self.ticks = self._ticks()

    def x(self, moment: float) -> float:
        """Where a moment stands."""
        return round((moment - self.begin) / max(1, self.end - self.begin) * self.width, 1)

    def moment(self, at: int, *, span: bool = False) -> str:
        """A moment, or a length of time, in words: days and hours where the unit is the minute."""
        if self.problem.unit != "分钟":
            return f"{at:,} {self.problem.unit}" if span else f"{at:,}"
        days, rest = divmod(at, DAY)
        if span:
            hours = rest / HOUR
            return f"{days} 天 {hours:.1f} 小时" if days else f"{hours:.1f} 小时"
        return f"第 {days + 1} 天 {rest // HOUR:02d}:{rest % HOUR:02d}"

    @property
    def orders(self) -> list[Order]:
        """The jobs, the latest first."""
        first: dict[str, int] = {}
        for r in self.rows:
            first[r.job] = min(r.start, first.get(r.job, r.start))
        found = []
        for job in sorted(self.problem.jobs, key=lambda j: (-max(0, self._lateness(j.name, j.due)), self.ends[j.name])):
            late = self._lateness(job.name, job.due)
            due = "—" if job.due is None else self.moment(job.due)
            said = f"晚 {self.moment(late, span=True)}" if late > 0 else "—" if job.due is None else "按期"
            begin, end = self.moment(first[job.name]), self.moment(self.ends[job.name])
            found.append(Order(job.name, begin, end, due, said, self.colour[job.name]))
        return found

    def _lateness(self, job: str, due: int | None) -> int:
        return -1 if due is None else self.ends[job] - due

    def _ends(self) -> dict[str, int]:
        ends: dict[str, int] = {}
        for r in self.rows:
            ends[r.job] = max(r.end, ends.get(r.job, r.end))
        return ends

    def _owners(self) -> tuple[Owner, ...]:
        machines = sorted(self.problem.machines, key=lambda m: (m.owner, m.site, self.problem.machine_index[m.name]))
        found, y = [], float(HEAD)
        for owner, group in groupby(machines, key=lambda m: m.owner):
            top = y
            lanes = []
            for machine in group:
                y += LANE
                lanes.append(self._lane(machine, y))
            found.append(Owner(owner, top, tuple(lanes)))
            y += LANE
        return tuple(found)

    def _lane(self, machine: Machine, y: float) -> Lane:
        opened = openings(calendar_of(machine, self.calendars), machine.closed, self.begin, self.end)
        work, setups = self.work[machine.name], self.setups[machine.name]
        time = sum(s.end - s.begin for s in opened)
        used = sum(max(0, min(r.end, s.end) - max(r.start, s.begin)) for r in work for s in opened)
        bars = [*self._shut(opened)]
        for s in setups:
            tip = f"换型 {s.before} → {s.after}，用 {self.moment(s.time, span=True)}"
            bars.append(Bar("setup", self.x(s.end - s.time), self.x(s.end) - self.x(s.end - s.time), "", tip))
        for r in work:
            tip = f"{r.job} 工序 {r.operation}\n{machine.name}　{machine.owner}\n{self.moment(r.start)} 至 {self.moment(r.end)}"
            if r.quantity is not None:
                tip += f"\n分批 {r.quantity} 件"
            move = self.moved.get((r.job, r.operation, r.start))
            if move is not None:
                tip += f"\n原计划：{move.old_machine}，{self.moment(move.old_start)}"
            width = max(1.0, self.x(r.end) - self.x(r.start))
            text = r.job if width >= 9 * len(r.job) + 4 else ""
            bars.append(
                Bar("work", self.x(r.start), width, text, tip, self.colour[r.job], r.job in self.late, move is not None)
            )
        return Lane(machine.name, machine.site, y, tuple(bars), used / time if time else 0.0)

    def _shut(self, opened: list[Span]) -> list[Bar]:
        bars, last = [], self.begin
        for begin, end in [*opened, Span(self.end, self.end)]:
            if begin > last:
                tip = f"不开机 {self.moment(last)} 至 {self.moment(begin)}"
                bars.append(Bar("shut", self.x(last), self.x(begin) - self.x(last), "", tip))
            last = end
        return bars

    def _ticks(self) -> list[tuple[float, str]]:
        length, most = self.end - self.begin, max(4, int(self.width / 110))
        steps = (60, 120, 240, 480, 1440, 2880, 7200, 14400) if self.problem.unit == "分钟" else ()
        rough = max(1, length // most)
        nice = next((s for s in steps if s >= rough), 0) or next(
            m * 10**k for k in range(12) for m in (1, 2, 5) if m * 10**k >= rough
        )
        first = -(-self.begin // nice) * nice
        return [(self.x(t), self.moment(t)) for t in range(first, self.end + 1, nice)]
