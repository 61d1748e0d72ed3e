"""Many rules about one kind of subject as a single query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from jiqun.rules.cells import Bits, Mask, where_null
from jiqun.rules.compiler import Compiler, Confirmed
from jiqun.rules.frames import Column, Frame, Source
from jiqun.rules.nodes import Node
from jiqun.rules.timing import When


@dataclass(frozen=True)
class Bound:
    """A rule ready to be asked: its condition, the amount that follows from it, and its period of effect."""

    id: str
    node: Node
    amount: Node | None = None
    effective: tuple[date, date] | None = None


@dataclass(frozen=True)
class Asked:
    """Where the answers to a rule stand in the query's result.

    `value` holds the condition, `amount` the exact amount at `scale` decimals, `mask` the missing facts by `bits`
    (None where the answer is always known).
    """

    rule: Bound
    value: str
    mask: str | None
    amount: str | None
    scale: int
    bits: Bits


def ask(source: Source, kind: str, rules: Sequence[Bound], as_of: date) -> tuple[ir.Table, list[Asked]]:
    """One row a subject with the answers of every rule: columns `row`, then value, mask and amount of each."""
    frame, compiler = Frame.of(source, kind), Compiler()
    asked, values, masks = [], dict[str, Column](), dict[str, tuple[Mask, Bits]]()
    for number, rule in enumerate(rules):
        bits, when = Bits(), When(as_of, rule.effective)
        cell = compiler.cell(rule.node, frame, when)
        values[f"v{number}"] = cell.value
        mask, amount, scale = cell.mask, None, 0
        if rule.amount is not None:
            paid = compiler.cell(rule.amount, frame, when)
            assert paid.type.exact is not None, "amounts are checked to be exact money"
            amount, scale = f"a{number}", paid.type.exact.scale
            values[amount] = paid.value
            mask = _either(mask, cell.value, paid.mask)
        if mask is not None:
            masks[f"m{number}"] = mask, bits
        asked.append(Asked(rule, f"v{number}", f"m{number}" if mask is not None else None, amount, scale, bits))
    table = frame.table
    row = {"row": table["row"]} if kind != "programme" else {}
    answers = {name: make(table) for name, make in values.items()}
    missing = {name: make(table, bits) for name, (make, bits) in masks.items()}
    return table.select(**row, **answers, **missing), asked


def _either(mask: Mask | None, condition: Column, amount: Mask | None) -> Mask | None:
    """What is missing of the condition or, where it holds, of the amount."""
    if amount is None:
        return mask

    def make(t: ir.Table, bits: Bits) -> ir.Value:
        nothing = ibis.literal(0, "int64")
        known = mask(t, bits) if mask else nothing
        return ibis.cases((condition(t).isnull(), known), (condition(t), amount(t, bits)), else_=nothing)

    return make


@dataclass(frozen=True)
class Measured:
    """Where a measure stands in a query's result: its value (over what is certain) and the undetermined items."""

    id: str
    value: str
    unknown: str | None
    mask: str | None
    bits: Bits
    scale: int | None
    """Decimals of an exact value; None where it is floating."""


def measure(
    source: Source, kind: str, measures: Sequence[tuple[str, Node]], as_of: date
) -> tuple[ir.Table, list[Measured]]:
    """Measures over the whole programme (one row) or for each subject of a kind (one row each, with `row`)."""
    frame = Frame.of(source, kind)
    found, columns = [], dict[str, Column]()
    missing: dict[str, tuple[Mask, Bits]] = {}
    for number, (id_, node) in enumerate(measures):
        bits, confirmed = Bits(), Confirmed()
        cell = Compiler(confirmed).cell(node, frame, When(as_of))
        columns[f"v{number}"] = cell.value
        unknown = f"u{number}" if confirmed.unknown else None
        if unknown:
            columns[unknown] = _sum(confirmed.unknown)
        mask = where_null(cell.value, cell.mask)
        if mask is not None:
            missing[f"m{number}"] = mask, bits
        scale = cell.type.exact.scale if cell.type.exact else None
        found.append(Measured(id_, f"v{number}", unknown, f"m{number}" if mask is not None else None, bits, scale))
    table = frame.table
    row = {"row": table["row"]} if kind != "programme" else {}
    values = {name: make(table) for name, make in columns.items()}
    return table.select(**row, **values, **{k: make(table, bits) for k, (make, bits) in missing.items()}), found


def _sum(columns: Sequence[Column]) -> Column:
    def make(t: ir.Table) -> ir.Value:
        total = columns[0](t)
        for column in columns[1:]:
            total = total + column(t)
        return total

    return make
