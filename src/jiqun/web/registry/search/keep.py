"""Keeping the keys of parties that services change one by one."""

from __future__ import annotations

from collections.abc import Iterable

from jiqun.web.registry.bulk.insert import insert
from jiqun.web.registry.models import Party, PartyName, SearchKey
from jiqun.web.registry.search.index import TABLE
from jiqun.web.registry.search.tokens import tokens_of


def index_parties(parties: Iterable[int]) -> None:
    """Write the keys of these parties anew, inside the transaction of the change."""
    ids = list(parties)
    SearchKey.objects.filter(party__in=ids).delete()
    names = [(pk, name, False) for pk, name in Party.objects.filter(pk__in=ids).values_list("pk", "name")]
    former = PartyName.objects.filter(party__in=ids).values_list("party_id", "name")
    names += [(pk, name, True) for pk, name in former]
    if names:
        columns = list(zip(*names, strict=True))
        insert(TABLE, ("party_id", "name", "former", "tokens"), [*columns, [tokens_of(n) for n in columns[1]]], {})
