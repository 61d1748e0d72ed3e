"""A plan in force and what happens to it, from JSON files.

Events are an array of objects with a `kind`: {"kind": "breakdown", "machine", "begin", "end"}, {"kind": "delay", "job",
"until"}, {"kind": "order", "job": {…}}.
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from jiqun.base.errors import Place, did_you_mean
from jiqun.base.errors import Problem as Fault
from jiqun.exchange.schedule.checker import check
from jiqun.exchange.schedule.faults import ScheduleError
from jiqun.exchange.schedule.live import Live
from jiqun.exchange.schedule.reading import job_of, load_problem, read_json, solution_from
from jiqun.exchange.schedule.reading_fields import Form, record_of
from jiqun.exchange.schedule.replan_events import Breakdown, Delay, Event, Order

KINDS: dict[str, type[Event]] = {"breakdown": Breakdown, "delay": Delay, "order": Order}


def load_live(problem: Path, plan: Path) -> Live:
    """A problem and its plan; raises `ScheduleError` with every fault of either, or every rule that the plan breaks."""
    loaded = load_problem(problem)
    solution = solution_from(loaded, read_json(plan), str(plan))
    if not solution.has_plan:
        raise ScheduleError([Fault("没有方案，不能据以答复", Place(str(plan)), solution.status.chinese)])
    if broken := check(solution):
        raise ScheduleError(Fault(v.text, Place(str(plan))) for v in broken)
    return Live(loaded, solution)


def load_events(path: Path) -> tuple[Event, ...]:
    """The events of a JSON file; raises `ScheduleError` with every fault of form."""
    return events_from(read_json(path), str(path))


def events_from(content: object, file: str | None = None) -> tuple[Event, ...]:
    """Events from parsed JSON; raises `ScheduleError` with every fault of form."""
    form = Form(file)
    found = [_event(item, f"事件 第 {k} 项", form) for k, item in enumerate(form.array(content, "事件"), start=1)]
    if len(form.faults):
        raise ScheduleError(form.faults)
    return tuple(e for e in found if e is not None)


def _event(content: object, where: str, form: Form) -> Event | None:
    if not isinstance(content, dict) or content.get("kind") not in KINDS:
        known = {"kind", *(f.name for kind in KINDS.values() for f in fields(kind))}
        given = form.mapping(content, where, known, {"kind"})
        if "kind" in given:
            mend = did_you_mean(str(given["kind"]), KINDS) or f"须为 {'、'.join(KINDS)} 之一"
            form.faults.add("类别不认识", form.place(f"{where} kind"), found=given["kind"], mend=mend)
        return None
    rest = {k: v for k, v in content.items() if k != "kind"}
    if content["kind"] == "order":
        return record_of(Order, rest, where, form, job=lambda v, w: job_of(v, f"{w.strip()} 订单", form))
    return record_of(KINDS[content["kind"]], rest, where, form)
