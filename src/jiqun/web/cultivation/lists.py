"""Reads of the list of firms, through the reader's scope and without counting a million rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Exists, OuterRef, QuerySet

from jiqun.base.industries import industry_name
from jiqun.programme.pack import Pack
from jiqun.rules.vocabulary import PARTY_KINDS
from jiqun.web.accounts.scope import Scope
from jiqun.web.cultivation.shapes import FirmChoices, FirmFilter, FirmRow
from jiqun.web.portal.paging import COUNT_LIMIT, PAGE, Page, page_of
from jiqun.web.registry.models import Cluster, Party, Place, Recognition
from jiqun.web.registry.search.find import LISTED, Found, coded, party_ids

CODE_LENGTH = 18


def is_known_code(scope: Scope, text: str) -> bool:
    """Whether the text is the full code of a party in scope."""
    return len(text) == CODE_LENGTH and scope.parties().filter(uscc=text.upper()).exists()


def firm_list(scope: Scope, wanted: FirmFilter) -> Page:
    """One page of the firms asked for; they are counted up to `COUNT_LIMIT` only."""
    hits = party_ids(scope, wanted.q) if wanted.q else None
    found = _found(scope, wanted, hits)
    start = (wanted.page - 1) * PAGE
    fetched = list(found.select_related("county", "cluster")[start : start + PAGE + 1])
    counted = found.order_by()[: COUNT_LIMIT + 1].count()
    titles = titles_held(party.pk for party in fetched[:PAGE])
    rows = [_row(party, titles) for party in fetched]
    page = page_of(rows, wanted.page, total=counted if counted <= COUNT_LIMIT else None, noun="家")
    return replace(page, count_text=f"只查前 {LISTED} 家，请多输入几个字") if hits and hits.cut else page


def _found(scope: Scope, wanted: FirmFilter, hits: Found | None) -> QuerySet[Party]:
    found = scope.parties().filter(kind=wanted.kind)
    if hits is not None:
        found = found.filter(pk__in=hits.ids)
    if wanted.county:
        found = found.filter(coded("county", Place, wanted.county))
    if wanted.cluster:
        found = found.filter(coded("cluster", Cluster, wanted.cluster))
    if wanted.title:
        held = Recognition.objects.filter(party=OuterRef("pk"), title=wanted.title)
        found = found.filter(Exists(held))
    return found.order_by("uscc")


def _row(party: Party, titles: dict[int, tuple[str, ...]]) -> FirmRow:
    cluster = party.cluster.name if party.cluster else None
    return FirmRow(
        party.uscc, party.name, party.county.name if party.county else None, cluster, coded_industry(party.industry),
        party.size_class or None, party.above_size, titles.get(party.pk, ()),
    )  # fmt: skip


def coded_industry(code: str) -> str | None:
    """A code of GB/T 4754 with its name, where the standard has it; None where no code is given."""
    return f"{code} {industry_name(code) or ''}".strip() or None


def titles_held(parties: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The titles awarded to each of these parties, the latest first, each once."""
    found: dict[int, dict[str, None]] = defaultdict(dict)
    awards = Recognition.objects.filter(party__in=list(parties)).order_by("-awarded_on", "title")
    for party, title in awards.values_list("party", "title"):
        found[party][title] = None
    return {party: tuple(titles) for party, titles in found.items()}


def firm_choices(scope: Scope, pack: Pack) -> FirmChoices:
    """What the boxes of the list offer to this reader."""
    places = scope.own_places().exclude(kind="city").order_by("code").values_list("code", "name")
    clusters = scope.own_clusters().order_by("county__code", "name").values_list("code", "name")
    titles = sorted(t.name for t in pack.vocabulary.titles.values() if "party" in t.subjects)
    return FirmChoices(tuple(places), tuple(clusters), tuple((t, t) for t in titles), tuple(PARTY_KINDS.items()))
