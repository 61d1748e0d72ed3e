"""The records behind one cell of a coverage matrix, in words, from a snapshot."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from jiqun.programme.coverage import Column, columns_of
from jiqun.programme.facts import SnapshotFacts
from jiqun.programme.pack import Pack
from jiqun.rules.explain import show_entry
from jiqun.rules.nodes import OverSet
from jiqun.rules.reference import Evaluator, Item
from jiqun.rules.timing import When

SHOWN = 50
"""How many records a cell shows."""


class CoveringFacts:
    """A snapshot's facts about clusters, held open."""

    def __init__(self, folder: Path, pack: Pack) -> None:
        records = (column.records for column in columns_of(pack) if column.records)
        self._facts = SnapshotFacts.read_by(records, folder, pack.vocabulary)

    def records(self, column: Column, cluster: str, as_of: date) -> tuple[tuple[str, bool], ...]:
        """The records that the coverage looks at, those that meet its conditions first; SHOWN at most."""
        world = self._facts.world("cluster", cluster)
        subject = world.get("cluster", cluster) if world else None
        if world is None or subject is None or column.records is None:
            return ()
        engine, when, found = Evaluator(world), When(as_of), []
        for item in engine.items(column.records, Item(subject), when):
            meets = engine.value(column.records.where, item, when).value if column.records.where else True
            found.append((_words(column.records, item), meets is True))
        return tuple(sorted(found, key=lambda pair: not pair[1])[:SHOWN])


def _words(records: OverSet, item: Item) -> str:
    owner = str(item.subject.attributes.get("name") or item.subject.id) if item.subject else ""
    register = records.source_set.register
    if register is None or item.entry is None:
        return owner
    entry = show_entry(item.entry, register)
    return f"{owner}：{entry}" if register.subject != "cluster" else entry
