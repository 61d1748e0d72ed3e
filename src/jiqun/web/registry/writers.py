"""Who may change what in the registry."""

from __future__ import annotations

from typing import Any

from jiqun.web.accounts.roles import EDITORS
from jiqun.web.accounts.scope import Scope
from jiqun.web.registry.lists.columns import ListSpec
from jiqun.web.registry.models import Entry, Party

WHOLE = frozenset({"places", "clusters"})
"""What only those who see all may change."""


def may_add(scope: Scope, spec: ListSpec) -> bool:
    """Whether the person may add to this list."""
    return scope.role in EDITORS and (scope.sees_all or spec.key not in WHOLE)


def may_change(scope: Scope, spec: ListSpec, row: Any) -> bool:
    """Whether the person may change this record: titles are public, but only the own county's are its to change."""
    if not may_add(scope, spec):
        return False
    if scope.sees_all:
        return True
    party = row if isinstance(row, Party) else getattr(row, "party", None)
    if party is None:
        return isinstance(row, Entry)  # entries of clusters and places come through the scope already
    return scope.allows_party(party)
