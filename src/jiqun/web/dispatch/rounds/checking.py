"""The pack's checks over the lines of an assignment: what was filled in, and what the registry knows besides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

from jiqun.base.periods import Period
from jiqun.programme.figures import FigureCheck, Finding, figure_checks, judge, period_values, stored_value
from jiqun.programme.pack import Pack
from jiqun.rules.facts import Subject, Value, World
from jiqun.rules.vocabulary import ATTRIBUTES, SUBJECT_IDS, Attribute, SubjectKind, Vocabulary
from jiqun.web.dispatch.rounds.columns import Column
from jiqun.web.dispatch.rounds.models import Cell, Line, Worst
from jiqun.web.registry.models import Cluster, Observation, Party, Place, RecordState

GRAVITY = ("open", "warning", "explain", "error")
KNOWN_YEARS = 3
"""How many years back the checks look."""
_CODES = {"party": "uscc", "cluster": "code", "place": "code"}
Figures = dict[str, dict[Period, Value]]
"""By indicator: the values of periods, running totals as reported."""
Known = dict[tuple[str, int], Figures]
"""By subject (kind and id)."""
People = dict[str, dict[int, Any]]
"""Subjects by kind and id."""


def code_of(kind: str, who: Any) -> str:
    """The subject's own code."""
    return str(getattr(who, _CODES[kind]))


def check_lines(pack: Pack, columns: Sequence[Column], lines: Sequence[Line], cells: Iterable[Cell]) -> list[Cell]:
    """Judge the cells of lines anew; the cells whose findings changed, not yet saved."""
    by_place = {(cell.line_id, cell.item_id): cell for cell in cells}
    kind: SubjectKind = lines[0].subject_kind if lines else "party"  # type: ignore[assignment]
    checks = _placed(figure_checks(pack, kind), columns)
    world = _world(pack.vocabulary, [check for check, _ in checks], columns, lines, by_place)
    changed = []
    for line in lines:
        found: dict[int, list[Finding]] = defaultdict(list)
        earlier = _earlier_totals(columns, {c.item.pk for c in columns if by_place[line.pk, c.item.pk].value})
        for check, column in checks:
            if by_place[line.pk, column.item.pk].value:
                finding = judge(check, world, code_of(kind, line.subject), column.period)
                if finding is not None:
                    found[column.item.pk].append(_in_reported_terms(finding, earlier))
        for column in columns:
            cell = by_place[line.pk, column.item.pk]
            if _note(cell, found[column.item.pk]):
                changed.append(cell)
    return changed


def _in_reported_terms(finding: Finding, earlier: dict[str, str]) -> Finding:
    """What a person can give: a period's own value is missing because the running total before it is."""
    return replace(finding, missing=tuple(dict.fromkeys(earlier.get(name, name) for name in finding.missing)))


def _earlier_totals(columns: Sequence[Column], filled: set[int]) -> dict[str, str]:
    """For each running total that is given, the name of the one before it."""
    given = [column for column in columns if column.cumulative and column.item.pk in filled]
    return {f"{c.item.name}[{c.period}]": f"{c.item.name}[{c.period.shift(-1)}]" for c in given}


def _note(cell: Cell, findings: list[Finding]) -> bool:
    findings.sort(key=lambda f: -GRAVITY.index(f.level))
    noted = [asdict(f) | {"missing": list(f.missing)} for f in findings]
    if noted == cell.findings:
        return False
    cell.findings, cell.worst = noted, noted[0]["level"] if noted else Worst.NONE
    return True


def _placed(checks: Iterable[FigureCheck], columns: Sequence[Column]) -> list[tuple[FigureCheck, Column]]:
    """Each check with the columns that its findings are shown at: its first figure that is asked for."""
    by_name: dict[str, list[Column]] = defaultdict(list)
    for column in columns:
        if column.indicator is not None:
            by_name[column.item.name].append(column)
    placed = []
    for check in checks:
        about = next((name for name in check.figures if name in by_name), None)
        placed += [(check, column) for column in by_name.get(about or "", [])]
    return placed


