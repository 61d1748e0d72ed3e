"""From a target's figure down to what it counts: a measure taken apart into sets, and those into their items.

Works on the compiled columns of the clause language, so that what a page lists is what the figure counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import ibis
import ibis.expr.types as ir

from jiqun.rules import cells as c
from jiqun.rules import nodes as n
from jiqun.rules.cells import Bits, Cell
from jiqun.rules.compiler import Compiler
from jiqun.rules.frames import Column, Frame, Source
from jiqun.rules.nodes import IndicatorAt, Node, OverSet, SetRef
from jiqun.rules.rule import Rule
from jiqun.rules.timing import When
from jiqun.rules.vocabulary import SUBJECT_IDS

State = Literal["counted", "base", "open"]
STATES: tuple[State, ...] = get_args(State)
LISTED = ("id", "name", "county", "cluster", "on", "value", "state", "mask")


@dataclass(frozen=True)
class Drilled:
    """One set of a measure, item by item: `items` has the columns of `LISTED`.

    `state` is counted, base (in the denominator only) or open (cannot be told; `mask` says what is missing).
    """

    node: OverSet
    subject: str
    """What an item is, or belongs to: party, cluster or place."""
    items: ir.Table
    labels: tuple[str, ...]
    value: Node | None
    """What the column `value` shows; None where it is empty."""
    dated: bool

    def missing(self, mask: int) -> list[str]:
        """The facts that a mask names."""
        return [label for i, label in enumerate(self.labels) if mask >> i & 1]


def sets_of(node: Node) -> Iterator[OverSet]:
    """The outermost sets of a measure."""
    if isinstance(node, OverSet):
        yield node
    else:
        for child in node.children:
            yield from sets_of(child)


def drill(source: Source, rule: Rule, when: When) -> tuple[Drilled, ...]:
    """Every set of a measure about the whole programme, each once."""
    distinct = dict.fromkeys(sets_of(rule.node))
    return tuple(_drilled(source, node, when) for node in distinct)


def _drilled(source: Source, node: OverSet, when: When) -> Drilled:
    frame, bits = _items(source, node.source_set), Bits()
    where, among, own = _cells(node, frame, when)
    shown = node.value or _telling(node)
    value = own or (Compiler().strict().cell(shown, frame, when) if shown is not None else None)
    register = node.source_set.register
    on = _award_date(frame, node, when) if register is None else frame.own("on")
    table = frame.table
    masks = c.any_of([cell.mask for cell in (where, among, own) if cell is not None])
    items = table.select(
        item_row=table["row"],
        on=on(table) if on is not None else ibis.null("date"),
        value=c.as_float(value)(table) if value is not None else ibis.null("float64"),
        state=_state(table, where, among, own),
        mask=masks(table, bits) if masks is not None else ibis.literal(0, "int64"),
    )
    subject = _subject(node.source_set)
    listed = _named(source, items.filter(items.state.notnull()), subject).select(*LISTED)
    return Drilled(node, subject, listed, tuple(bits.labels), shown, on is not None)


def _items(source: Source, ref: SetRef) -> Frame:
    return Frame(source, "programme", None).members(ref)[0]


def _subject(ref: SetRef) -> str:
    """What an item is, or belongs to."""
    return ref.register.subject if ref.register is not None else ref.kind


def _cells(node: OverSet, frame: Frame, when: When) -> tuple[Cell | None, Cell | None, Cell | None]:
    """Which items there are, which of them are chosen, and what is taken of each."""
    compiler = Compiler().strict()

    def cell(part: Node | None) -> Cell | None:
        return compiler.cell(part, frame, when) if part is not None else None

    return cell(node.where), cell(node.among), cell(node.value)


def _state(t: ir.Table, where: Cell | None, among: Cell | None, value: Cell | None) -> ir.Value:
    """counted, base, open, or null for what the set does not concern."""
    in_base = where.value(t) if where is not None else ibis.literal(True)
    chosen = among.value(t) if among is not None else ibis.literal(True)
    known = value.value(t).notnull() if value is not None else ibis.literal(True)
    # By `fill_null` alone: Spark does not read `… IS NOT NULL IS NULL`, which asking a condition for nulls may become.
    certain, chosen_certain = in_base.fill_null(False), chosen.fill_null(False)
    unsure = in_base.fill_null(True) & (~certain | (chosen.fill_null(True) & ~chosen_certain) | ~known)
    return ibis.cases(
        (unsure, "open"),
        (certain & chosen_certain, "counted"),
        (certain, "base" if among is not None else ibis.null("string")),
        else_=ibis.null("string"),
    )


def _telling(node: OverSet) -> Node | None:
    """The figure that the set's conditions are about, worth showing beside each item."""
    conditions = [x for x in (node.where, node.among) if x is not None]
    leaves = (leaf for x in conditions for leaf in x.walk() if isinstance(leaf, IndicatorAt))
    return next((leaf for leaf in leaves if leaf.type.kind == "number"), None)


def _award_date(frame: Frame, node: OverSet, when: When) -> Column | None:
    """The latest award of the titles that the set is about; None where it is about none."""
    conditions = [x for x in (node.where, node.among) if x is not None]
    titles = sorted({x.title for y in conditions for x in y.walk() if isinstance(x, n.Awarded | n.Holds)})
    if not titles or any(isinstance(x, OverSet) for y in conditions for x in y.walk()):
        return None

    def latest(t: ir.Table) -> ir.Value:
        return t.awarded_on.max(where=t.title.isin(titles) & (t.awarded_on <= when.as_of))

    name = frame.event("recognition", latest, "on")
    return lambda t: t[name]


def _named(source: Source, items: ir.Table, subject: str) -> ir.Table:
    """Items with the names and places of the subjects that they are or belong to."""
    owners = source.table(subject)
    cluster = {"party": "cluster", "cluster": "id"}.get(subject)
    facts = owners.select(
        owner_row=owners["row"],
        id=owners[SUBJECT_IDS[subject]],
        name=owners["name"],
        county=owners["code" if subject == "place" else "county"],
        cluster=owners[cluster] if cluster else ibis.null("string"),
    )
    return items.inner_join(facts, items["item_row"] == facts["owner_row"])


@dataclass(frozen=True)
class Tallied:
    """Sets over the same items, counted: `counts` has a row a county and, for each set, a column a state."""

    sets: tuple[OverSet, ...]
    subject: str
    counts: ir.Table

    @staticmethod
    def column(number: int, state: State) -> str:
        """The column of the set of that number."""
        return f"{state}{number}"


def tally(source: Source, sets: Iterable[OverSet], when: When) -> Iterator[Tallied]:
    """How many items of each county are in each state of each set: one query for all sets over the same items."""
    together: dict[SetRef, list[OverSet]] = {}
    for node in dict.fromkeys(sets):
        together.setdefault(node.source_set, []).append(node)
    for ref, nodes in together.items():
        frame = _items(source, ref)
        cells = [_cells(node, frame, when) for node in nodes]
        table, subject = frame.table, _subject(ref)
        states = {f"s{number}": _state(table, *parts) for number, parts in enumerate(cells)}
        owned = _named(source, table.select(item_row=table["row"], **states), subject)
        counts = {
            Tallied.column(number, state): owned.count(where=owned[f"s{number}"] == state)
            for number in range(len(nodes))
            for state in STATES
        }
        yield Tallied(tuple(nodes), subject, owned.group_by("county").aggregate(**counts))
