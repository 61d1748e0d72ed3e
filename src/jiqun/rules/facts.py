"""Facts in memory: what the reference evaluator reads, for one subject or a small world.

Values are plain: money as `Decimal` yuan, other numbers as `float`, 是/否 as `bool`, texts, dates. What is absent
from `observations` is missing; titles, reviews and entries are complete lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from jiqun.base.periods import Period
from jiqun.rules.geo import Point
from jiqun.rules.vocabulary import SubjectKind

Value = Decimal | float | bool | str | date | frozenset[str] | Point | None


@dataclass(frozen=True)
class Entry:
    """One entry of a register."""

    on: date | None
    fields: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Recognition:
    """A title awarded, with the last day of its validity where it has one."""

    awarded_on: date
    valid_until: date | None = None


@dataclass(frozen=True)
class Review:
    """A review of a title and its outcome (通过, 不通过, 整改)."""

    reviewed_on: date
    outcome: str


@dataclass(frozen=True)
class Subject:
    """Everything known of a firm, cluster, place or task, or of a need with an offer."""

    kind: SubjectKind | Literal["task", "pair"]
    id: str
    attributes: Mapping[str, Value] = field(default_factory=dict)
    """By column name: name, kind, founded_on, above_size, provincial_key, …; of a pair 需.公差, 供.公差, …"""
    cluster: str | None = None
    county: str | None = None
    observations: Mapping[tuple[str, Period], Value] = field(default_factory=dict)
    recognitions: Mapping[str, tuple[Recognition, ...]] = field(default_factory=dict)
    reviews: Mapping[str, tuple[Review, ...]] = field(default_factory=dict)
    entries: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)


class World:
    """Subjects by kind and id, with the relations between them."""

    def __init__(self, subjects: Iterable[Subject], uncounted_places: frozenset[str] = frozenset()) -> None:
        self.subjects: dict[tuple[str, str], Subject] = {(s.kind, s.id): s for s in subjects}
        self.uncounted_places = uncounted_places

    def get(self, kind: str, id: str | None) -> Subject | None:
        """The subject, or None where there is none."""
        return self.subjects.get((kind, id)) if id is not None else None

    def of_kind(self, kind: str) -> list[Subject]:
        """All subjects of a kind."""
        return [s for s in self.subjects.values() if s.kind == kind]

    def members(self, kind: str, scope: str, subject: Subject | None) -> list[Subject]:
        """The subjects of a kind that belong to a cluster or county, or that the whole programme counts."""
        found = self.of_kind(kind)
        if scope == "cluster":
            assert subject is not None
            return [s for s in found if s.cluster == subject.id]
        if scope == "place":
            assert subject is not None
            return [s for s in found if s.county == subject.id]
        counted = [s for s in found if self._counted(s)]
        return [s for s in counted if s.attributes.get("kind") != "city"] if kind == "place" else counted

    def _counted(self, subject: Subject) -> bool:
        place = subject.id if subject.kind == "place" else subject.county
        return place not in self.uncounted_places
