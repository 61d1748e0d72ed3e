"""A kind of import: its sheet, how its rows become records of one table, and how these are shown."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Model

from jiqun.base.errors import Problem
from jiqun.web.accounts.models import Role
from jiqun.web.accounts.scope import Scope
from jiqun.workbook import Sheet, SheetReading


class _Keep:
    """Stands where the workbook says nothing: a stored value stays, a new record takes the default."""

    def __repr__(self) -> str:
        return "KEEP"


KEEP: Any = _Keep()
Identity = tuple[Any, ...]


class Record(NamedTuple):
    """What one row (or cell) of the workbook says about one record."""

    at: int
    """The row of the reading."""
    identity: Identity
    """The record is the same where this is."""
    label: str
    values: tuple[Any, ...]
    """In the order of the kind's `columns`, as the database stores them; KEEP where nothing is said."""
    column: str | None = None
    """The column of the sheet, where a row makes several records."""


@dataclass(frozen=True)
class Records:
    """The records of a workbook in columns: a hundred thousand of them are handled without an object for each."""

    at: Sequence[int] = ()
    identity: Sequence[Identity] = ()
    label: Sequence[str] = ()
    values: Sequence[Sequence[Any]] = ()
    """By column of the kind."""
    column: Sequence[str | None] = ()

    @classmethod
    def of(cls, records: Iterable[Record]) -> Records:
        """Of single ones."""
        rows = list(records)
        if not rows:
            return cls()
        at, identity, label, values, column = zip(*rows, strict=True)
        return cls(at, identity, label, tuple(zip(*values, strict=True)), column)

    def __len__(self) -> int:
        return len(self.at)

    def __getitem__(self, index: int) -> Record:
        values = tuple(column[index] for column in self.values)
        return Record(self.at[index], self.identity[index], self.label[index], values, self.column[index])

    def without(self, dropped: Collection[int]) -> Records:
        """Those whose indexes are not among these."""
        if not dropped:
            return self
        kept = [index for index in range(len(self)) if index not in dropped]

        def taken(part: Sequence[Any]) -> list[Any]:
            return [part[index] for index in kept]

        values = [taken(column) for column in self.values]
        return Records(taken(self.at), taken(self.identity), taken(self.label), values, taken(self.column))


class Known(NamedTuple):
    """A stored record."""

    pk: int
    values: tuple[Any, ...]
    """In the order of `columns`, comparable with those of a `Record`."""
    state: str = ""


@dataclass(frozen=True)
class Change:
    """One value of a record that would change, in words."""

    label: str
    old: str
    new: str


Report = Callable[[Problem], None]


class Kind(ABC):
    """One thing that a person may import, bound to a pack."""

    key: str
    title: str
    group: str
    note: str = ""
    roles: frozenset[Role]
    model: type[Model]
    columns: tuple[str, ...]
    """Columns of the table that a new record writes."""
    fixed: frozenset[str] = frozenset()
    """Those of them that identify it and never change."""
    defaults: Mapping[str, Any] = {}
    """For new records, where the workbook says nothing; an empty text where a column is not named."""
    grain: str | None = None
    """Of indicators: the period is chosen by the person."""

    @abstractmethod
    def sheet(self, scope: Scope, *, rows: Sequence[Mapping[str, Any]] = (), reading: bool = False) -> Sheet:
        """The declared sheet; for reading its choices hold everything, so that a foreign one can be named."""

    @abstractmethod
    def known_rows(self, scope: Scope, *, figures: bool, most: int) -> list[dict[str, Any]] | None:
        """The rows of a template; None where there are more than `most`."""

    def records(self, reading: SheetReading, scope: Scope, report: Report) -> Records:
        """The records of sound rows; what is wrong with others is reported with its cell."""
        return Records.of(self.each(reading, scope, report))

    def each(self, reading: SheetReading, scope: Scope, report: Report) -> Iterator[Record]:
        """The same one by one, where a kind does not make `records` at once."""
        raise NotImplementedError

    @abstractmethod
    def existing(self, identities: Collection[Identity]) -> dict[Identity, Known]:
        """The stored records of these identities."""

    def merged(self, record: Record, known: Known) -> tuple[Any, ...]:
        """The values after the change."""
        return tuple(old if new is KEEP else new for new, old in zip(record.values, known.values, strict=True))

    def changes(self, old: tuple[Any, ...], new: tuple[Any, ...]) -> list[Change]:
        """What differs, in words."""
        return [
            Change(self.label(column), self.show(column, a), self.show(column, b))
            for column, a, b in zip(self.columns, old, new, strict=True)
            if a != b
        ]

    def refusal(self, known: Known, scope: Scope) -> str | None:
        """Why the stored record may not be changed by this person."""
        return None

    def extra(self, scope: Scope, source: str) -> dict[str, Any]:
        """Columns written with every new or changed record and never compared."""
        return {}

    def label(self, column: str) -> str:
        """A column of the table in words."""
        field: Any = self.model._meta.get_field(column.removesuffix("_id"))
        return str(field.verbose_name)

    def show(self, column: str, value: Any) -> str:
        """A stored value in words."""
        if value is None or value == "":
            return "—"
        return {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value)
