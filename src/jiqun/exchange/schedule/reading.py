"""Problems and plans from and to JSON; a file's faults of form and of meaning are reported together.

A problem is an object with the fields of `Problem`; records have the fields of `records`, spans are [begin, end].
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, TypeVar

from jiqun.base.errors import InputError, Place, Problems
from jiqun.exchange.schedule.faults import NO_JOBS, ScheduleError
from jiqun.exchange.schedule.problem import (
    Alternative,
    Assignment,
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
from jiqun.exchange.schedule.reading_fields import LABELS, Form, record_of
from jiqun.exchange.schedule.solution import Solution, Status, no_solution, solution_of

T = TypeVar("T")


def read_text(path: Path, mend: str | None = None) -> str:
    """The text of a file; raises `ScheduleError` where it cannot be read."""
    found = Problems()
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        found.add("文件不存在", Place(str(path)))
    except (OSError, UnicodeDecodeError) as error:
        found.add(f"文件无法读取：{error}", Place(str(path)), mend=mend)
    raise ScheduleError(found)


def read_json(path: Path) -> object:
    """The content of a JSON file; raises `ScheduleError` where it cannot be read."""
    try:
        return json.loads(read_text(path, "请另存为 UTF-8 编码的 JSON"))
    except json.JSONDecodeError as error:
        found = Problems()
        found.add(f"不是 JSON：{error.msg}", Place(str(path), line=error.lineno, column=error.colno))
        raise ScheduleError(found) from None


def load_problem(path: Path) -> Problem:
    """The problem of a JSON file; raises `ScheduleError` with every fault."""
    return problem_from(read_json(path), str(path))


def problem_from(content: object, file: str | None = None) -> Problem:
    """A problem from parsed JSON; raises `ScheduleError` with the faults of form, then those of meaning.

    Meaning is judged of what could be read: without the jobs that have faults of form, and not at all where machines or
    rules have, since all else leans on them.
    """
    form = Form(file)
    given = form.mapping(content, "问题", {f.name for f in fields(Problem)}, {"jobs", "machines"})
    jobs = [_read(item, f"{LABELS['jobs']} 第 {k} 项", job_of, form) for k, item in enumerate(
        form.array(given.get("jobs", ()), LABELS["jobs"]), start=1
    )]  # fmt: skip
    before = len(form.faults)
    made = _rules(given, form)
    rules = len(form.faults) == before and "machines" in given
    made["jobs"] = tuple(job for job, sound in jobs if sound)
    before = len(form.faults)
    for name in ("frozen", "baseline"):
        made[name] = _each(given.get(name, ()), LABELS[name], _assignment, form)
    if not len(form.faults):
        return Problem(**made)
    if rules:
        if len(made["jobs"]) < len(jobs) or len(form.faults) > before:
            made["frozen"] = made["baseline"] = ()
        try:
            Problem(**made)
        except InputError as error:
            form.faults.extend(p for p in error.problems if p.message != NO_JOBS or not jobs)
    raise ScheduleError(form.faults)


def _rules(given: dict[str, Any], form: Form) -> dict[str, Any]:
    """Everything but jobs and what is planned of them."""
    made: dict[str, Any] = {}
    for name, maker in (
        ("machines", _machine), ("calendars", _calendar), ("setups", _matrix), ("transports", _transport),
    ):  # fmt: skip
        made[name] = _each(given.get(name, ()), LABELS[name], maker, form)
    for name, kind in (("horizon", Horizon), ("objective", Objective)):
        if name in given:
            made[name] = record_of(kind, given[name], LABELS[name], form)
    for name in ("unit", "name"):
        if name in given:
            made[name] = form.text(given[name], LABELS[name])
    return made


def _read(content: object, where: str, maker: Callable[[object, str, Form], T], form: Form) -> tuple[T, bool]:
    """What was read, and whether its form has no fault."""
    before = len(form.faults)
    made = maker(content, where, form)
    return made, len(form.faults) == before


def _each(content: object, where: str, maker: Callable[[object, str, Form], T], form: Form) -> tuple[T, ...]:
    return tuple(maker(item, f"{where} 第 {k} 项", form) for k, item in enumerate(form.array(content, where), start=1))


def job_of(content: object, where: str, form: Form) -> Job:
    """A job within a larger content; faults of form are noted in `form`."""
    return record_of(Job, content, where, form, operations=lambda v, w: _each(v, f"{w}工序", _operation, form))


def _operation(content: object, where: str, form: Form) -> Operation:
    return record_of(
        Operation, content, where, form,
        alternatives=lambda v, w: _each(v, f"{w}做法", _alternative, form),
        after=lambda v, w: None if v is None else _texts(v, f"{w}前道工序", form),
    )  # fmt: skip


def _alternative(content: object, where: str, form: Form) -> Alternative:
    return record_of(Alternative, content, where, form)


def _machine(content: object, where: str, form: Form) -> Machine:
    return record_of(Machine, content, where, form, closed=lambda v, w: _spans(v, f"{w}停机", form))


def _calendar(content: object, where: str, form: Form) -> Calendar:
    return record_of(Calendar, content, where, form, spans=lambda v, w: _spans(v, f"{w}开放时段", form))


def _matrix(content: object, where: str, form: Form) -> SetupMatrix:
    return record_of(
        SetupMatrix, content, where, form,
        families=lambda v, w: _texts(v, f"{w}工艺族", form),
        times=lambda v, w: tuple(
            tuple(form.whole(t, f"{w}时间") for t in form.array(row, f"{w}时间")) for row in form.array(v, f"{w}时间")
        ),
    )  # fmt: skip


def _transport(content: object, where: str, form: Form) -> Transport:
    return record_of(Transport, content, where, form)


def _assignment(content: object, where: str, form: Form) -> Assignment:
    return record_of(Assignment, content, where, form)


def _spans(content: object, where: str, form: Form) -> tuple[Span, ...]:
    found = []
    for k, item in enumerate(form.array(content, where), start=1):
        if not isinstance(item, (list, tuple)) or len(item) != 2:
            form.faults.add("须为 [开始, 结束] 两个整数", form.place(f"{where} 第 {k} 项"), found=item)
            continue
        found.append(Span(*(form.whole(moment, f"{where} 第 {k} 项") for moment in item)))
    return tuple(found)


def _texts(content: object, where: str, form: Form) -> tuple[str, ...]:
    return tuple(form.text(item, where) for item in form.array(content, where))


def problem_as_json(problem: Problem) -> dict[str, Any]:
    """A problem for JSON, without what stands at its default; `problem_from` gives it back."""
    return {f.name: _plain(getattr(problem, f.name)) for f in fields(problem) if _told(problem, f)}


def _told(record: Any, field: Any) -> bool:
    value = getattr(record, field.name)
    default = field.default_factory() if field.default_factory is not MISSING else field.default
    return default is MISSING or value != default


def _plain(value: Any) -> Any:
    if isinstance(value, Span):
        return list(value)
    if isinstance(value, (Alternative, Assignment)):
        defaults = value._field_defaults
        return {k: v for k, v in value._asdict().items() if k not in defaults or v != defaults[k]}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if hasattr(value, "__dataclass_fields__"):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value) if _told(value, f)}
    return value


def solution_as_json(solution: Solution) -> dict[str, Any]:
    """A solution for programs: status, figures, assignments, setups and carriages."""
    return {
        "status": solution.status.value,
        "reason": solution.reason,
        "bound": solution.bound,
        "value": solution.value if solution.has_plan else None,
        "parts": solution.parts._asdict() if solution.has_plan else None,
        "seconds": round(solution.seconds, 3),
        "assignments": _plain(solution.assignments),
        "setups": [s._asdict() for s in solution.setups],
        "carriages": [c._asdict() for c in solution.carriages],
    }


def solution_from(problem: Problem, content: object, file: str | None = None) -> Solution:
    """A solution from parsed JSON over its problem; figures are measured anew, not believed."""
    form = Form(file)
    known = {"status", "reason", "bound", "value", "parts", "seconds", "assignments", "setups", "carriages"}
    given = form.mapping(content, "方案", known, {"assignments"})
    rows = _each(given.get("assignments", ()), "方案", _assignment, form)
    status = given.get("status", Status.FEASIBLE.value)
    if status not in [s.value for s in Status]:
        form.faults.add("状态不认识", form.place("status"), found=status, mend=f"须为 {'、'.join(Status)} 之一")
    bound = None if given.get("bound") is None else form.whole(given["bound"], "bound")
    if len(form.faults):
        raise ScheduleError(form.faults)
    if not rows:
        return no_solution(problem, Status(status), str(given.get("reason", "")), bound)
    return solution_of(problem, rows, status=Status(status), bound=bound, reason=str(given.get("reason", "")))


def job_from(content: object, file: str | None = None) -> Job:
    """A job from parsed JSON; raises `ScheduleError` with every fault of its form."""
    form = Form(file)
    job = job_of(content, "订单", form)
    if len(form.faults):
        raise ScheduleError(form.faults)
    return job
