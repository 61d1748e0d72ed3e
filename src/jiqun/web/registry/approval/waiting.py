"""What was reported outside rounds and waits for the city, or was sent back: the list that a reader sees."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse

from jiqun.base.periods import Period
from jiqun.web.accounts.scope import Scope
from jiqun.web.common import audit
from jiqun.web.common.models import AuditRecord
from jiqun.web.common.pack import current_pack
from jiqun.web.portal.formats import show_day
from jiqun.web.portal.paging import COUNT_LIMIT, PAGE, Page, page_number, page_of
from jiqun.web.registry.bulk.among import among
from jiqun.web.registry.intake.kinds.columns import show_figure
from jiqun.web.registry.lists.declared import all_lists, counties
from jiqun.web.registry.models import Entry, Observation, RecordState
from jiqun.web.registry.models.subject import SUBJECT_KINDS

ENTRIES, FIGURES = "entries", "figures"
KINDS = {ENTRIES: "台账记录", FIGURES: "指标数据"}
STATES = {RecordState.SUBMITTED.value: "待审", RecordState.RETURNED.value: "已退回"}
RETURNED = "退回记录"
"""The act by which a record was sent back; its note is the reason."""
AT_ONCE = 5_000
"""So many may be approved in one act."""


@dataclass(frozen=True)
class Query:
    """What the reader asked for; what makes no sense in an address asks for nothing."""

    kind: str
    state: str
    what: str
    place: str
    page: int

    @classmethod
    def of(cls, asked: QueryDict) -> Query:
        """From an address."""
        kind, state = asked.get("kind", ""), asked.get("state", "")
        return cls(
            kind if kind in KINDS else ENTRIES,
            state if state in STATES else RecordState.SUBMITTED.value,
            asked.get("what", "")[:60], asked.get("place", "")[:12], page_number(asked.get("page")),
        )  # fmt: skip

    @property
    def name(self) -> str:
        """The field that says what a record is of."""
        return "register" if self.kind == ENTRIES else "indicator"

    def within(self, scope: Scope) -> QuerySet[Any]:
        """The rows asked for, the earliest first."""
        found = open_rows(scope, self.kind).filter(state=self.state)
        if self.what:
            found = found.filter(**{self.name: self.what})
        if self.place:
            found = found.filter(_in_county(self.place))
        return found.select_related("party__county", "cluster__county", "place").order_by("pk")


@dataclass(frozen=True)
class Line:
    """One record of the list."""

    row: Any
    mark: str
    what: str
    on: str
    fields: tuple[tuple[str, str], ...]
    link: str
    before: str = ""
    reason: str = ""

    @property
    def county(self) -> str:
        """The county or zone of the subject; empty where the subject is one itself."""
        place = getattr(self.row.subject, "county", None)
        return place.name if place else ""


@dataclass(frozen=True)
class Waiting:
    """A page of the list with its filters."""

    query: Query
    lines: Sequence[Line]
    page: Page
    tabs: Sequence[tuple[str, str, int]]
    whats: Sequence[tuple[str, str]]
    places: Sequence[tuple[str, str]]
    total: int
    seen: str
    """A stamp of all rows asked for, with which they may be approved as a whole; empty where they are too many."""


def open_rows(scope: Scope, kind: str) -> QuerySet[Any]:
    """Records in scope that do not count (yet); there is an index over these alone."""
    rows: QuerySet[Any] = scope.entries() if kind == ENTRIES else scope.observations()
    return rows.filter(~Q(state="approved"))


def waiting_page(scope: Scope, query: Query, *, reviews: bool) -> Waiting:
    """What the reader asked for, page by page; with a stamp of all of it for one who `reviews` what waits."""
    approves = reviews and query.state == RecordState.SUBMITTED
    rows = query.within(scope)
    start = (query.page - 1) * PAGE
    total = rows[: COUNT_LIMIT + 1].count()
    page = page_of(
        list(rows[start : start + PAGE + 1]), query.page, total=total if total <= COUNT_LIMIT else None, noun="条"
    )
    names = open_rows(scope, query.kind).order_by(query.name).values_list(query.name, flat=True).distinct()
    registers = current_pack().register_by_name if query.kind == ENTRIES else {}
    return Waiting(
        query, _lines(scope, query, page.rows), page,
        [(kind, title, _count(scope, kind)) for kind, title in KINDS.items()],
        [(name, registers[name].title if name in registers else name) for name in names[:200]], () if scope.party_id else counties(scope), total,
        stamp(marks_of(rows.select_related(None))) if approves and PAGE < total <= AT_ONCE else "",
    )  # fmt: skip


def mark_of(row: Any) -> str:
    """A stamp of a record as it was seen."""
    text = json.dumps(audit.state_of(row), cls=DjangoJSONEncoder, sort_keys=True)
    return sha256(text.encode()).hexdigest()[:16]


def marks_of(rows: Iterable[Any]) -> dict[int, str]:
    """The stamps of records by their keys, in their order."""
    return {row.pk: mark_of(row) for row in rows}


def stamp(marks: Mapping[int, str]) -> str:
    """A stamp of many records."""
    return sha256("".join(f"{pk}:{mark}\n" for pk, mark in marks.items()).encode()).hexdigest()[:32]


def reason_of(row: Any) -> str:
    """Why a record was sent back; empty where it was not."""
    return _reasons([row]).get(row.pk, "") if row.state == RecordState.RETURNED else ""


def _count(scope: Scope, kind: str) -> int:
    return open_rows(scope, kind).filter(state=RecordState.SUBMITTED)[: COUNT_LIMIT + 1].count()


def _in_county(code: str) -> Q:
    """Records of a county, of its zones, and of their clusters and firms."""
    found = Q()
    for path in ("party__county", "cluster__county", "place"):
        found |= Q(**{f"{path}__code": code}) | Q(**{f"{path}__parent__code": code})
    return found


def _lines(scope: Scope, query: Query, rows: Sequence[Any]) -> list[Line]:
    reasons = _reasons(rows) if query.state == RecordState.RETURNED else {}
    if query.kind == ENTRIES:
        return [_entry_line(row, reasons.get(row.pk, "")) for row in rows]
    before = _before(scope, rows)
    return [_figure_line(row, before.get(row.pk), reasons.get(row.pk, "")) for row in rows]


def _entry_line(row: Entry, reason: str) -> Line:
    spec = all_lists(current_pack()).get(row.register)
    fields = tuple(
        (c.label, text) for c in (spec.columns if spec else ()) if c.path.startswith("data__") and (text := c.text(row))
    )
    link = spec.link(row) if spec else ""
    return Line(row, mark_of(row), spec.title if spec else row.register, show_day(row.on), fields, link, "", reason)


def _figure_line(row: Observation, before: Observation | None, reason: str) -> Line:
    spec = current_pack().indicator_by_name.get(row.indicator)
    said = f"{Period.parse(before.period).chinese} {show_figure(spec, before.value)}" if before else ""
    link = reverse("registry:party", args=[row.party.uscc]) if row.party else ""
    fields = (("数值", show_figure(spec, row.value)),)
    return Line(row, mark_of(row), row.indicator, Period.parse(row.period).chinese, fields, link, said, reason)


def _before(scope: Scope, rows: Sequence[Observation]) -> dict[int, Observation]:
    """For each figure the latest approved one before it, of the same subject, indicator and grain."""
    ids = {kind: {pk for row in rows if (pk := getattr(row, f"{kind}_id"))} for kind in SUBJECT_KINDS}
    of_subjects = Q()
    for kind, pks in ids.items():
        of_subjects |= Q(**{f"{kind}__in": sorted(pks)}) if pks else Q()
    if not rows:
        return {}
    approved = scope.observations().filter(
        of_subjects, indicator__in={row.indicator for row in rows}, state=RecordState.APPROVED
    )
    known: dict[Any, list[Observation]] = {}
    for row in approved:
        known.setdefault((row.party_id, row.cluster_id, row.place_id, row.indicator), []).append(row)
    found = {}
    for row in rows:
        earlier = [
            other for other in known.get((row.party_id, row.cluster_id, row.place_id, row.indicator), [])
            if len(other.period) == len(row.period) and other.period < row.period
        ]  # fmt: skip
        if earlier:
            found[row.pk] = max(earlier, key=lambda other: other.period)
    return found


def _reasons(rows: Sequence[Any]) -> dict[int, str]:
    """The last reason given for each record."""
    if not rows:
        return {}
    acts = AuditRecord.objects.filter(
        object_type=rows[0]._meta.label_lower, object_id__in=among(str(row.pk) for row in rows), action=RETURNED
    )
    return {int(pk): note for pk, note in acts.order_by("pk").values_list("object_id", "note")}
