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
    present = Party.objects.filter(pk__in=ids).values_list("pk", "name", "county")
    former = PartyName.objects.filter(party__in=ids).values_list("party", "name", "party__county")
    names = [(*row, old) for rows, old in ((present, False), (former, True)) for row in rows]
    if names:
        parties, texts, places, old = zip(*names, strict=True)
        tokens = list(map(tokens_of, texts, places))
        insert(TABLE, ("party_id", "name", "former", "tokens"), [parties, texts, old, tokens], {})
