"""Values of Ibis projections written over other tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import ibis.expr.operations as ops


def with_fields(value: ops.Value, made: Callable[[ops.Field], ops.Value]) -> ops.Value:
    """The value with other columns in place of its own."""

    def replaced(node: ops.Node, parts: dict[str, Any] | None) -> ops.Node:
        if isinstance(node, ops.Field):
            return made(node)
        return node.__recreate__(parts) if parts else node

    return cast(ops.Value, value.replace(replaced, filter=ops.Value))


def origin(relation: ops.Relation) -> ops.Relation:
    """What projections start from."""
    while isinstance(relation, ops.Project):
        relation = relation.parent
    return relation


def over(value: ops.Value, base: ops.Relation) -> ops.Value:
    """A value of projections over a base, written over the base alone."""

    def made(field: ops.Field) -> ops.Value:
        return field if field.rel == base else over(cast(ops.Project, field.rel).values[field.name], base)

    return with_fields(value, made)
