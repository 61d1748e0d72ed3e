"""Reads of the registry that several desks share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Count, F, Q, QuerySet, Value
from django.http import HttpRequest

from jiqun.web.accounts.scope import Scope
from jiqun.web.common.pack import current_pack
from jiqun.web.registry.duplicates import Candidate, Pair, pairs
from jiqun.web.registry.models import Attachment, Entry, NotDuplicate, Party, Place, Publication, SavedView


def current_publication() -> Publication | None:
    """The publication that pages cite; None where nothing was published yet."""
    return Publication.objects.filter(is_current=True).first()


def publication_of(request: HttpRequest) -> Publication | None:
    """The publication that the page of this request cites: its figures and its frame are of one, asked for once."""
    kept = vars(request)
    if "publication" not in kept:
        kept["publication"] = current_publication()
    found: Publication | None = kept["publication"]
    return found


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
    titles = {
        "recognitions": "认定",
        "reviews": "复核",
        **{name: register.title for name, register in registers.items()},
    }
    counted = dict(
        _counted(scope.entries(), party, F("register")).union(
            _counted(scope.recognitions(), party, Value("recognitions")),
            _counted(scope.reviews(), party, Value("reviews")),
            all=True,
        )
    )
    return [RecordGroup(key, title, counted[key]) for key, title in titles.items() if counted.get(key)]


def _counted(rows: QuerySet[Any], party: Party, of: F | Value) -> QuerySet[Any, tuple[str, int]]:
    """Pairs of the list that rows of the party stand in and their number."""
    pairs = rows.filter(party=party).order_by().annotate(of=of).values_list("of").annotate(count=Count("pk"))
    return cast("QuerySet[Any, tuple[str, int]]", pairs)


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
