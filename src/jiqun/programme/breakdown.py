"""The measures of targets and cards for the city, each place and each cluster, so that no page asks for them again.

Beside the figures stands how many items are behind them in each county: pages hide cells of few firms by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import add
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.base.errors import InputError
from jiqun.programme.drill import STATES, Tallied, sets_of, tally
from jiqun.programme.models import Card
from jiqun.programme.pack import Pack
from jiqun.rules import parse_rule
from jiqun.rules.frames import Source
from jiqun.rules.nodes import Node, OverSet
from jiqun.rules.query import measure
from jiqun.rules.timing import When
from jiqun.rules.vocabulary import SUBJECT_IDS
from jiqun.snapshot.engines import Engine, no_garbage_collection

FIGURES, TALLIES = "figures.parquet", "tallies.parquet"
SCHEMA = pa.schema(
    [("measure", pa.string()), ("kind", pa.string()), ("subject", pa.string()), ("as_of", pa.date32()),
     ("value", pa.float64())]
)  # fmt: skip
TALLY_SCHEMA = pa.schema(
    [("measure", pa.string()), ("subject", pa.string()), ("county", pa.string()),
     *((str(state), pa.int64()) for state in STATES)]
)  # fmt: skip
NOTHING = (0,) * len(STATES)


@dataclass(frozen=True)
class Figure:
    """A measure (by its text) of a subject on a day, in base units; the whole programme has no subject."""

    measure: str
    kind: str
    subject: str | None
    as_of: date
    value: float | None


def measures_of(pack: Pack) -> tuple[str, ...]:
    """The texts of all measures of the pack, each once: targets, then cards."""
    cards = [c.measure for c in pack.programme.cards if isinstance(c, Card)]
    return tuple(dict.fromkeys([*(t.measure for t in pack.targets.values()), *cards]))


def break_down(backend: Engine, pack: Pack, as_of: date) -> list[Figure]:
    """All measures as of the day for the city, places and clusters, and for places as of the end of last year."""
    texts = measures_of(pack)
    last_year = date(as_of.year - 1, 12, 31)
    asked = [("programme", as_of), ("place", as_of), ("place", last_year), ("cluster", as_of)]
    with no_garbage_collection():
        return [figure for kind, day in asked for figure in _asked(backend, pack, kind, texts, day)]


def measure_node(pack: Pack, text: str, kind: str) -> Node | None:
    """The measure as it reads for a kind of subject; None where it means nothing there."""
    try:
        rule = parse_rule(text, pack.vocabulary, subject=kind)
    except InputError:
        if kind == "programme":
            raise
        return None
    # 分组(…, 集群) over the single cluster itself: a sum of one, which the compiler does not know.
    grouped = any(isinstance(node, OverSet) and node.source_set.kind == kind for node in rule.node.walk())
    return rule.node if rule.type.kind == "number" and not grouped else None


def _asked(backend: Engine, pack: Pack, kind: str, texts: Sequence[str], day: date) -> Iterator[Figure]:
    nodes = [(text, node) for text in texts if (node := measure_node(pack, text, kind)) is not None]
    if not nodes:
        return
    expression, found = measure(Source(backend.tables, pack.vocabulary), kind, nodes, day)
    rows = backend.table(expression).to_pylist()
    ids = _ids(backend, kind) if kind != "programme" else {}
    for each in found:
        for row in rows:
            raw = row[each.value]
            value = None if raw is None else float(raw) / 10 ** (each.scale or 0)
            yield Figure(each.id, kind, ids[row["row"]] if ids else None, day, value)


def _ids(backend: Engine, kind: str) -> dict[int, str]:
    key = SUBJECT_IDS[kind]
    table = backend.tables[kind]
    return {row["row"]: row[key] for row in backend.table(table.select("row", key)).to_pylist()}


def write_figures(backend: Engine, pack: Pack, as_of: date, folder: Path) -> None:
    """Write the figures beside the other results."""
    rows = [vars(figure) for figure in break_down(backend, pack, as_of)]
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), folder / FIGURES)


def tallies(backend: Engine, pack: Pack, as_of: date) -> Iterator[dict[str, Any]]:
    """For each measure of the programme and kind of subject that its items are or belong to, the items of each county.

    Rows of TALLY_SCHEMA; the row of no county is always there, so that a measure without items is known to have none.
    """
    sets = {text: _sets(pack, text) for text in measures_of(pack)}
    every = (node for found in sets.values() for node in found)
    with no_garbage_collection():
        counted = dict(
            (node, (part.subject, counts))
            for part in tally(Source(backend.tables, pack.vocabulary), every, When(as_of))
            for node, counts in _counted(backend, part)
        )
    for text, nodes in sets.items():
        found: dict[tuple[str, str | None], tuple[int, ...]] = {}
        for subject, counts in (counted[node] for node in nodes):
            for county, numbers in counts.items():
                found[subject, county] = tuple(map(add, found.get((subject, county), NOTHING), numbers))
        for (subject, county), numbers in found.items():
            yield {"measure": text, "subject": subject, "county": county, **dict(zip(STATES, numbers, strict=True))}


def _sets(pack: Pack, text: str) -> tuple[OverSet, ...]:
    node = measure_node(pack, text, "programme")
    return tuple(dict.fromkeys(sets_of(node))) if node is not None else ()


def _counted(backend: Engine, part: Tallied) -> Iterator[tuple[OverSet, dict[str | None, tuple[int, ...]]]]:
    """By set, then by county, the number of items in each state; counties without any are left out."""
    rows = backend.table(part.counts).to_pylist()
    for number, node in enumerate(part.sets):
        names = [Tallied.column(number, state) for state in STATES]
        found = {row["county"]: tuple(int(row[name] or 0) for name in names) for row in rows}
        yield node, {None: NOTHING, **{county: counts for county, counts in found.items() if any(counts)}}


def write_tallies(backend: Engine, pack: Pack, as_of: date, folder: Path) -> None:
    """Write the tallies beside the other results."""
    rows = list(tallies(backend, pack, as_of))
    pq.write_table(pa.Table.from_pylist(rows, schema=TALLY_SCHEMA), folder / TALLIES)
