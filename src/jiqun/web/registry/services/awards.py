"""Telling webhooks of new titles: awards are public."""

from __future__ import annotations

from collections.abc import Iterable

from jiqun.web.accounts.models import User
from jiqun.web.api.models import Event
from jiqun.web.api.services import emit
from jiqun.web.registry.models import Recognition
from jiqun.web.registry.models.subject import code_of

AT_ONCE = 500
"""A message names so many."""


def tell_awarded(*, actor: User, rows: Iterable[Recognition]) -> None:
    """Tell of titles just entered, inside the act's transaction."""
    told = [
        {
            "subject_kind": row.subject_kind, "subject": code_of(row.subject), "name": row.subject.name, "title": row.title,
            "awarded_on": row.awarded_on.isoformat(), "valid_until": row.valid_until and row.valid_until.isoformat(),
        }
        for row in rows
    ]  # fmt: skip
    for start in range(0, len(told), AT_ONCE):
        emit(event=Event.AWARDED, payload={"recognitions": told[start : start + AT_ONCE]}, actor=actor)
