"""Keeping the keys of parties that services change one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from jiqun.web.registry.bulk.among import among
from jiqun.web.registry.bulk.insert import insert
from jiqun.web.registry.models import Party, PartyName, SearchKey
from jiqun.web.registry.search.index import TABLE
from jiqun.web.registry.search.tokens import tokens_of

_TOGETHER = 1_000
"""Names whose tokens are made while the database takes those before."""
_Name = tuple[int, str, int | None, bool]
"""Party, text, place, whether it is a former one."""


def index_parties(parties: Iterable[int]) -> None:
    """Write the keys of these parties anew, inside the transaction of the change."""
    wanted: Any = among(parties)
    SearchKey.objects.filter(party__in=wanted).delete()
    present = Party.objects.filter(pk__in=wanted).order_by("pk").values_list("pk", "name", "county")
    former = PartyName.objects.filter(party__in=wanted).values_list("party", "name", "party__county")
    names: list[_Name] = [(*row, old) for rows, old in ((present, False), (former, True)) for row in rows]
    parts = [names[start : start + _TOGETHER] for start in range(0, len(names), _TOGETHER)]
    with ThreadPoolExecutor(1) as pool:
        for part, tokens in zip(parts, pool.map(_tokens, parts), strict=True):
            ids, texts, _, old = zip(*part, strict=True)
            insert(TABLE, ("party_id", "name", "former", "tokens"), [ids, texts, old, tokens], {})


def _tokens(names: Sequence[_Name]) -> list[str]:
    return [tokens_of(text, place) for _, text, place, _ in names]
