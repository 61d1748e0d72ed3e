"""What the templates of the dispatch desk are given: frozen, already put into words, no rule left to apply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from jiqun.web.portal.formats import STATES
from jiqun.web.portal.paging import Page


@dataclass(frozen=True)
class Card:
    """One large figure at the top of the overview."""

    label: str
    number: str | None
    unit: str
    icon: str
    notes: tuple[str, ...] = ()
    state: str | None = None
    target: str | None = None


@dataclass(frozen=True)
class TargetRow:
    """One target as a line of the overview; `progress` and `pace` are fractions of the way from baseline to goal."""

    id: str
    title: str
    action: int | None
    clause: str
    unit: str
    goal: str
    actual: str | None
    progress: float | None
    pace: float | None
    state: str
    lead: str | None
    supporting: tuple[str, ...] = ()
    order: int = 0
    undetermined: int = 0
    """Items that cannot be told for want of facts, and so are not in `actual`."""

    @property
    def lead_over_pace(self) -> float | None:
        """How far it is ahead of where it should be (negative: behind), as a fraction of the way."""
        return None if self.progress is None or self.pace is None else self.progress - self.pace

    @property
    def severity(self) -> int:
        """Worst first, for sorting by state; undetermined after the late ones."""
        return ("严重滞后", "滞后", "待定", "正常", "超前", "已达标").index(self.state)


@dataclass(frozen=True)
class Group:
    """The targets of one action of the plan (or its goals)."""

    number: int | None
    title: str
    rows: tuple[TargetRow, ...]

    @property
    def late(self) -> int:
        """How many are behind."""
        return sum(row.state in ("滞后", "严重滞后") for row in self.rows)


@dataclass(frozen=True)
class StateCount:
    """How many targets stand in one state."""

    state: str
    count: int


@dataclass(frozen=True)
class Alert:
    """A target that needs attention, with why."""

    target: str
    title: str
    state: str
    text: str


@dataclass(frozen=True)
class Metric:
    """A figure by county, for the map: values by place code, numbers already in the unit that is shown."""

    id: str
    label: str
    title: str
    unit: str
    digits: int
    values: Mapping[str, float | None]
    hidden: tuple[str, ...] = ()
    """Places whose value this reader must not see: too few firms."""


@dataclass(frozen=True)
class Area:
    """A county-level place; `mapped`: the map has a shape for it; not `counted`: outside the city's figures."""

    code: str
    name: str
    counted: bool
    mapped: bool


@dataclass(frozen=True)
class Overview:
    """All of the overview page."""

    cards: tuple[Card, ...]
    groups: tuple[Group, ...]
    states: tuple[StateCount, ...]
    alerts: tuple[Alert, ...]
    metrics: tuple[Metric, ...]
    areas: tuple[Area, ...]

    @property
    def total(self) -> int:
        """How many targets there are."""
        return sum(s.count for s in self.states)


@dataclass(frozen=True)
class Milestone:
    """What the plan asks for by a day, as shown."""

    on: date
    value: float


@dataclass(frozen=True)
class Share:
    """What one county adds to a target."""

    place: str
    name: str
    value: float | None
    text: str
    base: str | None = None
    undetermined: int = 0
    goal: str | None = None
    """Its own goal from the split of the target; None where nothing is settled."""
    pace: str | None = None
    state: str | None = None


@dataclass(frozen=True)
class Section:
    """A list of records on the page of a target: counted, base (not counted yet) or open (undetermined)."""

    part: str
    title: str
    count: int


@dataclass(frozen=True)
class TargetPage:
    """All of the page of one target but its records."""

    row: TargetRow
    action_title: str | None
    task_title: str | None
    text: str
    kind: str
    baseline: str | None
    baseline_measured: bool
    """The plan names no starting value; it was measured as of the day before."""
    missing: tuple[str, ...]
    pace_text: str | None
    start: date
    due: date
    repeats: bool
    note: str | None
    measure: str
    query: str | None
    plan: tuple[Milestone, ...]
    point: Milestone | None
    shares: tuple[Share, ...]
    share_label: str
    share_unit: str
    yes_or_no: bool
    """The counties themselves are what is counted."""
    chart_unit: str
    digits: int
    sections: tuple[Section, ...]

    @property
    def has_goals(self) -> bool:
        """Whether the target was split over the counties."""
        return any(s.goal is not None for s in self.shares)

    @property
    def has_base(self) -> bool:
        """Whether the counties have a whole beside their part (shares and coverages)."""
        return any(s.base is not None for s in self.shares)


@dataclass(frozen=True)
class Record:
    """One thing that a target counts, or one whose answer is not determined."""

    name: str
    subject: str
    url: str | None
    county: str | None
    cluster: str | None
    value: str | None = None
    on: date | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecordList:
    """One page of records with its filter."""

    page: Page
    path: str
    target: str
    """The htmx target that a page replaces."""
    q: str
    county: str
    counties: tuple[tuple[str, str], ...]
    value_label: str | None
    has_dates: bool
    has_clusters: bool
    filterable: bool
    empty_text: str

    @property
    def rows(self) -> tuple[Record, ...]:
        """The records of the page."""
        return tuple(self.page.rows)


@dataclass(frozen=True)
class Filter:
    """What the reader of the overview asked for."""

    states: frozenset[str] = frozenset()
    action: str = ""
    sort: str = "plan"

    @classmethod
    def of(cls, query: QueryDict) -> Filter:
        """From the address; what is unknown there is left out."""
        action, sort = query.get("action", ""), query.get("sort", "plan")
        return cls(
            frozenset(query.getlist("state")) & set(STATES),
            action if action == "goals" or action.isdigit() else "",
            sort if sort in ("plan", "state", "gap", "progress") else "plan",
        )

    def admits(self, row: TargetRow) -> bool:
        """Whether the row is shown."""
        wanted = "goals" if row.action is None else str(row.action)
        return (not self.states or row.state in self.states) and self.action in ("", wanted)


@dataclass(frozen=True)
class StateChip:
    """A state as a switch of the filter."""

    state: str
    count: int
    active: bool
    query: str


def counts_by_state(rows: tuple[TargetRow, ...]) -> tuple[StateCount, ...]:
    """How many rows stand in each state, in the order of the states."""
    return tuple(StateCount(s, sum(r.state == s for r in rows)) for s in STATES)


KIND_NAMES = {"growth": "增速", "stock": "存量", "new-count": "新增数", "share": "占比", "coverage": "覆盖率"}
