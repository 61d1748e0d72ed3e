"""The grid of an assignment: a page of lines with their cells, what they are compared with, and how they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from jiqun.programme.pack import Pack
from jiqun.web.dispatch.rounds.columns import Column, column_of
from jiqun.web.dispatch.rounds.models import Assignment, Cell, CellState, Line, Round, Worst
from jiqun.web.portal.formats import show_share
from jiqun.web.portal.paging import Page, page_of
from jiqun.web.registry.models import Observation, RecordState

LINES = 100
NEEDS_EXPLANATION = Q(worst=Worst.EXPLAIN, explanation="")
FILTERS: dict[str, tuple[str, Q]] = {
    "returned": ("退回、解锁", Q(state__in=[CellState.RETURNED, CellState.UNLOCKED])),
    "wrong": ("有误或须说明", Q(worst=Worst.ERROR) | NEEDS_EXPLANATION),
    "empty": ("未填", Q(value="", explanation="", item__required=True)),
    "submitted": ("待审", Q(state=CellState.SUBMITTED)),
}
Bases = dict[tuple[int, int], str]
"""By subject and item: the value that a figure is compared with."""


@dataclass(frozen=True)
class GridCell:
    """A cell as it is shown."""

    cell: Cell
    column: Column
    base: str

    @property
    def text(self) -> str:
        """The value in the column's unit."""
        return self.column.show(self.cell.value)

    @property
    def change(self) -> str:
        """By how much it differs from the base, with its sign; empty where that cannot be said."""
        found = self.column.change(self.cell.value, self.base)
        return "" if found is None else f"{'+' if found >= 0 else ''}{show_share(found)}"

    @property
    def base_text(self) -> str:
        """The base in the column's unit."""
        return self.column.show(self.base)

    @property
    def hint(self) -> str:
        """The gravest finding in words; nothing where it was explained."""
        if not self.cell.findings:
            return ""
        first = self.cell.findings[0]
        return f"待定：缺 {'、'.join(first['missing'])}" if first["level"] == Worst.OPEN else str(first["message"])

    @property
    def open(self) -> dict[str, Any] | None:
        """How many checks cannot be judged, and what they lack."""
        undecided = [finding for finding in self.cell.findings if finding["level"] == Worst.OPEN]
        missing = dict.fromkeys(name for finding in undecided for name in finding["missing"])
        return {"count": len(undecided), "missing": list(missing)} if undecided else None

    @property
    def look(self) -> str:
        """The classes of its look."""
        worst = self.cell.worst
        if worst == Worst.EXPLAIN and self.cell.explanation:
            worst = "explained"
        return f"is-{self.cell.state} {f'has-{worst}' if worst else ''}".strip()

    def as_json(self) -> dict[str, Any]:
        """For the script of the grid."""
        return {
            "id": self.cell.pk, "version": self.cell.version, "text": self.text, "change": self.change,
            "look": self.look, "hint": self.hint, "state": self.cell.get_state_display(),
            "editable": self.cell.is_editable, "explained": bool(self.cell.explanation),
        }  # fmt: skip


@dataclass(frozen=True)
class GridLine:
    """A line as it is shown."""

    line: Line
    cells: tuple[GridCell, ...]


@dataclass(frozen=True)
class Grid:
    """A page of an assignment's lines."""

    columns: tuple[Column, ...]
    page: Page
    counts: dict[str, int]
    """Cells by filter."""
    total: int
    filled: int


def columns_of(pack: Pack, round_: Round) -> tuple[Column, ...]:
    """The columns of a round."""
    return tuple(column_of(pack, item) for item in round_.items.all())


def grid_of(pack: Pack, assignment: Assignment, shown: str, search: str, number: int) -> Grid:
    """A page of lines: those with something returned first; of a filter, the lines that have such a cell."""
    columns = columns_of(pack, assignment.round)
    lines = _lines(assignment, shown, search)
    rows = list(lines[(number - 1) * LINES : number * LINES + 1])
    page = page_of(rows, number, total=lines.count(), size=LINES, noun="行")
    cells = Cell.objects.filter(line__in=[line.pk for line in page.rows]).select_related("item").order_by()
    page = Page(_shown(columns, page.rows, cells), page.number, page.has_next, page.count_text, page.pages)
    of_assignment = Cell.objects.filter(line__assignment=assignment).order_by()
    tally = of_assignment.aggregate(
        total=Count("pk"), filled=Count("pk", filter=~Q(value="") | ~Q(explanation="")),
        **{name: Count("pk", filter=condition) for name, (_, condition) in FILTERS.items()},
    )  # fmt: skip
    return Grid(columns, page, {name: tally[name] for name in FILTERS}, tally["total"], tally["filled"])


def grid_cells(pack: Pack, round_: Round, cells: Iterable[Cell]) -> list[GridCell]:
    """Some cells as they are shown."""
    columns = {column.item.pk: column for column in columns_of(pack, round_)}
    wanted = list(cells)
    lines = {cell.line_id: cell.line for cell in wanted}
    bases = bases_of(list(columns.values()), list(lines.values()))
    return [GridCell(c, columns[c.item_id], bases.get((subject_id(c.line), c.item_id), "")) for c in wanted]


def subject_id(line: Line) -> int:
    """The id of a line's subject."""
    return int(line.party_id or line.cluster_id or line.place_id or 0)


def bases_of(columns: Sequence[Column], lines: Sequence[Line]) -> Bases:
    """What the registry knows of the periods that figures are compared with."""
    if not lines:
        return {}
    wanted = {(c.item.name, str(c.base_period)): c.item.pk for c in columns if c.indicator is not None}
    kind = lines[0].subject_kind
    rows = Observation.objects.filter(
        **{f"{kind}__in": [subject_id(line) for line in lines]}, state=RecordState.APPROVED,
        indicator__in={name for name, _ in wanted}, period__in={period for _, period in wanted},
    ).values_list(f"{kind}_id", "indicator", "period", "value")  # fmt: skip
    return {(pk, wanted[name, period]): value for pk, name, period, value in rows if (name, period) in wanted}


def _lines(assignment: Assignment, shown: str, search: str) -> QuerySet[Line]:
    lines = assignment.lines.select_related("party", "cluster", "place")
    if search:
        lines = lines.filter(
            Q(party__name__contains=search) | Q(cluster__name__contains=search) | Q(place__name__contains=search)
        )
    if shown in FILTERS:
        lines = lines.filter(Exists(Cell.objects.filter(FILTERS[shown][1], line=OuterRef("pk"))))
    back = Cell.objects.filter(FILTERS["returned"][1], line=OuterRef("pk"))
    return lines.annotate(is_back=Exists(back)).order_by("-is_back", "position")


def _shown(columns: Sequence[Column], lines: Sequence[Line], cells: Iterable[Cell]) -> list[GridLine]:
    bases = bases_of(columns, lines)
    found = {(cell.line_id, cell.item_id): cell for cell in cells}
    return [
        GridLine(
            line,
            tuple(
                GridCell(found[line.pk, c.item.pk], c, bases.get((subject_id(line), c.item.pk), "")) for c in columns
            ),
        )
        for line in lines
    ]