def _world(
    vocabulary: Vocabulary,
    checks: Sequence[FigureCheck],
    columns: Sequence[Column],
    lines: Sequence[Line],
    cells: dict[tuple[int, int], Cell],
) -> World:
    """What the checks may see: the lines' subjects, their cluster and county, and the members that sets range over."""
    if not lines or not checks:
        return World([])
    kind = lines[0].subject_kind
    people: People = {"party": {}, "cluster": {}, "place": {}}
    people[kind] = {line.subject.pk: line.subject for line in lines}
    sets = frozenset().union(*(check.sets for check in checks))
    _add_related(people, kind, sets)
    reads = sorted(frozenset().union(*(check.reads for check in checks)))
    known = _known(vocabulary, people, reads, min(column.period.calendar_year for column in columns))
    for line in lines:
        figures = known[kind, line.subject.pk]
        for column in columns:
            value = column.value(cells[line.pk, column.item.pk].value) if column.indicator else None
            if value is not None:
                figures.setdefault(column.item.name, {})[column.period] = value
    subjects = ((k, pk, who) for k, group in people.items() for pk, who in group.items())
    return World([_subject(vocabulary, people, k, who, known[k, pk]) for k, pk, who in subjects])


def _add_related(people: People, kind: str, sets: frozenset[str]) -> None:
    own = list(people[kind].values())
    if kind == "party":
        people["cluster"] |= Cluster.objects.in_bulk({p.cluster_id for p in own if p.cluster_id})
    if kind != "place":
        people["place"] |= Place.objects.in_bulk({who.county_id for who in own if who.county_id})
    if kind != "party" and "party" in sets:
        link = "cluster" if kind == "cluster" else "county"
        people["party"] |= {p.pk: p for p in Party.objects.filter(**{f"{link}__in": list(people[kind])})}
    if kind == "place" and "cluster" in sets:
        people["cluster"] |= {c.pk: c for c in Cluster.objects.filter(county__in=list(people["place"]))}


def _known(vocabulary: Vocabulary, people: People, reads: list[str], year: int) -> Known:
    known: Known = {(kind, pk): {} for kind, group in people.items() for pk in group}
    for kind, group in people.items():
        if not group:
            continue
        rows = Observation.objects.filter(
            **{f"{kind}__in": list(group)},
            indicator__in=reads,
            state=RecordState.APPROVED,
            period__gte=str(year - KNOWN_YEARS),
        ).values_list(f"{kind}_id", "indicator", "period", "value")
        for pk, name, period, text in rows.iterator():
            indicator = vocabulary.indicator(name)
            if indicator is not None:
                figures = known[kind, pk].setdefault(indicator.name, {})
                figures[Period.parse(period)] = stored_value(text, indicator)
    return known


def _subject(vocabulary: Vocabulary, people: People, kind: str, who: Any, figures: Figures) -> Subject:
    """A subject as rules see it."""
    observations: dict[tuple[str, Period], Value] = {}
    for name, known in figures.items():
        own = period_values(vocabulary.indicators[name], known)
        observations |= {(name, period): value for period, value in own.items()}
    return Subject(
        kind,  # type: ignore[arg-type]
        code_of(kind, who),
        {a.column: _attribute(kind, who, a) for a in ATTRIBUTES[kind]},
        cluster=_related(people, "cluster", getattr(who, "cluster_id", None)),
        county=_related(people, "place", getattr(who, "county_id", None)),
        observations=observations,
    )


def _related(people: People, kind: str, pk: int | None) -> str | None:
    who = people[kind].get(pk or 0)
    return None if who is None else code_of(kind, who)


def _attribute(kind: str, who: Any, attribute: Attribute) -> Value:
    if attribute.derived is not None:
        return attribute.derived.make(getattr(who, attribute.derived.column))
    if attribute.column == SUBJECT_IDS[kind]:
        return code_of(kind, who)
    value: Value = getattr(who, attribute.column)
    return None if value == "" else value
