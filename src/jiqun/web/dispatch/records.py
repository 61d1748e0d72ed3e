"""The records behind a target: filtered, paged, and no more than the reader may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir
from django.http import QueryDict
from django.urls import reverse

from jiqun.base.money import UNITS
from jiqun.programme.drill import Drilled
from jiqun.programme.models import Target
from jiqun.programme.pack import Pack
from jiqun.rules.nodes import IndicatorAt
from jiqun.rules.timing import When
from jiqun.web.accounts.scope import Scope
from jiqun.web.dispatch.measures import measured
from jiqun.web.dispatch.shapes import Record, RecordList
from jiqun.web.dispatch.words import show_value
from jiqun.web.portal.paging import PAGE, Page, page_of
from jiqun.web.portal.published import Facts, Row, facts_of
from jiqun.web.registry.models import Cluster, Publication

PARTS = ("counted", "base", "open")
EMPTY_TEXTS = {"counted": "没有计入的记录", "base": "没有尚未计入的记录", "open": "没有待定的记录"}


@dataclass(frozen=True)
class RecordQuery:
    """Which records of a target the reader wants to see, and may."""

    part: str = "counted"
    q: str = ""
    county: str = ""
    places: frozenset[str] | None = None
    """Codes of the places that the reader may open; None: all."""

    @classmethod
    def of(cls, query: QueryDict, part: str, scope: Scope) -> RecordQuery:
        """From the address and the reader's scope."""
        return cls(part, query.get("q", "").strip()[:60], query.get("county", "")[:6], scope.own_codes)


def records(pack: Pack, publication: Publication, target_id: str, asked: RecordQuery, number: int) -> RecordList | None:
    """One page of a target's records; None where the pack has no such target."""
    target = pack.targets.get(target_id)
    if target is None:
        return None
    facts = facts_of(publication, pack)
    parts = measured(facts, publication.as_of, target.measure).sets
    counties = [(p.code, p.name) for p in pack.places if p.kind != "city" and _may(asked, p.code)]
    return RecordList(
        page=_page(facts, parts, asked, number, _Wording(pack, target, publication.as_of)),
        path=reverse("dispatch:target-records", args=[target_id]),
        target=f"#records-{asked.part}",
        q=asked.q,
        county=asked.county,
        counties=tuple(counties),
        value_label=_label(parts, publication.as_of) if asked.part != "open" else None,
        has_dates=asked.part != "open" and any(part.dated for part in parts),
        has_clusters=any(part.subject == "party" for part in parts),
        filterable=True,
        empty_text=EMPTY_TEXTS[asked.part],
    )


def all_records(
    pack: Pack, publication: Publication, target_id: str, asked: RecordQuery
) -> tuple[str, Iterator[Record]] | None:
    """The target's title and all its records."""
    target = pack.targets.get(target_id)
    if target is None:
        return None
    facts, word = facts_of(publication, pack), _Wording(pack, target, publication.as_of)
    parts = measured(facts, publication.as_of, target.measure).sets
    return target.title, (word(part, row) for part in parts for row in facts.rows(_sorted(_asked(part, asked))))


def _may(asked: RecordQuery, code: str) -> bool:
    return asked.places is None or code in asked.places


def _asked(part: Drilled, asked: RecordQuery) -> ir.Table:
    items = part.items
    found = items.filter(items.state == asked.part)
    if asked.places is not None:
        found = found.filter(found.county.isin(sorted(asked.places)))
    if asked.county:
        found = found.filter(found.county == asked.county)
    if asked.q:
        found = found.filter(found.name.contains(asked.q))
    return found


def _sorted(items: ir.Table) -> ir.Table:
    return items.order_by([items.value.desc(nulls_first=False), items.on.desc(nulls_first=False), items.id])


def _page(facts: Facts, parts: tuple[Drilled, ...], asked: RecordQuery, number: int, word: _Wording) -> Page:
    """The rows of a page; a measure of several sets lists one set after the other."""
    rows: list[Record] = []
    skip, total = (number - 1) * PAGE, 0
    for part in parts:
        found = _asked(part, asked)
        here = int(facts.rows(found.aggregate(n=found.count()))[0]["n"])
        wanted = PAGE + 1 - len(rows)
        if skip < here and wanted > 0:
            rows += [word(part, row) for row in facts.rows(_sorted(found).limit(wanted, offset=max(skip, 0)))]
        skip = max(skip - here, 0)
        total += here
    return page_of(rows, number, total=total)


def _label(parts: tuple[Drilled, ...], as_of: date) -> str | None:
    """What the column of figures is called: the indicator with its period, or the text of the expression."""
    shown = next((part.value for part in parts if part.value is not None), None)
    if isinstance(shown, IndicatorAt):
        return f"{shown.indicator.name}（{When(as_of).period_of(shown).chinese}）"
    return shown.source if shown is not None else None


class _Wording:
    """Puts rows into words."""

    def __init__(self, pack: Pack, target: Target, as_of: date) -> None:
        self._places = {p.code: p.name for p in pack.places}
        self._clusters = dict(Cluster.objects.values_list("code", "name"))
        self._target, self._as_of = target, as_of

    def __call__(self, part: Drilled, row: Row) -> Record:
        """One record as the page lists it."""
        addresses: dict[str, Callable[[str], str]] = {
            "party": lambda id: reverse("cultivation:firm", args=[id]),
            "cluster": lambda id: reverse("portal:cluster", args=[id]),
        }
        address = addresses.get(part.subject)
        return Record(
            name=row["name"],
            subject=row["id"],
            url=address(row["id"]) if address else None,
            county=self._places.get(row["county"]),
            cluster=self._clusters.get(row["cluster"]) if part.subject == "party" else None,
            value=self._value(part, row["value"]),
            on=row["on"],
            missing=tuple(part.missing(row["mask"] or 0)),
        )

    def _value(self, part: Drilled, value: float | None) -> str | None:
        if value is None or part.value is None:
            return None
        unit = part.value.type.unit or ""
        return show_value(value, "元" if unit in UNITS else unit)
