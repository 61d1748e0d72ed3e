"""The list of cells that wait for a reviewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from jiqun.programme.pack import Pack
from jiqun.web.dispatch.rounds.grid import GridCell, grid_cells
from jiqun.web.dispatch.rounds.models import Assignment, Cell, CellEvent, CellState, Round, RoundItem, Worst
from jiqun.web.dispatch.rounds.permissions import assignments_of
from jiqun.web.dispatch.rounds.services import Pick, Reviewed
from jiqun.web.portal.formats import show_share
from jiqun.web.portal.paging import Page, page_of

CELLS = 100
SOUND = Q(worst__in=[Worst.NONE], explanation="")
"""Nothing to look at: no finding, nothing that the unit had to explain."""


@dataclass(frozen=True)
class Query:
    """What of the list is asked for."""

    show: str = "waiting"
    assignment: int | None = None
    item: int | None = None

    @classmethod
    def of(cls, data: Mapping[str, str]) -> Query:
        """From a query string; nonsense is left out."""
        show = data.get("show", "waiting")
        return cls(show if show in SHOWN else "waiting", _number(data.get("unit")), _number(data.get("item")))


SHOWN = {
    "waiting": "待我审核",
    "problems": "待审且有问题",
    "returned": "已退回未改",
    "approved": "已审核",
    "all": "全部",
}


@dataclass(frozen=True)
class ReviewLine:
    """A cell as a reviewer sees it."""

    shown: GridCell
    unit: str
    waits: bool
    last_return: str

    @property
    def approved_text(self) -> str:
        """The value approved before; empty where there is none."""
        return self.shown.column.show(self.shown.cell.approved_value)

    @property
    def approved_change(self) -> str:
        """By how much it differs from the value approved before."""
        cell, column = self.shown.cell, self.shown.column
        found = column.change(cell.value, cell.approved_value)
        return "" if not found else f"{'+' if found >= 0 else ''}{show_share(found)}"


@dataclass(frozen=True)
class Review:
    """A page of the list."""

    page: Page
    query: Query
    filters: tuple[tuple[str, str], ...]
    units: list[Assignment]
    items: list[RoundItem]
    waiting: int
    sound: int


def review_page(pack: Pack, user: Any, round_: Round, level: int, asked: Query, number: int) -> Review:
    """A page of cells, those with problems first."""
    cells = _cells(user, round_, level, asked)
    waiting = _cells(user, round_, level, Query("waiting", asked.assignment, asked.item))
    rows = list(cells[(number - 1) * CELLS : number * CELLS + 1])
    page = page_of(rows, number, total=cells.count(), size=CELLS, noun="个数据")
    lines = _lines(pack, round_, level, page.rows)
    return Review(
        page=Page(lines, page.number, page.has_next, page.count_text, page.pages), query=asked,
        filters=tuple(SHOWN.items()), units=_units(user, round_), items=list(round_.items.all()),
        waiting=waiting.count(), sound=waiting.filter(SOUND).count(),
    )  # fmt: skip


def sound_picks(user: Any, round_: Round, level: int, asked: Query) -> list[Pick]:
    """Every waiting cell of the filter that has nothing to look at."""
    waiting = _cells(user, round_, level, Query("waiting", asked.assignment, asked.item)).filter(SOUND)
    return [Pick(pk, version) for pk, version in waiting.order_by("pk").values_list("pk", "version")]


def conflicts_of(pack: Pack, round_: Round, reviewed: Reviewed) -> list[tuple[GridCell, str]]:
    """The cells that another was first at, with what that was."""
    what = {conflict.cell.pk: conflict.what for conflict in reviewed.conflicts}
    cells = Cell.objects.filter(pk__in=what).select_related("item", "line__party", "line__cluster", "line__place")
    return [(shown, what[shown.cell.pk]) for shown in grid_cells(pack, round_, cells)]


def _cells(user: Any, round_: Round, level: int, asked: Query) -> QuerySet[Cell]:
    assignments = assignments_of(user).filter(round=round_).order_by()
    if asked.assignment is not None:
        assignments = assignments.filter(pk=asked.assignment)
    cells = Cell.objects.filter(line__assignment__in=assignments.values("pk"))
    if asked.item is not None:
        cells = cells.filter(item=asked.item)
    waits = Q(state=CellState.SUBMITTED, approved_level=level - 1)
    conditions = {
        "waiting": waits,
        "problems": waits & ~SOUND,
        "returned": Q(state__in=[CellState.RETURNED, CellState.UNLOCKED]),
        "approved": Q(approved_level__gte=level),
        "all": ~Q(state=CellState.EMPTY),
    }
    cells = cells.filter(conditions[asked.show]).select_related(
        "item", "line__assignment__place", "line__assignment__party", "line__party", "line__cluster", "line__place"
    )
    return cells.order_by("line__assignment__place__code", "line__assignment", "line__position", "item__position")


def _lines(pack: Pack, round_: Round, level: int, cells: Any) -> list[ReviewLine]:
    shown = grid_cells(pack, round_, cells)
    returns: dict[int, str] = {}
    events = CellEvent.objects.filter(cell__in=[c.cell.pk for c in shown], act__in=["return", "unlock"])
    for pk, text in events.order_by("id").values_list("cell", "text"):
        returns[pk] = text
    return [
        ReviewLine(
            one,
            str(one.cell.line.assignment),
            one.cell.state == CellState.SUBMITTED and one.cell.approved_level == level - 1,
            returns.get(one.cell.pk, ""),
        )
        for one in shown
    ]


def _units(user: Any, round_: Round) -> list[Assignment]:
    """The units to choose from; too many make no choice."""
    return list(assignments_of(user).filter(round=round_, submitted_at__isnull=False)[:200])


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else None
