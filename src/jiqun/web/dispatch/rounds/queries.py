"""Reads for the pages of rounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from jiqun.programme.pack import Pack
from jiqun.web.dispatch.rounds.columns import Column
from jiqun.web.dispatch.rounds.grid import columns_of
from jiqun.web.dispatch.rounds.models import Assignment, AssignmentState, CellState, Chain, Round, RoundState
from jiqun.web.dispatch.rounds.permissions import assignments_of, review_level
from jiqun.web.dispatch.rounds.progress import (
    Deadline,
    Standing,
    by_county,
    counted,
    deadline_of,
    standing_of,
    tasks_of,
    together,
)
from jiqun.web.dispatch.rounds.services.opening import plan
from jiqun.web.portal.paging import PAGE, Page, page_of
from jiqun.web.registry.models import Place

UNIT_FILTERS = {"late": "逾期", "missing": "未提交", "returned": "有退回", "submitted": "待审", "approved": "已审核"}


@dataclass(frozen=True)
class RoundRow:
    """A round in the list."""

    round: Round
    deadline: Deadline | None
    units: int
    submitted: int
    approved: int
    waiting: int
    """Cells that wait for the reader's own review."""


@dataclass(frozen=True)
class Progress:
    """A round's progress as its page shows it."""

    whole: Standing
    deadline: Deadline | None
    counties: list[Standing]
    units: Page
    shown: str
    filters: tuple[tuple[str, str], ...]
    firms: bool
    county: str


@dataclass(frozen=True)
class Plan:
    """What opening a draft would make."""

    units: int
    subjects: int
    cells: int
    per_county: list[tuple[str, int]]


def round_list(user: Any, rounds: QuerySet[Round], number: int) -> Page:
    """A page of rounds, the newest first."""
    rows = list(rounds[(number - 1) * PAGE : number * PAGE + 1])
    seen = assignments_of(user).filter(round__in=rows).order_by()
    counts = seen.values_list("round").annotate(
        units=Count("pk"),
        submitted=Count("pk", filter=Q(submitted_at__isnull=False)),
        approved=Count("pk", filter=Q(state=AssignmentState.APPROVED)),
    )
    tally = {pk: (units, submitted, approved) for pk, units, submitted, approved in counts}
    shown = [_row(user, round_, tally.get(round_.pk, (0, 0, 0)), seen) for round_ in rows]
    return page_of(shown, number, total=rounds.count(), noun="项任务")


def _row(user: Any, round_: Round, tally: tuple[int, int, int], seen: QuerySet[Assignment]) -> RoundRow:
    level = review_level(user, round_)
    waiting = 0
    if level is not None and round_.state != RoundState.DRAFT:
        condition = Q(lines__cells__state=CellState.SUBMITTED, lines__cells__approved_level=level - 1)
        waiting = seen.filter(condition, round=round_).count()
    return RoundRow(round_, deadline_of(round_), tally[0], tally[1], tally[2], waiting)


def plan_of(round_: Round) -> Plan:
    """What opening the draft would make."""
    groups = plan(round_)
    names = dict(Place.objects.values_list("pk", "name"))
    per_county: dict[str, int] = {}
    for (place, _), subjects in groups.items():
        name = names.get(place or 0, "未归属县（市、区）")
        per_county[name] = per_county.get(name, 0) + len(subjects)
    total = sum(per_county.values())
    return Plan(len(groups), total, total * round_.items.count(), list(per_county.items()))


def items_of(pack: Pack, round_: Round) -> tuple[Column, ...]:
    """What the round asks for."""
    return columns_of(pack, round_)


def standings(round_: Round, assignments: QuerySet[Assignment]) -> list[Standing]:
    """The standing of each county of the round, of the assignments that the reader sees."""
    return by_county(round_, assignments)


def progress_of(round_: Round, assignments: QuerySet[Assignment], data: Mapping[str, str], number: int) -> Progress:
    """The round's progress: the whole, each county, and a page of units."""
    counties = standings(round_, assignments)
    shown = data.get("show", "")
    county = data.get("county", "")
    units = assignments.filter(round=round_)
    if shown in UNIT_FILTERS:
        units = units.filter(_condition(round_, shown))
    if county:
        units = units.filter(place__code=county)
    rows = [standing_of(a) for a in counted(units)[(number - 1) * PAGE : number * PAGE + 1]]
    return Progress(
        whole=together("全市", counties),
        deadline=deadline_of(round_),
        counties=counties,
        units=page_of(rows, number, total=units.count(), noun="个单位"),
        shown=shown if shown in UNIT_FILTERS else "",
        filters=tuple(UNIT_FILTERS.items()),
        firms=round_.chain == Chain.FIRM,
        county=county,
    )


def _condition(round_: Round, shown: str) -> Q:
    """The units of a filter."""
    over = round_.due_on is not None and round_.due_on < timezone.localdate()
    missing = Q(submitted_at__isnull=True)
    if shown == "late":
        return Q(late=True) | missing if over else Q(late=True)
    return missing if shown == "missing" else Q(state=shown)


__all__ = ["Plan", "Progress", "RoundRow", "items_of", "plan_of", "progress_of", "round_list", "standings", "tasks_of"]
