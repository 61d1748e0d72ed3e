"""A target's measure over the published snapshot: its query, its value in each county, and its items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from jiqun.base.errors import InputError
from jiqun.programme.pack import Pack
from jiqun.rules import parse_rule
from jiqun.rules.timing import When
from jiqun.web.dispatch.drill import Drilled, drill, value_table
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
    by_county: Mapping[str, float | None] | None
    """None where the measure means nothing for a single county."""
    tallies: Mapping[str, Tally]

    @property
    def total(self) -> Tally:
        """The tallies of all counties together."""
        every = self.tallies.values()
        return Tally(sum(t.counted for t in every), sum(t.base for t in every), sum(t.open for t in every))


def programme_value(pack: Pack, publication: Publication, measure: str) -> float | None:
    """A measure over the whole programme, in base units."""
    return _value(*_key(pack, publication), measure)


def county_values(pack: Pack, publication: Publication, measure: str) -> Mapping[str, float | None] | None:
    """A measure for each county, in base units; None where it means nothing there."""
    return _by_county(*_key(pack, publication), measure)


def measured(pack: Pack, publication: Publication, measure: str) -> Measured:
    """A measure opened to its items."""
    return _measured(*_key(pack, publication), measure)


@dataclass(frozen=True)
class _Run:
    """A pack on a snapshot on a day: what results depend on."""

    digest: str
    snapshot: str
    when: When


@dataclass(frozen=True)
class _Tools:
    pack: Pack
    facts: Facts

    def __hash__(self) -> int:  # the run beside it tells the results apart
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Tools)


def _key(pack: Pack, publication: Publication) -> tuple[_Run, _Tools]:
    run = _Run(pack.digest, publication.snapshot_id, When(publication.as_of))
    return run, _Tools(pack, facts_of(publication, pack))


@lru_cache(maxsize=128)
def _value(run: _Run, tools: _Tools, measure: str) -> float | None:
    rule = parse_rule(measure, tools.pack.vocabulary, subject="programme")
    found: float | None = tools.facts.rows(value_table(tools.facts.source(), rule, run.when))[0]["value"]
    return found


@lru_cache(maxsize=256)
def _by_county(run: _Run, tools: _Tools, measure: str) -> Mapping[str, float | None] | None:
    try:
        rule = parse_rule(measure, tools.pack.vocabulary, subject="place")
    except InputError:  # a measure over the counties themselves
        return None
    rows = tools.facts.rows(value_table(tools.facts.source(), rule, run.when))
    return {row["id"]: row["value"] for row in rows}


@lru_cache(maxsize=128)
def _measured(run: _Run, tools: _Tools, measure: str) -> Measured:
    rule = parse_rule(measure, tools.pack.vocabulary, subject="programme")
    sets = drill(tools.facts.source(), rule, run.when)
    sql = sql_of(value_table(tools.facts.source(), rule, run.when))
    return Measured(sql, sets, _by_county(run, tools, measure), _tallies(tools.facts, sets))


def _tallies(facts: Facts, sets: tuple[Drilled, ...]) -> Mapping[str, Tally]:
    found: dict[str, dict[str, int]] = {}
    for part in sets:
        grouped = part.items.group_by("county", "state").aggregate(items=part.items.count())
        for row in facts.rows(grouped):
            county = found.setdefault(row["county"] or "", {})
            county[row["state"]] = county.get(row["state"], 0) + row["items"]
    return {code: Tally(**states) for code, states in found.items()}
