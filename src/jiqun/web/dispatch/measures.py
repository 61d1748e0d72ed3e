"""A target's measure: its values as the evaluation wrote them, and its query and items over the published snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from jiqun.programme.drill import Drilled, drill
from jiqun.rules import parse_rule
from jiqun.rules.query import measure
from jiqun.rules.timing import When
from jiqun.web.dispatch.written import figures
from jiqun.web.portal.published import Facts, sql_of
from jiqun.web.registry.models import Publication

CountyValues = Mapping[str | None, float | None]


def city_value(publication: Publication, text: str) -> float | None:
    """A measure over the whole programme, in base units."""
    return figures(publication, "programme", publication.as_of).get(text, {}).get(None)


def county_values(publication: Publication, text: str) -> CountyValues | None:
    """A measure for each county by place code; None where it means nothing for a county."""
    return figures(publication, "place", publication.as_of).get(text)


@dataclass(frozen=True)
class Measured:
    """A measure, opened: its SQL and its sets."""

    sql: str
    sets: tuple[Drilled, ...]


@lru_cache(maxsize=128)
def measured(facts: Facts, as_of: date, text: str) -> Measured:
    """A measure opened to its items."""
    rule = parse_rule(text, facts.pack.vocabulary, subject="programme")
    sets = drill(facts.source(), rule, When(as_of))
    table, _ = measure(facts.source(), "programme", [("measure", rule.node)], as_of)
    return Measured(sql_of(table), sets)
