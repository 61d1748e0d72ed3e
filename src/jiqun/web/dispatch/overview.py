"""The overview: cards, targets by action, states, alerts, and what the map shows."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path

from jiqun.programme.models import Card as CardSpec
from jiqun.programme.models import Target
from jiqun.programme.pack import Pack
from jiqun.programme.targets import TargetResult
from jiqun.web.dispatch.disclosed import hidden_places
from jiqun.web.dispatch.measures import city_values, county_values, measured
from jiqun.web.dispatch.results import NO_RESULT, target_results
from jiqun.web.dispatch.shapes import (
    Alert,
    Area,
    Card,
    Group,
    Metric,
    Overview,
    TargetRow,
    counts_by_state,
)
from jiqun.web.dispatch.words import (
    scale_of,
    show_clause,
    show_gap,
    show_goal,
    show_pace,
    show_value,
)
from jiqun.web.portal.formats import split_number
from jiqun.web.registry.models import Publication

GOALS = "发展目标"
LATE = ("严重滞后", "滞后")
ICONS = {
    "growth": "trending-up", "stock": "building-factory-2", "new-count": "award", "share": "chart-bar",
    "coverage": "shield-check",
}  # fmt: skip


def overview(pack: Pack, publication: Publication, own: Collection[str] | None = None) -> Overview:
    """All of the page, without the small cells of other counties; `own`: the reader's places, None for all."""
    rows = tuple(target_rows(pack, publication))
    return Overview(
        cards=tuple(_cards(pack, publication, {r.id: r for r in rows})),
        groups=tuple(_groups(pack, rows)),
        states=counts_by_state(rows),
        alerts=tuple(_alerts(pack, publication, rows)),
        metrics=tuple(_metrics(pack, publication, own)),
        areas=areas(pack),
    )


def target_rows(pack: Pack, publication: Publication) -> Iterator[TargetRow]:
    """Every target of the pack as a line, in the order of the pack."""
    results = target_results(publication)
    for order, target in enumerate(pack.targets.values()):
        yield target_row(pack, target, results.get(target.id, NO_RESULT), order)


def target_row(pack: Pack, target: Target, result: TargetResult, order: int = 0) -> TargetRow:
    """One target with its result, in words."""
    task = pack.tasks[target.task] if target.task else None
    return TargetRow(
        target.id, target.title, task.action if task else None, show_clause(target.clause), target.unit,
        show_goal(target, result.goal), show_value(result.actual, target.unit), result.progress, result.expected,
        result.state, target.lead or (task.lead if task else None),
        target.supporting or (task.supporting if task else ()), order, result.undetermined,
    )  # fmt: skip


def _groups(pack: Pack, rows: tuple[TargetRow, ...]) -> Iterator[Group]:
    titles: dict[int | None, str] = {None: GOALS, **{a.number: a.title for a in pack.programme.actions}}
    for number, title in titles.items():
        own = tuple(r for r in rows if r.action == number)
        if own:
            yield Group(number, title, own)


def _alerts(pack: Pack, publication: Publication, rows: tuple[TargetRow, ...]) -> Iterator[Alert]:
    late = [row for row in rows if row.state in LATE]
    results = target_results(publication)
    for row in sorted(late, key=lambda r: (LATE.index(r.state), r.lead_over_pace or 0.0)):
        result = results[row.id]
        text = f"当前 {row.actual}，目标 {row.goal}"
        if result.pace is not None and result.actual is not None and result.pace > result.actual:
            pace, short = show_pace(result.pace, row.unit), show_gap(result.pace - result.actual, row.unit)
            text = f"当前 {row.actual}，按时序应达 {pace}，差 {short}"
        yield Alert(row.id, row.title, row.state, text)


def _cards(pack: Pack, publication: Publication, rows: dict[str, TargetRow]) -> Iterator[Card]:
    results = target_results(publication)
    measures = tuple(spec.measure for spec in pack.programme.cards if isinstance(spec, CardSpec))
    values = city_values(pack, publication, measures)
    for spec in pack.programme.cards:
        if isinstance(spec, CardSpec):
            number, unit = _split(values[spec.measure], spec.unit)
            yield Card(spec.title, number, unit, "chart-line")
        else:
            row, target = rows[spec], pack.targets[spec]
            number, unit = _split(results.get(spec, NO_RESULT).actual, target.unit)
            yield Card(target.title, number, unit, ICONS[target.kind], (f"目标 {row.goal}",), row.state, spec)


def _split(value: float | None, unit: str) -> tuple[str | None, str]:
    if value is None:
        return None, unit
    return split_number(value, "元" if unit in ("亿元", "万元") else unit)


def _metrics(pack: Pack, publication: Publication, own: Collection[str] | None) -> Iterator[Metric]:
    """Every card that means something for a county."""
    cards = [spec if isinstance(spec, CardSpec) else pack.targets[spec] for spec in pack.programme.cards]
    values = county_values(pack, publication, tuple(card.measure for card in cards))
    for number, card in enumerate(cards):
        if card.measure in values:
            scale = scale_of(card.unit)
            hidden = hidden_places(measured(pack, publication, card.measure), own) if own is not None else frozenset()
            drawn = {
                str(code): None if code in hidden else scale.of(value) for code, value in values[card.measure].items()
            }
            yield Metric(f"m{number}", card.title, card.title, scale.unit, scale.digits, drawn, tuple(sorted(hidden)))


def areas(pack: Pack) -> tuple[Area, ...]:
    """The county-level places of the pack, and which of them the map draws."""
    drawn = _mapped(pack.root / pack.programme.map) if pack.programme.map else frozenset()
    return tuple(Area(p.code, p.name, p.counted, p.code in drawn) for p in pack.places if p.kind != "city")


@lru_cache(maxsize=2)
def _mapped(path: Path) -> frozenset[str]:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return frozenset(str(f["properties"]["code"]) for f in features)
