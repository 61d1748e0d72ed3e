"""A join of one table with others that it looks up by key, taken apart: a gather by number costs less than a join."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from jiqun.rules.vector.fields import with_fields

KEY = "_key"


@dataclass(frozen=True)
class Side:
    """What rows look up: `table` has one row a key, the key (0, 1, …) in the column KEY."""

    table: ir.Table
    by: str
    """The column of the main table that holds the key."""


def split(base: ops.Relation, asked: Mapping[str, ops.Value]) -> tuple[ir.Table, tuple[Side, ...]]:
    """The asked values of a base, as those of its main table and those of its sides; no sides where it is no such join.

    Where a row finds nothing, each value of the side is null; so only values that are null of nulls are looked up.
    """
    found = _split(base, asked) if isinstance(base, ops.JoinChain) else None
    return found or (_selected(base, asked), ())


def _split(base: ops.JoinChain, asked: Mapping[str, ops.Value]) -> tuple[ir.Table, tuple[Side, ...]] | None:
    keys = {link.table: _keys(base, link) for link in base.rest}
    parts: dict[ops.Relation, dict[str, ops.Value]] = {base.first: {}, **{table: {} for table in keys}}
    for name, wanted in asked.items():
        value = _of_parts(wanted, base)
        origins = {field.rel for field in value.find(ops.Field, filter=ops.Value)} or {base.first}
        if len(origins) > 1:
            return None
        [origin] = origins
        if origin != base.first and not (keys[origin] and _null_of_nulls(value)):
            return None
        parts[origin][name] = _of_parent(value, origin)
    main, sides, by = parts.pop(base.first), [], dict[str, str]()
    for table, values in parts.items():
        if values:
            own, other = cast(tuple[str, str], keys[table])
            values[KEY] = ops.Field(table.parent, other)
            sides.append(Side(_selected(table.parent, values), by.setdefault(own, f"k{len(by)}")))
    main |= {name: ops.Field(base.first.parent, own) for own, name in by.items()}
    return _selected(base.first.parent, main), tuple(sides)


def _keys(base: ops.JoinChain, link: Any) -> tuple[str, str] | None:
    """The columns of the main table and of the link's that must be equal; None where it is no look-up."""
    if link.how != "left" or len(link.predicates) != 1 or not isinstance(link.predicates[0], ops.Equals):
        return None
    left, right = link.predicates[0].args
    is_lookup = isinstance(left, ops.Field) and left.rel == base.first and isinstance(right, ops.Field)
    return (left.name, right.name) if is_lookup else None


def _null_of_nulls(value: ops.Value) -> bool:
    if isinstance(value, ops.ExtractYear | ops.ExtractMonth | ops.ExtractDay):
        value = value.arg
    return isinstance(value, ops.Field)


def _of_parts(value: ops.Value, base: ops.JoinChain) -> ops.Value:
    """The value written over the tables that are joined."""
    return with_fields(value, lambda field: base.values[field.name] if field.rel == base else field)


def _of_parent(value: ops.Value, origin: Any) -> ops.Value:
    """A value of one joined table, written over the table alone."""
    return with_fields(value, lambda field: ops.Field(origin.parent, field.name))


def _selected(relation: ops.Relation, values: Mapping[str, ops.Value]) -> ir.Table:
    columns = {name: value.to_expr() for name, value in values.items()} or {"_": ibis.literal(True)}
    return relation.to_expr().select(**columns)
