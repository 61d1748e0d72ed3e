"""The page of one target: basis, plan line, and the counties' shares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from jiqun.programme.models import Target
from jiqun.programme.pace import Course, state_of
from jiqun.programme.pack import Pack
from jiqun.programme.targets import TargetResult, number
from jiqun.web.dispatch.board.shares import courses
from jiqun.web.dispatch.measures import Measured, Tally, measured
from jiqun.web.dispatch.overview import target_row
from jiqun.web.dispatch.results import NO_RESULT, target_results
from jiqun.web.dispatch.shapes import Milestone, Section, Share, TargetPage
from jiqun.web.dispatch.words import KINDS, Scale, scale_of, show_pace, show_value
from jiqun.web.registry.models import Publication

NOTHING = Tally()


def target_page(pack: Pack, publication: Publication, target_id: str) -> TargetPage | None:
    """All of the page but its records; None where the pack has no such target."""
    target = pack.targets.get(target_id)
    if target is None:
        return None
    result = target_results(publication).get(target_id, NO_RESULT)
    task = pack.tasks[target.task] if target.task else None
    actions = {a.number: a.title for a in pack.programme.actions}
    scale, opened = scale_of(target.unit), measured(pack, publication, target.measure)
    return TargetPage(
        row=target_row(pack, target, result),
        action_title=actions.get(task.action) if task and task.action else None,
        task_title=f"{task.number}. {task.title}" if task else None,
        text=target.text,
        kind=KINDS[target.kind],
        baseline=show_value(result.baseline, target.unit),
        baseline_measured=target.baseline is None and result.baseline is not None,
        missing=result.missing,
        pace_text=show_pace(result.pace, target.unit),
        start=target.from_,
        due=target.due,
        repeats=target.repeats == "year",
        note=target.note,
        measure=target.measure,
        query=opened.sql,
        plan=tuple(_plan(target, result, publication.as_of, scale)),
        point=_point(publication.as_of, result, scale),
        shares=tuple(_shares(pack, target, opened, scale, publication.as_of)),
        share_label=_share_label(target, opened),
        share_unit=scale.unit if opened.by_county is not None else "",
        yes_or_no=opened.by_county is None,
        chart_unit=scale.unit,
        digits=scale.digits,
        sections=tuple(_sections(target, opened)),
    )


def _plan(target: Target, result: TargetResult, as_of: date, scale: Scale) -> Iterator[Milestone]:
    """The planned line: start, milestones, goal; a rate is due at its full height, a yearly goal anew each year."""
    goal = scale.of(result.goal)
    if goal is None:
        return
    if target.repeats:
        yield Milestone(date(as_of.year, 1, 1), 0.0)
        yield Milestone(date(as_of.year, 12, 31), goal)
        return
    start = goal if target.kind == "growth" else scale.of(result.baseline)
    if start is not None:
        yield Milestone(target.from_, start)
    for milestone in target.milestones:
        value = scale.of(number(milestone.value))
        if value is not None:
            yield Milestone(milestone.on, value)
    yield Milestone(target.due, goal)


def _point(as_of: date, result: TargetResult, scale: Scale) -> Milestone | None:
    actual = scale.of(result.actual)
    return None if actual is None else Milestone(as_of, actual)


def _shares(pack: Pack, target: Target, opened: Measured, scale: Scale, as_of: date) -> Iterator[Share]:
    """Every counted county; for a measure over the counties themselves, whether each is counted."""
    goals = courses(target) if opened.by_county is not None else {}
    for place in pack.places:
        if place.kind == "city" or not place.counted:
            continue
        tally = opened.tallies.get(place.code, NOTHING)
        base = f"{tally.counted}/{tally.counted + tally.base}" if target.kind == "coverage" else None
        if opened.by_county is None:
            if tally == NOTHING:
                continue
            yield Share(place.code, place.name, float(tally.counted), _covered(tally), None, tally.open)
            continue
        value, course = opened.by_county.get(place.code), goals.get(place.code)
        text = show_value(value, target.unit) or ("不涉及" if tally == NOTHING else "待定")
        share = Share(place.code, place.name, scale.of(value), text, base, tally.open)
        yield share if course is None else _with_goal(share, course, value, target.unit, as_of)


def _with_goal(share: Share, course: Course, value: float | None, unit: str, as_of: date) -> Share:
    """The share with what the split asks of the county."""
    goal, pace = show_value(course.goal, unit), show_pace(course.pace(as_of), unit)
    # A county that was asked for nothing has no state.
    return replace(share, goal=goal, pace=pace, state=state_of(course, value, as_of) if course.goal else None)


def _covered(tally: Tally) -> str:
    return "待定" if tally.open else "已计入" if tally.counted else "未计入"


def _sections(target: Target, opened: Measured) -> Iterator[Section]:
    total = opened.total
    yield Section("counted", "已计入" if target.kind in ("coverage", "share") else "计入的记录", total.counted)
    if total.base:
        yield Section("base", "尚未覆盖" if target.kind == "coverage" else "在总体内、尚未计入", total.base)
    if total.open:
        yield Section("open", "待定：缺少资料，不能判断", total.open)


def _share_label(target: Target, opened: Measured) -> str:
    if opened.by_county is None:
        return "是否计入"
    return {"growth": "增速", "share": "占比", "coverage": "覆盖率"}.get(target.kind, f"数量（{target.unit}）")
