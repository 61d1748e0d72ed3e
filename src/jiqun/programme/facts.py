"""What rules need to know of one subject of a snapshot, as the reference evaluator holds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

from jiqun.base.money import from_fen
from jiqun.rules import nodes as n
from jiqun.rules.facts import Entry, Recognition, Review, Subject, Value, World
from jiqun.rules.nodes import Node
from jiqun.rules.vocabulary import SUBJECT_IDS, Field, Indicator, Register, SubjectKind, Vocabulary
from jiqun.snapshot.lookup import Row
from jiqun.snapshot.open import Snapshot
from jiqun.snapshot.tables import ENTRY, RECOGNITION, REVIEW

T = TypeVar("T")
Events = Mapping[str, Sequence[Row]]
"""A subject's events by table."""


class SnapshotFacts:
    """The facts of a snapshot, read for one subject at a time from files that stay open. Safe to share between threads."""

    def __init__(
        self, snapshot: Snapshot, vocabulary: Vocabulary, indicators: Iterable[str], registers: Iterable[str]
    ) -> None:
        """Only these indicators and registers are read."""
        named = [i for i in indicators if i in vocabulary.indicators]
        self._uncounted = vocabulary.uncounted_places
        self._figures = {
            column: ((cell.indicator.name, cell.period), vocabulary.indicators[cell.indicator.name])
            for column, cell in snapshot.cells.items()
            if cell.indicator.name in named
        }
        self._lookup = snapshot.lookup(named)
        self._registers = {ENTRY + r: vocabulary.registers[r] for r in registers if ENTRY + r in snapshot.tables}

    @classmethod
    def read_by(cls, nodes: Iterable[Node], folder: Path, vocabulary: Vocabulary) -> Self:
        """What these parts of rules may ask for; InputError where the folder is no snapshot."""
        parts = [part for node in nodes for part in node.walk()]
        indicators = {p.indicator.name for p in parts if isinstance(p, n.IndicatorAt | n.Latest)}
        registers = {p.source_set.register.name for p in parts if isinstance(p, n.OverSet) and p.source_set.register}
        return cls(Snapshot.open(folder), vocabulary, indicators, registers)

    def world(self, kind: SubjectKind, subject_id: str) -> World | None:
        """The subject with its cluster and county, and with its firms where it is a cluster or a county."""
        own = self._lookup.subject(kind, subject_id)
        if own is None:
            return None
        rows: dict[str, list[Row]] = {kind: [own]}
        for linked, column in (("cluster", "cluster_row"), ("place", "county_row")):
            if own.get(column) is not None:
                rows[linked] = [self._lookup.at(linked, own[column])]
        if kind != "party":
            rows["party"] = self._lookup.members(kind, own["row"])
        return World((s for k, found in rows.items() for s in self._subjects(k, found)), self._uncounted)

    def _subjects(self, kind: str, rows: Sequence[Row]) -> Iterator[Subject]:
        numbers = [row["row"] for row in rows]
        tables = (RECOGNITION.name, REVIEW.name, *self._registers)
        events = {table: self._lookup.events(table, kind, numbers) for table in tables}
        for row in rows:
            yield self._subject(kind, row, {table: e.get(row["row"], ()) for table, e in events.items()})

    def _subject(self, kind: Any, row: Row, events: Events) -> Subject:
        return Subject(
            kind,
            row[SUBJECT_IDS[kind]],
            {c: v for c, v in row.items() if c not in self._figures and not c.endswith("row")},
            row.get("cluster"),
            row.get("county"),
            {
                figure: fact_value(row[column], indicator)
                for column, (figure, indicator) in self._figures.items()
                if row.get(column) is not None
            },
            _grouped((r["title"], Recognition(r["awarded_on"], r["valid_until"])) for r in events[RECOGNITION.name]),
            _grouped((r["title"], Review(r["reviewed_on"], r["outcome"])) for r in events[REVIEW.name]),
            {
                register.name: tuple(_entry(r, register) for r in events[table])
                for table, register in self._registers.items()
                if events[table]
            },
        )


def _grouped(found: Iterable[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    groups: dict[str, tuple[T, ...]] = {}
    for name, each in found:
        groups[name] = (*groups.get(name, ()), each)
    return groups


def _entry(row: Row, register: Register) -> Entry:
    return Entry(row["on"], {f.name: fact_value(row.get(f.name), f) for f in register.fields})


def fact_value(value: Any, fact: Indicator | Field) -> Value:
    """A stored value as the reference evaluator holds it: fen become yuan."""
    if value is None or fact.kind != "number":
        return value  # type: ignore[no-any-return]
    return from_fen(int(value)) if fact.is_money else float(value)
