"""Tables being put together: a subject's own columns, joined with what rules need from elsewhere.

A rule is compiled to functions of a table that does not exist yet. While its nodes are compiled they register on
their frame what they need (aggregates of events, columns of a related subject); `Frame.table` then joins it all at
once, one group-by for each source, so that many rules share one pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, reduce
from itertools import count
from typing import Any

import ibis.expr.types as ir

from jiqun.base.errors import InputError, Problem
from jiqun.rules.nodes import SetRef
from jiqun.rules.vocabulary import Register, Vocabulary

Column = Callable[[ir.Table], ir.Value]
LINKS = {"party": "row", "cluster": "cluster_row", "place": "county_row"}
"""The column of a member that points at the subject whose member it is."""
_RELATION_COLUMNS = {"cluster": "cluster_row", "county": "county_row", "owner": "row"}

_STRUCTURE = {"row", "cluster_row", "county_row", "on"}
"""Columns that hold tables together."""


@dataclass(frozen=True)
class Source:
    """The tables that a snapshot offers, and the names of the pack."""

    tables: Mapping[str, ir.Table]
    vocabulary: Vocabulary
    names: count[int] = field(default_factory=count)

    def table(self, name: str) -> ir.Table:
        """A table by name; InputError where the snapshot lacks it."""
        try:
            return self.tables[name]
        except KeyError:
            mend = "请用当前方案包重新生成快照"
            raise InputError([Problem(f"快照里没有表“{name}”", mend=mend)], "快照与方案包不符") from None

    def fresh(self, stem: str) -> str:
        """A column name not used before."""
        return f"{stem}_{next(self.names)}"


class Aggregates:
    """Aggregates of one source over each subject (or over everything), computed in a single group-by."""

    def __init__(self, table: Callable[[], ir.Table], link: str | None) -> None:
        self._table, self.link = table, link
        self.columns: dict[str, Column] = {}

    def result(self) -> ir.Table:
        """One row a subject, keyed `_key`, or a single row where there is no link."""
        table = self._table()
        if self.link is not None:
            table = table.filter(table[self.link].notnull())
        values = {name: make(table) for name, make in self.columns.items()}
        return table.group_by(_key=table[self.link]).aggregate(**values) if self.link else table.aggregate(**values)


class Frame:
    """One kind of row (a subject, an entry, or the single row of the programme) and all that is joined to it."""

    def __init__(self, source: Source, kind: str, base: ir.Table | None, register: Register | None = None) -> None:
        self.source, self.kind, self.base, self.register = source, kind, base, register
        self._aggregates: dict[object, Aggregates] = {}
        self._members: dict[SetRef, Frame] = {}
        self._related: dict[str, Frame] = {}
        self._used: set[str] = set()
        self._stages: dict[int, dict[str, Column]] = {}
        self.exports: dict[str, Column] = {}
        self.compiled: dict[object, Any] = {}
        """Nodes compiled for this frame, so that equal ones share their columns."""

    @classmethod
    def of(cls, source: Source, kind: str) -> Frame:
        """The frame of all subjects of a kind; of the programme, a single row."""
        return cls(source, kind, None if kind == "programme" else source.table(kind))

    @cached_property
    def columns(self) -> frozenset[str]:
        """The names of the base table's own columns."""
        return frozenset(self.base.columns) if self.base is not None else frozenset()

    def own(self, name: str) -> Column:
        """A column of the base table."""
        self._used.add(name)
        return lambda t: t[name]

    def export(self, stem: str, make: Column) -> str:
        """Compute a column here for use by whoever joins this frame."""
        name = self.source.fresh(stem)
        self.exports[name] = make
        return name

    def let(self, make: Column, level: int) -> Column:
        """A column of its own for an expression; it may mention those of lower levels."""
        name = self.source.fresh("c")
        self._stages.setdefault(level, {})[name] = make
        return lambda t: t[name]

    def event(self, table: str, make: Column, stem: str) -> str:
        """An aggregate of this subject's rows of an event table (recognition, review)."""
        if (table,) not in self._aggregates:
            events = self.source.table(table)
            own = events.filter(events.subject_kind == self.kind)
            self._aggregates[(table,)] = Aggregates(lambda: own, "row")
        name = self.source.fresh(stem)
        self._aggregates[(table,)].columns[name] = make
        return name

    def members(self, ref: SetRef) -> tuple[Frame, Aggregates]:
        """The frame of a set's items seen from here, and the place for aggregates over them."""
        if ref not in self._members:
            frame = self._members[ref] = _member_frame(self.source, ref, self.kind)
            if self.kind == "programme":
                link = None
            elif ref.register is not None and ref.register.subject == self.kind:
                link = "row"
            else:
                link = LINKS[self.kind]
            self._aggregates[ref] = Aggregates(lambda: frame.table, link)
        return self._members[ref], self._aggregates[ref]

    def related(self, relation: str, kind: str) -> Frame:
        """The frame of the subjects that rows here point at."""
        if relation not in self._related:
            self._related[relation] = Frame.of(self.source, kind)
        return self._related[relation]

    def link(self, relation: str) -> str:
        """The column here that points at the related subject."""
        return _RELATION_COLUMNS[relation]

    @cached_property
    def table(self) -> ir.Table:
        """Everything joined: call it only after all rules of the frame were compiled."""
        parts = [(a.result(), a.link and "row") for a in self._aggregates.values() if a.columns]
        for relation, frame in self._related.items():
            joined = frame.table
            shared = joined.select(_key=joined["row"], **{name: joined[name] for name in frame.exports})
            parts.append((shared, self.link(relation)))
        if self.base is None:
            single = [part for part, _ in parts]
            table = (
                reduce(lambda a, b: a.cross_join(b), single)
                if single
                else self.source.table("place").aggregate(row=lambda t: t.count())  # a single row
            )
        else:
            # Only what is asked for: a snapshot has hundreds of columns, and each stage would repeat them.
            table = self.base.select(*(c for c in self.base.columns if c in self._used or c in _STRUCTURE))
            for part, link in parts:
                assert link is not None
                # Each key is renamed, so that no two joined tables have a column of one name.
                key = self.source.fresh("key")
                renamed = part.rename({key: "_key"})
                table = table.left_join(renamed, table[link] == renamed[key])
        for stage in (*(self._stages[level] for level in sorted(self._stages)), self.exports):
            if stage:
                table = table.mutate(**{name: make(table) for name, make in stage.items()})
        return table


