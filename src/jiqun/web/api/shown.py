"""Records as the interface answers them."""

from __future__ import annotations

from typing import Any

from jiqun.web.registry.models import Cluster, Entry, Observation, Party, Place, Recognition, Review
from jiqun.web.registry.models.subject import OfSubject

SUBJECTS = ("party", "cluster", "place")


def place(row: Place) -> dict[str, Any]:
    """A division."""
    return {"code": row.code, "name": row.name, "kind": row.kind, "parent": row.parent.code if row.parent else None}


def cluster(row: Cluster) -> dict[str, Any]:
    """A cluster."""
    return {
        "id": row.code, "name": row.name, "county": row.county.code if row.county else None,
        "chain": row.chain or None, "provincial_key": row.provincial_key,
    }  # fmt: skip


def party(row: Party) -> dict[str, Any]:
    """A firm or another body."""
    return {
        "uscc": row.uscc, "name": row.name, "kind": row.kind, "cluster": row.cluster.code if row.cluster else None,
        "county": row.county.code if row.county else None, "industry": row.industry or None,
        "founded_on": row.founded_on, "size_class": row.size_class or None, "above_size": row.above_size,
    }  # fmt: skip


def subject(row: OfSubject) -> dict[str, Any]:
    """Whom a record is about."""
    whom = row.subject
    return {"subject_kind": row.subject_kind, "subject": whom.uscc if row.subject_kind == "party" else whom.code}


def observation(row: Observation) -> dict[str, Any]:
    """A reported figure."""
    return {
        **subject(row), "indicator": row.indicator, "period": row.period, "value": row.value or None,
        "state": row.state, "source": row.source or None,
    }  # fmt: skip


def recognition(row: Recognition) -> dict[str, Any]:
    """An awarded title."""
    return {**subject(row), "title": row.title, "awarded_on": row.awarded_on, "valid_until": row.valid_until}


def review(row: Review) -> dict[str, Any]:
    """A review."""
    return {**subject(row), "title": row.title, "reviewed_on": row.reviewed_on, "outcome": row.outcome}


def entry(row: Entry) -> dict[str, Any]:
    """A line of a register."""
    return {**subject(row), "register": row.register, "on": row.on, "state": row.state, "data": row.data}
