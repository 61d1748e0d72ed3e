"""Finding parties for a person: candidates from the index, limited to the scope, the best first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from jiqun.rules.vocabulary import PARTY_KINDS
from jiqun.web.accounts.scope import Scope
from jiqun.web.registry.models import Cluster, Party, PartyCode, Place
from jiqun.web.registry.search.tokens import fold, matches, postgresql_match, question_of, sqlite_match

CANDIDATES = 200
SHOWN = 12
LISTED = 500
"""How many a list takes from the search."""
CODE_START = 2
"""Digits at the beginning from which on a text is taken for a code."""
CODE_LENGTH = 18


@dataclass(frozen=True)
class Hit:
    """A party found, and the former name or code by which it was found."""

    party: Party
    by: str = ""


def find_parties(scope: Scope, text: str, *, limit: int = SHOWN) -> list[Hit]:
    """The parties in scope that the text means: by code where it looks like one, else by name, pinyin or initials."""
    wanted = text.strip()
    if not fold(wanted):
        return []
    return (_by_code(scope, wanted, limit) if _is_code(wanted) else []) or _by_name(scope, wanted, limit)


class Found(NamedTuple):
    """Parties for a list, in no order; `cut` where there may be more."""

    ids: list[int]
    cut: bool


def party_ids(scope: Scope, text: str) -> Found:
    """The parties in scope that the text means, of the first `LISTED` candidates."""
    wanted = text.strip()
    if not fold(wanted):
        return Found([], False)
    if _is_code(wanted) and (hits := _by_code(scope, wanted, LISTED)):
        return Found([hit.party.pk for hit in hits], len(hits) == LISTED)
    candidates = _candidates(scope, wanted, LISTED)
    found = dict.fromkeys(each.party for each in candidates if matches(each.name, wanted))
    return Found(list(found), len(candidates) == LISTED)


def beginning(path: str, text: str) -> Q:
    """Codes that begin so, as a range that an index can answer; codes are of digits and capital letters."""
    code = text.upper()
    return Q(**{f"{path}__gte": code, f"{path}__lte": code + "Z" * CODE_LENGTH})


def coded(path: str, of: type[Cluster] | type[Place], code: str) -> Q:
    """What belongs to the cluster or place of that code.

    Not by a join: the planner must know the one that is meant to read its rows in order from an index that begins with it.
    """
    return Q(**{path: of.objects.filter(code=code).values("pk")[:1]})


def _is_code(text: str) -> bool:
    return text.isascii() and text.isalnum() and text[:CODE_START].isalnum() and any(c.isdigit() for c in text[:2])


def _by_code(scope: Scope, text: str, limit: int) -> list[Hit]:
    code = text.upper()
    wanted = scope.parties().filter(beginning("uscc", code)).order_by("uscc")
    if scope.place_ids:  # so that the index of a place can be used
        wanted = wanted.filter(kind__in=PARTY_KINDS)
    first = Party.objects.filter(pk__in=wanted.values("pk")[:limit])  # sorted in the index, and only then read
    hits = [Hit(party) for party in first.select_related("county", "cluster").order_by("uscc")]
    if not hits and (merged := PartyCode.objects.filter(uscc=code).first()):
        kept = scope.parties().select_related("county", "cluster").filter(pk=merged.party_id)
        hits = [Hit(party, f"原代码 {code}") for party in kept]
    return hits


def _by_name(scope: Scope, text: str, limit: int) -> list[Hit]:
    found: dict[int, tuple[str, str]] = {}
    for each in _candidates(scope, text, max(CANDIDATES, limit)):
        if matches(each.name, text):
            found.setdefault(each.party, (each.present, f"曾用名 {each.name}" if each.former else ""))
    best = sorted(found, key=lambda party: _rank(found[party][0], text))[:limit]
    parties = Party.objects.select_related("county", "cluster").in_bulk(best)
    return [Hit(parties[pk], found[pk][1]) for pk in best if pk in parties and scope.allows_party(parties[pk])]


def _rank(name: str, text: str) -> tuple[bool, bool, int]:
    folded, wanted = fold(name), fold(text)
    return folded != wanted, not folded.startswith(wanted), len(folded)


class _Candidate(NamedTuple):
    """A name in the index, and what its party is called now."""

    party: int
    name: str
    former: bool
    present: str


def _candidates(scope: Scope, text: str, limit: int) -> list[_Candidate]:
    where, values = _limits(scope)
    question = question_of(text)
    if connection.vendor == "sqlite":
        source = "registry_searchindex f CROSS JOIN registry_searchkey k ON k.id = f.rowid"
        condition, asked, most = "f.registry_searchindex MATCH %s", sqlite_match(question, scope.place_ids), "%s"
    else:
        source = "registry_searchkey k"
        condition = "array_to_tsvector(string_to_array(k.tokens, ' ')) @@ %s::tsquery"
        # Told how few are wanted, the planner would read all names from the first on in the hope of finding these soon.
        asked, most = postgresql_match(question, scope.place_ids), "(SELECT %s)"
    statement = (
        f"SELECT k.party_id, k.name, k.former, p.name FROM {source} JOIN registry_party p ON p.id = k.party_id "
        f"WHERE {condition}{where} LIMIT {most}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [asked, *values, limit])
        return [_Candidate(*row) for row in cursor.fetchall()]


def _limits(scope: Scope) -> tuple[str, list[int]]:
    """The scope as a condition on `p`, so that common words of others' names are passed over at once."""
    if scope.sees_all:
        return "", []
    if scope.place_ids:
        return f" AND p.county_id IN ({', '.join(['%s'] * len(scope.place_ids))})", list(scope.place_ids)
    return " AND p.id = %s", [scope.party_id or 0]


def find_clusters(scope: Scope, text: str, *, limit: int = 4) -> list[Cluster]:
    """Clusters by name, pinyin or initials; there are few."""
    return [c for c in scope.clusters().select_related("county") if fold(text) and matches(c.name, text)][:limit]


def find_places(scope: Scope, text: str, *, limit: int = 3) -> list[Place]:
    """Places by name, pinyin or initials; there are few."""
    return [p for p in scope.places() if fold(text) and matches(p.name, text)][:limit]