def _member_frame(source: Source, ref: SetRef, scope: str) -> Frame:
    if ref.register is None:
        table = source.table(ref.kind)
        if ref.enterprises:
            table = table.filter(table.kind == "enterprise")
        if scope == "programme":
            table = _counted(source, table, "code" if ref.kind == "place" else "county")
            if ref.kind == "place":
                table = table.filter(table.kind != "city")
        return Frame(source, ref.kind, table)
    register = ref.register
    entries = source.table(f"entry/{register.name}")
    entries = entries.filter(entries.subject_kind == register.subject)
    if scope != register.subject:
        entries = _with_owner(source, entries, register, scope)
    return Frame(source, "entry", entries, register)


def _with_owner(source: Source, entries: ir.Table, register: Register, scope: str) -> ir.Table:
    """Entries with the links of their owner, for sets seen from a cluster, a county or the programme."""
    owners = source.table(register.subject)
    if scope == "programme":
        owners = _counted(source, owners, "code" if register.subject == "place" else "county")
        return entries.semi_join(owners, entries.row == owners.row)
    link = LINKS[scope]
    linked = owners.select(_owner=owners.row, **{link: owners[link]})
    return entries.inner_join(linked, entries.row == linked._owner)


def _counted(source: Source, table: ir.Table, column: str) -> ir.Table:
    codes = sorted(source.vocabulary.uncounted_places)
    if not codes:
        return table
    return table.filter(table[column].isnull() | ~table[column].isin(codes))
