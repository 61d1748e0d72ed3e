"""Who may change what in the registry."""

from __future__ import annotations

from jiqun.web.accounts.roles import Role
from jiqun.web.accounts.scope import Scope
from jiqun.web.registry.lists.columns import ListSpec

EDITORS = frozenset({Role.CITY, Role.COUNTY, Role.OPERATOR})
"""Firms report through rounds; they do not write in the registry."""
WHOLE = frozenset({"places", "clusters"})
"""What only those who see all may change."""


def may_add(scope: Scope, spec: ListSpec) -> bool:
    """Whether the person may add to this list."""
    return scope.role in EDITORS and (scope.sees_all or spec.key not in WHOLE)
