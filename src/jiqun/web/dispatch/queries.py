"""Reads of the dispatch desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import QueryDict

from jiqun.programme.pack import Pack
from jiqun.web.accounts.scope import Scope
from jiqun.web.dispatch.shapes import Overview, Record, RecordList, TargetPage
from jiqun.web.registry.models import Publication


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
        places = None if scope.sees_all else frozenset(scope.own_places().values_list("code", flat=True))
        return cls(part, query.get("q", "").strip()[:60], query.get("county", "")[:6], places)


def overview(pack: Pack, publication: Publication) -> Overview:
    """The overview page."""
    raise NotImplementedError


def target_page(pack: Pack, publication: Publication, target_id: str) -> TargetPage | None:
    """The page of one target; None where the pack has no such target."""
    raise NotImplementedError


def records(pack: Pack, publication: Publication, target_id: str, asked: RecordQuery, page: int) -> RecordList | None:
    """One page of a target's records."""
    raise NotImplementedError


def all_records(
    pack: Pack, publication: Publication, target_id: str, asked: RecordQuery
) -> tuple[str, Iterable[Record]] | None:
    """The target's title and all its records."""
    raise NotImplementedError
