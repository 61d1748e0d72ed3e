"""Reads of the registry that several desks share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from jiqun.web.accounts.scope import Scope
from jiqun.web.common.pack import current_pack
from jiqun.web.registry.duplicates import Candidate, Pair, pairs
from jiqun.web.registry.models import Attachment, Entry, NotDuplicate, Party, Place, Publication, SavedView


def current_publication() -> Publication | None:
    """The publication that pages cite; None where nothing was published yet."""
    return Publication.objects.filter(is_current=True).first()


def saved_views(user: Any, list_key: str = "") -> QuerySet[SavedView]:
    """The views that a person kept or that colleagues share."""
    found = SavedView.objects.filter(Q(owner=user) | Q(shared=True, organisation=user.organisation_id))
    return found.filter(list_key=list_key) if list_key else found


@dataclass(frozen=True)
class RecordGroup:
    """How many records of one list a party has."""

    key: str
    title: str
    count: int


def records_of(scope: Scope, party: Party) -> list[RecordGroup]:
    """The lists that hold something of a party, with how much."""
    registers = current_pack().register_by_name
    groups = [
        RecordGroup("recognitions", "认定", scope.recognitions().filter(party=party).count()),
        RecordGroup("reviews", "复核", scope.reviews().filter(party=party).count()),
    ]
    counted = scope.entries().filter(party=party).order_by().values_list("register").annotate(count=Count("pk"))
    groups += [RecordGroup(name, registers[name].title, count) for name, count in counted if name in registers]
    return [group for group in groups if group.count]


def own_code(scope: Scope) -> str:
    """The code of the firm or body that the reader belongs to; empty for others."""
    if not scope.party_id:
        return ""
    return Party.objects.filter(pk=scope.party_id).values_list("uscc", flat=True).first() or ""


def attachments_of(row: Any) -> list[Attachment]:
    """The files of an entry; of other records there are none."""
    return list(Attachment.objects.filter(entry_id=row.pk)) if isinstance(row, Entry) else []


def duplicate_pairs(scope: Scope, place: Place) -> list[Pair]:
    """Parties of one place that may be one."""
    rows = scope.parties().filter(county=place).values_list("pk", "uscc", "name")
    apart = set(NotDuplicate.objects.filter(first__county=place).values_list("first", "second"))
    return pairs((Candidate(*row) for row in rows), scope.places().values_list("name", flat=True), apart)
