"""Who may change what in the registry, and whether it counts at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jiqun.web.accounts.roles import EDITORS, FIRMS, PUBLISHERS
from jiqun.web.accounts.scope import Scope
from jiqun.web.registry.models import Entry, Party, RecordState

if TYPE_CHECKING:
    from jiqun.web.registry.lists.columns import ListSpec

WHOLE = frozenset({"places", "clusters", "recognitions", "reviews"})
"""What only those who see all may change: titles decide what is paid, and are awarded above the county."""


def may_add(scope: Scope, spec: ListSpec) -> bool:
    """Whether the person may add to this list: firms to registers about firms."""
    if scope.role in FIRMS:
        return spec.is_register and spec.party_path == "party"
    return scope.role in EDITORS and (scope.sees_all or spec.key not in WHOLE)


def may_change(scope: Scope, spec: ListSpec, row: Any) -> bool:
    """Whether the person may change this record: of the own county, and no entry that was approved."""
    if not may_add(scope, spec) or not may_touch(scope.role, row):
        return False
    if scope.sees_all:
        return True
    party = row if isinstance(row, Party) else getattr(row, "party", None)
    if party is None:
        return isinstance(row, Entry)  # entries of clusters and places come through the scope already
    return scope.allows_party(party)


def may_touch(role: str | None, row: Any) -> bool:
    """Whether somebody of this role may change a record in its state: an approved entry is the city's to correct."""
    return role in PUBLISHERS or not isinstance(row, Entry) or row.state != RecordState.APPROVED


def state_written(role: str | None) -> RecordState:
    """The state of figures and entries that somebody of this role writes."""
    return RecordState.APPROVED if role in PUBLISHERS else RecordState.SUBMITTED
