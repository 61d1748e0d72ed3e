"""Reads of the trail: filtered, paged, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any

from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date

from jiqun.web.common.models import AuditRecord
from jiqun.web.common.trail.models import ReadRecord
from jiqun.web.common.trail.wording import acts_of, type_name
from jiqun.web.portal.paging import COUNT_LIMIT, PAGE, Page, page_of
from jiqun.web.registry.models import Party

CHUNK = 500
CHOICES_KEPT = 60
"""Seconds that the choices of the filter are kept."""


@dataclass(frozen=True)
class TrailFilter:
    """What a reader of the trail looks for; empty texts mean everything."""

    q: str = ""
    who: str = ""
    action: str = ""
    type: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> TrailFilter:
        """From the address; what is no date is left out."""
        asked = {field.name: query.get(field.name, "").strip()[:80] for field in fields(cls)}
        for end in ("since", "until"):
            asked[end] = asked[end] if _moment(asked[end]) else ""
        return cls(**asked)

    @property
    def narrows(self) -> bool:
        """Whether anything is asked for."""
        return self != TrailFilter()

    def between(self) -> Q:
        """The condition on the time; both days are meant whole."""
        start, end = _moment(self.since), _moment(self.until)
        condition = Q(at__gte=start) if start else Q()
        return condition & Q(at__lt=end + timedelta(days=1)) if end else condition


def _moment(text: str) -> datetime | None:
    """The beginning of the day, here; None where the text is no date."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


def _person(field: str, text: str) -> Q:
    return Q(**{f"{field}__full_name__icontains": text}) | Q(**{f"{field}__username__icontains": text})


def acts(wanted: TrailFilter) -> QuerySet[AuditRecord]:
    """The audit rows asked for, the latest first."""
    found = AuditRecord.objects.filter(wanted.between()).select_related("actor__organisation")
    if wanted.who:
        found = found.filter(_person("actor", wanted.who))
    if wanted.action:
        found = found.filter(action=wanted.action)
    if wanted.type:
        found = found.filter(object_type=wanted.type)
    if wanted.q:
        found = found.filter(Q(object_label__icontains=wanted.q) | Q(note__icontains=wanted.q) | Q(object_id=wanted.q))
    return found


def act_page(wanted: TrailFilter, number: int) -> Page:
    """One page of acts in words."""
    page = _page(acts(wanted), number)
    return replace(page, rows=acts_of(page.rows))


def act_lines(wanted: TrailFilter) -> Iterator[list[object]]:
    """Every act asked for as a line of a table."""
    rows = acts(wanted).iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        for act in acts_of(chunk):
            row, actor = act.record, act.record.actor
            yield [
                _shown(row.at), act.who, actor.username if actor else "", actor.organisation if actor else "",
                row.action, act.object_type, row.object_label, row.object_id, act.changes_text, row.note,
            ]  # fmt: skip


def act_choices() -> tuple[list[str], list[tuple[str, str]]]:
    """The actions and the types of objects that occur, for the boxes of the filter."""
    found: tuple[list[str], list[tuple[str, str]]] | None = cache.get("trail:choices")
    if found is None:
        found = _act_choices()
        cache.set("trail:choices", found, CHOICES_KEPT)
    return found


def _act_choices() -> tuple[list[str], list[tuple[str, str]]]:
    rows = AuditRecord.objects.order_by()
    actions = sorted(rows.values_list("action", flat=True).distinct())
    types = sorted(rows.values_list("object_type", flat=True).distinct())
    return actions, [(name, type_name(name)) for name in types]


def reads(wanted: TrailFilter) -> QuerySet[ReadRecord]:
    """The reads asked for, the latest first."""
    found = ReadRecord.objects.filter(wanted.between()).select_related("reader__organisation")
    if wanted.who:
        found = found.filter(_person("reader", wanted.who))
    if wanted.q:
        found = found.filter(Q(party_name__icontains=wanted.q) | Q(uscc=wanted.q.upper()))
    return found


def reads_of(party: Party) -> QuerySet[ReadRecord]:
    """The reads of one firm's figures, the latest first."""
    return ReadRecord.objects.filter(uscc=party.uscc).select_related("reader__organisation")


def read_page(found: QuerySet[ReadRecord], number: int) -> Page:
    """One page of reads."""
    return _page(found, number)


def read_lines(wanted: TrailFilter) -> Iterator[list[object]]:
    """Every read asked for as a line of a table."""
    for row in reads(wanted).iterator(chunk_size=CHUNK):
        yield [
            _shown(row.at), row.reader, row.reader.username, row.reader.organisation, row.party_name, row.uscc, row.page,
        ]  # fmt: skip


def _page(found: QuerySet[Any], number: int) -> Page:
    start = (number - 1) * PAGE
    counted = found.order_by()[: COUNT_LIMIT + 1].count()
    rows = list(found[start : start + PAGE + 1])
    return page_of(rows, number, total=counted if counted <= COUNT_LIMIT else None)


def _shown(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"
