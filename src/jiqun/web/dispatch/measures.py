"""A target's measure over the published snapshot: its query, its value in each county, and its items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from jiqun.base.errors import InputError
from jiqun.programme.pack import Pack
from jiqun.rules import parse_rule
from jiqun.rules.nodes import Node
from jiqun.rules.query import measure
from jiqun.rules.timing import When
from jiqun.web.dispatch.drill import Drilled, drill
from jiqun.web.dispatch.written import figures
from jiqun.web.portal.published import Facts, facts_of, sql_of
from jiqun.web.registry.models import Publication


@dataclass(frozen=True)
class Tally:
    """How many items of one county count, stand in the base only, or cannot be told."""

    counted: int = 0
    base: int = 0
    open: int = 0


@dataclass(frozen=True)
class Measured:
    """A measure, opened: its SQL, its sets, its value and tallies by county code."""

    sql: str
    sets: tuple[Drilled, ...]
    by_county: Mapping[str | None, float | None] | None
    """None where the measure means nothing for a single county."""
    tallies: Mapping[str, Tally]

    @property
    def total(self) -> Tally:
        """The tallies of all counties together."""
        every = self.tallies.values()
        return Tally(sum(t.counted for t in every), sum(t.base for t in every), sum(t.open for t in every))


def city_values(pack: Pack, publication: Publication, measures: tuple[str, ...]) -> Mapping[str, float | None]:
    """Measures over the whole programme, in base units, by their text."""
    written = figures(publication, "programme", publication.as_of)
    if written.keys() >= set(measures):
        return {text: written[text][None] for text in measures}
    found = _values(facts_of(publication, pack), publication.as_of, "programme", measures)
    return {text: values[None] for text, values in found.items()}


def county_values(
    pack: Pack, publication: Publication, measures: tuple[str, ...]
) -> Mapping[str, Mapping[str | None, float | None]]:
    """Measures for each county by their text, then by place code; those that mean nothing for a county are left out."""
    written = figures(publication, "place", publication.as_of)
    if written:
        return {text: written[text] for text in measures if text in written}
    return _values(facts_of(publication, pack), publication.as_of, "place", measures)


def measured(pack: Pack, publication: Publication, measure: str) -> Measured:
    """A measure opened to its items."""
    opened = _measured(facts_of(publication, pack), publication.as_of, measure)
    return replace(opened, by_county=county_values(pack, publication, (measure,)).get(measure))


@lru_cache(maxsize=256)
def _values(
    facts: Facts, as_of: date, kind: str, measures: tuple[str, ...]
) -> Mapping[str, Mapping[str | None, float | None]]:
    """Every measure that the kind of subject allows, all in one query: by text, then by place code (or None)."""
    nodes = {text: node for text in measures if (node := _parsed(facts.pack, text, kind)) is not None}
    if not nodes:
        return {}
    table, found = measure(facts.source(), kind, list(nodes.items()), as_of)
    codes = {row["row"]: row["code"] for row in facts.query("SELECT row, code FROM place")}
    rows = facts.rows(table)
    return {
        m.id: {codes[row["row"]] if "row" in row else None: _base(row[m.value], m.scale) for row in rows} for m in found
    }


def _parsed(pack: Pack, text: str, kind: str) -> Node | None:
    try:
        rule = parse_rule(text, pack.vocabulary, subject=kind)
    except InputError:
        if kind == "programme":
            raise
        return None  # a measure over the counties themselves
    return rule.node if rule.type.kind == "number" else None


def _base(value: float | None, scale: int | None) -> float | None:
    """A compiled value in base units: exact ones are integers scaled by a power of ten."""
    return None if value is None else float(value) / 10 ** (scale or 0)


@lru_cache(maxsize=128)
def _measured(facts: Facts, as_of: date, text: str) -> Measured:
    rule = parse_rule(text, facts.pack.vocabulary, subject="programme")
    sets = drill(facts.source(), rule, When(as_of))
    table, _ = measure(facts.source(), "programme", [("measure", rule.node)], as_of)
    return Measured(sql_of(table), sets, None, _tallies(facts, sets))


def _tallies(facts: Facts, sets: tuple[Drilled, ...]) -> Mapping[str, Tally]:
    found: dict[str, dict[str, int]] = {}
    for part in sets:
        grouped = part.items.group_by("county", "state").aggregate(items=part.items.count())
        for row in facts.rows(grouped):
            county = found.setdefault(row["county"] or "", {})
            county[row["state"]] = county.get(row["state"], 0) + row["items"]
    return {code: Tally(**states) for code, states in found.items()}
